"""Dask: the workers of a running scheduler, or some of our own on this computer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from typing import Any

from twoarm.errors import ArgumentError, MissingPackageError

__all__ = ["dask_client", "one_scheduler", "require_dask"]

_SECONDS_TO_CONNECT = 10
_SECONDS_FOR_WORKERS = 120


def require_dask() -> None:
    """Raise MissingPackageError if Dask is not installed."""
    missing = [name for name in ("dask", "distributed") if find_spec(name) is None]
    if missing:
        raise MissingPackageError(
            f"The executor 'dask' needs {' and '.join(missing)}, which this environment lacks. "
            "Install the extra: pip install 'twoarm[cluster]'"
        )


@contextmanager
def one_scheduler(executor: str, scheduler: str | None, workers: int) -> Iterator[str | None]:
    """Give the scheduler of a whole run: for Dask without an address, one that is started here.

    Every call of `run_tasks` would otherwise start workers of its own, which takes seconds.

    Raises
    ------
    MissingPackageError
        If Dask is asked for and not installed.
    """
    if executor != "dask" or scheduler is not None:
        yield scheduler
        return
    require_dask()
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",  # any free port: another run may have the usual one
        scheduler_kwargs={"dashboard": False},
    ) as cluster:
        yield str(cluster.scheduler_address)


@contextmanager
def dask_client(scheduler: str | None, workers: int) -> Iterator[Any]:
    """Connect to a scheduler, or start one here with so many workers of one thread each.

    Raises
    ------
    MissingPackageError
        If Dask is not installed.
    ArgumentError
        If no scheduler answers at the address, or it has no worker.
    """
    require_dask()
    from distributed import Client

    with ExitStack() as stack:
        address = stack.enter_context(one_scheduler("dask", scheduler, workers))
        try:
            client = stack.enter_context(
                Client(address, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
            )
        except (OSError, ValueError) as error:
            raise ArgumentError(
                f"No Dask scheduler answers at '{scheduler}' ({error}). Give the address that "
                "`dask scheduler` prints, such as tcp://host:8786."
            ) from error
        try:
            client.wait_for_workers(1, timeout=_SECONDS_FOR_WORKERS)
        except TimeoutError as error:
            raise ArgumentError(
                f"The Dask scheduler at '{scheduler}' has no worker after {_SECONDS_FOR_WORKERS} "
                "seconds. Start some with `dask worker ADDRESS --nthreads 1`."
            ) from error
        yield client
