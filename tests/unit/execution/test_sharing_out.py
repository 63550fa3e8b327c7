"""How work is cut into pieces, and among how many it is shared."""

from __future__ import annotations

import os

import pytest

from twoarm.errors import ArgumentError
from twoarm.execution import chunks, worker_count


def test_no_number_of_workers_means_all_cores():
    assert worker_count(0) == len(os.sched_getaffinity(0)) >= 1
    assert worker_count(7) == 7


@pytest.mark.parametrize(("first", "last", "size"), [(0, 0, 3), (0, 7, 3), (5, 6, 8), (2, 20, 1)])
def test_chunks_cover_every_number_once(first, last, size):
    parts = chunks(first, last, size)
    assert [number for part in parts for number in part] == list(range(first, last))
    assert all(1 <= len(part) <= size for part in parts)


def test_cores_are_those_that_this_process_may_use(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5, 6})
    assert worker_count(0) == 3


def test_a_system_that_cannot_tell_gives_all_its_cores(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert worker_count(0) == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert worker_count(0) == 1


def test_fewer_workers_than_none_are_refused():
    with pytest.raises(ArgumentError, match="found -2"):
        worker_count(-2)
