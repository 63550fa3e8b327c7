// From what was typed to a number or a level, without guessing.

const NUMBER = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
const WHOLE = /^([-+]?[0-9]{1,300})(?:\.0*)?$/;
const THOUSANDS = /^[-+]?[0-9]{1,3}(?:[.,][0-9]{3})+$/;

export function isNumber(predictor) {
  return predictor.type === "number" || predictor.type === "integer";
}

// A number written with a decimal point or a decimal comma; NaN for anything else.
export function readNumber(text) {
  const plain = text.trim().replace(/^([-+]?[0-9]*),([0-9]+)$/, "$1.$2");
  if (!NUMBER.test(plain)) return NaN;
  const value = Number(plain);
  return Number.isFinite(value) ? value : NaN;
}

// The one spelling in which codes are compared: 1, "1" and 1.0 are equal.
export function canonical(code) {
  const text = String(code).trim();
  const whole = WHOLE.exec(text);
  if (whole) return String(BigInt(whole[1].replace(/^\+/, "")));
  if (!NUMBER.test(text) || !Number.isFinite(Number(text))) return text;
  return String(Number(text));
}

// What is wrong with a number in the model's own unit: a key and its limits, or null.
export function numberProblem(predictor, value) {
  if (predictor.type === "integer" && !Number.isInteger(value)) return { key: "whole" };
  const { min = null, max = null } = predictor.range ?? {};
  if ((min !== null && value < min) || (max !== null && value > max)) return { key: "range", min, max };
  return null;
}

export function isUnusual(predictor, value) {
  const { min = null, max = null } = predictor.usual ?? {};
  return (min !== null && value < min) || (max !== null && value > max);
}

// A typed number: { value } in the model's unit, or { problem }. `factor` turns it into that unit.
export function readTyped(predictor, text, factor = 1) {
  const typed = readNumber(text);
  if (Number.isNaN(typed)) return { problem: { key: "number" } };
  const codes = (predictor.missing_codes ?? []).map(canonical);
  if (codes.includes(canonical(typed))) return { problem: { key: "code" } };
  const value = typed * factor;
  let problem = numberProblem(predictor, value);
  if (problem?.key === "whole" && THOUSANDS.test(text.trim())) problem = { key: "thousands" };
  return problem ? { problem, typed } : { value, typed };
}

// A cell of a data file, decimals with a point: a number, a level's position, null if missing,
// NaN if it does not fit.
export function readCell(predictor, cell) {
  const codes = (predictor.missing_codes ?? []).map(canonical);
  const text = codes.includes(canonical(cell)) ? "" : cell.trim();
  if (!isNumber(predictor)) {
    const found = predictor.levels.findIndex((level) => canonical(level.code) === canonical(text));
    if (found >= 0) return found;
  }
  if (text === "") return predictor.may_be_missing ? null : NaN;
  if (!isNumber(predictor)) return NaN;
  const value = readNumber(text);
  return Number.isNaN(value) || numberProblem(predictor, value) ? NaN : value;
}
