"""The outcome model that a study file asks for."""

from __future__ import annotations

from typing import Any

from twoarm.cohort.studyfile import ModelSection
from twoarm.learners import Stack
from twoarm.learners.plugin import import_plugin
from twoarm.learners.stack import MEMBERS

__all__ = ["build_stack"]


def build_stack(model: ModelSection) -> Stack:
    """Build the stack of a study's `[model]` section.

    Raises
    ------
    MissingPackageError, ArgumentError
        If a plug-in cannot be imported or is no classifier.
    """
    plugins = {plugin.name: plugin for plugin in model.plugins}
    members: list[tuple[str, Any]] = []
    for name in model.members:
        if name in plugins:
            spec = plugins[name]
            members.append((name, import_plugin(spec.path, spec.parameters)))
        else:
            section = getattr(model, name, None)
            parameters = {} if section is None else section.model_dump()
            members.append((name, MEMBERS[name](**parameters)))
    return Stack(members, combine=model.combine, inner_folds=model.inner_folds, inner=model.inner)
