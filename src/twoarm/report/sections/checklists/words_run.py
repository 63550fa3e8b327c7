"""Texts for lines of checklists that the run holds; the author edits them."""

from __future__ import annotations

from twoarm.diagnostics import present
from twoarm.diagnostics.harm import estimated
from twoarm.report.cautions import cautions_of_design, cautions_of_few_events, cautions_of_run
from twoarm.report.labels import arm_labels
from twoarm.report.sections.checklists.words_study import follow_up
from twoarm.study.plan.few_events import FEW_EVENTS
from twoarm.study.plan.sample_size import model_parameters
from twoarm.study.result import StudyResult

__all__ = [
    "analysis",
    "average",
    "code",
    "conclusions",
    "follow_up_here",
    "handling",
    "imbalance",
    "lacking",
    "limitations",
    "measures",
    "missing",
    "output",
    "preparation",
    "support",
]


_SAID = {"supports": "Supported", "questions": "In question", "cannot tell": "Open"}


def conclusions(result: StudyResult) -> str:
    """Give the answers of the verdict, each in a word."""
    return " ".join(f"{each.question} {_SAID[each.verdict]}." for each in result.verdict)


def follow_up_here(result: StudyResult) -> str:
    """Give start of follow-up, and what the run says of time zero."""
    said = [each.text for each in result.findings if each.name == "target trial"]
    return " ".join([follow_up(result), *said])


def average(result: StudyResult) -> str:
    """Quote the average benefit; nothing where there is none."""
    found = present(result.quoted().average)
    return "" if found is None else f"{result.primary.spec.title}: {estimated(found)}."


def analysis(_: StudyResult) -> str:
    """Name the estimate that is quoted."""
    return "Doubly robust estimate (AIPW); others stand beside it."


def preparation(result: StudyResult) -> str:
    """Say how values were checked."""
    n = len(result.plan.cohort.notices)
    found = "nothing unusual was found" if not n else f"{n} notices stand in the report"
    return f"Every value was held to the codebook; {found}."


def support(result: StudyResult) -> str:
    """Count what the models rest on."""
    found = [
        f"{label}: {fit.events} events in {fit.n}"
        for fit, label in zip(result.primary.arms.values(), arm_labels(result), strict=True)
    ]
    return (
        f"{result.primary.spec.title}, {'; '.join(found)}; the model has "
        f"{model_parameters(result.plan.cohort)} columns. Below {FEW_EVENTS} events (or others) an "
        "elastic net takes the stack's place."
    )


def missing(result: StudyResult) -> str:
    """Say what is missing and how it is filled."""
    shares = result.plan.cohort.missing_shares()
    lacking = sum(share > 0 for share in shares.values())
    if not lacking:
        return "No predictor and no outcome is missing."
    return (
        f"{lacking} columns lack values. For prediction they are filled by median or commonest "
        "level, learnt in every fit without outcome and arm; a patient without an outcome is left "
        "out of that outcome."
    )


def lacking(result: StudyResult) -> str:
    """Count the columns that lack values."""
    lacking = [name for name, share in result.plan.cohort.missing_shares().items() if share > 0]
    return f"{len(lacking)} columns lack values." if lacking else "Nothing is missing."


def handling(result: StudyResult) -> str:
    """Say how predictors enter."""
    splines = "spline_logistic" in result.plan.member_names
    more = ", one member has restricted cubic splines of them" if splines else ""
    return (
        f"No number was cut into groups{more}; regressions standardise inside; nominal predictors "
        "are yes/no columns."
    )


def measures(result: StudyResult) -> str:
    """Name the measures."""
    kinds = {each.auc.headline_name for each in result.primary.arms.values()}
    return (
        "AUC, calibration slope, in the large and ICI, Brier score, each corrected; quoted is "
        f"{' and '.join(sorted(kinds))}. Measures of benefit are linked where there are any."
    )


def output(result: StudyResult) -> str:
    """Say what the models give, and where the threshold comes from."""
    threshold = result.primary.spec.threshold or 0.0
    return (
        f"Probabilities in both arms and their difference. The threshold of {100 * threshold:g} "
        "points comes from the study file, not from the data."
    )


def limitations(result: StudyResult) -> str:
    """Give the first sentence of every caution of the report."""
    said = [*cautions_of_design(result), *cautions_of_few_events(result), *cautions_of_run(result)]
    firsts = (each.text.split(". ")[0].rstrip(".") for each in said)
    return " ".join(f"{each}." for each in firsts)


def code(result: StudyResult) -> str:
    """Name the software."""
    return (
        f"twoarm {result.version}, open source; study file, data and seed are named by their "
        "hashes, so the run can be repeated by who has the data."
    )


def imbalance(result: StudyResult) -> str:
    """Say that classes are not balanced; of other libraries' members twoarm cannot know."""
    others = {each.name for each in result.plan.file.model.plugins} & {*result.plan.member_names}
    if others:
        names = ", ".join(sorted(others))
        return f"No such method in twoarm; members of other libraries ({names}) may have one."
    return "No such method was used."
