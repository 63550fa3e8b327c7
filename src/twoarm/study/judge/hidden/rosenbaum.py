"""What could a hidden difference within matched pairs make of the effect found?"""

from __future__ import annotations

from typing import Any

from twoarm.cohort.load import Study
from twoarm.diagnostics import RosenbaumBounds, propensity_pairs, rosenbaum_bounds
from twoarm.diagnostics.hidden.rosenbaum import finding
from twoarm.study.judge.evidence import Evidence
from twoarm.study.judge.hidden.found import is_harm
from twoarm.study.judge.hidden.lot import unless_by_lot
from twoarm.study.judge.question import Key, Line, Question, Scope
from twoarm.study.judge.schema import COUNT, PROBABILITY, RATIO, maybe, record, rows

__all__ = ["ROSENBAUM"]

_PATH = "hidden_confounding.rosenbaum"


def _ask(evidence: Evidence) -> RosenbaumBounds:
    unless_by_lot(evidence)
    evidence.require("overlap")  # whose patients have a match
    own = evidence.primary
    treated, control = propensity_pairs(own.propensity, own.treatment)
    good = own.outcome if own.spec.desirable else 1.0 - own.outcome
    return rosenbaum_bounds(good[treated], good[control], harm=is_harm(evidence))


def _block(value: RosenbaumBounds, _: Study) -> dict[str, Any]:
    columns = ("gamma", "p_low", "p_high")
    numbers = zip(*(getattr(value, name).tolist() for name in columns), strict=True)
    return {
        _PATH: {
            "pairs": value.pairs,
            "treated_better": value.treated_better,
            "control_better": value.control_better,
            "tipping": value.tipping,
            "bounds": [
                {"gamma": gamma, "p_low": low, "p_high": high} for gamma, low, high in numbers
            ],
        }
    }


_BOUND = record(gamma=RATIO, p_low=PROBABILITY, p_high=PROBABILITY)

ROSENBAUM = Question(
    name="Rosenbaum bounds",
    scope=Scope.PRIMARY,
    line=Line.CAUSAL,
    doubt="how small a hidden difference within matched pairs would be enough",
    ask=_ask,
    finding=finding,
    block=_block,
    keys=(
        Key(
            _PATH,
            maybe(
                record(
                    pairs=COUNT,
                    treated_better=COUNT,
                    control_better=COUNT,
                    tipping=RATIO,
                    bounds=rows(_BOUND),
                )
            ),
        ),
    ),
)
