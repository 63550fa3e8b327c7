"""`validation.json`: everything an external validation found, as plain values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from twoarm.diagnostics import Absent
from twoarm.validation.result import ExternalValidation, LearnerValidation, OutcomeValidation

__all__ = ["FORMAT", "FORMAT_VERSION", "validation_content"]

FORMAT = "twoarm-validation"
FORMAT_VERSION = 1

_LEFT_OUT = {"curve", "form", "weight"}
"""Not for other programs: what a figure draws, what stands in the model file, patients' weights."""


def validation_content(
    found: ExternalValidation, *, version: str, adapted: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Give the content of ``validation.json`` (`docs/reference/validation.md`).

    Absent parts are null and listed under ``absent`` with their reason; no value is NaN.

    Parameters
    ----------
    found : ExternalValidation
    version : str
        Of twoarm.
    adapted : mapping or None
        Content of the new model file, where one is written.
    """
    absent: dict[str, str] = {}
    mix = found.case_mix
    parts = (mix.columns, mix.here, mix.there, mix.difference)
    content = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "version": version,
        "model": {
            key: found.model.content[key]
            for key in ("name", "title", "version", "digest", "created", "expires", "synthetic")
        },
        "site": _site(found),
        "development": found.development or None,
        "cannot": list(found.cannot),
        "case_mix": {
            "columns": [
                dict(zip(("column", "here", "there", "difference"), row, strict=True))
                for row in zip(parts[0], *(_plain(each, "", {}) for each in parts[1:]), strict=True)
            ],
            "weights": _weights(found, absent),
            "membership": _plain(mix.membership, "case_mix.membership", absent),
        },
        "outcomes": {
            name: _outcome(each, f"outcomes.{name}", absent)
            for name, each in found.outcomes.items()
        },
        "updated_model": None
        if adapted is None
        else {key: adapted[key] for key in ("version", "digest")},
    }
    unknown = {f"outcomes.{name}": reason for name, reason in found.site.unknown.items()}
    return content | {"absent": absent | unknown}


def _site(found: ExternalValidation) -> dict[str, Any]:
    site, cohort = found.site, found.site.cohort
    n_control, n_treated = cohort.arm_sizes
    return {
        "source": cohort.source,
        "digest": cohort.digest,
        "study": site.study.name,
        "synthetic": cohort.synthetic,
        "randomised": found.randomised,
        "read": cohort.flow.read,
        "excluded": [{"reason": each.reason, "n": each.n} for each in cohort.flow.excluded],
        "n": len(cohort),
        "n_control": n_control,
        "n_treated": n_treated,
        "with_numbers": int(site.usable.sum()),
        "without_numbers": [{"reason": reason, "n": n} for reason, n in site.without],
    }


def _weights(found: ExternalValidation, absent: dict[str, str]) -> dict[str, Any] | None:
    mix = found.case_mix
    if isinstance(mix.weight, Absent):
        absent["case_mix.weights"] = mix.weight.reason
        return None
    return {
        "effective": mix.effective,
        "largest_share": mix.largest,
        "standard_deviations": mix.squares,
    }


def _outcome(each: OutcomeValidation, path: str, absent: dict[str, str]) -> dict[str, Any]:
    spec = each.spec
    return {
        "label": spec.title,
        "desirable": spec.desirable,
        "threshold": spec.threshold,
        "learners": {
            name: _learner(learner, f"{path}.learners.{name}", absent)
            for name, learner in each.learners.items()
        },
    }


def _learner(each: LearnerValidation, path: str, absent: dict[str, str]) -> dict[str, Any]:
    return {
        "arms": {
            arm: _plain(found, f"{path}.arms.{arm}", absent) for arm, found in each.arms.items()
        },
        "common": _plain(each.common, f"{path}.common", absent),
        "benefit": _plain(each.benefit, f"{path}.benefit", absent),
        "decision": _plain(each.decision, f"{path}.decision", absent),
    }


def _plain(value: Any, path: str, absent: dict[str, str]) -> Any:
    """Give a frozen value as JSON has it."""
    if isinstance(value, Absent):
        absent[path] = value.reason
        return None
    if is_dataclass(value) and not isinstance(value, type):
        names = [each.name for each in fields(value) if each.name not in _LEFT_OUT]
        return {name: _plain(getattr(value, name), f"{path}.{name}", absent) for name in names}
    if isinstance(value, np.ndarray):
        return [_plain(each, path, absent) for each in value.tolist()]
    if isinstance(value, list | tuple):
        return [_plain(each, path, absent) for each in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value
