"""A whole study: fit, cross-fit, resample, measure, write."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.encoding import EncodingSpec
from twoarm.cohort.load import Study
from twoarm.errors import ArgumentError
from twoarm.execution import chunks, run_tasks
from twoarm.importance import Dependence, partial_dependence, permutation_importance
from twoarm.learners.warm import compile_kernels
from twoarm.metalearners import Effects, arm_seeds, effects_of, fit_arms
from twoarm.resampling import FitFailure, RunStore
from twoarm.seeds import Stream, generator
from twoarm.study.folder import RunFolder, open_folder, write_json
from twoarm.study.measure import (
    arm_result,
    benefit_result,
    crude_benefit,
    draws,
    g_formula_benefit,
)
from twoarm.study.model import model_content
from twoarm.study.plan import ARMS, Plan, make_plan
from twoarm.study.result import PROVISIONAL_BELOW, FittedModels, OutcomeResult, StudyResult
from twoarm.study.tasks import CrossFitTask, ReplicateTask, array_specs

__all__ = ["Progress", "run"]

_CHUNK = 4  # replicates a task: Ctrl-C and progress answer within a second or two
_LEADING = 5
_MOST_PATIENTS_PERMUTED = 2000


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands, for whoever shows it.

    `stage` is a short text; `done` of `total` pieces of it are finished; `interim` is a result
    from the first 200 replicates, once.
    """

    stage: str
    done: int
    total: int
    interim: StudyResult | None = None


Listener = Callable[[Progress], None]


def run(
    study: Study,
    cohort: Cohort,
    *,
    out: str | Path | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    executor: str | None = None,
    workers: int | None = None,
    resume: bool = False,
    progress: Listener | None = None,
) -> StudyResult:
    """Run a study.

    Parameters
    ----------
    study, cohort : Study, Cohort
        From `load_study` and `read_cohort`.
    out : str or Path, optional
        Run folder; by default a temporary one, which stays.
    replicates, seed, executor, workers : optional
        In place of what the study file says. Executor and workers do not change a number.
    resume : bool
        Go on with the run that the folder holds.
    progress : callable, optional
        Told how far the run is.

    Returns
    -------
    StudyResult
        Also written to the folder: ``summary.json``, ``model.json``, the stored replicates.

    Raises
    ------
    UserError
        If the request, the data or the folder do not allow it.

    Examples
    --------
    >>> from twoarm.cohort import load_study, read_cohort
    >>> study = load_study("rescue-stenting")
    >>> result = run(study, read_cohort(study), replicates=4)
    >>> result.outcomes["mrs_0_2"].arms["treated"].n
    195
    """
    plan = make_plan(
        study, cohort, replicates=replicates, seed=seed, executor=executor, workers=workers
    )
    tell = progress or (lambda _: None)
    path = Path(tempfile.mkdtemp(prefix="twoarm-")) if out is None else Path(out)
    folder = open_folder(path, plan, resume=resume)
    start = time.monotonic()
    tell(Progress("compiling", 0, 1))
    compile_kernels()
    tell(Progress("compiling", 1, 1))
    with RunStore(path, array_specs(plan), plan.replicates) as store:
        full = _full_fit(plan, tell)
        crossfit = _cross_fit(plan, tell)
        _resample(plan, store, tell, lambda done: _result(plan, store, done, full, crossfit, path))
        tell(Progress("measuring", 0, 1))
        result = _result(plan, store, store.done(), full, crossfit, path)
        replicate_seconds = store.seconds()
    write_json(path / "summary.json", result.summary())
    result = _write_model(result, path)
    _finish(folder, start, replicate_seconds)
    tell(Progress("measuring", 1, 1))
    return result


@dataclass(frozen=True)
class _FullFit:
    models: FittedModels
    in_sample: dict[str, Effects]
    importance: dict[str, NDArray[np.float64]]
    dependence: tuple[Dependence, ...]


@dataclass(frozen=True)
class _CrossFit:
    mu: NDArray[np.float64]  # (repeats, outcomes, 2, patients)
    errors: tuple[FitFailure, ...]


def _full_fit(plan: Plan, tell: Listener) -> _FullFit:
    """Fit both arms of every outcome on everybody, and see what the benefit depends on."""
    cohort = plan.cohort
    encoding = plan.predictors.spec()
    X = encoding.encode(cohort.predictors)
    stacks, in_sample, importance = {}, {}, {}
    dependence: tuple[Dependence, ...] = ()
    for position, spec in enumerate(plan.outcomes):
        tell(Progress("full fit", position, len(plan.outcomes)))
        seeds = arm_seeds(plan.seed, Stream.FULL_FIT, position)
        values = plan.outcome(spec.name)
        pair = fit_arms(plan.learner, plan.predictors, values, cohort.treatment, seeds=seeds)
        mu = [model.predict_proba(X)[:, 1] for model in pair]
        stacks[spec.name] = pair
        in_sample[spec.name] = effects_of(mu[0], mu[1], desirable=spec.desirable)
        benefit = _Benefit(encoding, pair, spec.desirable)
        rows = _permuted_rows(plan)
        importance[spec.name] = permutation_importance(
            benefit,
            cohort.predictors[rows],
            repeats=plan.file.importance.repeats,
            seed=plan.seed,
        )
        if spec.primary:
            leading = np.argsort(-importance[spec.name], kind="stable")[:_LEADING]
            dependence = tuple(
                partial_dependence(benefit, cohort.predictors[rows], int(k)) for k in leading
            )
    tell(Progress("full fit", len(plan.outcomes), len(plan.outcomes)))
    return _FullFit(FittedModels(encoding, stacks), in_sample, importance, dependence)


def _permuted_rows(plan: Plan) -> NDArray[np.intp]:
    """Take everybody, or a random sample where the cohort is large."""
    n = len(plan.cohort)
    if n <= _MOST_PATIENTS_PERMUTED:
        return np.arange(n)
    rng = generator(plan.seed, Stream.IMPORTANCE)
    return np.sort(rng.choice(n, _MOST_PATIENTS_PERMUTED, replace=False))


@dataclass(frozen=True)
class _Benefit:
    """The predicted benefit as a function of coded predictors."""

    encoding: EncodingSpec
    pair: tuple[object, object]
    desirable: bool

    def __call__(self, coded: NDArray[np.float64]) -> NDArray[np.float64]:
        X = self.encoding.encode(coded)
        mu0, mu1 = (model.predict_proba(X)[:, 1] for model in self.pair)  # type: ignore[attr-defined]
        return effects_of(mu0, mu1, desirable=self.desirable).benefit


def _cross_fit(plan: Plan, tell: Listener) -> _CrossFit:
    section = plan.file.validation
    if section.cross_fit_folds > len(plan.cohort):
        raise ArgumentError(
            f"Cross-fitting in {section.cross_fit_folds} folds needs as many patients; found "
            f"{len(plan.cohort)}. Lower cross_fit_folds in the study file."
        )
    items = [
        (r, f) for r in range(section.cross_fit_repeats) for f in range(section.cross_fit_folds)
    ]
    shape = (section.cross_fit_repeats, len(plan.outcomes), 2, len(plan.cohort))
    mu = np.full(shape, np.nan)
    errors: list[FitFailure] = []
    results = run_tasks(CrossFitTask(plan), items, executor=plan.executor, workers=plan.workers)
    for done, fold in enumerate(results, 1):
        mu[fold.repeat][:, :, fold.inside] = fold.mu
        errors += fold.errors
        tell(Progress("cross-fitting", done, len(items)))
    return _CrossFit(mu, tuple(errors))


def _resample(
    plan: Plan,
    store: RunStore,
    tell: Listener,
    interim: Callable[[NDArray[np.int64]], StudyResult],
) -> None:
    """Compute the replicates that the store does not hold yet."""
    finished = set(store.done().tolist())
    missing = [range(i, i + 1) for i in range(plan.replicates) if i not in finished]
    items = _joined(missing)
    done = len(finished)
    shown = done >= PROVISIONAL_BELOW or plan.replicates <= PROVISIONAL_BELOW
    tell(Progress("bootstrap", done, plan.replicates))
    for part in run_tasks(ReplicateTask(plan), items, executor=plan.executor, workers=plan.workers):
        for each in part:
            store.write(each)
        done += len(part)
        tell(Progress("bootstrap", done, plan.replicates))
        if not shown and done >= PROVISIONAL_BELOW:
            shown = True
            store.commit()
            first = store.done()[:PROVISIONAL_BELOW]
            tell(Progress("bootstrap", done, plan.replicates, interim(first)))
    store.commit()


def _joined(single: Iterable[range]) -> list[range]:
    """Join neighbouring numbers into chunks."""
    joined: list[range] = []
    for each in single:
        if joined and joined[-1].stop == each.start:
            joined[-1] = range(joined[-1].start, each.stop)
        else:
            joined.append(each)
    return [piece for part in joined for piece in chunks(part.start, part.stop, _CHUNK)]


def _result(
    plan: Plan,
    store: RunStore,
    done: NDArray[np.int64],
    full: _FullFit,
    crossfit: _CrossFit,
    path: Path,
) -> StudyResult:
    counts = draws(plan, done)
    outcomes, effects = {}, {}
    absent: dict[str, str] = {}
    for position, spec in enumerate(plan.outcomes):
        in_sample = full.in_sample[spec.name]
        pair = full.models.stacks[spec.name]
        arms = {
            name: arm_result(
                plan,
                store,
                done,
                counts,
                spec,
                arm,
                in_sample.mu1 if arm else in_sample.mu0,
                pair[arm].weights_,
            )
            for arm, name in enumerate(ARMS)
        }
        mu0, mu1 = crossfit.mu[:, position, 0], crossfit.mu[:, position, 1]
        repeats = effects_of(mu0, mu1, desirable=spec.desirable).benefit
        effects[spec.name] = effects_of(
            mu0.mean(axis=0), mu1.mean(axis=0), desirable=spec.desirable
        )
        known = np.isfinite(plan.outcome(spec.name))
        outcomes[spec.name] = OutcomeResult(
            spec,
            arms,
            benefit_result(spec, known, in_sample, repeats),
            crude_benefit(plan, spec),
            g_formula_benefit(plan, store, done, counts, spec, in_sample),
            full.importance[spec.name],
        )
        absent |= _cross_fit_absences(outcomes[spec.name], crossfit.errors)
    failures = tuple(each for each in store.failures() if each[0] in set(done.tolist()))
    return StudyResult(
        plan=plan,
        replicates=done.size,
        version=metadata.version("twoarm"),
        outcomes=outcomes,
        effects=effects,
        in_sample=full.in_sample,
        dependence=full.dependence,
        failures=failures,
        failed_replicates=len({index for index, _ in failures}),
        absent=absent,
        models=full.models,
        folder=path,
    )


def _cross_fit_absences(outcome: OutcomeResult, errors: tuple[FitFailure, ...]) -> dict[str, str]:
    """Say why an outcome has no cross-fitted benefit."""
    if outcome.benefit.crossfit is not None:
        return {}
    name = outcome.spec.name
    reason = next(
        (
            f"cross-fitting failed ({each.fit}): {each.error}"
            for each in errors
            if each.fit.endswith(f"/{name}")
        ),
        "cross-fitting failed",
    )
    parts = ["mean", "sd", "median", "share_positive"]
    parts += ["share_at_threshold.crossfit"] if outcome.spec.primary else []
    return {f"outcomes.{name}.benefit.{part}": reason for part in parts}


def _write_model(result: StudyResult, path: Path) -> StudyResult:
    """Write the model file; a stack with a plug-in that cannot be written has none."""
    try:
        write_json(path / "model.json", model_content(result))
    except ArgumentError as error:
        return replace(result, absent={**result.absent, "model.json": str(error)})
    return result


def _finish(folder: RunFolder, start: float, replicate_seconds: float) -> None:
    folder.finish(
        seconds=round(time.monotonic() - start, 1),
        replicate_seconds=round(replicate_seconds, 1),
    )
