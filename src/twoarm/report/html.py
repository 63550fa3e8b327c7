"""The report as one HTML file with everything inside: it opens without a network."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from twoarm.report.figures import Drawing
from twoarm.report.glossary import Glossary, glossary
from twoarm.report.labels import arm_labels
from twoarm.report.opening import Opening, opening
from twoarm.report.provenance import provenance
from twoarm.report.section import Section
from twoarm.report.sentence import Sentence
from twoarm.report.sentences import sentences
from twoarm.study.judge.verdict import Answer
from twoarm.study.result import StudyResult

__all__ = ["Page", "environment", "page_of", "render"]


@dataclass(frozen=True, slots=True)
class Page:
    """What the template shows; it computes nothing.

    A report opens with its first screen and the answers; any other page with a title, what it is
    about, and its findings in sentences.
    """

    title: str
    synthetic: bool
    sections: tuple[Section, ...]
    provenance: tuple[tuple[str, str], ...]
    sentences: tuple[Sentence, ...] = ()
    subtitle: str = ""
    banner: str = "Synthetic data: no real patients, no clinical finding"
    opening: Opening | None = None
    labels: tuple[str, str] | None = None
    verdict: tuple[Answer, ...] = ()
    provisional: bool = False
    replicates: int = 0

    @property
    def names(self) -> frozenset[str]:
        """Names of the sections: where a link may lead."""
        return frozenset(each.name for each in self.sections)


def page_of(result: StudyResult, sections: Sequence[Section]) -> Page:
    """Put a report's content together."""
    plan = result.plan
    return Page(
        title=plan.file.study.title,
        opening=opening(result),
        labels=arm_labels(result),
        synthetic=plan.cohort.synthetic,
        verdict=result.verdict,
        provisional=result.provisional,
        replicates=result.replicates,
        sentences=tuple(sentences(result)),
        sections=tuple(sections),
        provenance=provenance(result),
    )


def _inline_svg(drawing: Drawing) -> Markup:
    """Give the SVG element alone, scaled by the page and described for screen readers."""
    svg = drawing.svg[drawing.svg.index("<svg") :]
    svg = re.sub(r'\s(width|height)="[^"]*pt"', "", svg, count=2)
    # several figures share one page: ids must differ
    svg = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>{drawing.name}-", svg)
    described = f'<svg role="img" aria-label="{Markup.escape(drawing.alt)}"'
    return Markup(svg.replace("<svg", described, 1))  # noqa: S704  our own drawing


def environment(words: Glossary) -> Environment:
    """Give the templates of every page, with the words that are explained."""
    found = Environment(
        loader=PackageLoader("twoarm.report", "templates"),
        autoescape=select_autoescape(["html", "j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["inline_svg"] = _inline_svg
    found.filters["terms"] = words.explained
    return found


def render(page: Page) -> str:
    """Render the page."""
    words = Glossary.of(glossary())
    return environment(words).get_template("report.html.j2").render(page=page, words=words)
