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
