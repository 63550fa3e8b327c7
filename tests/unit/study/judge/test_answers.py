"""A question is asked, put into words, into numbers and onto the page by loops over one list."""

import dataclasses

import jsonschema
import pytest

from twoarm.diagnostics import Absent, Finding
from twoarm.diagnostics.finding import FINDINGS, says
from twoarm.errors import NotEstimable
from twoarm.report import write_report
from twoarm.report.sections import sections
from twoarm.study.judge.answers import asked
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.registry import QUESTIONS, check_findings
from twoarm.study.judge.schema import COUNT, record
from twoarm.study.judge.verdict import verdict
from twoarm.study.summary.schema import summary_schema

pytestmark = pytest.mark.usefixtures("unrendered")

PATH = "outcomes.{outcome}.toy"


def count(evidence: Evidence) -> int:
    return len(evidence.plan.cohort)


def in_words(value, study):
    return Finding("toy", "questions", f"{value} toys were counted.")


TOY = Question(
    name="toy",
    scope=Scope.PRIMARY,
    line=Line.CAUSAL,
    doubt="too many toys",
    ask=count,
    finding=in_words,
    block=lambda value, study: {PATH: {"n": value}},
    keys=(Key(PATH, {"oneOf": [{"type": "null"}, record(n=COUNT)]}),),
)


def as_answered(result):
    """Give the registry's questions with the answers of a run in place of their work."""

    def again(question):
        values = result.answers.values[question.name]
        several = question.scope.is_several
        given = values if several else next(iter(values.values()))
        if isinstance(given, Absent):
            return dataclasses.replace(question, ask=raising(NotEstimable(given.reason)))
        return dataclasses.replace(question, ask=lambda _: given)

    return [again(each) for each in QUESTIONS]


def raising(error):
    def ask(evidence: Evidence) -> None:
        raise error

    return ask


@pytest.fixture(scope="module")
def with_toy(small_result, small_evidence):
    answers = asked(small_evidence, [*as_answered(small_result), TOY])
    return dataclasses.replace(small_result, answers=answers)


def test_a_new_question_is_in_the_summary_and_its_schema(with_toy):
    summary, schema = with_toy.summary(), summary_schema([*QUESTIONS, TOY])
    jsonschema.validate(summary, schema)
    assert summary["outcomes"]["mrs_0_2"]["toy"] == {"n": 393}
    assert summary["outcomes"]["death"]["toy"] is None
    assert summary["absent"]["outcomes.death.toy"] == "primary outcome only"
    with pytest.raises(jsonschema.ValidationError, match="toy"):
        jsonschema.validate(summary, summary_schema())


def test_it_is_among_the_findings_in_the_verdict_and_on_the_page(with_toy, tmp_path):
    assert with_toy.findings[-1] == Finding("toy", "questions", "393 toys were counted.")
    causal = with_toy.verdict[0]
    assert "too many toys" in causal.text
    assert "toy" in causal.rests_on
    assert with_toy.value(TOY) == 393
    page = write_report(with_toy, tmp_path).read_text(encoding="utf-8")
    assert "393 toys were counted." in page
    assert "toys were counted" in (tmp_path / "tables" / "findings.csv").read_text("utf-8-sig")


def test_nothing_else_changes_with_it(with_toy, small_result):
    own, with_it = small_result.summary(), with_toy.summary()
    for summary in (own, with_it):
        del summary["verdict"], summary["absent"], summary["findings"]
    for outcome in with_it["outcomes"].values():
        del outcome["toy"]
    assert with_it == own
    assert with_toy.findings[:-1] == small_result.findings


FAILURES = (NotEstimable("too few patients"), ZeroDivisionError("a slip of ours"))


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("position", range(len(QUESTIONS)), ids=[each.name for each in QUESTIONS])
def test_a_question_that_fails_takes_nothing_else_with_it(
    small_result, small_evidence, validator, position, error
):
    questions = as_answered(small_result)
    failing = questions[position] = dataclasses.replace(questions[position], ask=raising(error))
    answers = asked(small_evidence, questions)
    result = dataclasses.replace(small_result, answers=answers)
    defect = not isinstance(error, NotEstimable)
    has_values = bool(answers.values[failing.name])
    assert answers.defects == ((failing.name,) if defect and has_values else ())
    assert len(answers.tracebacks) == defect
    if has_values:
        reason = next(iter(answers.values[failing.name].values())).reason
        assert ("defect of twoarm" in reason) == defect
        assert str(error) in reason
    kept = [each for each in small_result.findings if each.name != failing.name]
    assert list(answers.findings) == kept
    summary = result.summary()
    validator.validate(summary)
    assert verdict(answers)


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_page_without_any_answer_is_still_written(small_result, small_evidence, tmp_path, error):
    questions = [dataclasses.replace(each, ask=raising(error)) for each in QUESTIONS]
    answers = asked(small_evidence, questions)
    result = dataclasses.replace(small_result, answers=answers)
    assert answers.findings == ()
    page = write_report(result, tmp_path).read_text(encoding="utf-8")
    assert str(error) in page


@pytest.mark.parametrize("position", range(len(QUESTIONS)), ids=[each.name for each in QUESTIONS])
def test_a_page_without_one_answer_is_still_written(
    small_result, small_evidence, monkeypatch, position
):
    questions = as_answered(small_result)
    questions[position] = dataclasses.replace(questions[position], ask=raising(FAILURES[1]))
    result = dataclasses.replace(small_result, answers=asked(small_evidence, questions))
    # what is drawn is the figures' own matter; here it is whether every part can do without
    monkeypatch.setattr(
        "twoarm.report.figures.drawing.FigureCanvasAgg.print_png", lambda *_, **__: None
    )
    monkeypatch.setattr(
        "twoarm.report.figures.drawing.FigureCanvasSVG.print_svg", lambda *_, **__: None
    )
    assert "findings" in {each.name for each in sections(result)[0]}


def test_a_finding_of_another_name_is_a_defect(small_evidence):
    wrong = dataclasses.replace(TOY, finding=lambda *_: Finding("top", "supports", "Spun."))
    answers = asked(small_evidence, [wrong])
    assert answers.defects == ("toy",)
    assert answers.findings == ()
    assert "called 'top'" in answers.tracebacks[0]


def test_a_finding_without_a_question_does_not_load(monkeypatch):
    monkeypatch.setitem(FINDINGS, "orphan", in_words)
    with pytest.raises(ImportError, match="orphan"):
        check_findings(QUESTIONS)


def test_two_questions_of_one_name_do_not_load():
    with pytest.raises(ImportError, match="one name"):
        check_findings((*QUESTIONS, QUESTIONS[0]))


def test_two_functions_cannot_give_one_finding():
    with pytest.raises(TypeError, match="overlap"):
        says("overlap")(lambda value, study: None)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"doubt": ""}, "words of doubt"), ({"keys": ()}, "has keys"), ({"block": None}, "has keys")],
)
def test_a_question_is_whole(change, message):
    with pytest.raises(TypeError, match=message):
        dataclasses.replace(TOY, **change)
