"""Make the letters of figures from Liberation Sans: ``python docs/figure_letters.py FOLDER``.

The folder holds ``LiberationSans-Regular.ttf`` and ``-Bold.ttf`` (2.1.5, in Debian
`fonts-liberation2`). Kept are Latin, Greek and Cyrillic letters and the signs of a figure; tables
for kerning and ligatures go, so that a font is embedded into a PDF in little time. A changed font
must have another name (SIL Open Font License, 3), and matplotlib needs one that no machine has.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

LETTERS = Path(__file__).parents[1] / "src" / "twoarm" / "report" / "figures" / "letters"
NAME = "twoarm sans"
KEPT = ((0x20, 0x24F), (0x2B0, 0x52F), (0x1E00, 0x206F), (0x2070, 0x22FF), (0x25A0, 0x25FF))
DROPPED = ("GSUB", "GPOS", "GDEF", "kern", "FFTM", "LTSH", "VDMX", "hdmx", "DSIG", "PCLT", "gasp")
COPYRIGHT, FAMILY, FULL, POSTSCRIPT = 0, 1, 4, 6


def made(path: Path, face: str) -> TTFont:
    """Give the smaller font under its new name."""
    font = TTFont(path, recalcTimestamp=False)
    options = Options()
    options.drop_tables += DROPPED
    options.name_IDs, options.notdef_outline = [COPYRIGHT, 13, 14], True
    cut = Subsetter(options)
    cut.populate(unicodes=[sign for first, last in KEPT for sign in range(first, last + 1)])
    cut.subset(font)
    names = {FAMILY: NAME, 2: face, 3: f"{NAME} {face}", FULL: f"{NAME} {face}"}
    names[POSTSCRIPT] = f"{NAME.replace(' ', '')}-{face}"
    for number, name in names.items():
        font["name"].setName(name, number, 3, 1, 0x409)
    return font


def main() -> None:
    """Write both faces."""
    for face in ("Regular", "Bold"):
        font = made(Path(sys.argv[1]) / f"LiberationSans-{face}.ttf", face)
        font.save(LETTERS / f"{face.lower()}.ttf")


if __name__ == "__main__":
    main()
