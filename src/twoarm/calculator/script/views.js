// Both futures, in the view that the reader picks.

import { change, rangeText } from "./changes.js";
import { bars, dots, legend, parts } from "./figures.js";
import { choice, el, own } from "./words.js";

export function futures(result, found, rows) {
  const { words, state } = result;
  const options = ["icons", "bars", "table", "text"].map((view) => [view, words.say(`view.${view}`)]);
  const pick = (view) => {
    state.view = view;
    result.changed("view");
  };
  return el(
    "section",
    { class: "futures-section" },
    choice("view", words.say("view"), options, state.view, pick),
    state.view === "table"
      ? table(result, rows)
      : state.view === "text"
        ? texts(result, rows)
        : pictures(result, found),
  );
}

function pictures(result, found) {
  const { words, model, state } = result;
  const draw = state.view === "bars" ? bars : dots;
  const both = ["control", "treated"].map((arm) => parts(model, found, arm, state.learner, result.primary));
  return [
    el(
      "div",
      { class: `futures ${state.view}` },
      both.map((each, k) =>
        el(
          "div",
          { class: "future" },
          el("h3", {}, words.say("arm.title", { label: words.inside(result.arms[k]) })),
          draw(words, model, result.arms[k], each),
        ),
      ),
    ),
    legend(words, model, ...both),
    result.smooth() ? null : el("p", { class: "soft" }, words.say("dots.single")),
  ];
}

// Side by side where there is room, one below the other on a phone.
function table(result, rows) {
  const { words, model } = result;
  const title = (each) => own(words, model.outcomes[each.name].label);
  const cells = (each) => [
    words.fixed(each.a, each.decimals),
    words.fixed(each.b, each.decimals),
    change(words, each.points, each.decimals),
    each.changeRange ? rangeText(words, each.changeRange, each.decimals) : words.say("table.norange"),
  ];
  const heads = () => [
    ...result.arms.map((arm) => own(words, arm)),
    words.say("table.difference"),
    words.say("table.range"),
  ];
  const wide = el(
    "table",
    { class: "wide" },
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        [words.say("table.outcome"), ...heads()].map((text) => el("th", { scope: "col" }, text)),
      ),
    ),
    el(
      "tbody",
      {},
      rows.map((each) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, title(each)),
          cells(each).map((text) => el("td", {}, text)),
        ),
      ),
    ),
  );
  const tall = el(
    "table",
    { class: "tall" },
    rows.map((each) =>
      el(
        "tbody",
        {},
        el("tr", {}, el("th", { scope: "rowgroup", colspan: "2" }, title(each))),
        cells(each).map((text, k) =>
          el("tr", {}, el("th", { scope: "row" }, heads()[k]), el("td", {}, text)),
        ),
      ),
    ),
  );
  return [wide, tall];
}

function texts(result, rows) {
  return el(
    "ul",
    { class: "texts" },
    rows.map((each) => el("li", {}, result.sentence(each), " ", `(${result.wayText(each)})`)),
  );
}
