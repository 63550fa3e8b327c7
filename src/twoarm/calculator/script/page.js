// The page: state, languages, links, and what happens when an answer changes.

import { hasRecommended, mayCompute } from "./answer.js";
import { card, formula } from "./card.js";
import { Form, readField, shown } from "./form.js";
import { patientOf } from "./patient.js";
import { Result } from "./result.js";
import { settings } from "./settings.js";
import { choice, el, own, Words } from "./words.js";

const MODEL_TEXT = document.getElementById("model").textContent;
const MODEL = JSON.parse(MODEL_TEXT);
const LANGUAGES = JSON.parse(document.getElementById("languages").textContent);
const PREFERENCES = "twoarm-calculator"; // language and view; never an answer

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(PREFERENCES)) ?? {};
  } catch {
    return {};
  }
}

function remember(state) {
  try {
    localStorage.setItem(PREFERENCES, JSON.stringify({ language: state.language, view: state.view }));
  } catch {
    // a page from a disk may have no storage
  }
}

function firstLanguage(kept) {
  const wanted = [kept.language, MODEL.site_language, ...(navigator.languages ?? [])].map((each) =>
    String(each).slice(0, 2),
  );
  return wanted.find((each) => each in LANGUAGES) ?? "en";
}

// Answers from a link's fragment, by column; the fragment is taken away at once.
function fromLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  const typed = {};
  for (const predictor of MODEL.codebook) {
    if (given.has(predictor.column)) typed[predictor.column] = given.get(predictor.column);
  }
  if (Object.keys(typed).length) history.replaceState(null, "", location.pathname + location.search);
  return typed;
}

function blank() {
  return { typed: {}, otherUnit: {}, left: new Set() };
}

class Page {
  constructor() {
    this.model = MODEL;
    const kept = remembered();
    const linked = fromLink();
    this.state = {
      ...blank(),
      typed: linked,
      left: new Set(Object.keys(linked)),
      language: firstLanguage(kept),
      view: kept.view ?? "icons",
      learner: hasRecommended(MODEL) ? "recommended" : "study",
      short: false,
      decimals: false,
      threshold: null,
    };
    this.draw();
    window.addEventListener("hashchange", () => this.follow());
    window.addEventListener("beforeprint", () => this.stamp());
    window.addEventListener("afterprint", () =>
      this.opened.forEach((each) => {
        each.open = false;
      }),
    );
  }

  follow() {
    const linked = fromLink();
    if (!Object.keys(linked).length) return;
    Object.assign(this.state, blank(), { typed: linked, left: new Set(Object.keys(linked)) });
    this.draw();
  }

  at(id, ...children) {
    const place = document.getElementById(id);
    place.replaceChildren(
      ...children.flat(Infinity).filter((child) => child !== null && child !== undefined),
    );
    return place;
  }

  // Everything in the chosen language; the answers stay.
  draw() {
    const { state } = this;
    const words = new Words(LANGUAGES, state.language);
    this.words = words;
    this.form = new Form(MODEL, state, words, () => this.update());
    this.result = new Result(MODEL, state, words, (control) => this.update(control));
    document.documentElement.lang = state.language;
    this.at(
      "banner",
      el("b", {}, words.say("banner")),
      MODEL.synthetic ? el("span", {}, ` ${words.say("banner.synthetic")}`) : null,
    );
    this.at("skip", words.say("skip"));
    this.fills = []; // what is folded is made when it is opened, or printed
    this.head();
    this.who();
    this.fields();
    this.folded();
    this.at("offline", words.say("offline"), " ", words.say("card.regulation"));
    this.update();
  }

  head() {
    const { words, state } = this;
    const { population, labels } = MODEL;
    this.at("title", own(words, MODEL.title));
    document.title = words.term(MODEL.title);
    this.at(
      "subtitle",
      words.say(MODEL.synthetic ? "subtitle.synthetic" : "subtitle", {
        control: String(population.n_control),
        treated: String(population.n_treated),
        control_label: words.inside(labels.control),
        treated_label: words.inside(labels.treated),
      }),
    );
    const select = el(
      "select",
      {
        id: "language",
        change: () => {
          state.language = select.value;
          remember(state);
          this.draw();
          document.getElementById("language").focus();
        },
      },
      Object.entries(LANGUAGES).map(([code, each]) =>
        el("option", { value: code, lang: code, selected: code === state.language }, each.words.name),
      ),
    );
    this.at("languages-choice", el("label", { for: "language" }, words.say("language")), select);
  }

  who() {
    const { words } = this;
    const line = (key, text) =>
      text
        ? el(
            "div",
            {},
            el("dt", {}, words.say(key)),
            el("dd", {}, typeof text === "string" ? own(words, text) : text),
          )
        : null;
    const { created, derived, expires, population } = MODEL;
    const more = el("dl");
    const fill = () => {
      if (more.childElementCount) return;
      const data = [
        words.say(population.randomised ? "data.lot" : "data.observed"),
        words.say("data.dates", { created: words.date(created), expires: words.date(expires) }),
        derived?.parent
          ? words.say("data.adapted", { n: String(derived.patients), date: words.date(derived.adapted) })
          : words.say("data.elsewhere"),
      ].join(" ");
      const lines = [
        line("who.control", population.control_definition),
        line("who.use", MODEL.intended_use),
        line("data", el("span", {}, data)),
      ];
      more.append(...lines.filter(Boolean));
    };
    this.fills.push(fill);
    this.at(
      "who",
      el("h2", {}, words.say("who.title")),
      el("dl", {}, line("who.for", MODEL.population.eligibility), line("who.not", MODEL.not_for)),
      el(
        "details",
        { toggle: fill },
        el("summary", {}, words.say("who.more")),
        more,
      ),
    );
  }

  fields() {
    const { words, state } = this;
    const all = MODEL.codebook.map((_, k) => k);
    const { short } = MODEL;
    const lead = short ? short.leading : all;
    const rest = all.filter((k) => !lead.includes(k));
    const options = short
      ? [
          ["full", words.say("form.full", { n: String(all.length) })],
          ["short", words.say("form.short", { n: String(lead.length) })],
        ]
      : [];
    const pick = (length) => {
      state.short = length === "short";
      this.fields();
      this.update();
      document.querySelector("[name=length]:checked").focus();
    };
    const points = (value) => words.fixed(100 * value, 1);
    const rows = (numbers) => numbers.map((k) => this.form.row(k));
    this.at(
      "fields",
      el("h2", { id: "form-title" }, words.say("form.title")),
      short
        ? choice("length", words.say("form.length"), options, state.short ? "short" : "full", pick)
        : null,
      short && state.short
        ? el(
            "p",
            { class: "soft" },
            words.say("form.short.note", {
              n: String(rest.length),
              patients: String(short.n),
              median: points(short.median),
              p95: points(short.p95),
            }),
          )
        : null,
      short ? el("h3", {}, words.say("form.lead")) : null,
      rows(lead),
      rest.length && !state.short ? [el("h3", {}, words.say("form.rest")), rows(rest)] : null,
      el(
        "p",
        {},
        el("button", { type: "button", class: "quiet", click: () => this.clear() }, words.say("form.clear")),
      ),
    );
  }

  clear() {
    Object.assign(this.state, blank());
    this.fields();
    this.update();
    document.querySelector("#fields .field input, #fields .field select").focus();
  }

  // What is folded is made when it is opened first: a long table is not what a reader waits for.
  folded() {
    const { words, state } = this;
    const fold = (id, key, make) => {
      const body = el("div");
      const fill = () => {
        if (!body.childElementCount) body.append(...make().flat(Infinity).filter(Boolean));
      };
      this.fills.push(fill);
      return el("details", { id, toggle: fill }, el("summary", {}, words.say(key)), body);
    };
    this.at(
      "folded",
      fold("settings", "settings.title", () => settings(this)),
      fold("formula", "formula.title", () => formula(MODEL, words, MODEL_TEXT)),
      fold("card", "card.title", () => card(MODEL, words, state)),
      el("p", {}, el("button", { type: "button", click: () => window.print() }, words.say("print"))),
    );
  }

  // Only the result is drawn again; `control` names a choice inside it that keeps the focus.
  update(control) {
    const { state } = this;
    const given = this.result.render();
    const say = document.getElementById("say");
    const holder = el("p", {}, given.say);
    if (say.textContent !== holder.textContent) say.replaceChildren(...holder.childNodes);
    this.at("result-body", given.body);
    this.bar(given.bar);
    this.at("print-patient", this.printed());
    if (control) {
      remember(state);
      document.querySelector(`#result-body [name=${control}]:checked`).focus();
    }
  }

  // Kept where nothing changed: a tap on an element that is replaced under the finger is lost.
  bar(text) {
    const see = `${this.words.say("bar.see")} ↓`;
    if (document.getElementById("bar").textContent === text + see) return;
    this.at("bar", el("span", {}, text), el("span", { class: "see" }, see));
  }

  printed() {
    const { words, state } = this;
    const { coded } = patientOf(MODEL, state);
    const lines = MODEL.codebook.map((predictor, k) => {
      const known = coded[k] !== null;
      const value = shown(words, predictor, known ? coded[k] : MODEL.fill[k], state);
      const read = readField(predictor, state);
      const text = known
        ? value
        : (read.open && !state.short) || read.problem
          ? "–"
          : words.say("print.average", { value });
      return el("div", {}, el("dt", {}, own(words, predictor.label)), el("dd", {}, text));
    });
    return [el("h2", {}, words.say("print.patient")), el("dl", {}, lines), el("p", { id: "stamp" })];
  }

  // On paper nothing is folded but the coefficients and the run's findings.
  stamp() {
    this.fills.forEach((fill) => fill());
    this.opened = [...document.querySelectorAll("#who details:not([open]), #card:not([open])")];
    this.opened.forEach((each) => {
      each.open = true;
    });
    const now = new Intl.DateTimeFormat(this.words.locale, { dateStyle: "long", timeStyle: "short" }).format(
      new Date(),
    );
    const id = [MODEL.title, MODEL.version, MODEL.digest?.slice(0, 16)].filter(Boolean).join(" · ");
    this.at("stamp", `${this.words.say("print.on", { date: now })}. ${id}`);
  }
}

function refuse() {
  const words = new Words(LANGUAGES, firstLanguage(remembered()));
  document.documentElement.lang = words.language;
  document
    .getElementById("main")
    .replaceChildren(el("p", { role: "alert", class: "mismatch" }, words.say("mismatch")));
}

// When served, the page can be installed and works without the server afterwards.
function install() {
  if (!location.protocol.startsWith("http")) return;
  document.head.append(el("link", { rel: "manifest", href: "manifest.webmanifest" }));
  navigator.serviceWorker?.register("sw.js").catch(() => undefined);
}

document.getElementById("noscript")?.remove();
if (mayCompute(MODEL)) new Page();
else refuse();
install();
