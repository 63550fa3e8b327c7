"""Write a report's files: tables, figures, one HTML page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from twoarm.report.figures import write_journal_figures
from twoarm.report.html import page_of, render
from twoarm.report.journal.write import write_journal
from twoarm.report.section import Section
from twoarm.report.sections import sections
from twoarm.study.result import StudyResult

__all__ = ["IncompletePageError", "write_parts", "write_report", "write_whole"]

_CSV = "utf-8-sig"  # without a byte order mark Excel takes it for another encoding


class IncompletePageError(Exception):
    """Sections of a page could not be written; all others are."""

    def __init__(self, page: Path, missing: tuple[str, ...]):
        super().__init__(
            f"{page} lacks {', '.join(missing)}; everything else is written, and so are all numbers"
        )
        self.page, self.missing = page, missing


def write_report(
    result: StudyResult, out: str | Path | None = None, *, journal: bool = False
) -> Path:
    """Write ``report.html``, ``tables/*.csv`` and ``figures/*.svg``, ``.png`` and ``.csv``.

    Parameters
    ----------
    result : StudyResult
        From `twoarm.run`.
    out : str or Path, optional
        Folder, made if need be; by default the run folder.
    journal : bool
        Also write what a journal asks for: ``journal/`` with methods, results, tables and
        checklists, and ``figures/journal/``, PDF with embedded fonts and PNG of 600 dpi, 85 and
        170 mm wide, with their legends. It takes several times as long.

    Returns
    -------
    Path
        The HTML page.

    Raises
    ------
    IncompletePageError
        If a section cannot be written, after everything else is.
    """
    folder = result.folder if out is None else Path(out)
    found, faults = sections(result)
    write_parts(found, folder)
    page = folder / "report.html"
    write_whole(page, render(page_of(result, found)).encode("utf-8"))
    if journal:
        write_journal(result, found, folder)
        drawings = [each for section in found for each in section.drawings]
        write_journal_figures(drawings, folder / "figures" / "journal")
    if faults:
        raise IncompletePageError(page, tuple(faults)) from next(iter(faults.values()))
    return page


def write_parts(sections: Iterable[Section], folder: Path) -> None:
    """Write every table of some sections to ``tables/``, and every figure to ``figures/``."""
    for name in ("tables", "figures"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for section in sections:
        for name, table in section.written.items():
            write_whole(folder / "tables" / f"{name}.csv", table.to_csv().encode(_CSV))
        for figure in section.drawings:
            write_whole(folder / "figures" / f"{figure.name}.svg", figure.svg.encode("utf-8"))
            write_whole(folder / "figures" / f"{figure.name}.png", figure.png)
            if figure.data is not None:
                write_whole(
                    folder / "figures" / f"{figure.name}.csv", figure.data.to_csv().encode(_CSV)
                )


def write_whole(path: Path, content: bytes) -> None:
    """Write by rename: the file is the old one or the whole new one."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.write_bytes(content)
    unfinished.replace(path)
