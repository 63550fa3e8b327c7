// Benefit and harm on one scale, the threshold, and the number needed to treat.

import { chanceAbove } from "./chance.js";
import { change, rangeText } from "./changes.js";
import { scaleOf, ticks, track } from "./figures.js";
import { thresholdOf } from "./patient.js";
import { el, own } from "./words.js";

export function both(result, rows, main) {
  const { words, model, state } = result;
  const threshold = thresholdOf(model, state);
  const scale = scaleOf([
    ...rows.flatMap((each) => [each.benefit, ...(each.benefitRange ?? [])]),
    threshold?.value ?? 0,
  ]);
  return el(
    "section",
    { class: "both" },
    el("h2", {}, words.say("both.title")),
    rows.map((each) => {
      const range = each.changeRange ? ` (${rangeText(words, each.changeRange, each.decimals)})` : "";
      return el(
        "div",
        { class: "effect" },
        el("p", { class: "effect-name" }, own(words, model.outcomes[each.name].label)),
        el(
          "p",
          { class: "effect-risks" },
          words.fixed(each.a, each.decimals),
          " → ",
          words.fixed(each.b, each.decimals),
        ),
        track(
          scale,
          each.benefit,
          each.benefitRange,
          each === main && threshold ? threshold.value : null,
          threshold ? words.number(threshold.value) : "",
        ),
        el(
          "p",
          { class: "effect-change" },
          el("b", {}, change(words, each.points, each.decimals)),
          range,
          ": ",
          each.benefit < 0
            ? el("span", { class: "harm" }, `◆ ${result.wayText(each)}`)
            : result.wayText(each),
        ),
      );
    }),
    ticks(words, scale),
    el(
      "p",
      { class: "axis", "aria-hidden": "true" },
      el("span", {}, `← ${words.say("axis.worse", result.values())}`),
      el("span", {}, `${words.say("axis.better", result.values())} →`),
    ),
    threshold ? thresholdLine(result, main, threshold) : null,
    nnt(result, main),
  );
}

function thresholdLine(result, main, { value, by }) {
  const { words, model } = result;
  const outcome = words.inside(model.outcomes[main.name].label);
  const values = { outcome, n: words.number(value), by: words.say(`threshold.${by}`) };
  if (!main.benefitRange) return el("p", { class: "said-threshold" }, words.say("threshold.norange", values));
  const [low, high] = main.benefitRange;
  const key = low > value ? "above" : high < value ? "below" : "contains";
  const tie = [low, high].some((each) => Number(each.toFixed(0)) === value && each !== value);
  const decimals = Math.max(main.decimals, tie ? 1 : 0);
  return el(
    "p",
    { class: "said-threshold" },
    el("i", { class: "key-threshold", "aria-hidden": "true" }),
    words.say(`threshold.${key}`, {
      ...values,
      low: words.fixed(low, decimals),
      high: words.fixed(high, decimals),
    }),
    " ",
    words.say("threshold.chance", { ...values, chance: chanceText(words, main.unrounded, value) }),
  );
}

// In whole patients of 100; at the ends only that it is less or more than what could be said.
function chanceText(words, { benefit, width }, points) {
  const chance = chanceAbove(benefit, width, points / 100);
  const key = chance < 0.01 ? "less" : chance > 0.99 ? "more" : "about";
  return words.say(`chance.${key}`, { p: words.fixed(100 * chance, 0) });
}

// An extra line, and only where the range leaves out "no difference".
function nnt(result, main) {
  const { words, model } = result;
  if (!main.benefitRange || main.benefitRange[0] * main.benefitRange[1] <= 0 || main.points === 0)
    return null;
  const needed = (points) => words.fixed(Math.ceil(Number((100 / Math.abs(points)).toFixed(9))), 0);
  const [low, high] = main.benefitRange.map(needed).sort((a, b) => Number(a) - Number(b));
  const outcome = words.inside(model.outcomes[main.name].label);
  return el(
    "p",
    { class: "soft" },
    words.say(main.benefit > 0 ? "nnt.benefit" : "nnt.harm", { outcome, n: needed(main.points), low, high }),
  );
}
