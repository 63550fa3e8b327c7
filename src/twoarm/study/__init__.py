"""Plan, run, result: the only place that knows the whole pipeline."""

from twoarm.study.files.stored import read_result
from twoarm.study.fit.bootstrap import repeat_replicate
from twoarm.study.fit.progress import Progress
from twoarm.study.measure.outcomes import OutcomeResult
from twoarm.study.plan.plan import ARMS, Plan, make_plan
from twoarm.study.result import StudyResult
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
    "read_result",
    "read_shards",
    "repeat_replicate",
    "run",
    "run_shard",
]
