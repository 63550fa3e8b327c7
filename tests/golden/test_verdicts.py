"""The words of a run's verdict in every world: a diff of `verdicts.json` is read by people.

The run sees a data file without the world's name. Renew with
``python tests/golden/test_verdicts.py``.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.study import run
from twoarm.synthetic import generate

GOLDEN = Path(__file__).with_name("verdicts.json")
WORLDS = ("A", "A-sharp", "M", "B", "N", "Z", "H")
SHIPPED = Path(load_study("rescue-stenting").path)
SMALL = """
[model]
members = ["mean", "logistic", "elastic_net"]

[validation]
replicates = 4
cross_fit_folds = 5
cross_fit_repeats = 2

[importance]
repeats = 2
"""


def lines_of(world: str, folder: Path) -> list[dict[str, str]]:
    """Run a small study on a cohort of the world and give its verdict."""
    generate(world, treated=195, control=198, seed=5).cohort.to_csv(
        folder / "cohort.csv", index=False
    )
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace('"rescue_stenting', f'"{SHIPPED.parent}/rescue_stenting')
    text = text[: text.index("[model]")] + SMALL
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "study.toml")
    result = run(study, read_cohort(study, folder / "cohort.csv"))
    return [
        {"question": each.question, "verdict": each.verdict, "text": each.text}
        for each in result.verdict
    ]


@pytest.mark.parametrize("world", WORLDS)
def test_the_verdict_says_what_it_said(world, tmp_path):
    lines = lines_of(world, tmp_path)
    assert lines[0]["verdict"] in ("questions", "cannot tell")  # never an effect
    assert not any(word in str(lines) for word in ("should", "confounded", "synthetic"))
    assert lines == json.loads(GOLDEN.read_text(encoding="utf-8"))[world]


def main() -> None:
    """Write the golden file anew."""
    found = {}
    for world in WORLDS:
        with tempfile.TemporaryDirectory() as folder:
            found[world] = lines_of(world, Path(folder))
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
