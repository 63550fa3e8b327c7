"""A task that travels to other processes once, however many items it is run on."""

from __future__ import annotations

import pickle
import platform
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from joblib import wrap_non_picklable_objects
from threadpoolctl import ThreadpoolController

from twoarm.errors import ArgumentError

__all__ = ["FromFile", "OneThread", "Parcel", "packed", "parcel_file", "run_parcel"]

_LIBRARIES = ("twoarm", "numpy", "numba", "scikit-learn")


class OneThread:
    """A task whose linear algebra and OpenMP loops keep to the thread they are called from."""

    def __init__(self, task: Callable[[Any], Any]):
        self.task = task
        self.pools = ThreadpoolController()

    def __call__(self, item: Any) -> Any:
        """Run the task on one item."""
        with self.pools.limit(limits=1):
            return self.task(item)


@dataclass(frozen=True)
class Parcel:
    """A pickled task, the name it is kept under, and the software that packed it."""

    name: str
    content: bytes
    versions: dict[str, str]


def packed(task: Callable[[Any], Any]) -> Parcel:
    """Pack a task for other processes, also one whose class was typed into a notebook."""
    travelling = wrap_non_picklable_objects(task, keep_wrapper=False)
    return Parcel(uuid.uuid4().hex, pickle.dumps(travelling), _versions())


def _versions() -> dict[str, str]:
    return {name: metadata.version(name) for name in _LIBRARIES} | {
        "python": platform.python_version()
    }


_opened: dict[str, OneThread] = {}  # the last task this process was sent
_opening = threading.Lock()


def run_parcel(parcel: Parcel, item: Any) -> Any:
    """Run the task of a parcel on one item; it is unpacked once a process."""
    return _task(parcel.name, lambda: parcel)(item)


def _task(name: str, fetch: Callable[[], Parcel]) -> OneThread:
    with _opening:
        if name not in _opened:
            parcel = fetch()
            _refuse_other_software(parcel.versions)
            task = OneThread(pickle.loads(parcel.content))  # noqa: S301  packed by this run
            _opened.clear()
            _opened[name] = task
        return _opened[name]


def _refuse_other_software(packed_by: dict[str, str]) -> None:
    """With other versions the worker's numbers could differ, and nobody would see it."""
    here = _versions()
    differ = [
        f"{name} {here[name]} there, {version} here"
        for name, version in packed_by.items()
        if here[name] != version
    ]
    if differ:
        raise ArgumentError(
            f"The worker on {platform.node()} runs other software ({'; '.join(differ)}). Install "
            "the same versions there: pip install --require-hashes -r requirements/core.lock"
        )


@dataclass(frozen=True)
class FromFile:
    """Runs the task of a parcel that lies in a file; only the file's name travels."""

    name: str
    path: Path

    def __call__(self, item: Any) -> Any:
        """Run the task on one item."""
        return _task(self.name, self._read)(item)

    def _read(self) -> Parcel:
        parcel: Parcel = pickle.loads(self.path.read_bytes())  # noqa: S301  as above
        return parcel


@contextmanager
def parcel_file(task: Callable[[Any], Any]) -> Iterator[FromFile]:
    """Keep a packed task in a temporary file as long as workers of this computer need it."""
    parcel = packed(task)
    with TemporaryDirectory(prefix="twoarm-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / "task"
        path.write_bytes(pickle.dumps(parcel))
        yield FromFile(parcel.name, path)
