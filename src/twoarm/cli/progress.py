"""Progress on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bar

from twoarm.cohort.cohort import Cohort
from twoarm.cohort.load import Study
from twoarm.learners.warm import is_cached
from twoarm.report.terminal import opening_lines, terminal_summary
from twoarm.study import Progress, StudyResult

__all__ = ["Display", "at_work"]

_SECONDS_BETWEEN_LINES = 10.0
_SECONDS_SAID_AT_ONCE = 10
_UNCACHED = "not kept for want of a writable folder: name one in NUMBA_CACHE_DIR"


class Display:
    """Shows how far a run is; call it with each `Progress`."""

    def __init__(self, stream: TextIO):
        self._console = Console(file=stream, highlight=False, soft_wrap=True)
        self._bar = Bar(
            TextColumn("{task.description:<18}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("elapsed"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._piece: tuple[str, TaskID | None] = ("", None)
        self._last_line = 0.0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._bar.stop()

    def opening(self, study: Study, cohort: Cohort) -> None:
        """Say what is odd about the data, and what is about to be analysed."""
        for notice in cohort.notices:
            self._console.print(str(notice), markup=False)
        for line in opening_lines(study, cohort):
            self._console.print(line, markup=False)

    def __call__(self, progress: Progress) -> None:
        """Show where the run stands."""
        if progress.stage == "kernels":
            self._tell_of_kernels(progress)
        elif self._console.is_terminal:
            self._move_bar(progress)
        else:
            self._print_line(progress)

    def interim(self, result: StudyResult) -> None:
        """Print a result from the first replicates."""
        count = result.replicates
        self._console.print(f"\nInterim, from the first {count} replicates:", markup=False)
        for line in terminal_summary(result):
            self._console.print(line, markup=False)
        self._console.print()

    def _tell_of_kernels(self, progress: Progress) -> None:
        """Announce the compilation, which is slow the first time, and print what it cost."""
        line = "kernels: loading; the first time they are compiled, in about half a minute"
        if progress.seconds is not None:
            kept = "kept for the next run" if is_cached() else _UNCACHED
            line = f"kernels: ready after {progress.seconds:.1f} s, {kept}"
        self._console.print(line, markup=False)

    def _move_bar(self, progress: Progress) -> None:
        task = self._tasks.get(progress.stage)
        if task is None:
            task = self._bar.add_task(progress.stage, total=progress.total)
            self._tasks[progress.stage] = task
        self._bar.update(task, completed=progress.done, total=progress.total)
        self._move_step(progress)

    def _move_step(self, progress: Progress) -> None:
        """Give what is at work a bar of its own, with the time left of its present step."""
        name, task = self._piece
        if progress.at != name:
            if task is not None:
                self._bar.remove_task(task)
            task = self._bar.add_task(f"  {progress.at}", total=None) if progress.at else None
            self._piece = progress.at, task
        if task is not None and progress.step is not None:
            if progress.step.done == 0:
                self._bar.reset(task)
            self._bar.update(task, completed=progress.step.done, total=progress.step.total)

    def _print_line(self, progress: Progress) -> None:
        now = time.monotonic()
        ended = progress.done >= progress.total
        begun = progress.done == 0 and progress.step is None
        if ended or begun or now - self._last_line > _SECONDS_BETWEEN_LINES:
            self._last_line = now
            work = at_work(progress)
            line = f"{progress.stage}: {progress.done} of {progress.total}"
            self._console.print(f"{line}, {work}" if work else line, markup=False)


def at_work(progress: Progress) -> str:
    """Name what is at work, how far its present step is, and how long that may still take.

    Examples
    --------
    >>> from twoarm.execution import MapProgress
    >>> step = MapProgress(done=12, total=40, left=84.0)
    >>> at_work(Progress("diagnostics", 15, 30, at="heterogeneity", step=step))
    'now heterogeneity: 12 of 40 in this step, about 1 min 20 s left of it'
    """
    if not progress.at:
        return ""
    step, text = progress.step, f"now {progress.at}"
    if step is None or step.total < 2:
        return text
    text += f": {step.done} of {step.total} in this step"
    return text if step.left is None else f"{text}, {_duration(step.left)} left of it"


def _duration(seconds: float) -> str:
    """Say a time that is estimated, and so not to the second."""
    if seconds < _SECONDS_SAID_AT_ONCE:
        return f"less than {_SECONDS_SAID_AT_ONCE} s"
    tens = round(seconds / 10)
    minutes, rest = divmod(tens * 10, 60)
    parts = ([f"{minutes} min"] if minutes else []) + ([f"{rest} s"] if rest else [])
    return f"about {' '.join(parts)}"
