"""One map over tasks, whoever runs them."""

from twoarm.execution.cluster import one_scheduler
from twoarm.execution.executors import EXECUTORS, check_executor, chunks, run_tasks, worker_count
from twoarm.execution.watch import MapProgress, watched

__all__ = [
    "EXECUTORS",
    "MapProgress",
    "check_executor",
    "chunks",
    "one_scheduler",
    "run_tasks",
    "watched",
    "worker_count",
]
