// What is said where there is no result: what is open, what is wrong, or why nobody knows.

import { shown } from "./form.js";
import { isNumber } from "./reading.js";
import { el } from "./words.js";

function link(result, k) {
  return el(
    "a",
    {
      href: `#f-${k}`,
      click: (event) => {
        event.preventDefault();
        document.getElementById(`f-${k}`).focus();
      },
    },
    result.words.term(result.model.codebook[k].label),
  );
}

export function incomplete(result, patient) {
  const { words } = result;
  const named = (key, numbers) =>
    numbers.length ? [el("p", {}, words.say(key)), list(numbers.map((k) => link(result, k)))] : [];
  const n = patient.open.length + patient.wrong.length;
  return {
    say: [words.say("result.none")],
    bar: words.say("bar.none", { n }),
    body: [...named("result.wrong", patient.wrong), ...named("result.open", patient.open)],
  };
}

export function refused(result, patient, reason) {
  const { words } = result;
  const texts = { outside, far, decided }[reason.key](result, patient, reason);
  const say = [words.say(`result.${reason.key}`)];
  return { say, bar: words.say("result.refused.bar"), body: texts };
}

function list(items) {
  return el(
    "ul",
    { class: "todo" },
    items.map((item) => el("li", {}, item)),
  );
}

function outside(result, patient, { predictors }) {
  return [list(predictors.map((k) => [beyond(result, k, patient.coded[k]), " ", link(result, k)]))];
}

function far(result, patient, { distance, limit, predictors }) {
  const { words } = result;
  const values = { distance: words.fixed(distance, 1), limit: words.fixed(limit, 1) };
  return [el("p", {}, words.say("result.far.text", values)), list(predictors.map((k) => link(result, k)))];
}

function decided(result, patient, { chance }) {
  const { words, model } = result;
  const hundred = (value) => words.fixed(100 * value, 0);
  const { alpha } = model.overlap;
  const values = { chance: hundred(chance), low: hundred(alpha), high: hundred(1 - alpha) };
  const label = words.inside(result.arms[1]);
  return [el("p", {}, words.say("result.decided.text", { ...values, treated_label: label }))];
}

function beyond(result, k, value) {
  const { words, model, state } = result;
  const predictor = model.codebook[k];
  const { min, max, levels } = model.support[k];
  const label = words.term(predictor.label);
  const say = (each) => shown(words, predictor, each, state);
  if (!isNumber(predictor))
    return words.say("result.outside.level", {
      label,
      value: say(value),
      levels: words.list(levels.map(say)),
    });
  const above = value > max;
  const by = Number(Math.abs(value - (above ? max : min)).toPrecision(12));
  return words.say(above ? "result.outside.above" : "result.outside.below", {
    label,
    value: say(value),
    by: say(by),
    limit: say(above ? max : min),
  });
}
