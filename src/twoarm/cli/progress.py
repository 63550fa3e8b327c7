"""Progress on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
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

__all__ = ["Display"]

_SECONDS_BETWEEN_LINES = 10.0
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
        self._tasks: dict[str, object] = {}
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
        self._bar.update(task, completed=progress.done, total=progress.total)  # type: ignore[arg-type]

    def _print_line(self, progress: Progress) -> None:
        now = time.monotonic()
        ended = progress.done >= progress.total
        if ended or progress.done == 0 or now - self._last_line > _SECONDS_BETWEEN_LINES:
            self._last_line = now
            line = f"{progress.stage}: {progress.done} of {progress.total}"
            self._console.print(line, markup=False)
