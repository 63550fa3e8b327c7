// Both futures: dots, bars, and a line of differences.

import { el, own, svg } from "./words.js";

// Hundredths, so that nested outcomes and their parts add up: the whole numbers that are shown.
export function hundredths(model, name, risk, decimals) {
  const step = 10 ** decimals;
  const opposite = (model.recommended?.order ?? []).some((each) => each.outcome === name && each.complement);
  const rounded = Math.round((opposite ? 1 - risk : risk) * 100 * step) / step;
  return opposite ? Math.round((100 - rounded) * step) / step : rounded;
}

// The 100 patients of an arm in parts that add up, or only the main outcome where none nest.
export function parts(model, found, arm, learner, primary) {
  const order = learner === "recommended" ? (model.recommended?.order ?? []) : [];
  const whole = (name) => hundredths(model, name, found[name][arm], 0);
  if (!order.some((each) => each.outcome === primary)) {
    const count = whole(primary);
    const had = { label: "first", name: primary, count };
    const not = { kind: "open", label: "not", name: primary, count: 100 - count };
    return model.outcomes[primary].desirable
      ? [{ kind: "full", ...had }, not]
      : [not, { kind: "cross", ...had }];
  }
  const kinds = ["full", "half", "third"];
  const found_parts = [];
  let before = 0;
  for (const each of order.filter(({ complement }) => !complement)) {
    const until = whole(each.outcome);
    found_parts.push({
      kind: kinds[Math.min(found_parts.length, 2)],
      label: found_parts.length ? "next" : "first",
      name: each.outcome,
      count: until - before,
    });
    before = until;
  }
  const last = order
    .filter(({ complement }) => complement)
    .map((each) => ({ kind: "cross", label: "first", name: each.outcome, count: whole(each.outcome) }));
  const taken = before + last.reduce((total, each) => total + each.count, 0);
  return [...found_parts, { kind: "open", label: "rest", count: 100 - taken }, ...last];
}

export function partLabel(words, model, part) {
  const label = part.name ? words.term(model.outcomes[part.name].label) : "";
  if (part.label === "first") return label;
  return words.say(`part.${part.label}`, {
    label: part.label === "not" ? words.inside(model.outcomes[part.name].label) : label,
  });
}

const SHAPES = {
  full: (x, y) => [svg("circle", { class: "full", cx: x, cy: y, r: 3.9 })],
  half: (x, y) => [
    svg("circle", { class: "half", cx: x, cy: y, r: 3.3 }),
    svg("circle", { class: "pip", cx: x, cy: y, r: 1.3 }),
  ],
  third: (x, y) => [svg("circle", { class: "half", cx: x, cy: y, r: 3.3 })],
  open: (x, y) => [svg("circle", { class: "open", cx: x, cy: y, r: 3.3 })],
  cross: (x, y) => [svg("path", { class: "cross", d: `M${x - 2.7} ${y - 2.7}l5.4 5.4m0-5.4l-5.4 5.4` })],
};

export function sign(kind) {
  return svg("svg", { class: "sign", viewBox: "0 0 10 10", "aria-hidden": "true" }, SHAPES[kind](5, 5));
}

function spoken(words, model, armLabel, found) {
  const said = found.map((part) => `${part.count} ${partLabel(words, model, part)}`);
  return words.say("dots.label", { arm: words.inside(armLabel), parts: said.join("; ") });
}

export function dots(words, model, armLabel, found) {
  const kinds = found.flatMap((part) => Array(Math.max(part.count, 0)).fill(part.kind));
  return svg(
    "svg",
    {
      class: "dots",
      viewBox: "0 0 100 100",
      role: "img",
      "aria-label": spoken(words, model, armLabel, found),
    },
    kinds.map((kind, k) => SHAPES[kind](5 + 10 * (k % 10), 5 + 10 * Math.floor(k / 10))),
  );
}

export function bars(words, model, armLabel, found) {
  return el(
    "div",
    { class: "bar100", role: "img", "aria-label": spoken(words, model, armLabel, found) },
    found
      .filter((part) => part.count > 0)
      .map((part) => {
        const piece = el(
          "span",
          { class: `piece ${part.kind}` },
          part.count >= 6 ? el("b", {}, String(part.count)) : null,
        );
        piece.style.flexGrow = String(part.count);
        return piece;
      }),
  );
}

// One line a part: its sign, how many in either arm, and what it is.
export function legend(words, model, control, treated) {
  return el(
    "ul",
    { class: "legend" },
    control.map((part, k) =>
      el(
        "li",
        {},
        sign(part.kind),
        el("b", {}, `${part.count} → ${treated[k].count}`),
        part.label === "first"
          ? own(words, model.outcomes[part.name].label)
          : el("span", {}, partLabel(words, model, part)),
      ),
    ),
  );
}

// The scale that all differences share: whole tens around everything shown, 0 inside.
export function scaleOf(values) {
  const low = Math.min(-10, Math.floor((Math.min(...values) - 2) / 10) * 10);
  const high = Math.max(10, Math.ceil((Math.max(...values) + 2) / 10) * 10);
  return { low, high, at: (value) => `${(100 * (value - low)) / (high - low)}%` };
}

function withText(element, text) {
  element.append(el("span", {}, text));
  return element;
}

// The numbers under the differences: both ends and no difference.
export function ticks(words, scale) {
  return el(
    "div",
    { class: "ticks", "aria-hidden": "true" },
    [scale.low, 0, scale.high].map((value) => {
      const element = el("span", {}, words.fixed(value, 0));
      element.style.left = scale.at(value);
      return element;
    }),
  );
}

export function track(scale, benefit, range, threshold, label) {
  const mark = (name, at, to) => {
    const element = el("i", { class: name });
    element.style.left = scale.at(at);
    if (to !== undefined) element.style.width = `${(100 * (to - at)) / (scale.high - scale.low)}%`;
    return element;
  };
  return el(
    "div",
    { class: `track ${benefit < 0 ? "worse" : "better"}`, "aria-hidden": "true" },
    mark("zero", 0),
    threshold === null ? null : withText(mark("threshold", threshold), label),
    range ? mark("span", range[0], range[1]) : null,
    mark("point", benefit),
  );
}
