// The model's arithmetic: numbers in, numbers out, nothing of a page. Thresholds are compared in
// double precision with <=, as in Python, so that both take the same branch of every tree.

const TRIM = 0.001; // probabilities stay this far from 0 and 1 before their logit is taken
const LIMIT = 1e-6; // the same, of a risk that is adapted to other patients

export function expit(x) {
  return 0.5 * (1 + Math.tanh(0.5 * x));
}

// Model columns of coded predictors (a number or a level's position; null where unknown).
export function encode(model, coded) {
  const columns = [];
  model.codebook.forEach((predictor, k) => {
    const value = coded[k] === null ? model.fill[k] : coded[k];
    if (predictor.type === "nominal") {
      for (let level = 1; level < predictor.levels.length; level++) columns.push(value === level ? 1 : 0);
    } else if (predictor.type === "ordinal") {
      columns.push(predictor.scores[value]);
    } else {
      columns.push(value);
    }
  });
  return columns;
}

function cube(x) {
  return x > 0 ? x ** 3 : 0;
}

// Restricted cubic spline terms of one column beside the column itself.
function splineTerms(x, knots) {
  const last = knots[knots.length - 1];
  const before = knots[knots.length - 2];
  return knots
    .slice(0, -2)
    .map(
      (knot) =>
        (cube(x - knot) -
          ((last - knot) / (last - before)) * cube(x - before) +
          ((before - knot) / (last - before)) * cube(x - last)) /
        (last - knots[0]) ** 2,
    );
}

function logisticRisk(member, x) {
  const terms = [...x];
  member.knots.forEach((knots, k) => {
    if (knots.length) terms.push(...splineTerms(x[k], knots));
  });
  let predictor = member.intercept;
  member.slopes.forEach((slope, k) => {
    predictor += slope * terms[k];
  });
  return expit(predictor);
}

// Trees stand one behind the other: `left` counts nodes ahead, `number` is threshold or leaf.
function treeSum(trees, x) {
  let total = 0;
  for (const root of trees.roots) {
    let node = root;
    while (trees.column[node] >= 0) {
      node += trees.left[node] + (x[trees.column[node]] <= trees.number[node] ? 0 : 1);
    }
    total += trees.number[node];
  }
  return total;
}

export function memberRisk(member, x) {
  if (member.kind === "mean") return member.share;
  if (member.kind === "logistic") return logisticRisk(member, x);
  if (member.kind === "forest") return treeSum(member.trees, x) / member.trees.roots.length;
  if (member.kind === "boosting") return expit(member.start + treeSum(member.trees, x));
  throw new Error(`unknown kind of member: ${member.kind}`);
}

export function stackRisk(stack, x) {
  const onLogits = stack.combine === "convex_loglik";
  let total = 0;
  for (const member of stack.members) {
    let risk = memberRisk(member, x);
    if (onLogits) {
      const kept = Math.min(Math.max(risk, TRIM), 1 - TRIM);
      risk = Math.log(kept / (1 - kept));
    }
    total += member.weight * risk;
  }
  return onLogits ? expit(total) : total;
}

// One step of a model adapted to other patients: new log odds of both arms from the old ones.
export function recalibrated({ intercept, log_odds, columns }, risks, x) {
  const logits = risks.map((risk) => {
    const kept = Math.min(Math.max(risk, LIMIT), 1 - LIMIT);
    return Math.log(kept / (1 - kept));
  });
  return [0, 1].map((arm) =>
    expit(dot(log_odds[arm], logits) + intercept[arm] + (columns ? dot(columns[arm], x) : 0)),
  );
}

function adapt(step, risks, x) {
  for (const [name, form] of Object.entries(step)) risks[name] = recalibrated(form, risks[name], x);
}

// The study's learner: both arms' probabilities of every outcome, [control, treated].
export function studyRisks(model, x) {
  const risks = {};
  for (const name of Object.keys(model.outcomes)) {
    risks[name] = [stackRisk(model.study.control[name], x), stackRisk(model.study.treated[name], x)];
  }
  for (const step of model.recalibration ?? []) adapt(step.study, risks, x);
  return risks;
}

// A column that did not vary in training says nothing.
export function standardised({ centre, scale }, x) {
  return x.map((value, k) => (scale[k] === 0 ? 0 : (value - centre[k]) / scale[k]));
}

export function dot(a, b) {
  let total = 0;
  for (let k = 0; k < a.length; k++) total += a[k] * b[k];
  return total;
}

// Both arms' risks by one fit, [control, treated].
export function fitRisks(fit, z) {
  const middle = fit.intercept + dot(z, fit.main);
  const apart = fit.treatment + dot(z, fit.interaction);
  return [expit(middle - 0.5 * apart), expit(middle + 0.5 * apart)];
}

// Weighted means of neighbours that fall, until nothing falls (pool adjacent violators).
export function nonDecreasing(values, weights) {
  const blocks = [];
  values.forEach((value, k) => {
    blocks.push({ mean: value, weight: weights[k], size: 1 });
    while (blocks.length > 1 && blocks[blocks.length - 2].mean > blocks[blocks.length - 1].mean) {
      const high = blocks.pop();
      const low = blocks.pop();
      const weight = low.weight + high.weight;
      const mean = (low.mean * low.weight + high.mean * high.weight) / weight;
      blocks.push({ mean, weight, size: low.size + high.size });
    }
  });
  return blocks.flatMap((block) => Array(block.size).fill(block.mean));
}

// The recommended learner: a mean over fits, then the outcomes made free of contradiction.
export function recommendedRisks(model, x) {
  const { outcomes } = model.recommended;
  const risks = {};
  for (const [name, each] of Object.entries(outcomes)) {
    const z = standardised(each, x);
    risks[name] = [0, 0];
    for (const fit of each.fits) {
      fitRisks(fit, z).forEach((risk, arm) => {
        risks[name][arm] += fit.weight * risk;
      });
    }
  }
  putInOrder(model, risks);
  for (const step of model.recalibration ?? []) {
    adapt(step.recommended, risks, x);
    putInOrder(model, risks);
  }
  return risks;
}

function putInOrder(model, risks) {
  const { order } = model.recommended;
  const weights = order.map((each) => each.weight);
  for (const arm of [0, 1]) {
    const given = order.map(({ outcome, complement }) =>
      complement ? 1 - risks[outcome][arm] : risks[outcome][arm],
    );
    nonDecreasing(given, weights).forEach((value, k) => {
      risks[order[k].outcome][arm] = order[k].complement ? 1 - value : value;
    });
  }
}

// Positive where the treatment helps.
export function benefitOf(model, name, [control, treated]) {
  return model.outcomes[name].desirable ? treated - control : control - treated;
}

export function propensity(model, x) {
  return memberRisk(model.overlap.treatment, x);
}

export function isDecided(model, chance) {
  return chance < model.overlap.alpha || chance > 1 - model.overlap.alpha;
}

// Predictors outside what the model has seen, by number, with the limits.
export function outsideSupport(model, coded) {
  const found = [];
  model.codebook.forEach((predictor, k) => {
    if (coded[k] === null) return;
    const { min, max, levels } = model.support[k];
    const outside = levels ? !levels.includes(coded[k]) : coded[k] < min || coded[k] > max;
    if (outside) found.push(k);
  });
  return found;
}

// How far from the middle of the model's patients, all answers together (Mahalanobis).
export function distance(model, x) {
  const z = standardised(model.joint_support, x);
  const { root } = model.joint_support;
  let total = 0;
  for (let column = 0; column < (root[0]?.length ?? 0); column++) {
    let along = 0;
    for (let k = 0; k < z.length; k++) along += z[k] * root[k][column];
    total += along ** 2;
  }
  return Math.sqrt(total);
}
