// The form: one row an answer, read as it is typed.

import { isNumber, isUnusual, numberProblem, readTyped } from "./reading.js";
import { el, own } from "./words.js";

const UNKNOWN = "?";
const SHORT_LABEL = 6;
const LANDED = 250; // milliseconds

// The factor from the unit chosen on the page to the model's, and that unit's name.
export function unitOf(predictor, state) {
  const other = state.otherUnit[predictor.column] && predictor.other_unit;
  return other ? { unit: other.unit, factor: other.factor } : { unit: predictor.unit ?? "", factor: 1 };
}

// What an answer says: open, unknown, { value } (coded) or { problem }.
export function readField(predictor, state) {
  const typed = state.typed[predictor.column] ?? "";
  if (typed === UNKNOWN) return predictor.may_be_missing ? { unknown: true } : { problem: { key: "number" } };
  if (typed.trim() === "") return { open: true };
  if (isNumber(predictor)) return readTyped(predictor, typed, unitOf(predictor, state).factor);
  const position = predictor.levels.findIndex((level) => String(level.code) === typed);
  return position < 0 ? { problem: { key: "number" } } : { value: position };
}

export function withUnit(words, text, unit) {
  return unit ? `${text} ${words.term(unit)}` : text;
}

// A coded value in words, in the unit chosen.
export function shown(words, predictor, value, state) {
  if (!isNumber(predictor)) return words.term(predictor.levels[value].label);
  const { unit, factor } = unitOf(predictor, state);
  return withUnit(words, words.number(value / factor, factor === 1 ? 12 : 4), unit);
}

export function limits(words, predictor, bounds, state) {
  const { unit, factor } = unitOf(predictor, state);
  const [min, max] = [bounds?.min, bounds?.max].map((limit) =>
    limit === undefined || limit === null ? null : words.number(limit / factor, factor === 1 ? 12 : 3),
  );
  if (min === null && max === null) return words.say("field.any");
  if (min === null) return words.say("field.at_most", { min, max: withUnit(words, max, unit) });
  if (max === null) return words.say("field.at_least", { min: withUnit(words, min, unit) });
  return words.say("field.limits", { min, max: withUnit(words, max, unit) });
}

function problemText(words, predictor, problem, state) {
  const found = (state.typed[predictor.column] ?? "").trim().slice(0, 40);
  const allowed = limits(words, predictor, predictor.range, state);
  const example = words.number(predictor.type === "integer" ? 7 : 7.2);
  let { key } = problem;
  const values = { found, limits: allowed, example };
  if (key === "range" && predictor.other_unit) {
    const there = { otherUnit: { [predictor.column]: !state.otherUnit[predictor.column] } };
    const { unit, factor } = unitOf(predictor, there);
    const typed = Number(found.replace(",", "."));
    if (!numberProblem(predictor, typed * factor)) [key, values.unit] = ["range.other_unit", unit];
  }
  return words.say(`problem.${key}`, values);
}

// What stands under a field: an error, or how the answer was read.
function remark(words, predictor, read, state) {
  if (read.problem) return { error: problemText(words, predictor, read.problem, state) };
  if (read.value === undefined || !isNumber(predictor)) return {};
  const said = shown(words, predictor, read.value, state);
  if (isUnusual(predictor, read.value)) return { note: words.say("field.unusual", { value: said }) };
  const typed = state.typed[predictor.column].trim();
  const plain =
    (/^[0-9]+(\.[0-9]+)?$/.test(typed) && words.number(1.5).includes(".")) || /^[0-9]+$/.test(typed);
  const { factor } = unitOf(predictor, state);
  if (plain && factor === 1) return {};
  const inModel = shown(words, predictor, read.value, { otherUnit: {} });
  return {
    note: words.say("field.read", {
      value: factor === 1 ? said : `${said} = ${withRounding(words, predictor, read.value) ?? inModel}`,
    }),
  };
}

function withRounding(words, predictor, value) {
  return withUnit(words, words.number(value, 3), predictor.unit ?? "");
}

function about(words, predictor, support, state) {
  const texts = [];
  if (predictor.help) texts.push(own(words, predictor.help), ". ");
  if (isNumber(predictor)) {
    const { unit, factor } = unitOf(predictor, state);
    const say = (value) => words.number(value / factor, factor === 1 ? 12 : 3);
    texts.push(
      words.say("field.seen", { min: say(support.min), max: withUnit(words, say(support.max), unit) }),
      " ",
    );
    const { min, max } = predictor.usual ?? {};
    if (min !== undefined && max !== undefined) {
      texts.push(words.say("field.usual", { min: say(min), max: withUnit(words, say(max), unit) }));
    }
  } else if (predictor.type !== "binary") {
    const levels = support.levels.map((level) => words.term(predictor.levels[level].label));
    texts.push(words.say("field.seen_levels", { levels: words.list(levels) }));
  }
  return texts;
}

export class Form {
  constructor(model, state, words, changed) {
    Object.assign(this, { model, state, words, changed });
    this.rows = new Map();
  }

  set(predictor, text, late) {
    const same = this.state.typed[predictor.column] === text;
    this.state.typed[predictor.column] = text;
    if (!late) this.refresh(predictor);
    else this.leave(predictor);
    if (!same) this.changed(); // a field that is only left must not move what a finger is on
  }

  // An error makes its row taller: not before the tap that left the field has landed.
  leave(predictor) {
    this.state.left.add(predictor.column);
    setTimeout(() => this.refresh(predictor), LANDED);
  }

  row(k) {
    const predictor = this.model.codebook[k];
    const { words, state } = this;
    const label = words.term(predictor.label);
    const number = isNumber(predictor);
    const hint = number ? limits(words, predictor, predictor.range, state) : "";
    const help = about(words, predictor, this.model.support[k], state);
    const note = el("p", { class: "note", id: `n-${k}` });
    const text = el("p", { class: "help", id: `i-${k}`, hidden: true }, help);
    const info = help.length
      ? el(
          "button",
          {
            type: "button",
            class: "info",
            "aria-expanded": "false",
            "aria-controls": `i-${k}`,
            "aria-label": words.say("field.about", { label }),
            click: () => {
              text.hidden = !text.hidden;
              info.setAttribute("aria-expanded", String(!text.hidden));
            },
          },
          el("span", { "aria-hidden": "true" }, "i"),
        )
      : null;
    const control = number ? this.number(predictor, k) : this.levels(predictor, k);
    const isGroup = control.dataset.group === "yes";
    const name = el(
      isGroup ? "span" : "label",
      isGroup ? { id: `l-${k}`, class: "name" } : { for: `f-${k}`, class: "name" },
      own(words, predictor.label),
    );
    const row = el(
      "div",
      { class: "field", id: `row-${k}` },
      el("div", { class: "head" }, name, hint ? el("small", { id: `h-${k}` }, hint) : null),
      info,
      control,
      text,
      note,
    );
    this.rows.set(predictor.column, { row, note, k });
    this.refresh(predictor);
    return row;
  }

  number(predictor, k) {
    const { words, state } = this;
    const typed = state.typed[predictor.column] ?? "";
    const input = el("input", {
      id: `f-${k}`,
      type: "text",
      inputmode: predictor.type === "integer" ? "numeric" : "decimal",
      autocomplete: "off",
      "aria-describedby": `h-${k} n-${k}`,
      input: () => this.set(predictor, input.value, false),
      change: () => this.set(predictor, input.value, true),
    });
    input.value = typed === UNKNOWN ? "" : typed;
    const box = el("div", { class: "box" }, input, this.unit(predictor, k));
    if (!predictor.may_be_missing) return box;
    const unknown = el("input", {
      type: "checkbox",
      id: `u-${k}`,
      change: () => {
        input.value = "";
        input.disabled = unknown.checked;
        this.set(predictor, unknown.checked ? UNKNOWN : "", true);
      },
    });
    unknown.checked = typed === UNKNOWN;
    input.disabled = unknown.checked;
    return el(
      "div",
      { class: "with-unknown" },
      box,
      el(
        "label",
        { class: "unknown" },
        unknown,
        words.say("field.unknown"),
        el("span", { class: "visually-hidden" }, `: ${words.term(predictor.label)}`),
      ),
    );
  }

  unit(predictor, k) {
    const { words, state } = this;
    if (!predictor.other_unit)
      return predictor.unit ? el("span", { class: "unit" }, words.term(predictor.unit)) : null;
    const select = el(
      "select",
      {
        class: "unit",
        "aria-label": words.say("field.unit", { label: words.term(predictor.label) }),
        change: () => {
          state.otherUnit[predictor.column] = select.selectedIndex === 1;
          this.replace(k);
          this.changed();
          document.querySelector(`#row-${k} select`).focus();
        },
      },
      el("option", {}, words.term(predictor.unit)),
      el("option", {}, words.term(predictor.other_unit.unit)),
    );
    select.selectedIndex = state.otherUnit[predictor.column] ? 1 : 0;
    return select;
  }

  replace(k) {
    document.getElementById(`row-${k}`).replaceWith(this.row(k));
  }

  levels(predictor, k) {
    const { words, state } = this;
    const typed = state.typed[predictor.column] ?? "";
    const options = predictor.levels.map((level) => [String(level.code), words.term(level.label)]);
    if (predictor.may_be_missing) options.push([UNKNOWN, words.say("field.unknown")]);
    const short = predictor.levels.every((level) => words.term(level.label).length <= SHORT_LABEL);
    if (short && predictor.levels.length <= 3) {
      return el(
        "div",
        {
          class: predictor.may_be_missing ? "segments apart" : "segments",
          role: "radiogroup",
          "aria-labelledby": `l-${k}`,
          "aria-describedby": `n-${k}`,
          "data-group": "yes",
        },
        options.map(([code, text], position) =>
          el(
            "label",
            {},
            el("input", {
              type: "radio",
              name: `f-${k}`,
              id: position ? null : `f-${k}`,
              value: code,
              checked: code === typed,
              change: () => this.set(predictor, code, true),
            }),
            el("span", {}, text),
          ),
        ),
      );
    }
    const select = el(
      "select",
      {
        id: `f-${k}`,
        "aria-describedby": `n-${k}`,
        change: () => this.set(predictor, select.value, true),
      },
      el("option", { value: "" }, words.say("field.choose")),
      options.map(([code, text]) => el("option", { value: code, selected: code === typed }, text)),
    );
    return select;
  }

  // Say how an answer was read; an error only once the field was left, so that none flashes up.
  refresh(predictor) {
    const { row, note } = this.rows.get(predictor.column) ?? {};
    if (!row) return; // the form was drawn anew meanwhile
    const said = remark(this.words, predictor, readField(predictor, this.state), this.state);
    const error = this.state.left.has(predictor.column) ? said.error : undefined;
    const text = error ?? said.note ?? "";
    if (note.textContent !== text) note.textContent = text;
    row.classList.toggle("wrong", Boolean(error));
    const input = row.querySelector("input[type=text], select:not(.unit)");
    if (input) input.setAttribute("aria-invalid", String(Boolean(error)));
  }
}
