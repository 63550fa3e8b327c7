"""Figures for a journal: letters inside the file, as fine as print, the same bytes twice."""

import io

import pytest
from PIL import Image
from pypdf import PdfReader

from twoarm.report.figures import draw, write_journal_figures

MM = 72 / 25.4


@pytest.fixture(scope="module")
def some(small_drawings):
    return [small_drawings[name] for name in ("flow", "auc", "scale", "instability")]


@pytest.fixture(scope="module")
def folder(some, tmp_path_factory):
    place = tmp_path_factory.mktemp("journal") / "figures" / "journal"
    written = write_journal_figures(some, place)
    assert sorted(written) == sorted(place.iterdir())
    return place


def fonts(page):
    """Give the font descriptors of a page."""
    for font in page["/Resources"]["/Font"].values():
        whole = font.get_object()
        inner = whole.get("/DescendantFonts")
        yield (inner[0].get_object() if inner else whole)["/FontDescriptor"].get_object()


def test_each_has_two_widths_in_both_kinds(some, folder):
    names = {path.name for path in folder.iterdir()}
    expected = {
        f"{each.name}_{width}mm.{kind}"
        for each in some
        for width in (85, 170)
        for kind in ("pdf", "png")
    }
    assert names == expected | {"legends.md"}


@pytest.mark.parametrize("width", [85, 170])
def test_pages_are_as_wide_as_journals_ask_and_their_fonts_embedded(folder, width):
    for path in folder.glob(f"*_{width}mm.pdf"):
        (page,) = PdfReader(path).pages
        assert float(page.mediabox.width) == pytest.approx(width * MM, abs=0.1)
        found = list(fonts(page))
        assert found
        for descriptor in found:
            assert "/FontFile2" in descriptor  # TrueType, letters that an editor can change
        assert page.extract_text().strip()


@pytest.mark.parametrize("width", [85, 170])
def test_pictures_have_600_dots_an_inch(folder, width):
    for path in folder.glob(f"*_{width}mm.png"):
        with Image.open(path) as picture:
            assert picture.width == pytest.approx(width / 25.4 * 600, abs=1)
            assert picture.info["dpi"] == pytest.approx((600, 600), abs=0.1)


def test_two_times_give_the_same_bytes(some, folder, tmp_path):
    write_journal_figures(some, tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes(), path.name


def test_legends_hold_title_legend_and_alternative_text(some, folder):
    text = (folder / "legends.md").read_text(encoding="utf-8")
    for each in some:
        for part in (each.title, each.legend, each.alt):
            assert part in text


def test_synthetic_data_are_labelled_in_print(folder):
    for path in folder.glob("*.pdf"):
        assert "synthetic data" in PdfReader(path).pages[0].extract_text()


def test_a_picture_for_the_page_has_200_dots_an_inch(some):
    for each in some:
        with Image.open(io.BytesIO(each.png)) as picture:
            assert picture.width == pytest.approx(85 / 25.4 * 200, abs=1)


def test_a_drawing_can_do_without_what_a_journal_asks(tmp_path):
    plain = draw("dot", "A dot", "a dot", lambda panel: panel.dots("dot", [1.0], [2.0]))
    assert [path.name for path in write_journal_figures([plain], tmp_path)][-1] == "legends.md"
    assert plain.data.rows[0][:5] == ("", "dot", "", 1.0, 2.0)
