"""A run in parts, for job arrays: each computes some replicates, then all are merged."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.errors import ArgumentError, RunFolderError
from twoarm.resampling import FitFailure, RunStore
from twoarm.study.files.folder import open_folder
from twoarm.study.files.record import COMPARED, differences, read_record, record_of
from twoarm.study.fit.bootstrap import resample
from twoarm.study.fit.progress import Listener
from twoarm.study.fit.tasks import array_specs
from twoarm.study.plan.plan import Plan, make_plan
from twoarm.study.result import StudyResult
from twoarm.study.run import compiled, run

__all__ = ["Shard", "Shards", "merge_shards", "read_shards", "run_shard", "shard_rows"]

_SAME_AS_NOW = [name for name in COMPARED if name not in ("cpu", "shard")]
_SAME_IN_SHARDS = [*_SAME_AS_NOW, "replicates"]


@dataclass(frozen=True, slots=True)
class Shard:
    """A part of a run: its folder, the numbers of its replicates, and the fits that failed."""

    folder: Path
    rows: range
    failures: tuple[tuple[int, FitFailure], ...]

    @property
    def failed_replicates(self) -> int:
        """Replicates with any failed fit."""
        return len({index for index, _ in self.failures})


def shard_rows(replicates: int, shard: tuple[int, int]) -> range:
    """Give the replicates of shard k of K, k counting from 1.

    Raises
    ------
    ArgumentError
        If k is not between 1 and K, or there are more shards than replicates.

    Examples
    --------
    >>> [shard_rows(10, (k, 3)) for k in (1, 2, 3)]
    [range(0, 3), range(3, 6), range(6, 10)]
    """
    k, total = shard
    if not 1 <= k <= total <= replicates:
        raise ArgumentError(
            f"A shard is k/K with 1 <= k <= K, and K at most the {replicates} replicates; found "
            f"{k}/{total}."
        )
    return range((k - 1) * replicates // total, k * replicates // total)


def run_shard(
    study: Study,
    cohort: Cohort,
    *,
    shard: tuple[int, int],
    out: str | Path,
    replicates: int | None = None,
    seed: int | None = None,
    executor: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    resume: bool = False,
    source: str | None = None,
    progress: Listener | None = None,
) -> Shard:
    """Compute one shard's replicates and keep them; nothing is measured before `merge_shards`.

    Parameters
    ----------
    shard : tuple of int
        (k, K): which of how many, k from 1.
    out : str or Path
        Folder of the shard, another one for each.
    source : str, optional
        The data file, if it is not the study's own; `twoarm merge` reads it again.
    study, cohort, replicates, seed, executor, workers, scheduler, resume, progress
        As in `run`; `replicates` counts those of all shards together.

    Raises
    ------
    UserError
        If the request or the folder do not allow it.
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
    rows, path = shard_rows(plan.replicates, shard), Path(out)
    tell = progress or (lambda _: None)
    folder = open_folder(path, record_of(plan, f"{shard[0]}/{shard[1]}", source), resume=resume)
    start = time.monotonic()
    with RunStore(
        path, array_specs(plan), len(rows), first=rows.start, fresh=folder.earlier is None
    ) as store:
        folder.begin()
        compile_seconds = compiled(tell)
        resample(plan, store, rows, tell)
        done = Shard(path, rows, tuple(store.failures()))
        replicate_seconds = store.seconds()
    folder.finish(
        seconds=round(time.monotonic() - start, 1),
        replicate_seconds=round(replicate_seconds, 1),
        compile_seconds=round(compile_seconds, 1),
        failed_replicates=done.failed_replicates,
    )
    return done


@dataclass(frozen=True, slots=True)
class Shards:
    """Shards that make up one run.

    Attributes
    ----------
    folders : tuple of Path
        In the order of their replicates.
    records : tuple of dict
        Content of each one's ``run.json``.
    """

    folders: tuple[Path, ...]
    records: tuple[dict[str, Any], ...]

    @property
    def rows(self) -> tuple[range, ...]:
        """Numbers of the replicates that each shard holds."""
        return tuple(_rows(record) for record in self.records)

    @property
    def cpus(self) -> tuple[str, ...]:
        """Types of the processors that computed them."""
        return tuple(sorted({record["cpu"] for record in self.records}))


def _rows(record: dict[str, Any]) -> range:
    k, _, total = (record["shard"] or "1/1").partition("/")
    return shard_rows(record["replicates"], (int(k), int(total)))


def read_shards(folders: Sequence[str | Path]) -> Shards:
    """See that these folders are the shards of one run, all of them, and none twice.

    Raises
    ------
    RunFolderError
        If a folder holds no run, two differ in what must agree, or replicates are missing or in
        two shards; the message names what and where.
    """
    if not folders:
        raise RunFolderError("Nothing to merge: give the folders of the shards.")
    found = []
    for folder in map(Path, folders):
        record = read_record(folder)
        if record is None:
            raise RunFolderError(f"{folder} is no run folder: it has no valid run.json.")
        found.append((folder, record))
    first, reference = found[0]
    for folder, record in found[1:]:
        differ = differences(reference, record, _SAME_IN_SHARDS)
        if differ:
            where = f"the shards {first} (there) and {folder} (now)"
            raise RunFolderError(f"Cannot merge: {where} differ in {'; '.join(differ)}.")
    found.sort(key=lambda each: (_rows(each[1]).start, _rows(each[1]).stop))
    _refuse_gaps(found, reference["replicates"])
    return Shards(tuple(f for f, _ in found), tuple(r for _, r in found))


def _refuse_gaps(found: list[tuple[Path, dict[str, Any]]], replicates: int) -> None:
    """Raise RunFolderError unless the shards, sorted, hold every replicate once."""
    end = (Path(), range(replicates, replicates))
    reached, before = 0, Path()
    for folder, rows in [*((each, _rows(record)) for each, record in found), end]:
        if rows.start > reached:
            raise RunFolderError(
                f"Cannot merge: no shard holds replicates {reached} to {rows.start - 1} of "
                f"{replicates}. Give all shards."
            )
        if rows.start < reached:
            raise RunFolderError(
                f"Cannot merge: replicates {rows.start} to {min(reached, rows.stop) - 1} are both "
                f"in {before} and in {folder}. Give each shard once."
            )
        reached, before = rows.stop, folder


def merge_shards(
    shards: Shards,
    study: Study,
    cohort: Cohort,
    *,
    out: str | Path,
    executor: str | None = None,
    workers: int | None = None,
    progress: Listener | None = None,
) -> StudyResult:
    """Join shards into one run and finish it: the same files as of an undisturbed run.

    Parameters
    ----------
    shards : Shards
        From `read_shards`. They are left as they are.
    study, cohort : Study, Cohort
        Those the shards were computed from; the hashes must agree.
    out : str or Path
        Folder of the whole run, empty or new.
    executor, workers, progress
        As in `run`, for what no shard has computed: the fits on everybody, and cross-fitted.

    Raises
    ------
    RunFolderError
        If study, data or software are other ones, a shard is not finished, or the folder is not
        empty.
    """
    record = shards.records[0]
    asked: dict[str, Any] = {"replicates": record["replicates"], "seed": record["seed"]}
    asked |= {"executor": executor, "workers": workers}
    plan = make_plan(study, cohort, **asked)
    differ = differences(record, record_of(plan), _SAME_AS_NOW)
    if differ:
        raise RunFolderError(
            f"Cannot merge: the shards differ from this study, data and software in "
            f"{'; '.join(differ)}. Give the study and the data they were computed from with "
            "--study and --cohort, and use the same software."
        )
    specs = array_specs(plan)
    for folder, rows in zip(shards.folders, shards.rows, strict=True):
        _refuse_unfinished(folder, rows, plan)
    whole = record_of(plan) | {"merged_from": _origins(shards)}
    opened = open_folder(Path(out), whole, resume=False)
    with RunStore(opened.path, specs, plan.replicates, fresh=True) as store:
        for folder, rows in zip(shards.folders, shards.rows, strict=True):
            with RunStore(folder, specs, len(rows), first=rows.start) as part:
                store.absorb(part)
        opened.begin()
    return run(study, cohort, out=out, resume=True, progress=progress, **asked)


def _refuse_unfinished(folder: Path, rows: range, plan: Plan) -> None:
    with RunStore(folder, array_specs(plan), len(rows), first=rows.start) as part:
        missing = sorted(set(rows) - set(part.done().tolist()))
    if missing:
        raise RunFolderError(
            f"Cannot merge: the shard {folder} lacks {len(missing)} of its {len(rows)} replicates, "
            f"the first one {missing[0]}. Finish it with the command that began it and --resume."
        )


def _origins(shards: Shards) -> list[dict[str, Any]]:
    kept = ("shard", "cpu", "executor", "workers", "seconds")
    return [{name: record.get(name) for name in kept} for record in shards.records]
