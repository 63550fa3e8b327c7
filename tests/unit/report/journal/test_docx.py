"""Word documents: real tables, equal bytes, links that lead into the page."""

import io
import re
import zipfile
from dataclasses import replace

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.pictures import pictures

from twoarm.report import write_report
from twoarm.report.journal.docx import Heading, Text, document
from twoarm.report.journal.write import journal_files
from twoarm.report.sections import sections
from twoarm.report.table import Column, Table

TABLE = Table(
    "sizes",
    "Sizes",
    "A note.",
    (
        Column("outcome", "Outcome"),
        Column("benefit", "Benefit, points", "points"),
        Column("low", "95 % low", "points"),
        Column("high", "95 % high", "points"),
        Column("where", "Where", "links"),
    ),
    (
        ("death", 0.1, -0.05, 0.25, "#table-auc tables/auc.csv model.json"),
        ("death", None, None, None, ""),
        ("stroke", -0.02, None, None, "https://doi.org/10.1/x"),
    ),
)


def read(content):
    return docx.Document(io.BytesIO(content))


def test_a_table_is_one_of_word_with_its_header_on_every_page_and_no_broken_row():
    word = read(document("Sizes", [Heading("Sizes", 0), TABLE]))
    (table,) = word.tables
    texts = [[cell.text for cell in row.cells] for row in table.rows]
    assert texts[0] == ["Outcome", "Benefit, points (95 %)", "Where"]
    assert texts[1][1] == "+10.0 (−5.0 to +25.0)"
    assert [row[0] for row in texts[1:]] == ["death", "death", "stroke"]  # joined cells read alike
    header, *rest = table.rows
    assert header._tr.trPr.find(docx.oxml.ns.qn("w:tblHeader")) is not None
    for row in rest:
        assert row._tr.trPr.find(docx.oxml.ns.qn("w:cantSplit")) is not None
    assert [each.text for each in word.paragraphs] == ["Sizes", "Sizes", "A note."]


def test_the_parts_of_a_table_stand_in_the_order_of_the_format():
    """ECMA-376, CT_TblPr and CT_TcPr: sequences."""
    table = read(document("Sizes", [TABLE])).tables[0]
    of_table = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook"]
    of_cell = ["tcW", "vMerge", "tcBorders"]
    cells = [cell._tc.tcPr for row in table.rows for cell in row.cells]
    for order, parts in ((of_table, [table._tbl.tblPr]), (of_cell, cells)):
        for part in parts:
            places = [order.index(each.tag.rpartition("}")[2]) for each in part]
            assert places == sorted(places)
            assert len(set(places)) == len(places)


def test_links_lead_from_the_documents_folder():
    word = read(document("Sizes", [TABLE], links_from="../"))
    targets = {each.target_ref for each in word.part.rels.values() if each.is_external}
    assert targets == {
        "../report.html#table-auc",
        "../tables/auc.csv",
        "https://doi.org/10.1/x",
    }
    assert "model.json" in word.tables[0].rows[1].cells[2].text


def test_the_same_blocks_give_the_same_bytes_without_a_time():
    first, second = (document("Sizes", [Heading("Sizes"), TABLE]) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as packed:
        assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = read(first).core_properties
    assert (properties.author, properties.last_modified_by) == ("", "")
    assert properties.created == properties.modified


def test_a_turned_page_is_wider_than_high():
    for landscape in (False, True):
        section = read(document("Sizes", [TABLE], landscape=landscape)).sections[0]
        assert (section.page_width > section.page_height) is landscape
        total = section.left_margin + section.right_margin
        room = section.page_width - total
        table = read(document("Sizes", [TABLE], landscape=landscape)).tables[0]
        assert sum(cell.width for cell in table.rows[0].cells) <= room


@settings(max_examples=25)
@given(st.text(max_size=40))
def test_any_text_of_a_study_file_can_be_written(text):
    table = replace(TABLE, title=text, note=text, rows=((text, 0.0, None, None, ""),))
    word = read(document(text, [Heading(text, 0), Text(text), table]))
    kept = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
    wanted = kept.replace("\r\n", "\n").replace("\r", "\n")
    assert word.tables[0].rows[1].cells[0].text == wanted


@pytest.fixture(scope="module")
def found(small_result):
    return sections(small_result)[0]


@pytest.fixture(scope="module")
def written(small_result, found):
    return journal_files(small_result, found)


def test_two_writings_of_a_run_are_equal(small_result, found, written):
    assert journal_files(small_result, found) == written


def test_the_documents_hold_the_texts_and_the_tables(small_result, written):
    assert set(written) == {
        "methods.md",
        "results.md",
        "references.md",
        "text.docx",
        "tables.docx",
        "checklists.docx",
    }
    text = "\n".join(each.text for each in read(written["text.docx"]).paragraphs)
    for line in (written["methods.md"] + written["results.md"]).decode().splitlines():
        if not line.startswith("# "):  # the title: on paper it stands once
            assert line.lstrip("# ") in text
    tables = read(written["tables.docx"])
    titles = [each.text for each in tables.paragraphs if each.text.startswith("Table ")]
    assert titles[0] == "Table 1. Patients at the decision"
    assert titles[1] == "Table 2. Performance of the outcome models"
    assert len(tables.tables) == len(titles)
    assert "(synthetic data)" in tables.paragraphs[0].text
    assert "195" in tables.paragraphs[1].text


def test_the_performance_on_one_table_is_that_of_the_summary(small_result, written):
    table = read(written["tables.docx"]).tables[1]
    rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
    models = [
        arm
        for outcome in small_result.summary()["outcomes"].values()
        for arm in outcome["arms"].values()
    ]
    assert len(rows) == len(models)
    for row, arm in zip(rows, models, strict=True):
        auc = arm["auc"]
        assert row[2] == f"{arm['events']}/{arm['n']}"
        if auc["headline"] is not None and auc["ci"] is not None:
            limits = f"{auc['ci']['low']:.3f} to {auc['ci']['high']:.3f}"
            assert row[3] == f"{auc['headline']:.3f} ({limits})"
        if auc["harrell"] is not None:
            star = "*" if arm["gate"]["harrell_valid"] is False else ""
            assert row[4] == f"{auc['harrell']:.3f}{star}"


def test_the_journal_is_written_only_when_asked_for(
    small_result, small_report, small_drawings, tmp_path, monkeypatch
):
    assert not (small_report / "journal").exists()
    printed = []  # as fine as print takes half a minute, and test_journal_figures.py looks at it
    monkeypatch.setattr(
        "twoarm.report.write.write_journal_figures",
        lambda drawings, folder: printed.append((list(drawings), folder)),
    )
    with pictures(rendered=False):
        write_report(small_result, tmp_path, journal=True)
    assert {each.name for each in (tmp_path / "journal").iterdir()} >= {"text.docx", "tables.docx"}
    ((drawings, folder),) = printed
    assert [each.name for each in drawings] == list(small_drawings)
    assert folder == tmp_path / "figures" / "journal"


def test_tables_are_read_by_excel_in_the_right_encoding(small_report):
    for path in small_report.glob("tables/*.csv"):
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), path.name
