import subprocess
import sys

import pytest

HEAVY = ("numba", "pandas", "sklearn", "matplotlib", "scipy", "joblib", "distributed")
HELP = """
import sys
from contextlib import redirect_stdout, suppress
from io import StringIO
from twoarm.cli.main import main
sys.argv = ['twoarm', '--help']
with suppress(SystemExit), redirect_stdout(StringIO()) as printed:
    main()
assert printed.getvalue()
"""


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
        HELP,
        HELP.replace("--help", "run', '--help"),
        HELP.replace("--help", "merge', '--help"),
        HELP.replace("--help", "--version"),
        "import twoarm.cohort",
        "import twoarm.modelfile",
        "import twoarm.calculator",
        "from twoarm.cohort.encoding import EncodingSpec",
    ],
)
def test_nothing_heavy_is_loaded_before_it_is_needed(code):
    assert not loaded_by(code) & set(HEAVY)


def test_the_metrics_load_neither_pandas_nor_matplotlib():
    assert not loaded_by("import twoarm.metrics") & {"pandas", "matplotlib", "sklearn"}


def test_threads_do_not_load_dask():
    code = "from twoarm.execution import run_tasks; list(run_tasks(abs, [1, 2], workers=2))"
    assert not loaded_by(code) & {"dask", "distributed"}


SERVER = """
import sys
import twoarm.service.app, twoarm.service.tokens, twoarm.cli.serve
from twoarm.modelfile import load_model, patients_of, predict_patients
"""


def test_the_server_loads_neither_numba_nor_pandas_nor_scikit_learn():
    assert not loaded_by(SERVER) & set(HEAVY)
    assert {"fastapi", "jwt"} <= loaded_by(SERVER)
