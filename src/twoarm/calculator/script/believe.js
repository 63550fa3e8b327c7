// Whether the numbers can be believed: the run's verdict, the range, and the other learner.

import { answer, hasRecommended } from "./answer.js";
import { row } from "./changes.js";
import { choice, el, own } from "./words.js";

export function believe(result, patient) {
  const { words, model } = result;
  const lines = (model.verdict ?? []).map((each) =>
    el(
      "li",
      {},
      el("p", {}, own(words, each.question, "b")),
      el(
        "p",
        {},
        el(
          "span",
          { class: `badge ${each.verdict.replace(" ", "-")}` },
          `◆ ${words.say(`verdict.${each.verdict}`)}`,
        ),
        " ",
        el("span", { lang: words.language === "en" ? null : "en" }, each.text),
      ),
    ),
  );
  return el(
    "section",
    { class: "believe", id: "believe", tabindex: "-1" },
    el("h2", {}, words.say("believe.title")),
    el("p", {}, words.say(model.population.randomised ? "believe.lot" : "believe.observed")),
    lines.length ? [el("p", {}, words.say("believe.run")), el("ul", { class: "verdict" }, lines)] : null,
    rangeNotes(result).map((text) => el("p", { class: "soft" }, text)),
    learners(result, patient),
  );
}

function rangeNotes(result) {
  const { words, model } = result;
  const { uncertainty } = model;
  if (!result.smooth()) return [];
  if (!uncertainty) return [words.say("believe.withheld")];
  const hundred = (value) => words.fixed(100 * value, 0);
  const { coverage, level } = uncertainty;
  const notes = [words.say("believe.range", { level: hundred(level) })];
  if (coverage) {
    notes.push(
      words.say("believe.covered", {
        worlds: String(coverage.worlds),
        patients: String(coverage.patients),
        least: hundred(coverage.least),
        top: hundred(coverage.least_in_top_quarter),
      }),
    );
    if (!coverage.of_this_study) notes.push(words.say("believe.elsewhere"));
  }
  const list = (uncertainty.holds_not ?? []).map((text) => words.term(text));
  if (list.length) notes.push(words.say("believe.not", { list: list.join("; ") }));
  return [notes.join(" "), words.say("believe.formula")];
}

function learners(result, patient) {
  const { words, model, state } = result;
  if (!hasRecommended(model)) return null;
  const options = ["recommended", "study"].map((each) => [each, words.say(`learner.${each}`)]);
  const pick = (each) => {
    state.learner = each;
    result.changed("learner");
  };
  const [study, smooth] = ["study", "recommended"].map((each) =>
    row(model, result.primary, answer(model, patient.coded, each)[result.primary], state),
  );
  const say = (value) => words.fixed(value, study.decimals);
  return [
    choice("learner", words.say("learner"), options, state.learner, pick),
    el(
      "p",
      { class: "soft" },
      words.say(`learner.note.${state.learner}`),
      " ",
      words.say("believe.differ", {
        a: say(study.a),
        b: say(study.b),
        c: say(smooth.a),
        d: say(smooth.b),
        n: say(Math.abs(study.points - smooth.points)),
      }),
    ),
  ];
}
