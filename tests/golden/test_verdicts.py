"""The words of a run's verdict in every world: a diff of `verdicts.json` is read by people.

The run sees a data file without the world's name. Renew with
``python tests/golden/test_verdicts.py``.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

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
replicates = 12
cross_fit_folds = 5
cross_fit_repeats = 2

[importance]
repeats = 2
"""


PRIMARY = "desirable = true\nprimary = true"


def lines_of(world: str, folder: Path, primary: str = PRIMARY) -> list[dict[str, Any]]:
    """Run a small study on a cohort of the world and give its verdict."""
    generate(world, treated=195, control=198, seed=5).cohort.to_csv(
        folder / "cohort.csv", index=False
    )
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace('"rescue_stenting', f'"{SHIPPED.parent}/rescue_stenting')
    text = text[: text.index("[model]")].replace(PRIMARY, primary) + SMALL
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "study.toml")
    result = run(study, read_cohort(study, folder / "cohort.csv"))
    return [{**asdict(each), "rests_on": list(each.rests_on)} for each in result.verdict]


@pytest.mark.parametrize("world", WORLDS)
def test_the_verdict_says_what_it_said(world, tmp_path):
    lines = lines_of(world, tmp_path)
    assert lines[0]["verdict"] in ("questions", "cannot tell")  # never an effect
    assert not any(word in str(lines) for word in ("should", "confounded", "synthetic"))
    assert lines == json.loads(GOLDEN.read_text(encoding="utf-8"))[world]


def test_harm_has_the_words_of_benefit_on_causality(tmp_path):
    """The primary outcome turned round: the same patients, and a harm as large as the benefit."""
    harm = lines_of("A", tmp_path, primary=PRIMARY.replace("true", "false", 1))[0]
    benefit = json.loads(GOLDEN.read_text(encoding="utf-8"))["A"][0]
    assert "benefit" in benefit["text"]
    assert {**benefit, "text": benefit["text"].replace("benefit", "harm")} == harm


def main() -> None:
    """Write the golden file anew."""
    found = {}
    for world in WORLDS:
        with tempfile.TemporaryDirectory() as folder:
            found[world] = lines_of(world, Path(folder))
    GOLDEN.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
