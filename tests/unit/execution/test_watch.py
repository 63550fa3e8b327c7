"""Whoever waits for a long map is told how far it is."""

from __future__ import annotations

import pytest

from twoarm.execution import EXECUTORS, run_tasks, watch, watched


def doubled(item):
    return 2 * item


@pytest.mark.parametrize("executor", [each for each in EXECUTORS if each != "dask"])
def test_every_item_is_told_and_every_result_is_given(executor):
    seen = []
    with watched(seen.append):
        found = list(run_tasks(doubled, range(7), executor=executor, workers=2))
    assert found == [0, 2, 4, 6, 8, 10, 12]
    assert [(each.done, each.total) for each in seen] == [(done, 7) for done in range(8)]


def test_time_left_is_what_the_others_take_at_the_same_speed(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(watch.time, "monotonic", lambda: now[0])
    seen = []
    with watched(seen.append):
        for _ in run_tasks(doubled, range(4), executor="serial"):
            now[0] += 3.0  # until the next result is asked for
    assert [each.left for each in seen] == [None, 0.0, pytest.approx(3.0), 2.0, 0.0]


def test_maps_outside_of_the_block_and_empty_ones_tell_nothing():
    seen = []
    begun_before = run_tasks(doubled, range(3), executor="serial")
    with watched(seen.append):
        assert list(begun_before) == [0, 2, 4]
        assert list(run_tasks(doubled, [], executor="serial")) == []
    assert list(run_tasks(doubled, range(3), executor="serial")) == [0, 2, 4]
    assert seen == []


def test_the_listener_of_the_inner_block_alone_is_told():
    outer, inner = [], []
    with watched(outer.append):
        with watched(inner.append):
            list(run_tasks(doubled, [1], executor="serial"))
        list(run_tasks(doubled, [1, 2], executor="serial"))
    assert [each.total for each in inner] == [1, 1]
    assert [each.total for each in outer] == [2, 2, 2]
