"""Does the answer depend on the learner? Several of them, by the same folds of patients."""

from __future__ import annotations

import numpy as np

from twoarm.cohort.load import Study
from twoarm.diagnostics.finding import Finding, Verdict, says
from twoarm.diagnostics.harm import between
from twoarm.metalearners import Comparison

__all__ = ["finding"]

_FAR_APART = 0.2
_HARDLY_ALIKE = 0.5


@says("comparison of learners")
def finding(value: Comparison, study: Study) -> Finding:
    """Say what the learners disagree about.

    `questions` if their shares of patients at the threshold differ by 20 points or more, or if any
    two of them rank the patients with a correlation below 0.5; else `cannot tell`, since learners
    that agree may err together. The limits are conventions, not tests.

    Parameters
    ----------
    value : Comparison
        Of cross-fitted benefits (`twoarm.metalearners.compare`).
    study : Study

    Examples
    --------
    >>> from twoarm.cohort import load_study
    >>> from twoarm.metalearners import compare
    >>> t = np.array([0.0, 0.1, 0.2, 0.3])
    >>> page = compare({"t": t, "s": t[::-1]}, t, threshold=0.15)
    >>> finding(page, load_study("rescue-stenting")).verdict
    'questions'
    """
    means = [each.mean for each in value.learners]
    shares = [each.share_at_threshold for each in value.learners]
    pairs = value.rank_correlation[np.triu_indices(len(value.learners), 1)]
    alike = pairs[np.isfinite(pairs)]
    lowest = float(alike.min()) if alike.size else None
    far = max(shares) - min(shares) >= _FAR_APART
    verdict: Verdict = "cannot tell"
    if far or (lowest is not None and lowest < _HARDLY_ALIKE):
        verdict = "questions"
    text = (
        f"{study.file.primary.title}: {len(value.learners)} learners predict on average "
        f"{between(min(means), max(means))}, and between "
        f"{100 * min(shares):.0f} % and {100 * max(shares):.0f} % of the patients to "
        f"gain {100 * value.threshold:g} points or more. {_on_ranks(lowest)}"
    )
    return Finding("comparison of learners", verdict, text)


def _on_ranks(lowest: float | None) -> str:
    if lowest is None:
        return "No two of them rank the patients."
    return (
        f"Two of them rank the patients with a correlation of no more than {lowest:.2f}: what they "
        "disagree about is decided by the choice of the learner, not by the data."
    )
