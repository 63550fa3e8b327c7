// Low and high of the benefit by the recommended learner.

export function range(model, name, z, benefit) {
  const uncertainty = model.uncertainty?.outcomes?.[name];
  if (!uncertainty) return null;
  return [benefit - uncertainty.half, benefit + uncertainty.half];
}
