"""What do the findings of a run say in each synthetic world, and do they tell A from B?

In A the benefit is real, in B a hidden factor makes most of it; from inside the data they are meant
to look alike. Each cohort is written to a file without the world's name and read as a user's would
be; the shipped study, with its primary outcome alone and regressions in place of the stack, is
asked for its findings on causality and for the verdict. Counted is how often each finding says
`questions`.

Run: ``python -m benchmarks.verdicts [--cohorts 100] [--worlds A B] [--folder DIR]
[--summary-only]``. Cohorts are appended to ``DIR/verdicts.jsonl``; an interrupted run goes on.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from benchmarks.average_effect_coverage import WORLDS
from benchmarks.ledger import Ledger
from benchmarks.record import keep
from twoarm.cohort import load_study, read_cohort
from twoarm.cohort.load import Study
from twoarm.study import make_plan
from twoarm.study.fit.fits import cross_fit, full_fit
from twoarm.study.judge.answers import asked
from twoarm.study.judge.average.effects import AVERAGE_EFFECT
from twoarm.study.judge.comparability.support import SUPPORT
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Line
from twoarm.study.judge.ranking.heterogeneity import HETEROGENEITY
from twoarm.study.judge.registry import QUESTIONS
from twoarm.study.judge.verdict import verdict
from twoarm.synthetic import generate

SEED, TREATED, CONTROL, OUTCOME = 73_000_000, 195, 198, "mrs_0_2"
DESCRIPTIVE = (SUPPORT, HETEROGENEITY)
ASKED = [each for each in QUESTIONS if each.line is not Line.DESCRIPTIVE or each in DESCRIPTIVE]
"""What speaks to the first two lines of the verdict, and what was measured with them before."""
NO_REPLICATES: Any = None  # none of these questions reads them
MODEL = """
[model]
members = ["mean", "logistic", "elastic_net"]

[validation]
replicates = 2
cross_fit_folds = 5
cross_fit_repeats = 1

[importance]
repeats = 1
"""


def study_in(folder: Path) -> Study:
    """Give the shipped study with its primary outcome and quick models, from a file here."""
    shipped = Path(load_study("rescue-stenting").path)
    text = shipped.read_text(encoding="utf-8")
    others = text.index('[[outcomes]]\nname = "mrs_0_3"')
    controls = text.index('[[outcomes]]\nname = "neg_control"')
    kept = text[:others] + text[controls : text.index("[published]")]
    published = pd.read_csv(shipped.parent / "rescue_stenting_published.csv", dtype=str)
    published[published["outcome"] == OUTCOME].to_csv(folder / "published.csv", index=False)
    kept = kept.replace('"rescue_stenting', f'"{shipped.parent}/rescue_stenting')
    path = folder / "study.toml"
    path.write_text(f'{kept}\n[benchmark]\nfile = "published.csv"\n{MODEL}', encoding="utf-8")
    return load_study(path)


def measure(study: Study, folder: Path, world: str, cohort: int) -> dict[str, Any]:
    """Give the verdict of every finding of one cohort."""
    made = generate(world, treated=TREATED, control=CONTROL, seed=SEED + cohort).cohort
    made.to_csv(folder / "cohort.csv", index=False)
    read = read_cohort(study, folder / "cohort.csv")
    plan = make_plan(study, read, workers=1, executor="serial")
    full, crossed = full_fit(plan, _quiet), cross_fit(plan, _quiet)
    judged = asked(Evidence(plan, NO_REPLICATES, full, crossed), ASKED)
    assert not judged.tracebacks, judged.tracebacks[0]
    said: dict[str, list[str]] = {}
    for each in judged.findings:
        said.setdefault(each.name, []).append(each.verdict)
    answers = verdict(judged)
    return {
        "world": world,
        "cohort": cohort,
        "findings": said,
        "causal": answers[0].verdict,
        "ranking": next((each.verdict for each in answers if "ranked" in each.question), None),
        "aipw": judged.of(AVERAGE_EFFECT).ate.aipw.estimate,
    }


def _quiet(_: Any) -> None:
    """Tell nobody how far it is."""


def summary(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Give, world by world, how often each finding questions, and how the verdicts fall."""
    found = {}
    for world in dict.fromkeys(line["world"] for line in lines):
        own = [line for line in lines if line["world"] == world]
        names = dict.fromkeys(name for line in own for name in line["findings"])
        found[world] = {
            "cohorts": len(own),
            "aipw": float(np.mean([line["aipw"] for line in own])),
            "questions": {name: _share(own, name, "questions") for name in names},
            "causal": _counts(own, "causal"),
            "ranking": _counts(own, "ranking"),
        }
    return found


def separation(lines: list[dict[str, Any]]) -> dict[str, float]:
    """Give the AUC with which findings tell cohorts of B from those of A, by cross-validation.

    Each finding is 1 where it says `questions`; a logistic regression puts them together.
    """
    own = [line for line in lines if line["world"] in ("A", "B")]
    is_b = np.array([line["world"] == "B" for line in own])
    names = list(dict.fromkeys(name for line in own for name in line["findings"]))
    said = np.array(
        [[float("questions" in line["findings"].get(name, [])) for name in names] for line in own]
    )
    from_within = [name not in ("negative control", "published trials") for name in names]
    groups = {
        "all findings": np.full(len(names), fill_value=True),
        "findings on these data alone": from_within,
    }
    groups |= {
        f"{name} alone": np.array([each == name for each in names])
        for name in ("negative control", "published trials")
    }
    folds = StratifiedKFold(10, shuffle=True, random_state=SEED)
    found = {}
    for name, columns in groups.items():
        risk = cross_val_predict(
            LogisticRegression(), said[:, np.array(columns)], is_b, cv=folds, method="predict_proba"
        )
        found[name] = float(roc_auc_score(is_b, risk[:, 1]))
    return found


def _share(lines: list[dict[str, Any]], name: str, said: str) -> float:
    return float(np.mean([said in line["findings"].get(name, []) for line in lines]))


def _counts(lines: list[dict[str, Any]], line_of: str) -> dict[str, int]:
    values = [str(line[line_of]) for line in lines]
    return {each: values.count(each) for each in sorted(set(values))}


def show(table: dict[str, Any]) -> None:
    """Print the table: share of cohorts in which a finding says `questions`."""
    names = dict.fromkeys(name for entry in table.values() for name in entry["questions"])
    print("share of cohorts with `questions` (SYNTHETIC)")
    print(f"{'':<24}" + "".join(f"{world:>10}" for world in table))
    print(f"{'cohorts':<24}" + "".join(f"{entry['cohorts']:>10}" for entry in table.values()))
    for name in names:
        cells = [f"{entry['questions'].get(name, 0):>10.2f}" for entry in table.values()]
        print(f"{name:<24}" + "".join(cells))
    for line in ("causal", "ranking"):
        for world, entry in table.items():
            print(f"{line} line in {world}: {entry[line]}")


def main() -> None:
    """Go on with the simulation, print the table, keep it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cohorts", type=int, default=100)
    parser.add_argument("--worlds", nargs="+", choices=WORLDS, default=list(WORLDS))
    parser.add_argument("--folder", type=Path, default=Path("/tmp/twoarm-benchmarks"))
    parser.add_argument("--summary-only", action="store_true")
    asked = parser.parse_args()
    ledger = Ledger(asked.folder / "verdicts.jsonl", ("world", "cohort"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = study_in(folder)
        for cohort in range(0 if asked.summary_only else asked.cohorts):
            for world in asked.worlds:
                if not ledger.has(world, cohort):
                    ledger.add(measure(study, folder, world, cohort))
    table = summary(ledger.lines)
    show(table)
    apart = separation(ledger.lines) if {"A", "B"} <= table.keys() else {}
    for name, auc in apart.items():
        print(f"A told from B by {name}: AUC {auc:.2f}")
    keep("verdicts", {"synthetic": True, "seed": SEED, "treated": TREATED, "control": CONTROL,
                      "a_from_b": apart, "worlds": table})  # fmt: skip


if __name__ == "__main__":
    main()
