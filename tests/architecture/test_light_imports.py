import subprocess
import sys

import pytest

HEAVY = ("numba", "pandas", "sklearn", "matplotlib", "scipy")


def loaded_by(code: str) -> set[str]:
    program = f"{code}\nimport sys\nprint(','.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True
    )
    return {name.split(".")[0] for name in done.stdout.strip().split(",")}


@pytest.mark.parametrize(
    "code",
    [
        "import twoarm",
        "import twoarm.cli.main",
        "import twoarm.cohort",
        "import twoarm.modelfile",
        "from twoarm.cohort.encoding import EncodingSpec",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    assert not loaded_by(code) & set(HEAVY)


def test_the_metrics_load_neither_pandas_nor_matplotlib():
    assert not loaded_by("import twoarm.metrics") & {"pandas", "matplotlib", "sklearn"}
