"""One section a topic: its parts are put together, shown, led to and written by the same loops."""

import dataclasses
import re

import pytest

from twoarm.report import write_report
from twoarm.report.figures import draw
from twoarm.report.html import page_of, render
from twoarm.report.section import Details, Part, joined
from twoarm.report.sections import sections
from twoarm.report.table import Column, Table
from twoarm.study.judge.answers import none_yet

pytestmark = pytest.mark.usefixtures("unrendered")


def table(name, *rows):
    return Table(name, f"Title of {name}", "", (Column("a", "A"),), rows)


@pytest.fixture(scope="module")
def found(small_result):
    return sections(small_result)[0]


@pytest.fixture(scope="module")
def toy():
    drawing = draw("toy_figure", "A toy", "a dot", lambda panel: panel.dots("dot", [1], [1]))
    folded = Details(summary="Asked for", figures=(drawing,), tables=(table("folded", ("f",)),))
    parts = (
        Part(tables=(table("short", ("s",)),), notes=("A note.",), files=(table("file", ("x",)),)),
        None,
        Part(details=(folded,), files=(table("short", ("s",), ("t",)),)),
    )
    return joined("toy", "Toys", "Do toys help?", "Read this first.", parts=parts)


def test_parts_follow_each_other_and_absent_ones_leave_no_trace(toy):
    assert [each.name for each in toy.tables] == ["short"]
    assert [each.summary for each in toy.details] == ["Asked for"]
    assert [each.name for each in toy.drawings] == ["toy_figure"]


def test_without_parts_there_is_no_section():
    assert joined("toy", "Toys", "Do toys help?", "", parts=(None, None)) is None


def test_everything_shown_is_written_and_a_file_takes_the_place_of_what_is_shown_shorter(toy):
    assert list(toy.written) == ["short", "folded", "file"]
    assert len(toy.written["short"].rows) == 2


def test_a_section_is_on_the_page_without_a_word_in_the_template(small_result, toy):
    page = render(page_of(small_result, [toy]))
    assert '<a href="#toy">Toys</a>' in page
    assert '<h2 id="toy">Do toys help?</h2>' in page
    assert "Read this first." in page
    for name in ("short", "folded"):
        assert f'id="table-{name}"' in page
    assert 'id="table-file"' not in page
    topic = page[page.index('<h2 id="toy">') :]
    assert topic.index("A note.") < topic.index('id="table-short"') < topic.index("Asked for")
    assert topic.index("Asked for") < topic.index("<svg") < topic.index('id="table-folded"')


def test_every_section_is_led_to_once(small_result, found):
    page = render(page_of(small_result, found))
    for section in found:
        assert page.count(f'<a href="#{section.name}">{section.link}</a>') == 1
        assert page.count(f'<h2 id="{section.name}">') == 1
    assert len({section.name for section in found}) == len(found)


def test_no_two_parts_write_the_same_file(found):
    for names in (
        [name for section in found for name in section.written],
        [each.name for section in found for each in section.drawings],
    ):
        assert len(names) == len(set(names))


def test_what_is_shown_shorter_has_all_its_columns_in_the_file(found):
    written = {name: each for section in found for name, each in section.written.items()}
    (models,) = (section for section in found if section.name == "models")
    (auc,) = (each for each in models.tables if each.name == "auc")
    shown, full = ([column.name for column in each.columns] for each in (auc, written["auc"]))
    counted = {"mcse", "replicates_used", "failed", "oob_used", "repeats_used"}
    assert set(full) - set(shown) == counted | {"arm_learner"}
    assert len(auc.rows) == len(written["auc"].rows)
    assert len(written["patients"].rows) == 393


def test_a_result_without_diagnostics_has_a_page_of_what_there_is(small_result, tmp_path):
    nothing = none_yet(small_result.plan.study, small_result.answers.questions)
    interim = dataclasses.replace(small_result, answers=nothing)
    page = write_report(interim, tmp_path).read_text(encoding="utf-8")
    names = re.findall(r'<section class="topic" aria-labelledby="(\w+)">', page)
    assert names == [
        "quoted",
        "published",
        "cohort",
        "models",
        "comparability",  # the target trial, as declared
        "average",
        "ranking",
        "importance",
        "limits",
        "checklists",
        "provenance",
    ]
    assert (tmp_path / "tables" / "average_effect.csv").is_file()
    assert not (tmp_path / "tables" / "patients.csv").exists()


def test_columns_can_be_left_out():
    wide = Table("t", "", "", (Column("a", "A"), Column("b", "B")), (("x", "y"),))
    assert wide.without("a").rows == (("y",),)
    assert wide.without("a").columns == (Column("b", "B"),)
    assert wide.without() == wide
