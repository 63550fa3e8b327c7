"""Write what an author takes along: paragraphs, tables and checklists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from twoarm.report.journal.docx import Block, Heading, Text, document
from twoarm.report.journal.methods import methods
from twoarm.report.journal.paragraph import blocks, markdown, numbered
from twoarm.report.journal.results import results
from twoarm.report.journal.tables import journal_tables, table_blocks
from twoarm.report.section import Section
from twoarm.study.result import StudyResult

__all__ = ["journal_files", "write_journal"]

_LEAD = (
    "Written from the numbers and settings of this run alone. Nothing here says more than the "
    "report does; what only the authors know is for them to add."
)


def write_journal(result: StudyResult, sections: Sequence[Section], folder: Path) -> None:
    """Write ``journal/``: paragraphs as Markdown and DOCX, tables and checklists as DOCX.

    Parameters
    ----------
    result : StudyResult
    sections : sequence of Section
        Of the report; their tables are taken.
    folder : Path
        That of the report.
    """
    place = folder / "journal"
    place.mkdir(parents=True, exist_ok=True)
    for name, content in journal_files(result, sections).items():
        (place / name).write_bytes(content)


def journal_files(result: StudyResult, sections: Sequence[Section]) -> dict[str, bytes]:
    """Give the files of the journal folder, by name; the same run gives the same bytes."""
    did, found = methods(result), results(result)
    paragraphs, works = numbered([*did, *found])
    did, found = paragraphs[: len(did)], paragraphs[len(did) :]
    title = result.plan.file.study.title
    synthetic = " (synthetic data)" if result.plan.cohort.synthetic else ""
    listed = [f"{number}. {work}" for number, work in enumerate(works, start=1)]
    text: list[Block] = [
        Heading(f"{title}{synthetic}", 0),
        Text(_LEAD),
        *blocks("Methods", did),
        *blocks("Results", found),
        Heading("References", 1),
        *(Text(work, small=True) for work in listed),
    ]
    tables = journal_tables(result, sections)
    return {
        "methods.md": markdown(f"Methods{synthetic}", did).encode(),
        "results.md": markdown(f"Results{synthetic}", found).encode(),
        "references.md": ("\n".join(["# References", "", *listed]) + "\n").encode(),
        "text.docx": document(f"{title}: methods and results", text),
        "tables.docx": document(f"{title}: tables", table_blocks(result, tables), landscape=True),
        "checklists.docx": document(
            f"{title}: checklists", _checklists(sections), landscape=True, links_from="../"
        ),
    }


def _checklists(sections: Sequence[Section]) -> list[Block]:
    """Give the page's section of checklists as a document."""
    found: list[Block] = []
    for section in (each for each in sections if each.name == "checklists"):
        found += [Heading(section.title, 1), Text(section.lead), *map(Text, section.notes)]
        found += section.tables
        for each in section.details:
            found += [Heading(each.summary, 2), *each.tables]
    return found
