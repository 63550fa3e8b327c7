"""Compiling ahead: all kernels, by two processes where that helps."""

import gc
from contextlib import nullcontext

import pytest

from twoarm.execution.companion import companion
from twoarm.kernels.boosting import boost
from twoarm.learners import warm
from twoarm.learners.warm import compile_kernels, is_cached


def test_warming_up_runs_every_kernel():
    assert compile_kernels() > 0
    assert is_cached()


@pytest.fixture
def nothing_kept(monkeypatch):
    monkeypatch.setattr(warm, "is_missing", lambda kernel: kernel is boost)
    monkeypatch.setattr(warm, "worker_count", lambda _: 2)


def test_a_second_process_compiles_its_half_where_nothing_is_kept(nothing_kept):
    with_companion = warm._companion()
    assert with_companion.func is companion.__wrapped__
    assert with_companion.args == ("twoarm.learners.warm", "trees")


@pytest.mark.parametrize(
    ("name", "value"),
    [("is_missing", lambda _: False), ("worker_count", lambda _: 1)],
)
def test_there_is_none_if_all_is_kept_or_can_be_kept_nowhere_or_there_is_one_core(
    nothing_kept, monkeypatch, name, value
):
    monkeypatch.setattr(warm, name, value)
    assert isinstance(warm._companion(), nullcontext)


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_afterwards_as_it_was(monkeypatch, on):
    states = []
    monkeypatch.setattr(gc, "isenabled", lambda: on)
    monkeypatch.setattr(gc, "disable", lambda: states.append("off"))
    monkeypatch.setattr(gc, "enable", lambda: states.append("on"))
    with pytest.raises(ValueError, match="compiler"), warm._without_collector():
        raise ValueError("compiler")
    assert states == (["off", "on"] if on else ["off"])
