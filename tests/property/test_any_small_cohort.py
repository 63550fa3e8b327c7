"""Random small cohorts through `twoarm check`: an answer every time."""

import subprocess
import sys
from pathlib import Path


def test_check_answers_whatever_the_cohort():
    # `python -m benchmarks.check_fuzz --cohorts 10000` puts more of them through
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.check_fuzz", "--cohorts", "120"],
        cwd=Path(__file__).parents[2], capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "120 cohorts from seed 0; exit codes" in done.stdout
