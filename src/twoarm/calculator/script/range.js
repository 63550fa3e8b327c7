// The range of a benefit by the recommended learner.

import { dot, fitRisks, standardised } from "./evaluator.js";

// Half its width before it is cut; null where the model has none, as after it was adapted elsewhere.
// The spread is that of one fit of its own; its distance from the prediction counts, too.
export function halfWidth(model, name, x, [control, treated]) {
  const fit = model.uncertainty?.outcomes?.[name];
  if (!fit) return null;
  const z = standardised(fit, x);
  const [mu0, mu1] = fitRisks(fit, z);
  const [slope0, slope1] = [mu0 * (1 - mu0), mu1 * (1 - mu1)];
  const [middle, side] = [slope1 - slope0, (slope1 + slope0) / 2];
  const gradient = [middle, side, ...z.map((value) => middle * value), ...z.map((value) => side * value)];
  let spread = 0;
  for (let column = 0; column < gradient.length; column++) {
    const along = dot(
      gradient.slice(column),
      fit.root.slice(column).map((row) => row[column]),
    );
    spread += along ** 2;
  }
  const apart = mu1 - mu0 - (treated - control);
  return model.uncertainty.multiple * Math.sqrt(spread + apart ** 2);
}

// Low and high around a benefit.
export function rangeAround(benefit, width) {
  return [Math.max(-1, benefit - width), Math.min(1, benefit + width)];
}
