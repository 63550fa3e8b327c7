// SMART App Launch 2 from within an EHR: authorization code with PKCE, then the patient's resources,
// which this server reads by the model's codebook, and the page with what it read.

const KEPT = "twoarm-smart";
const say = (text) => { document.getElementById("state").textContent = text; };
const plain = (bytes) => {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};
const random = () => plain(crypto.getRandomValues(new Uint8Array(32)));
const here = location.origin + location.pathname;

class Stopped extends Error {}

async function json(address, options) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Stopped(`${new URL(address, here).pathname} answered ${answer.status}`);
  return answer.json();
}

async function begin(settings, asked) {
  const iss = asked.get("iss").replace(/\/+$/, "");
  const client = settings.servers[iss];
  if (client === undefined) throw new Stopped("this FHIR server is not one that the site has named");
  const found = await json(`${iss}/.well-known/smart-configuration`);
  if (!(found.code_challenge_methods_supported ?? []).includes("S256")) {
    throw new Stopped("this FHIR server does not offer PKCE with S256");
  }
  const verifier = random();
  const state = random();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const kept = { iss, client, verifier, state, token: found.token_endpoint };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
  const question = new URLSearchParams({
    response_type: "code", client_id: client, redirect_uri: here, scope: settings.scope, state,
    aud: iss, launch: asked.get("launch") ?? "", code_challenge: plain(digest),
    code_challenge_method: "S256",
  });
  location.assign(`${found.authorization_endpoint}?${question}`);
}

async function finish(settings, asked) {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  sessionStorage.removeItem(KEPT);
  history.replaceState(null, "", location.pathname);
  if (kept === null || kept.state !== asked.get("state")) {
    throw new Stopped("the answer is not to a question of this page");
  }
  const granted = await json(kept.token, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code", code: asked.get("code"), redirect_uri: here,
      client_id: kept.client, code_verifier: kept.verifier,
    }),
  });
  if (!granted.patient) throw new Stopped("the EHR named no patient");
  const headers = { Authorization: `Bearer ${granted.access_token}`, Accept: "application/fhir+json" };
  const prefetch = {};
  await Promise.all(Object.entries(settings.prefetch).map(async ([key, template]) => {
    const query = template.replaceAll("{{context.patientId}}", encodeURIComponent(granted.patient));
    prefetch[key] = await json(`${kept.iss}/${query}`, { headers }).catch(() => settings.failed);
  }));
  const read = await json(settings.prefill, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ patientId: granted.patient, prefetch }),
  });
  if (read.missing.length === 0) {
    location.replace(read.page);
    return;
  }
  say("Research only. Not every value was taken from the record:");
  const list = document.getElementById("missing");
  list.replaceChildren(...read.missing.map((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    return item;
  }));
  const link = document.getElementById("page");
  link.href = read.page;
  link.hidden = false;
}

async function main() {
  const settings = await json(document.body.dataset.settings);
  const asked = new URLSearchParams(location.search);
  if (asked.has("error")) throw new Stopped("the EHR refused");
  if (asked.has("code")) await finish(settings, asked);
  else if (asked.has("iss")) await begin(settings, asked);
  else throw new Stopped("an EHR opens this page; it names itself (iss) and the launch");
}

main().catch((error) => {
  say(`Stopped: ${error instanceof Stopped ? error.message : "the FHIR server cannot be reached"}.`);
});
