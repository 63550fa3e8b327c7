"""Is the ranking real? The one test that is declared in advance."""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import RankingTest, ranking_test
from twoarm.diagnostics.ranking.heterogeneity_ranking import finding
from twoarm.metalearners import recommended_learner
from twoarm.seeds import Stream, integer
from twoarm.study.fit.refits import refits_by
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.large import effort_of
from twoarm.study.judge.plain import plain_coefficient
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import (
    COEFFICIENT,
    COUNT,
    NUMBER,
    PROBABILITY,
    SPREAD,
    maybe,
    record,
    rows,
)
from twoarm.study.plan.plan import Plan

__all__ = ["RANKING", "ranking_of"]

_PATH = "outcomes.{outcome}.ranking"
_SAME_FOR_ALL = "the learner predicts the same benefit for everybody in a fold"


def ranking_of(plan: Plan) -> RankingTest:
    """Test the ranking of the recommended learner in draws of folds: primary outcome."""
    refits = refits_by(plan, recommended_learner(desirable=plan.file.primary.desirable))
    return ranking_test(
        refits,
        draws=effort_of(plan).ranking_draws,
        seed=integer(plan.seed, Stream.HETEROGENEITY),
        **plan.run_by,
    )


def _ask(evidence: Evidence) -> RankingTest:
    evidence.require("all")
    return ranking_of(evidence.plan)


def _block(value: RankingTest, _: Study) -> dict[str, Any]:
    mean = value.rate
    return {
        _PATH: {
            "autoc": mean.estimate,
            **{name: getattr(mean, name) for name in ("se", "low", "high", "p")},
            "draws": [
                {"autoc": each.estimate, "low": each.low, "high": each.high} for each in value.draws
            ],
            "draws_above": value.draws_above,
            "slope": plain_coefficient(value.slope, _SAME_FOR_ALL),
            "last_quarter_over_first": plain_coefficient(value.difference, _SAME_FOR_ALL),
        }
    }


_DRAW = record(autoc=NUMBER, low=NUMBER, high=NUMBER)

RANKING = Question(
    name="ranking",
    scope=Scope.PRIMARY,
    line=Line.RANKING,
    doubt="patients ranked first who gain less than the average",
    of_models=True,
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            maybe(
                record(
                    autoc=NUMBER,
                    se=SPREAD,
                    low=NUMBER,
                    high=NUMBER,
                    p=PROBABILITY,
                    draws=rows(_DRAW, fewest=1),
                    draws_above=COUNT,
                    slope=COEFFICIENT,
                    last_quarter_over_first=COEFFICIENT,
                )
            ),
        ),
    ),
)
