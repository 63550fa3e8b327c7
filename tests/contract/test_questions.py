"""A question of one's own: a whole run asks it, writes it down and reads it back."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import jsonschema
import pytest

from twoarm.cohort import load_study, read_cohort
from twoarm.diagnostics import Absent, Finding
from twoarm.errors import NotEstimable
from twoarm.report import write_report
from twoarm.study import make_plan, read_result, run
from twoarm.study.judge.answers import asked
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Question, Scope
from twoarm.study.judge.schema import COUNT, maybe, record
from twoarm.study.summary.schema import summary_schema


@dataclass(frozen=True)
class Toys:
    """What the toy question finds."""

    number: int


def count(evidence: Evidence) -> Toys:
    return Toys(len(evidence.plan.cohort))


def too_few(evidence: Evidence) -> Toys:
    raise NotEstimable("too few toys")


def slip(evidence: Evidence) -> Toys:
    return Toys(1 // 0)


def toy(name, **changes):
    path = f"outcomes.{{outcome}}.{name}"
    parts = {
        "name": name,
        "scope": Scope.PRIMARY,
        "doubt": f"what {name} makes of it",
        "ask": count,
        "finding": lambda value, _: Finding(name, "questions", f"{value.number} by {name}."),
        "block": lambda value, _: {path: {"number": value.number}},
        "keys": (Key(path, maybe(record(number=COUNT))),),
    }
    return Question(**parts | changes)


ASKED = (toy("toy"), toy("few", ask=too_few), toy("slip", ask=slip), toy("last"))
TOY, FEW, SLIP, LAST = ASKED


@pytest.fixture(scope="module")
def study():
    shipped = load_study("rescue-stenting")
    file = shipped.file
    changes = {
        "outcomes": tuple(each for each in file.outcomes if each.name in ("mrs_0_2", "death")),
        "model": file.model.model_copy(update={"members": ("mean", "logistic")}),
        "validation": file.validation.model_copy(
            update={"cross_fit_folds": 2, "cross_fit_repeats": 1}
        ),
    }
    return replace(shipped, file=file.model_copy(update=changes))


@pytest.fixture(scope="module")
def result(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("questions") / "run"
    return run(study, read_cohort(study), out=folder, replicates=4, questions=ASKED)


@pytest.mark.seconds
def test_it_is_in_the_summary_where_its_schema_says(result):
    written = json.loads((result.folder / "summary.json").read_text(encoding="utf-8"))
    jsonschema.validate(written, summary_schema(ASKED))
    assert written["outcomes"]["mrs_0_2"]["toy"] == {"number": 393}
    assert written["outcomes"]["death"]["toy"] is None
    assert written["absent"]["outcomes.death.toy"] == "primary outcome only"


@pytest.mark.seconds
def test_it_speaks_in_findings_verdict_and_report(result):
    assert [each.name for each in result.findings] == ["toy", "last"]
    doubt = result.verdict[-1]
    assert doubt.question == "Can a single patient's number be relied on?"
    assert doubt.rests_on == ("toy", "last")
    assert TOY.doubt in doubt.text
    assert "393 by toy." in write_report(result).read_text(encoding="utf-8")
    table = (result.folder / "tables" / "findings.csv").read_text(encoding="utf-8-sig")
    assert "393 by toy." in table


@pytest.mark.seconds
def test_what_the_data_do_not_carry_is_absent_with_its_reason(result):
    assert result.value(FEW) is None
    assert result.summary()["absent"]["outcomes.mrs_0_2.few"] == "too few toys"


@pytest.mark.seconds
def test_a_defect_is_told_with_its_traceback_and_costs_only_itself(result):
    assert result.answers.defects == ("slip",)
    reason = result.summary()["absent"]["outcomes.mrs_0_2.slip"]
    assert "a defect of twoarm" in reason
    assert "ZeroDivisionError" in reason
    (traceback,) = result.answers.tracebacks
    assert "return Toys(1 // 0)" in traceback
    assert traceback in (result.folder / "run.log").read_text(encoding="utf-8")
    assert result.value(LAST) == Toys(393)


@pytest.mark.seconds
def test_its_value_is_read_back_by_its_type(result):
    again = read_result(result.folder, ASKED)
    assert again.answers.values == result.answers.values
    assert again.summary() == result.summary()


@pytest.fixture(scope="module")
def evidence(study):
    """Enough for questions that look at the plan alone."""
    return Evidence(make_plan(study, read_cohort(study)), None, None, None)


@pytest.mark.parametrize("part", ["finding", "block"])
def test_a_value_that_cannot_be_put_into_words_or_numbers_is_a_defect(evidence, part):
    answers = asked(evidence, [replace(TOY, **{part: lambda *_: 1 // 0}), LAST])
    assert answers.defects == ("toy",)
    assert answers.of(TOY).defect
    assert answers.blocks["outcomes.mrs_0_2.toy"] == answers.of(TOY)
    assert answers.findings == (Finding("last", "questions", "393 by last."),)
    assert len(answers.tracebacks) == 1


def test_a_question_to_every_outcome_speaks_of_the_primary_one(evidence):
    few = Absent("too few toys")
    ask = {"mrs_0_2": Toys(1), "death": few}
    answers = asked(evidence, [toy("toy", scope=Scope.OUTCOMES, ask=lambda _: ask)])
    assert answers.values["toy"] == ask
    assert answers.blocks == {"outcomes.mrs_0_2.toy": {"number": 1}, "outcomes.death.toy": few}
    assert answers.findings == (Finding("toy", "questions", "1 by toy."),)
