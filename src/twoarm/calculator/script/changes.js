// Whole numbers of 100 patients, and their changes in words.

import { hundredths } from "./figures.js";

function places(state) {
  return state.decimals ? 1 : 0;
}

// A change of frequency in words: "19 more"; a range of changes: "from 4 fewer to 38 more".
export function change(words, points, decimals) {
  if (points === 0) return words.say("change.same");
  return words.say(points > 0 ? "change.more" : "change.fewer", {
    n: words.fixed(Math.abs(points), decimals),
  });
}

export function rangeText(words, [low, high], decimals) {
  const say = (value) => words.fixed(Math.abs(value), decimals);
  const [from, to] = [low, high].map((value) => Number(value.toFixed(decimals)));
  if (from >= 0) return words.say("range.more", { low: say(from), high: say(to) });
  if (to <= 0) return words.say("range.fewer", { low: say(to), high: say(from) });
  return words.say("range.both", { low: say(from), high: say(to) });
}

// What is shown of one outcome, in hundredths: risks, change, and the range of the change.
export function row(model, name, found, state) {
  const decimals = places(state);
  const [a, b] = [found.control, found.treated].map((risk) => hundredths(model, name, risk, decimals));
  const sign = model.outcomes[name].desirable ? 1 : -1;
  const points = Number((b - a).toFixed(decimals));
  const benefitRange = found.range?.map((value) => 100 * value) ?? null;
  const changeRange = benefitRange && (sign > 0 ? benefitRange : [-benefitRange[1], -benefitRange[0]]);
  const unrounded = { benefit: found.benefit, width: found.width };
  return { name, a, b, points, benefit: sign * points, benefitRange, changeRange, decimals, unrounded };
}
