"""Methods: hidden factors, checks, software; only what this run computed."""

from __future__ import annotations

from typing import Any

from twoarm.report.journal.methods_parts import Method, method, told
from twoarm.report.journal.paragraph import Paragraph, listed
from twoarm.study.judge.average.missing_effect import MISSING_EFFECT, MissingEffect
from twoarm.study.judge.average.published import PUBLISHED
from twoarm.study.judge.hidden.e_value import E_VALUE
from twoarm.study.judge.hidden.negative_controls import NEGATIVE_CONTROL
from twoarm.study.judge.hidden.partial_r2 import PARTIAL_R2
from twoarm.study.judge.hidden.rosenbaum import ROSENBAUM
from twoarm.study.judge.hidden.sensitivity import SENSITIVITY
from twoarm.study.judge.large import fewer
from twoarm.study.judge.outcomes.coherence import COHERENCE
from twoarm.study.judge.outcomes.ordinal import ORDINAL
from twoarm.study.judge.stability.complete_cases import COMPLETE_CASES
from twoarm.study.judge.stability.held_out_centres import CENTRES
from twoarm.study.judge.stability.refits import STABILITY
from twoarm.study.result import StudyResult

__all__ = ["checks", "hidden", "software"]


def hidden(result: StudyResult) -> Paragraph:
    """Say how hidden factors were dealt with."""
    methods = (
        method(
            E_VALUE,
            "the E-value",
            "The E-value [@vanderweele2017] was that of the quoted average, to 0 and to the "
            "threshold.",
        ),
        method(
            SENSITIVITY,
            "the marginal sensitivity model",
            "The marginal sensitivity model [@zhao2019] bounded the weighted average were hidden "
            "factors to change the odds of treatment by a given factor.",
        ),
        method(
            ROSENBAUM,
            "Rosenbaum bounds",
            "Rosenbaum bounds [@rosenbaum2002] were computed in matched pairs.",
        ),
        method(
            PARTIAL_R2,
            "partial R2",
            "Partial R2 [@cinelli2020] said, in a linear probability model, how much a confounder "
            "would have to explain.",
        ),
        Method(PUBLISHED, "published effects", _published),
    )
    controls = result.plan.file.negative_controls
    done = result.answers.each(NEGATIVE_CONTROL)
    first = (
        f"{len(done)} of {len(controls)} negative controls [@lipsitch2010] were analysed as the "
        "primary outcome is."
        if controls
        else "The study named no negative control."
    )
    return told("Hidden factors", result, methods, first=first)


def _published(_: StudyResult, found: Any) -> str:
    return (
        f"{len(found.rows)} published effects on the primary outcome were carried over to this "
        "cohort's own risks by their odds ratios."
    )


def checks(result: StudyResult) -> Paragraph:
    """Say how stability, centres and missing values were looked at."""
    methods = (
        method(
            STABILITY,
            "stability",
            "Stability was the difference between the predictions and those of the replicates' "
            "models [@rileycollins2023].",
        ),
        Method(CENTRES, "centres left out", _centres),
        Method(MISSING_EFFECT, "missing values and the average benefit", _missing),
        method(
            COMPLETE_CASES,
            "complete cases",
            "Models were fitted again to the patients without a missing value.",
        ),
        method(
            COHERENCE,
            "coherence of outcomes",
            "Predictions of outcomes that include each other were checked for contradictions.",
        ),
        method(
            ORDINAL,
            "the whole scale",
            "A proportional-odds model of the whole scale in each arm stood beside the separate "
            "outcomes.",
        ),
    )
    return told("Checks", result, methods)


def _centres(_: StudyResult, found: Any) -> str:
    turns = (
        "each left out once"
        if found.turns == found.n
        else f"left out together in {found.turns} turns"
    )
    return (
        "Internal-external validation [@royston2004]: models were fitted without some centres and "
        f"tried in them ({found.n} centres, {turns})."
    )


def _missing(_: StudyResult, found: MissingEffect) -> str:
    titles = [_way(found, name) for name in found.tracks()]
    if not titles:
        return "No way of dealing with missing values gives an average benefit."
    return f"The average benefit under other ways with missing values: {listed(titles)}."


def _way(found: MissingEffect, name: str) -> str:
    pooled = " (pooled by Rubin's rules [@rubin1987])" if name == "multiply_imputed" else ""
    return f"{found.titles[name]}{pooled}"


def software(result: StudyResult) -> Paragraph:
    """Name version and seed, and what a large cohort's run repeats less often."""
    plan = result.plan
    stated = fewer(plan)
    parts = [
        f"twoarm {result.version}, seed {plan.seed}; study file SHA-256 {plan.study.digest[:16]}, "
        f"data SHA-256 {plan.cohort.digest[:16]}. The same version, seed and files give the same "
        "numbers on the same type of processor.",
        "In a cohort of this size the questions repeat less what they repeat: "
        + "; ".join(
            f"{each.question}, {each.what}: {each.here} (else {each.usual})" for each in stated
        )
        + "."
        if stated
        else "",
        "Checklists of TRIPOD+AI [@tripod2024] and others come with the run.",
    ]
    return Paragraph("Software", " ".join(part for part in parts if part))
