"""What two runs differ in, and what a difference between them does not say, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterable

from twoarm.comparison import Comparison, SharedPatients
from twoarm.report.sentence import Sentence

__all__ = ["listed", "outcome_titles", "sentences_of", "shared_text", "synthetic_text"]

_DEFINITION = ("column", "event", "non_event", "missing_codes", "desirable")
"""Keys of an outcome that say what it is."""


def sentences_of(found: Comparison) -> list[Sentence]:
    """Give what a reader must know before any number of a comparison."""
    if found.differs_nowhere:
        return [
            Sentence("finding", "The two runs differ nowhere: data, settings, numbers, words."),
            *_synthetic(found),
        ]
    return [
        Sentence("finding", _inputs(found)),
        Sentence("finding", shared_text(found)),
        Sentence("caution", _no_test(found)),
        *_other_things(found),
        *_in_one_alone(found),
        *_synthetic(found),
    ]


def synthetic_text(found: Comparison) -> str:
    """Say whose patients are synthetic; empty where nobody's are."""
    runs = (("A", found.a), ("B", found.b))
    of = [name for name, run in runs if run.result.plan.cohort.synthetic]
    if not of:
        return ""
    return f"The patients of {listed(of)} are synthetic. Nothing here is a clinical finding."


def _synthetic(found: Comparison) -> list[Sentence]:
    text = synthetic_text(found)
    return [Sentence("caution", text)] if text else []


def _inputs(found: Comparison) -> str:
    inputs = found.differing_inputs
    if not inputs:
        return (
            "Data, study file, seed, replicates, software and processor are the same, and yet "
            "results differ. Equal runs give equal results: a file of one of them was changed."
        )
    if len(inputs) == 1:
        return f"The runs differ in {inputs[0]} and in no other input."
    return (
        f"The runs differ in {listed(inputs)}. Two runs do not tell which of these moved a number."
    )


def shared_text(found: Comparison) -> str:
    """Say whether the runs share patients, and what that was told from."""
    told = found.patients
    if told.same_file:
        return _of_one_file(told)
    common = "1 common variable" if told.variables == 1 else f"{told.variables} common variables"
    alike = f"arm and values in {common}"
    if told.by_id:
        ids = f"{told.by_id} ids are in both"
        return {
            "yes": f"The runs share patients: {ids}, {told.unchanged} of them with equal {alike}.",
            "none found": f"No shared patient was found: {ids}, but their arms and values agree no "
            "better than by chance. They are other patients with the same ids.",
            "cannot tell": f"Whether the runs share patients cannot be told: {ids}, "
            f"{told.unchanged} of them with equal {alike}.",
        }[told.shared]
    ids = "no id is in both" if told.by_id == 0 else "there are no ids to compare by"
    twins = f"{told.alike} patients of A have one in B with equal {alike}"
    return {
        "yes": f"The runs share patients: {ids}, but {twins}, more than by chance.",
        "none found": f"No shared patient was found: {ids}, and nobody in B has equal {alike}.",
        "cannot tell": f"Whether the runs share patients cannot be told: {ids}; {twins}, and arm "
        f"and {common} tell few patients apart.",
    }[told.shared]


def _of_one_file(told: SharedPatients) -> str:
    if not told.by_id:
        return "Both runs read the same data file, but no patient is in both."
    changed = told.by_id - (told.unchanged or 0)
    text = f"Both runs read the same data file; {told.by_id} patients are in both."
    return f"{text} {changed} of them are coded otherwise." if changed else text


def _no_test(found: Comparison) -> str:
    if found.patients.shared == "none found":
        why = (
            "Two runs also differ in who is in them, how they were treated and measured: a test "
            "would not tell a change of the effect from that"
        )
    elif found.patients.shared == "yes":
        why = (
            "The runs share patients, so their estimates are not independent, and how far they "
            "move together is not stored"
        )
    else:
        why = "Runs that may share patients may not be independent"
    return (
        f"No difference has a p-value or an interval. {why}. Each interval is that of its own run; "
        "whether two of them overlap is no test either."
    )


def _other_things(found: Comparison) -> list[Sentence]:
    """Say where the same name stands for different things."""
    paths = [each.path.removeprefix("study file.") for each in found.settings]
    outcomes = dict.fromkeys(
        path.split(".")[1]
        for path in paths
        if path.startswith("outcomes.")
        and len(path.split(".")) > 2
        and path.split(".")[2] in _DEFINITION
    )
    both = [
        name
        for name in outcomes
        if all(name in run.summary["outcomes"] for run in (found.a, found.b))
    ]
    titles, sentences = outcome_titles(found), []
    if both:
        sentences.append(
            Sentence(
                "caution",
                f"Defined in two ways: {listed(titles[name] for name in both)}. Their numbers are "
                "not of the same thing.",
            )
        )
    if any(
        path.startswith(("treatment.column", "treatment.control", "treatment.treated"))
        for path in paths
    ):
        sentences.append(
            Sentence("caution", "The arms are defined in two ways: every number depends on that.")
        )
    if any(path.startswith("eligibility") for path in paths):
        sentences.append(
            Sentence(
                "caution", "The rules of eligibility differ: the runs describe other patients."
            )
        )
    return sentences


def _in_one_alone(found: Comparison) -> list[Sentence]:
    first, second = (run.summary["outcomes"] for run in (found.a, found.b))
    titles, sentences = outcome_titles(found), []
    for name, own, other in (("A", first, second), ("B", second, first)):
        alone = [titles[outcome] for outcome in own if outcome not in other]
        if alone:
            sentences.append(Sentence("finding", f"Outcomes of {name} alone: {listed(alone)}."))
    return sentences


def outcome_titles(found: Comparison) -> dict[str, str]:
    """Give every outcome of either run with what it is called; A's word where they differ."""
    titles: dict[str, str] = {}
    for run in (found.a, found.b):
        for each in run.result.plan.file.outcomes:
            titles.setdefault(each.name, each.title)
    return titles


def listed(words: Iterable[str]) -> str:
    """Join words as a sentence lists them.

    Examples
    --------
    >>> listed(["the data", "the seed", "the software"])
    'the data, the seed and the software'
    """
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
