"""Plan, run, result: the only place that knows the whole pipeline."""

from twoarm.study.fit.bootstrap import repeat_replicate
from twoarm.study.fit.progress import Progress
from twoarm.study.plan.plan import ARMS, Plan, make_plan
from twoarm.study.result import OutcomeResult, StudyResult
from twoarm.study.run import run
from twoarm.study.shards import Shard, Shards, merge_shards, read_shards, run_shard

__all__ = [
    "ARMS",
    "OutcomeResult",
    "Plan",
    "Progress",
    "Shard",
    "Shards",
    "StudyResult",
    "make_plan",
    "merge_shards",
    "read_shards",
    "repeat_replicate",
    "run",
    "run_shard",
]
