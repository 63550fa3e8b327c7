// The chance that a benefit exceeds a threshold, read off its range.

const TWO_SIDED_95 = 1.959963984540054;

// The part of a standard normal distribution below z, to 1e-12: its series around 0, whose terms are
// all of one sign. Beyond 9 nothing is left that a number could show.
export function normalBelow(z) {
  if (Math.abs(z) > 9) return z > 0 ? 1 : 0;
  let [sum, term] = [z, z];
  for (let k = 3; sum + term !== sum; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  const below = 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
  return Math.min(1, Math.max(0, below));
}

// All on the scale of the benefit; `width` is half the range's before it is cut. Null without one.
export function chanceAbove(benefit, width, threshold) {
  if (width === null) return null;
  const above = benefit - threshold;
  return width > 0 ? normalBelow((TWO_SIDED_95 * above) / width) : above > 0 ? 1 : 0;
}
