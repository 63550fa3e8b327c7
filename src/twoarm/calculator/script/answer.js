// What the page says of one patient, and the check that it may say anything at all.

import {
  benefitOf,
  distance,
  encode,
  isDecided,
  outsideSupport,
  propensity,
  recommendedRisks,
  studyRisks,
} from "./evaluator.js";
import { halfWidth, rangeAround } from "./range.js";
import { isNumber, readCell } from "./reading.js";

const TOLERANCE = 1e-9;

export function primaryOf(model) {
  const names = Object.keys(model.outcomes);
  return names.find((name) => model.outcomes[name].primary) ?? names[0];
}

export function hasRecommended(model) {
  return primaryOf(model) in (model.recommended?.outcomes ?? {});
}

// By outcome: both risks, the benefit, half the width of its range, and the range (null where none
// is known). The recommended
// learner says nothing of an outcome that could not be fitted.
export function answer(model, coded, learner) {
  const x = encode(model, coded);
  const leads = learner === "recommended" && hasRecommended(model);
  const found = {};
  for (const [name, risks] of Object.entries(leads ? recommendedRisks(model, x) : studyRisks(model, x))) {
    const benefit = benefitOf(model, name, risks);
    const width = leads ? halfWidth(model, name, x, risks) : null;
    found[name] = {
      control: risks[0],
      treated: risks[1],
      benefit,
      width,
      range: width === null ? null : rangeAround(benefit, width),
    };
  }
  return found;
}

// Why nothing is said of a patient whose answers are all readable; null where something is.
export function refusal(model, coded) {
  const outside = outsideSupport(model, coded);
  if (outside.length) return { key: "outside", predictors: outside };
  const x = encode(model, coded);
  if (model.joint_support) {
    const [far, { limit }] = [distance(model, x), model.joint_support];
    if (far > limit) return { key: "far", distance: far, limit, predictors: farthest(model, coded) };
  }
  const chance = propensity(model, x);
  return isDecided(model, chance) ? { key: "decided", chance } : null;
}

// The three answers that bring a patient nearest to the others if they alone were average.
function farthest(model, coded) {
  const nearer = coded.map((_, k) =>
    distance(
      model,
      encode(
        model,
        coded.map((value, j) => (j === k ? null : value)),
      ),
    ),
  );
  return coded
    .map((_, k) => k)
    .sort((a, b) => nearer[a] - nearer[b])
    .slice(0, 3);
}

// How the primary benefit moves while one answer runs over what is usual among those seen.
export function spanOver(model, coded, k, learner, name) {
  const predictor = model.codebook[k];
  const { min, max, levels } = model.support[k];
  let values = levels;
  if (isNumber(predictor)) {
    const low = Math.max(min, predictor.usual?.min ?? min);
    const high = Math.min(max, predictor.usual?.max ?? max);
    values = Array.from({ length: 9 }, (_, step) => low + ((high - low) * step) / 8);
  }
  const benefits = values.map((value) => {
    const other = [...coded];
    other[k] = value;
    return answer(model, other, learner)[name].benefit;
  });
  return [Math.min(...benefits), Math.max(...benefits)];
}

function differences(model, vector) {
  const coded = model.codebook.map((predictor, k) => readCell(predictor, vector.cells[k]));
  if (coded.some((value) => Number.isNaN(value))) return [NaN];
  const x = encode(model, coded);
  const found = [propensity(model, x) - vector.propensity];
  const study = answer(model, coded, "study");
  for (const [name, [control, treated]] of Object.entries(vector.risks)) {
    found.push(study[name].control - control, study[name].treated - treated);
    found.push(study[name].benefit - vector.benefit[name]);
  }
  const own = hasRecommended(model) ? answer(model, coded, "recommended") : {};
  for (const [name, [control, treated, benefit, low, high]] of Object.entries(vector.recommended ?? {})) {
    if (!own[name]) continue;
    found.push(own[name].control - control, own[name].treated - treated, own[name].benefit - benefit);
    if (own[name].range) found.push(own[name].range[0] - low, own[name].range[1] - high);
  }
  return found;
}

// The largest difference from the test patients, NaN if one cannot be read or computed.
export function largestDifference(model) {
  let largest = 0;
  for (const vector of model.vectors) {
    for (const difference of differences(model, vector)) largest = Math.max(largest, Math.abs(difference));
  }
  return largest;
}

// Whether this browser computes as the model's makers did; without it nothing is shown.
export function mayCompute(model) {
  try {
    return model.vectors.length > 0 && largestDifference(model) <= TOLERANCE;
  } catch {
    return false;
  }
}
