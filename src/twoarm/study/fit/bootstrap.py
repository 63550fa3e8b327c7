"""The replicates of a run: those that the store does not hold yet."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from twoarm.errors import ArgumentError
from twoarm.execution import chunks, run_tasks
from twoarm.resampling import RunStore, StoredReplicate
from twoarm.study.fit.progress import Listener, Progress
from twoarm.study.fit.tasks import ReplicateTask
from twoarm.study.plan.plan import Plan

__all__ = ["PROVISIONAL_BELOW", "repeat_replicate", "resample"]

PROVISIONAL_BELOW = 200
"""With fewer replicates, intervals are marked provisional."""

_MOST_A_TASK = 4
_PATIENTS_A_TASK = 2000  # with four outcomes about a second: how often progress is told


def resample(
    plan: Plan,
    store: RunStore,
    rows: range,
    tell: Listener,
    interim: Callable[[NDArray[np.int64]], None] | None = None,
) -> None:
    """Compute the replicates with these numbers that the store does not hold yet.

    `interim` is called with the numbers of the first 200 as soon as they are there.
    """
    finished = set(store.done().tolist())
    items = _items([i for i in rows if i not in finished], _chunk_size(plan))
    done = len(finished)
    shown = interim is None or not done < PROVISIONAL_BELOW < len(rows)
    tell(Progress("bootstrap", done, len(rows)))
    for part in run_tasks(ReplicateTask(plan), items, ordered=False, **plan.run_by):
        for each in part:
            store.write(each)
        done += len(part)
        tell(Progress("bootstrap", done, len(rows)))
        if interim is not None and not shown and done >= PROVISIONAL_BELOW:
            shown = True
            store.commit()
            interim(store.done()[:PROVISIONAL_BELOW])
    store.commit()


def _chunk_size(plan: Plan) -> int:
    return max(1, min(_MOST_A_TASK, _PATIENTS_A_TASK // len(plan.cohort)))


def _items(missing: list[int], size: int) -> list[range]:
    """Cut the missing numbers, ascending, into ranges of at most `size` neighbours."""
    breaks = [k for k in range(1, len(missing)) if missing[k] != missing[k - 1] + 1]
    edges = [0, *breaks, len(missing)]
    return [
        piece
        for start, stop in pairwise(edges)
        if stop > start
        for piece in chunks(missing[start], missing[stop - 1] + 1, size)
    ]


def repeat_replicate(plan: Plan, index: int) -> StoredReplicate:
    """Compute one replicate again, alone: the same numbers and the same failures as in the run.

    Parameters
    ----------
    plan : Plan
        From `make_plan`.
    index : int
        Number of the replicate, from 0.

    Raises
    ------
    ArgumentError
        If the run has no such replicate.

    Examples
    --------
    >>> from twoarm.cohort import load_study, read_cohort
    >>> from twoarm.study import make_plan
    >>> study = load_study("rescue-stenting")
    >>> replicate = repeat_replicate(make_plan(study, read_cohort(study)), 17)
    >>> replicate.failures, replicate.rows["mu0_death"].shape
    ((), (393,))
    """
    if not 0 <= index < plan.replicates:
        raise ArgumentError(
            f"Replicates are numbered from 0 to {plan.replicates - 1}; found {index}."
        )
    return ReplicateTask(plan)(range(index, index + 1))[0]
