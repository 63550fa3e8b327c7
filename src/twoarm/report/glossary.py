"""Words of statistics explained where they stand: a button that opens a few plain sentences."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from markupsafe import Markup, escape

__all__ = ["Glossary", "Term", "glossary"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word, the spellings that are explained, and the explanation."""

    name: str
    words: tuple[str, ...]
    text: str

    @property
    def id(self) -> str:
        """Its place on the page."""
        return "word-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


@cache
def glossary() -> tuple[Term, ...]:
    """Read the glossary."""
    text = resources.files("twoarm.report").joinpath("glossary.toml").read_text(encoding="utf-8")
    return tuple(
        Term(each["name"], tuple(each["words"]), each["text"])
        for each in tomllib.loads(text)["term"]
    )


@dataclass(frozen=True)
class Glossary:
    """Explains words in the texts of one page, and remembers which were met.

    Examples
    --------
    >>> page = Glossary.of(glossary())
    >>> page.explained("An AUC of 0.5.").count("popovertarget"), [each.name for each in page.met]
    (1, ['AUC'])
    """

    terms: tuple[Term, ...]
    pattern: re.Pattern[str]
    by_word: dict[str, Term]
    found: dict[str, Term]

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Glossary:
        """Make one for a page."""
        known = tuple(terms)
        by_word = {word: each for each in known for word in each.words}
        longest = sorted(by_word, key=len, reverse=True)
        words = "|".join(
            str(escape(word)).replace("(", r"\(").replace(")", r"\)") for word in longest
        )
        # outside of tags; whole words
        pattern = re.compile(rf"<[^>]*>|(?<![\w-])(?P<word>{words})(?![\w-])")
        escaped = {str(escape(word)): term for word, term in by_word.items()}
        return cls(known, pattern, escaped, {})

    @property
    def met(self) -> tuple[Term, ...]:
        """The terms that were explained, by name."""
        return tuple(sorted(self.found.values(), key=lambda each: each.name.lower()))

    def explained(self, text: str) -> Markup:
        """Give a text in which the first of each term can be asked for its meaning."""
        seen: set[str] = set()
        text = str(escape(text))

        def explain(match: re.Match[str]) -> str:
            word = match["word"]
            if word is None or self.by_word[word].name in seen:
                return match[0]
            term = self.by_word[word]
            seen.add(term.name)
            self.found[term.name] = term
            return str(
                Markup(
                    '<button type="button" class="term" popovertarget="{}" title="{}">{}</button>'
                ).format(term.id, term.text, Markup(word))  # noqa: S704  escaped above
                + _joined_to(text[match.end() :])
            )

        return Markup(self.pattern.sub(explain, text))  # noqa: S704  escaped above


def _joined_to(rest: str) -> str:
    """Keep a button on the line of the mark that follows it (U+2060, a word joiner)."""
    return "\u2060" if rest[:1] in (")", ".", ",", ";", ":") else ""
