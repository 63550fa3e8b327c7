"""Where a large cohort's time and memory go: every stage of a run, and every question.

``python -m benchmarks.large_cohort STUDY --cohort FILE [--replicates 50]`` runs the study and keeps
``results/large_cohort_STUDY.json``: seconds by the clock and of the processors, and the memory that
the process held at most. Seconds of the processors are what a busy machine disturbs least.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchmarks.record import IST_NOTICE, keep
from twoarm.cohort import load_study, read_cohort
from twoarm.report import write_report
from twoarm.study import Progress, StudyResult, run
from twoarm.study.files.record import cpu_name

_SECONDS_BETWEEN_SAMPLES = 0.02
_SHARED = 50
"""Replicates that all diagnostics together must not outlast."""


@dataclass
class Stage:
    """What one stage, or question, took."""

    name: str
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_megabytes: float = 0.0


class Clock:
    """Takes the time and the memory of one stage after the other; call it with each `Progress`."""

    def __init__(self) -> None:
        self.stages = [Stage("read")]
        self._start = self._now()
        self._sampler = threading.Thread(target=self._sample, daemon=True)
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self._sampler.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.turn_to("")
        self._over.set()
        self._sampler.join()

    def __call__(self, progress: Progress) -> None:
        """Go on to the stage, or the question, that is told."""
        self.turn_to(progress.at or progress.stage)

    def turn_to(self, name: str) -> None:
        """End the stage that runs and begin another one."""
        stage = self.stages[-1]
        if stage.name == name:
            return
        seconds, cpu = self._now()
        stage.seconds += seconds - self._start[0]
        stage.cpu_seconds += cpu - self._start[1]
        self.stages.append(Stage(name))
        self._start = seconds, cpu

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.monotonic(), time.process_time()

    def _sample(self) -> None:
        while not self._over.wait(_SECONDS_BETWEEN_SAMPLES):
            stage = self.stages[-1]
            stage.peak_megabytes = max(stage.peak_megabytes, _megabytes())


def _megabytes() -> float:
    """Give the memory of the process that no file backs: Linux alone tells it apart."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024.0
    return float("nan")


def measured(study: str, cohort: str | None, replicates: int) -> tuple[list[Stage], StudyResult]:
    """Run the study once, from the data file to the report."""
    with tempfile.TemporaryDirectory() as folder, Clock() as clock:
        loaded = load_study(study)
        patients = read_cohort(loaded, cohort)
        out = Path(folder) / "run"
        result = run(loaded, patients, out=out, replicates=replicates, progress=clock)
        clock.turn_to("report")
        write_report(result)
    return [each for each in clock.stages if each.name], result


def summed(stages: list[Stage], result: StudyResult) -> dict[str, Any]:
    """Set the diagnostics beside the bootstrap of 50 replicates, both of this run."""
    asked = {each.name for each in result.answers.questions}
    cpu = {each.name: each.cpu_seconds for each in stages}
    a_replicate = cpu["bootstrap"] / result.replicates
    diagnostics = sum(seconds for name, seconds in cpu.items() if name in asked)
    return {
        "diagnostics_cpu_seconds": diagnostics,
        "replicate_cpu_seconds": a_replicate,
        "diagnostics_in_replicates": diagnostics / a_replicate,
        "within_50_replicates": diagnostics < _SHARED * a_replicate,
        "peak_megabytes": max(each.peak_megabytes for each in stages),
    }


def main() -> None:
    """Measure a study, print it and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study")
    parser.add_argument("--cohort")
    parser.add_argument("--replicates", type=int, default=_SHARED)
    asked = parser.parse_args()
    stages, result = measured(asked.study, asked.cohort, asked.replicates)
    content = {
        "notice": IST_NOTICE if asked.study.startswith("ist-") else "",
        "command": "python -m benchmarks.large_cohort " + shlex.join(_without_folders()),
        "cpu": cpu_name(),
        "patients": len(result.plan.cohort),
        "outcomes": len(result.plan.outcomes),
        "replicates": result.replicates,
        "seed": result.plan.seed,
        "workers": result.plan.workers,
        **summed(stages, result),
        "stages": [asdict(each) for each in stages],
    }
    for each in stages:
        print(
            f"{each.name:40}{each.seconds:9.1f} s {each.cpu_seconds:9.1f} s of processors "
            f"{each.peak_megabytes:7.0f} MB"
        )
    print(f"diagnostics: {content['diagnostics_in_replicates']:.1f} replicates")
    print(keep(f"large_cohort_{Path(asked.study).stem}", content))


def _without_folders() -> list[str]:
    return [Path(each).name for each in sys.argv[1:]]


if __name__ == "__main__":
    main()
