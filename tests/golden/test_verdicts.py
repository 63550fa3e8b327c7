"""The words of a run's verdict in every world: a diff of `verdicts.json` is read by people.

The run sees a data file without the world's name. Renew with
``python -m tests.golden.test_verdicts`` from the project's root.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from tests.unit.study.conftest import small_study_text

from twoarm.cohort import load_study, read_cohort
from twoarm.study import run
from twoarm.synthetic import generate

GOLDEN = Path(__file__).with_name("verdicts.json")
WORLDS = ("A", "A-sharp", "M", "B", "N", "Z", "H")
MEMBERS = 'members = ["mean", "logistic", "elastic_net"]'


def lines_of(world: str, folder: Path) -> list[dict[str, str]]:
    """Run a small study on a cohort of the world and give its verdict."""
    generate(world, treated=195, control=198, seed=5).cohort.to_csv(folder / "cohort.csv")
    text = small_study_text()
    start = text.index("members = ")
    text = text[:start] + MEMBERS + text[text.index("\n", start) :]
    (folder / "study.toml").write_text(text, encoding="utf-8")
    study = load_study(folder / "study.toml")
    result = run(study, read_cohort(study, folder / "cohort.csv"), replicates=4)
    return [
        {"question": each.question, "verdict": each.verdict, "text": each.text}
        for each in result.verdict
    ]


@pytest.mark.parametrize("world", WORLDS)
def test_the_verdict_says_what_it_said(world, tmp_path):
    lines = lines_of(world, tmp_path)
    assert lines[0]["verdict"] in ("questions", "cannot tell")  # never an effect
    assert not any(word in str(lines) for word in ("should", "recommend", world + " "))
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
