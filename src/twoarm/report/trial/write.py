"""Write a plan's files: page, tables, figures, JSON, and the draft of a protocol."""

from __future__ import annotations

from pathlib import Path

from twoarm.errors import ArgumentError
from twoarm.planning import TrialPlan, to_json
from twoarm.report.design.protocol import protocol_draft
from twoarm.report.glossary import Glossary, glossary
from twoarm.report.html import environment
from twoarm.report.trial.page import page_of_plan, slider_of
from twoarm.report.write import write_parts, write_whole

__all__ = ["write_design"]


def write_design(plan: TrialPlan, out: str | Path) -> Path:
    """Write ``design.html``, ``design.json``, ``protocol_draft.md``, tables and figures.

    Parameters
    ----------
    plan : TrialPlan
        From `twoarm.planning`.
    out : str or Path
        Folder, made if need be; what else is in it is left alone.

    Returns
    -------
    Path
        The HTML page.

    Raises
    ------
    ArgumentError
        If the folder cannot be written.
    """
    folder, page, words = Path(out), page_of_plan(plan), Glossary.of(glossary())
    template = environment(words).get_template("design.html.j2")
    text = template.render(page=page, slider=slider_of(plan), words=words)
    try:
        write_parts(page.sections, folder)
        write_whole(folder / "design.json", to_json(plan).encode("utf-8"))
        write_whole(folder / "protocol_draft.md", protocol_draft(plan).encode("utf-8"))
        write_whole(folder / "design.html", text.encode("utf-8"))
    except OSError as error:
        raise ArgumentError(
            f"Cannot write to {folder}: {error.strerror or error}. Choose another one with --out."
        ) from error
    return folder / "design.html"
