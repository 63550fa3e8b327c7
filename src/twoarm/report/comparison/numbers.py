"""What two runs found: quoted numbers, words that changed, and every other number."""

from __future__ import annotations

from collections import Counter
from typing import Final, Literal

from twoarm.comparison import Comparison, Quote, QuotedPair, why_absent
from twoarm.comparison.quoted import NO_SUCH_OUTCOME
from twoarm.diagnostics.comparability.population import OVER
from twoarm.report.comparison.texts import outcome_titles
from twoarm.report.formats import interval, points, shown
from twoarm.report.table import Column, Row, Table

__all__ = [
    "KINDS",
    "change_text",
    "numbers_file",
    "quote_text",
    "quoted_file",
    "quoted_name",
    "quoted_table",
    "said_table",
    "where_table",
    "words_file",
]

Place = Literal["verdict", "finding"]

KINDS: Final = {"benefit": "points", "auc": "probability", "share": "percent", "autoc": "points"}
"""How a quoted number is written."""

_OF_OUTCOME = 3
"""Steps of a path that name a part of an outcome."""


def quoted_name(pair: QuotedPair) -> str:
    """Name a quoted number."""
    if pair.kind == "benefit":
        return f"Mean benefit {OVER[pair.of]} (AIPW), points"  # type: ignore[index]
    if pair.kind == "auc":
        return f"AUC, {pair.of}"
    if pair.kind == "share":
        return "Share predicted to reach the threshold [the same if one odds ratio held for all]"
    return "Gain of those ranked first beyond the average (AUTOC), points"


def quote_text(pair: QuotedPair, quote: Quote) -> str:
    """Write one run's value with its interval, or that there is none."""
    kind = KINDS[pair.kind]
    if quote.value is None:
        return "none"
    if quote.low is None or quote.high is None:
        return f"{shown(quote.value, kind)} (no interval)"
    limits = interval(quote.low, quote.high, kind)
    if pair.kind == "share":
        return f"{shown(quote.value, kind)} [{limits}]"
    return f"{shown(quote.value, kind)} ({limits})"


def change_text(pair: QuotedPair) -> str:
    """Write B minus A; a share's in points."""
    if pair.change is None:
        return ""
    if KINDS[pair.kind] == "probability":
        return f"{'+' if round(pair.change, 3) > 0 else ''}{shown(pair.change, 'probability')}"
    return points(pair.change)


def quoted_table(found: Comparison) -> Table:
    """Give the quoted numbers of both runs, as a page shows them."""
    titles = outcome_titles(found)
    rows: list[Row] = [
        (
            titles[pair.outcome],
            quoted_name(pair),
            quote_text(pair, pair.a),
            quote_text(pair, pair.b),
            change_text(pair),
        )
        for pair in found.quoted
    ]
    columns = (
        Column("outcome", "Outcome"),
        Column("number", "Number"),
        Column("a", "A (95 %)"),
        Column("b", "B (95 %)"),
        Column("change", "B minus A"),
    )
    missing = [
        f"{titles[pair.outcome]}, {quoted_name(pair)}, {name}: {quote.absent}"
        for pair in found.quoted
        for name, quote in (("A", pair.a), ("B", pair.b))
        if quote.value is None and quote.absent != NO_SUCH_OUTCOME
    ]
    note = (
        "Benefit is positive where the treatment helps. Intervals are each run's own. B minus A of "
        "a share is in points."
    )
    if missing:
        note += f" None: {'; '.join(missing)}."
    return Table("compare_quoted", "The numbers to quote", note, columns, tuple(rows))


def quoted_file(found: Comparison) -> Table:
    """Give the same for other programs, raw values."""
    names = ("outcome", "number", "of", "a", "a_low", "a_high", "b", "b_low", "b_high", "change",
             "absent_a", "absent_b")  # fmt: skip
    rows: list[Row] = [
        (
            pair.outcome,
            pair.kind,
            pair.of,
            *(pair.a.value, pair.a.low, pair.a.high),
            *(pair.b.value, pair.b.low, pair.b.high),
            pair.change,
            pair.a.absent,
            pair.b.absent,
        )
        for pair in found.quoted
    ]
    columns = tuple(Column(name, name) for name in names)
    return Table("compare_quoted", "The numbers to quote", "", columns, tuple(rows))


def words_file(found: Comparison) -> Table:
    """Give verdict and findings that changed, those with another verdict first."""
    rows = [
        (each.place, each.name, each.verdict_a, each.verdict_b, each.text_a, each.text_b)
        for each in found.words
    ]
    names = ("place", "name", "verdict_a", "verdict_b", "text_a", "text_b")
    columns = tuple(Column(name, name) for name in names)
    return Table("compare_words", "What the runs say differently", "", columns, tuple(rows))


def said_table(found: Comparison, place: Place, *, turned: bool | None = None) -> Table:
    """Give lines of the verdict, or findings, as a page shows them.

    `turned`: those alone whose verdict is another one, or is the same in other words.
    """
    rows = [
        (each.name, each.verdict_a, each.text_a, each.verdict_b, each.text_b)
        for each in found.words
        if each.place == place and turned in (None, each.is_turned)
    ]
    name, title = {
        None: ("verdict", "The verdict"),
        True: ("turned", "Findings with another verdict"),
        False: ("worded", "Findings in other words"),
    }[turned]
    head = "Question" if place == "verdict" else "Finding"
    columns = (
        Column("name", head),
        Column("verdict_a", "A"),
        Column("text_a", "A says"),
        Column("verdict_b", "B"),
        Column("text_b", "B says"),
    )
    return Table(f"compare_{name}", title, "", columns, tuple(rows))


def where_table(found: Comparison) -> Table:
    """Count the differing leaves of the summary by block."""
    blocks = Counter(_block(each.path) for each in found.numbers)
    digits = Counter(_block(each.path) for each in found.numbers if each.state == "last digits")
    one = Counter(
        _block(each.path) for each in found.numbers if each.state.startswith(("null in", "only in"))
    )
    rows = [(block, n, digits[block], one[block]) for block, n in blocks.items()]
    columns = (
        Column("block", "Part of summary.json"),
        Column("differ", "Values that differ", "count"),
        Column("last_digits", "in the last digits alone", "count"),
        Column("one_alone", "in one run alone", "count"),
    )
    note = "Each value with both runs' numbers is in tables/compare_numbers.csv."
    return Table("compare_where", "Where the numbers differ", note, columns, tuple(rows))


def _block(path: str) -> str:
    """Give the part of the summary that a path lies in: of an outcome, the part of its own."""
    steps = path.split(".")
    return ".".join(steps[: _OF_OUTCOME if steps[0] == "outcomes" else 1])


def numbers_file(found: Comparison) -> Table:
    """Give every leaf that differs, with the reason where one run has none."""
    rows: list[Row] = [
        (
            each.path,
            each.a,
            each.b,
            each.change,
            each.state,
            why_absent(found.a.summary, each.path) if each.a is None else "",
            why_absent(found.b.summary, each.path) if each.b is None else "",
        )
        for each in found.numbers
    ]
    names = ("path", "a", "b", "change", "state", "absent_a", "absent_b")
    columns = tuple(Column(name, name) for name in names)
    return Table("compare_numbers", "Every value that differs", "", columns, tuple(rows))
