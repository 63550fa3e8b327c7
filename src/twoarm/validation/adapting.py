"""The model file of an adapted model: its parent's content, the updates, and whence they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from twoarm.errors import ArgumentError
from twoarm.modelfile import Model, digest
from twoarm.modelfile.reading import read_cells
from twoarm.validation.result import LEARNERS, ExternalValidation

__all__ = ["adapted_content", "answered", "next_version"]


def adapted_content(found: ExternalValidation, *, day: dt.date) -> dict[str, Any]:
    """Give the content of the adapted model's file.

    What is predicted changes as decided; the patients it was learnt from, its limits, what its run
    said of it, and the day it expires stay those of the parent. The range of the benefit is
    withheld: what it would hold in other patients was not measured.

    Parameters
    ----------
    found : ExternalValidation
        With a decision to update something.
    day : date
        Of the update.

    Raises
    ------
    ArgumentError
        If nothing was decided to be updated.
    """
    if not found.updated:
        raise ArgumentError("Nothing is updated, so there is no new model to write.")
    parent = found.model.content
    step: dict[str, dict[str, Any]] = {learner: {} for learner in LEARNERS}
    said: dict[str, dict[str, Any]] = {learner: {} for learner in LEARNERS}
    for outcome, learner, each in found.parts():
        decision = each.decision
        if decision.form is not None:
            step[learner][outcome.spec.name] = dict(decision.form)
            said[learner][outcome.spec.name] = {
                "update": decision.update,
                "scope": decision.scope,
                "text": decision.text,
            }
    cohort = found.site.cohort
    usable = found.site.treatment
    content = {
        **parent,
        "version": next_version(parent["version"]),
        "created": day.isoformat(),
        "synthetic": bool(parent["synthetic"] or cohort.synthetic),
        "recalibration": [*(parent["recalibration"] or ()), step],
        "uncertainty": None,
        "derived": {
            "parent": parent["digest"],
            "parent_version": parent["version"],
            "grandparents": [*_ancestors(parent)],
            "adapted": day.isoformat(),
            "patients": int(usable.size),
            "control": int((usable == 0).sum()),
            "treated": int((usable == 1).sum()),
            "randomised": found.randomised,
            "data": cohort.digest,
            "updated": said,
        },
    }
    content["test_vectors"] = answered(Model(content, found.model.encoding), parent)
    return content | {"digest": digest(content)}


def next_version(version: str) -> str:
    """Give the version after this one: the last number counts updates.

    Examples
    --------
    >>> next_version("1.0"), next_version("1.9")
    ('1.1', '1.10')
    """
    head, _, last = version.rpartition(".")
    if not (head and last.isdecimal()):
        return f"{version}.1"
    return f"{head}.{int(last) + 1}"


def _ancestors(parent: Any) -> list[str]:
    derived = parent["derived"]
    if not derived:
        return []
    return [derived["parent"], *derived["grandparents"]]


def answered(model: Model, parent: Any) -> list[dict[str, Any]]:
    """Give the parent's test patients with what the adapted model says of them."""
    vectors = parent["test_vectors"]
    columns = {
        each.column: np.array([vector["cells"][each.column] for vector in vectors])
        for each in model.codebook
    }
    coded = read_cells(model.codebook, model.encoding.fill, columns).coded
    study = {name: model.risks(coded, name) for name in model.outcomes}
    recommended = model.recommended_risks(coded)
    answers = []
    for k, vector in enumerate(vectors):
        answers.append(
            vector
            | {
                "risks": {name: mu[:, k].tolist() for name, mu in study.items()},
                "benefit": {name: float(model.benefit(mu, name)[k]) for name, mu in study.items()},
                "recommended": {
                    name: [*mu[:, k].tolist(), float(model.benefit(mu, name)[k])]
                    for name, mu in recommended.items()
                },
            }
        )
    return answers
