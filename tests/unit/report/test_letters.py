"""Figures are drawn with letters that come with the package, whatever a machine has."""

import re
from pathlib import Path

import pytest
from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font

from twoarm.report.figures import letters
from twoarm.report.figures.drawing import draw

OWN = Path(letters.__file__).parent


@pytest.mark.parametrize(("weight", "file"), [("normal", "regular"), ("bold", "bold")])
def test_the_first_family_is_the_packages_own(weight, file):
    found = findfont(
        FontProperties(family=letters.FAMILIES[0], weight=weight), fallback_to_default=False
    )
    assert Path(found) == OWN / f"{file}.ttf"


def test_the_second_comes_with_matplotlib_for_signs_that_the_first_lacks():
    found = findfont(FontProperties(family=letters.FAMILIES[1]), fallback_to_default=False)
    own = FT2Font(str(OWN / "regular.ttf")).get_charmap()
    lacking = set(FT2Font(found).get_charmap()) - set(own)
    assert ord("\N{CHECK MARK}") in lacking


def test_a_figure_names_fonts_of_the_same_width_to_readers():
    def paint(panel):
        panel.axes.set_xlabel("Benefit, points")
        panel.axes.set_title("Ω", fontweight="bold")

    page = draw("a", "b", "c", paint, synthetic=True).svg
    families = set(re.findall(r"font-family: ([^;\"]*)|font: ([^;\"]*)", page))
    assert families
    for found in families:
        assert "'Liberation Sans', Arial, Helvetica" in "".join(found)
    assert letters.FAMILIES[0] not in page


def test_the_licence_goes_with_them():
    assert "SIL OPEN FONT LICENSE" in (OWN / "OFL.txt").read_text(encoding="utf-8")


def test_signs_that_no_letter_draws_are_said_in_the_legend_and_warn_nobody():
    """Warnings are errors here; a registry's labels may be Chinese."""
    drawn = draw(
        "a", "b", "c", lambda panel: panel.axes.set_xlabel("年龄, ans"), legend="Patients."
    )
    assert drawn.legend == "Patients. The page shows 年龄; PNG and PDF have boxes in their place."
    assert "年龄" in drawn.svg


def test_nothing_is_said_of_letters_that_are_drawn():
    drawn = draw("a", "b", "c", lambda panel: panel.axes.set_xlabel("Größe Ωμέγα Жизнь ≥ ✓"))
    assert drawn.legend == ""
