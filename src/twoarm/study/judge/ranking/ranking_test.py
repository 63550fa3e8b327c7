"""Is the ranking real? The one test that is declared in advance."""

from __future__ import annotations

from twoarm.diagnostics import RankingTest, ranking_test
from twoarm.diagnostics.ranking.heterogeneity_ranking import finding
from twoarm.metalearners import recommended_learner
from twoarm.seeds import Stream, integer
from twoarm.study.fit.refits import refits_by
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.question import Line, Question, Scope
from twoarm.study.plan.plan import Plan

__all__ = ["RANKING", "ranking_of"]


def ranking_of(plan: Plan) -> RankingTest:
    """Test the ranking of the recommended learner in sequential folds: primary outcome."""
    refits = refits_by(plan, recommended_learner(desirable=plan.file.primary.desirable))
    return ranking_test(refits, seed=integer(plan.seed, Stream.HETEROGENEITY), **plan.run_by)


def _ask(evidence: Evidence) -> RankingTest:
    return ranking_of(evidence.plan)


RANKING = Question(
    name="ranking",
    scope=Scope.PRIMARY,
    line=Line.RANKING,
    doubt="patients ranked first who gain less than the average",
    of_models=True,
    ask=_ask,
    finding=finding,
)
