"""One map over tasks, whoever runs them."""

from twoarm.execution.executors import EXECUTORS, chunks, run_tasks, worker_count

__all__ = ["EXECUTORS", "chunks", "run_tasks", "worker_count"]
