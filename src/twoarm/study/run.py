"""A whole study: fit, cross-fit, resample, measure, write."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.diagnostics import Absent, Population
from twoarm.diagnostics.comparability.population import NAMES, target_weights
from twoarm.errors import ArgumentError, NotEstimable
from twoarm.execution import one_scheduler
from twoarm.learners.warm import compile_kernels
from twoarm.metalearners import effects_of
from twoarm.modelfile import model_card
from twoarm.resampling import FitFailure, RunStore
from twoarm.study.files.crossfit import write_crossfit
from twoarm.study.files.folder import open_folder, write_json
from twoarm.study.files.model import model_content
from twoarm.study.files.record import record_of
from twoarm.study.files.stored import write_result
from twoarm.study.fit.bootstrap import resample
from twoarm.study.fit.fits import CrossFit, FullFit, cross_fit, full_fit
from twoarm.study.fit.progress import Listener, Progress
from twoarm.study.fit.tasks import array_specs
from twoarm.study.judge.answers import Answers, asked, guarded, none_yet
from twoarm.study.judge.comparability.overlap import OVERLAP
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Question
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.measure.draws import draws
from twoarm.study.measure.outcomes import OutcomeResult, outcome_result
from twoarm.study.plan.plan import Plan, make_plan
from twoarm.study.result import StudyResult

__all__ = ["compiled", "run"]

Targets = Mapping[Population, NDArray[np.float64] | Absent]


def run(
    study: Study,
    cohort: Cohort,
    *,
    out: str | Path | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    executor: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    progress: Listener | None = None,
    interim: Callable[[StudyResult], None] | None = None,
    questions: Sequence[Question[Any]] = QUESTIONS,
) -> StudyResult:
    """Run a study.

    Parameters
    ----------
    study, cohort : Study, Cohort
        From `load_study` and `read_cohort`.
    out : str or Path, optional
        Run folder; by default a temporary one, which stays.
    replicates, seed, executor, workers, scheduler : optional
        In place of what the study file says. Executor, workers and scheduler (the address of a
        running Dask scheduler) do not change a number.
    resume : bool
        Go on with the run that the folder holds.
    progress : callable, optional
        Told how far the run is.
    interim : callable, optional
        Given a result without answers from the first 200 replicates, once they are there.
    questions : sequence of Question
        What is asked once the replicates are there.

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
    >>> from tempfile import TemporaryDirectory
    >>> from twoarm.cohort import load_study, read_cohort
    >>> study = load_study("rescue-stenting")
    >>> file = study.file
    >>> small = {  # so that the example takes seconds
    ...     "outcomes": (file.primary,),
    ...     "model": file.model.model_copy(update={"members": ("mean", "logistic")}),
    ...     "validation": file.validation.model_copy(
    ...         update={"cross_fit_folds": 2, "cross_fit_repeats": 1, "heterogeneity_draws": 2}
    ...     ),
    ... }
    >>> study = replace(study, file=file.model_copy(update=small))
    >>> with TemporaryDirectory() as folder:
    ...     result = run(study, read_cohort(study), out=f"{folder}/run", replicates=4)
    >>> result.outcomes["mrs_0_2"].arms["treated"].n
    195
    """
    plan = make_plan(
        study,
        cohort,
        replicates=replicates,
        seed=seed,
        executor=executor,
        workers=workers,
        scheduler=scheduler,
    )
    tell = progress or (lambda _: None)
    path = Path(tempfile.mkdtemp(prefix="twoarm-")) if out is None else Path(out)
    folder = open_folder(path, record_of(plan), resume=resume)
    start = time.monotonic()
    fresh = folder.earlier is None
    with (
        RunStore(path, array_specs(plan), plan.replicates, fresh=fresh) as store,
        one_scheduler(plan.executor, plan.scheduler, plan.workers) as scheduler,
    ):
        folder.begin()
        compile_seconds = compiled(tell)
        computed = replace(plan, scheduler=scheduler)
        full = full_fit(computed, tell)
        crossfit = cross_fit(computed, tell)

        evidence = Evidence(computed, store, full, crossfit)
        targets = _targets(evidence)

        def measured(done: NDArray[np.int64], answers: Answers) -> StudyResult:
            return _result(plan, store, done, full, crossfit, path, answers, targets)

        def first(done: NDArray[np.int64]) -> None:
            if interim is not None:
                interim(measured(done, none_yet(plan.study, questions)))

        resample(computed, store, range(plan.replicates), tell, first)
        answers = asked(evidence, questions, tell)
        tell(Progress("measuring", 0, 1))
        created = folder.created()
        result, faults = _write_model(measured(store.done(), answers), full, created)
        replicate_seconds = store.seconds()
    write_json(path / "summary.json", result.summary())
    propensity, _ = guarded("propensity", lambda: evidence.treatment.propensity.score)
    write_crossfit(path, plan, crossfit, propensity)
    write_result(result)
    folder.note([*answers.tracebacks, *faults])
    folder.finish(
        seconds=round(time.monotonic() - start, 1),
        replicate_seconds=round(replicate_seconds, 1),
        compile_seconds=round(compile_seconds, 1),
        failed_replicates=result.failed_replicates,
        created=created.isoformat(),
    )
    tell(Progress("measuring", 1, 1))
    return result


def compiled(tell: Listener) -> float:
    """Compile the kernels, or load them from their cache, and tell what it cost in seconds."""
    tell(Progress("kernels", 0, 1))
    seconds = compile_kernels()
    tell(Progress("kernels", 1, 1, seconds))
    return seconds


def _targets(evidence: Evidence) -> Targets:
    """Give how much each patient counts in a population, or why the arms do not tell its average.

    A defect is told once more where all questions are asked.
    """
    overlap = asked(evidence, (OVERLAP,)).of(OVERLAP)
    if isinstance(overlap, Absent):
        return dict.fromkeys(NAMES, overlap)
    score, arm = evidence.treatment.propensity.score, evidence.plan.cohort.treatment
    reasons = overlap.identified.reasons
    return {
        each: Absent(reasons[each]) if each in reasons else target_weights(each, arm, score)
        for each in NAMES
    }


def _result(
    plan: Plan,
    store: RunStore,
    done: NDArray[np.int64],
    full: FullFit,
    crossfit: CrossFit,
    path: Path,
    answers: Answers,
    targets: Targets,
) -> StudyResult:
    counts = draws(plan, done)
    outcomes, effects = {}, {}
    absent: dict[str, str] = {}
    for position, spec in enumerate(plan.outcomes):
        mu = crossfit.mu[:, position]
        effects[spec.name] = effects_of(*mu.mean(axis=0), desirable=spec.desirable)
        outcomes[spec.name] = outcome_result(
            plan, store, done, counts, spec, full, crossfit, targets
        )
        absent |= _absences(outcomes[spec.name], crossfit.errors)
    counted = set(done.tolist())
    failures = tuple(each for each in store.failures() if each[0] in counted)
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
        answers=answers,
        folder=path,
        models=full.models,
    )


def _absences(outcome: OutcomeResult, errors: tuple[FitFailure, ...]) -> dict[str, str]:
    """Say why an outcome has no predicted benefit, or no cross-fitted one."""
    name, average = outcome.spec.name, outcome.g_formula["all"]
    parts = ["mean", "sd", "median", "share_positive"]
    shares = ["share_at_threshold", "share_losing_threshold"] if outcome.spec.primary else []
    parts += [f"{share}.crossfit" for share in shares]
    if isinstance(average, Absent):
        reason = average.reason
        parts += ["in_sample", *(f"{share}.raw" for share in shares)]
    elif outcome.benefit.crossfit is not None:
        return {}
    else:
        reason = _failure(name, errors)
    return {f"outcomes.{name}.benefit.{part}": reason for part in parts}


def _failure(name: str, errors: tuple[FitFailure, ...]) -> str:
    return next(
        (
            f"cross-fitting failed ({each.fit}): {each.error}"
            for each in errors
            if each.fit.endswith(f"/{name}")
        ),
        "cross-fitting failed",
    )


def _write_model(
    result: StudyResult, full: FullFit, created: dt.date
) -> tuple[StudyResult, list[str]]:
    """Write model file and card; where there are none, say why, with the traceback of a defect."""
    content, faults = guarded("model.json", lambda: _model_content(result, full, created))
    if isinstance(content, Absent):
        absent = {**result.absent, "model.json": content.reason}
        return replace(result, absent=absent), faults
    write_json(result.folder / "model.json", content)
    (result.folder / "model_card.md").write_text(model_card(content), encoding="utf-8")
    return result, faults


def _model_content(result: StudyResult, full: FullFit, created: dt.date) -> dict[str, Any]:
    """Give the model file's content; a stack with a plug-in that cannot be written has none."""
    try:
        return model_content(result, full.models, created=created)
    except ArgumentError as error:
        raise NotEstimable(str(error)) from error
