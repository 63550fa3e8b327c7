"""A line is answered only where the run holds the answer, and every link leads to it."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twoarm.report.html import page_of, render
from twoarm.report.sections import _missing, sections
from twoarm.report.sections import checklists as room
from twoarm.report.sections.checklists import judged_items
from twoarm.report.sections.checklists.conditions import CONDITIONS, WHY_NOT
from twoarm.report.sections.checklists.items import checklists
from twoarm.report.sections.checklists.status import ANSWERED, HUMAN, PREFILLED, addresses
from twoarm.report.sections.checklists.words import WORDS

pytestmark = pytest.mark.usefixtures("unrendered")

LINES = {"tripod_ai": 52, "tripod_cluster": 37, "target": 39, "probast_ai": 34}
"""As the statements count them: TRIPOD+AI 52 lines in 27 items, TRIPOD-Cluster 19 items, TARGET 21
items, PROBAST+AI 16 and 18 signalling questions."""
ITEMS = {"tripod_ai": 27, "tripod_cluster": 19, "target": 21}


def test_the_lines_are_those_of_the_statements():
    found = {each.name: each for each in checklists()}
    for name, count in LINES.items():
        numbers = [item.number for item in found[name].items]
        assert len(numbers) == len(set(numbers)) == count
    for name, count in ITEMS.items():
        whole = {int(re.match(r"\d+", item.number)[0]) for item in found[name].items}
        assert whole == set(range(1, count + 1))
    sides = [item.number[0] for item in found["probast_ai"].items]
    assert (sides.count("D"), sides.count("E")) == (16, 18)


def test_every_text_condition_and_place_that_is_named_is_there():
    for checklist in checklists():
        assert checklist.needs in CONDITIONS
        for item in checklist.items:
            assert item.level in ("answer", "prefill", "human")
            assert not item.text.startswith("@") or item.text[1:] in WORDS
            assert not item.when or item.when in CONDITIONS
            assert (item.level == "answer") is bool(item.where)
            assert item.level != "prefill" or item.text
            assert item.asks
            assert not item.asks.endswith(".")
    assert set(WHY_NOT) == set(CONDITIONS)
    used = {i.text[1:] for c in checklists() for i in c.items if i.text.startswith("@")}
    assert set(WORDS) - used <= {"path"}  # that one is a note


def followed(result, found, page):
    """Follow every link of every line that is answered, and count them."""
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    written = {name: table for each in found for name, table in each.written.items()}
    count = 0
    for _, lines in judged_items(result, found[:-1]):
        for line in (each for each in lines if each.status == ANSWERED):
            assert line.links, line.item.number
            for link in line.links:
                lead(link, result, page, ids, written)
                count += 1
    return count


def lead(link, result, page, ids, written):
    if link.startswith("#table-"):
        start = page.index(f'id="{link[1:]}"')
        assert "<tr" in page[page.index("<tbody", start) : page.index("</tbody>", start)], link
    elif link.startswith("#"):
        assert link[1:] in ids, link
    elif link.startswith("tables/"):
        assert written[link.removeprefix("tables/").removesuffix(".csv")].rows
    else:
        assert (result.folder / link).stat().st_size > 0, link


def statuses(result, found):
    return {
        each.name: {line.item.number: line.status for line in lines}
        for each, lines in judged_items(result, found[:-1])
    }


@pytest.fixture(scope="module")
def shipped(small_result, small_report):
    """The small run's sections, and its page as it was written."""
    return sections(small_result)[0], (small_report / "report.html").read_text(encoding="utf-8")


@pytest.mark.seconds
def test_every_answered_line_of_the_shipped_study_leads_to_its_answer(small_result, shipped):
    assert followed(small_result, *shipped) > 80
    found = statuses(small_result, shipped[0])
    assert set(found) == {"tripod_ai", "tripod_cluster", "target", "path", "probast_ai"}
    assert found["tripod_ai"]["23a"] == ANSWERED
    assert found["tripod_ai"]["17"] == HUMAN
    assert found["tripod_ai"]["18d"] == PREFILLED  # nothing is registered
    assert ANSWERED not in found["probast_ai"].values()


@pytest.mark.seconds
def test_so_does_every_answered_line_of_every_kind_of_run(page_of_kind, kind):
    result, sections_, page = page_of_kind(kind)
    followed(result, sections_, page)
    found = statuses(result, sections_)
    assert ("target" in found) is (kind != "by lot")
    assert ("tripod_ai" in found) is (kind != "no predictors")
    if kind == "overlap population":
        assert found["target"]["18"] == ANSWERED  # it is registered
    if kind == "no overlap":
        assert found["target"]["13"] == HUMAN
    if kind == "plain":
        assert "tripod_cluster" not in found  # no column of centres
        assert found["tripod_ai"]["12d"] == HUMAN


@pytest.mark.seconds
def test_the_words_are_told_without_a_gap_in_every_kind_of_run(page_of_kind, kind):
    result, sections_, _ = page_of_kind(kind)
    for _, lines in judged_items(result, sections_[:-1]):
        for line in lines:
            assert not re.search(r"\bnan\b|\bNone\b|\(\s*\)|\.\.|:\s*[.;]", line.text), line


@pytest.mark.seconds
def test_an_absent_answer_takes_its_lines_with_it(small_result, unanswered):
    result = unanswered(small_result, {"centres", "average effect", "baseline risk"})
    sections_, faults = sections(result)
    assert faults == {}
    followed(result, sections_, render(page_of(result, sections_)))
    found = statuses(result, sections_)
    assert found["tripod_cluster"]["13b"] == HUMAN
    assert found["target"]["13"] == HUMAN
    assert found["path"]["B1"] == HUMAN


@pytest.mark.seconds
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_line_is_answered_only_by_what_is_there(small_result, shipped, data):
    """Take any sections away, and all the rows of any tables: no link is left that dangles."""
    kept = data.draw(st.lists(st.sampled_from(shipped[0][:-1]), unique_by=lambda each: each.name))
    emptied = data.draw(st.sets(st.sampled_from([n for s in kept for n in s.written] or [""])))
    kept = [without_rows(each, emptied) for each in kept]
    there = addresses(small_result, kept) | {"#table-target_protocol"}
    for _, lines in judged_items(small_result, kept):
        for line in lines:
            assert set(line.links) <= there
            assert (line.status == ANSWERED) <= bool(line.links)
    assert not {f"#table-{name}" for name in emptied} & there


def without_rows(section, names):
    def empty(tables):
        return tuple(replace(each, rows=()) if each.name in names else each for each in tables)

    details = tuple(replace(each, tables=empty(each.tables)) for each in section.details)
    return replace(
        section, tables=empty(section.tables), details=details, files=empty(section.files)
    )


@pytest.mark.seconds
def test_a_section_that_failed_answers_nothing(small_result, shipped):
    failed = _missing("models", ZeroDivisionError("x"))
    others = [failed if each.name == "models" else each for each in shipped[0]]
    assert statuses(small_result, others)["tripod_ai"]["23a"] == HUMAN


@pytest.mark.seconds
def test_a_registration_answers_its_lines(small_result, shipped):
    plan = small_result.plan
    study = plan.file.study.model_copy(update={"registration": "OSF, 2026-01-15"})
    file = plan.file.model_copy(update={"study": study})
    registered = replace(small_result, plan=replace(plan, study=replace(plan.study, file=file)))
    found = statuses(registered, shipped[0])
    assert found["tripod_ai"]["18d"] == ANSWERED
    assert found["target"]["18"] == ANSWERED
    page = render(page_of(registered, []))
    assert "OSF, 2026-01-15" in page[page.index('id="provenance"') :]


@pytest.mark.seconds
def test_specification_and_emulation_stand_side_by_side(small_result, shipped):
    section = room.section(small_result, shipped[0][:-1])
    (target,) = [each for each in section.details if each.summary.startswith("TARGET")]
    table = target.tables[0]
    assert [row[0][0] for row in table.rows] == list("abcdefgh")
    trial = small_result.plan.file.target_trial
    assert table.rows[0][1] == f"{trial.eligibility}."
    assert "premrs <= 2" in table.rows[0][2]
    assert "final reperfusion" in table.rows[2][2]
    assert all(row[1] and row[2] for row in table.rows)
