"""One map over tasks, whoever runs them."""

from twoarm.execution.cluster import one_scheduler
from twoarm.execution.executors import EXECUTORS, check_executor, chunks, run_tasks, worker_count

__all__ = ["EXECUTORS", "check_executor", "chunks", "one_scheduler", "run_tasks", "worker_count"]
