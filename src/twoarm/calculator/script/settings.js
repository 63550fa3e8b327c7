// The threshold of this page, decimals, and a link with the answers.

import { readField } from "./form.js";
import { thresholdOf } from "./patient.js";
import { readNumber } from "./reading.js";
import { el } from "./words.js";

export function settings(page) {
  const { words, state, model } = page;
  const threshold = thresholdOf(model, state);
  const note = el("p", { class: "note", id: "threshold-note" });
  const input = el("input", {
    id: "threshold",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-describedby": "threshold-note",
    input: () => {
      const value = readNumber(input.value);
      const empty = input.value.trim() === "";
      const good = empty || (value >= 0 && value <= 100);
      note.textContent = good ? "" : words.say("settings.threshold.bad", { found: input.value.slice(0, 40) });
      input.setAttribute("aria-invalid", String(!good));
      state.threshold = good && !empty ? value : null;
      page.update();
    },
  });
  input.value = threshold ? words.number(threshold.value) : "";
  const decimals = el("input", {
    id: "decimals",
    type: "checkbox",
    checked: state.decimals,
    change: () => {
      state.decimals = decimals.checked;
      page.update();
    },
  });
  const place = el("div", { id: "link" });
  return [
    el("p", { class: "setting" }, el("label", { for: "threshold" }, words.say("settings.threshold")), input),
    note,
    el("p", {}, el("label", { class: "check" }, decimals, el("span", {}, words.say("settings.decimals")))),
    el(
      "p",
      {},
      el(
        "button",
        { type: "button", click: () => place.replaceChildren(...linkWith(page)) },
        words.say("settings.link"),
      ),
    ),
    place,
  ];
}

function linkWith(page) {
  const { words, state, model } = page;
  const values = new URLSearchParams();
  for (const predictor of model.codebook) {
    const read = readField(predictor, state);
    if (read.unknown) values.set(predictor.column, "?");
    else if (read.value !== undefined)
      values.set(
        predictor.column,
        predictor.levels ? String(predictor.levels[read.value].code) : String(read.value),
      );
  }
  const input = el("input", { id: "link-text", type: "text", readonly: true, class: "wide" });
  input.value = `${location.href.split("#")[0]}#${values}`;
  return [
    el("p", { class: "soft" }, words.say("settings.link.note")),
    el("label", { for: "link-text" }, words.say("settings.link.label")),
    input,
  ];
}
