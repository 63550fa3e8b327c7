// The answers of the form as one patient, and the threshold that holds.

import { primaryOf } from "./answer.js";
import { readField } from "./form.js";

export function thresholdOf(model, state) {
  if (state.threshold !== null) return { value: state.threshold, by: "here" };
  const study = model.outcomes[primaryOf(model)].threshold;
  if (model.site_threshold !== undefined) return { value: model.site_threshold, by: "site" };
  return study === null || study === undefined ? null : { value: study * 100, by: "study" };
}

// Every answer of the form as it stands: { coded, open, wrong, unknown, left_out }.
export function patientOf(model, state) {
  const patient = { coded: [], open: [], wrong: [], unknown: [], leftOut: [] };
  model.codebook.forEach((predictor, k) => {
    const asked = !state.short || model.short.leading.includes(k);
    const read = asked ? readField(predictor, state) : {};
    if (!asked) patient.leftOut.push(k);
    else if (read.open) patient.open.push(k);
    else if (read.problem) patient.wrong.push(k);
    else if (read.unknown) patient.unknown.push(k);
    patient.coded.push(read.value ?? null);
  });
  patient.complete = !patient.open.length && !patient.wrong.length;
  return patient;
}
