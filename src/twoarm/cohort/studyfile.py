"""The study file as frozen sections. `docs/reference/study-file.md` explains every key."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from twoarm.cohort.codebook import (
    Codes,
    Kind,
    Level,
    Name,
    Predictor,
    Range,
    Strict,
    Text,
    canonical,
    check_levels,
)
from twoarm.cohort.eventrule import EventRule, overlap

__all__ = [
    "BenchmarkSection",
    "ByArm",
    "ColumnSpec",
    "EligibilityRule",
    "EventRule",
    "ImportanceSection",
    "ModelSection",
    "OutcomeSpec",
    "PluginSpec",
    "Published",
    "PublishedEstimate",
    "PublishedOutcome",
    "RunSection",
    "StudyFile",
    "StudySection",
    "TargetTrial",
    "TreatmentSection",
    "ValidationSection",
]

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
Difference = Annotated[float, Field(ge=-1, le=1)]


def _listed(codes: Any) -> Any:
    return codes if isinstance(codes, list | tuple) else (codes,)


ArmCodes = Annotated[Codes, Field(min_length=1), BeforeValidator(_listed)]
"""A code or a list of codes."""


class StudySection(Strict):
    """Name, data and seed of the study, and where its protocol was registered."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
    title: str
    cohort: str = ""
    cohort_help: str = ""
    id: Text = ""
    centre: Text = ""
    seed: Annotated[int, Field(ge=0)] = 0
    registration: Text = ""


class ByArm(Strict):
    """One text for each arm."""

    control: Name
    treated: Name


Population = Literal["all", "treated", "overlap"]
"""Over whom the effect is averaged: everybody, the treated, or where treatment was most open."""


class TargetTrial(Strict):
    """The trial that the analysis emulates."""

    eligibility: str
    time_zero: str
    strategies: ByArm
    control_definition: str = ""
    control_by: Literal["final_reperfusion", "status_at_decision", "randomised", "other"]
    estimand: str
    population: Population = "all"


class TreatmentSection(Strict):
    """Which column holds the arm, and which of its values are which arm."""

    column: Name
    control: ArmCodes
    treated: ArmCodes
    labels: ByArm = ByArm(control="Control", treated="Treated")

    @model_validator(mode="after")
    def _arms_differ(self) -> Self:
        control, treated = (
            {canonical(code) for code in arm} for arm in (self.control, self.treated)
        )
        if "" in control | treated:
            raise ValueError("an empty cell means that the arm is not recorded; give it a code")
        if control & treated:
            both = ", ".join(sorted(control & treated))
            raise ValueError(f"the same value stands for both arms: {both}")
        return self


class EligibilityRule(Strict):
    """Who belongs to the cohort; the others leave it for `reason`."""

    rule: Name
    reason: Name


class OutcomeSpec(Strict):
    """A binary outcome."""

    name: Identifier
    label: str = ""
    column: Name
    event: EventRule
    non_event: EventRule | None = None
    missing_codes: Codes = ()
    desirable: bool
    primary: bool = False
    threshold: Annotated[float, Field(gt=0, lt=1)] | None = None
    role: Literal["outcome", "negative_control"] = "outcome"
    remove: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _keys_agree(self) -> Self:
        self._values_mean_one_thing()
        if self.primary and self.role != "outcome":
            raise ValueError("a negative control cannot be the primary outcome")
        if self.remove and self.role != "negative_control":
            raise ValueError(
                "'remove' belongs to a negative control: predictors left out of its own run"
            )
        if self.primary and self.threshold is None:
            raise ValueError(
                "the primary outcome needs a threshold, the smallest absolute benefit worth the "
                "treatment, such as 0.15"
            )
        return self

    def _values_mean_one_thing(self) -> None:
        missing = {canonical(code) for code in self.missing_codes}
        for meaning, rule in (("event", self.event), ("no event", self.non_event)):
            both = sorted(missing.intersection(rule.codes if rule else ()))
            if both:
                raise ValueError(f"the same code is {meaning} and missing: {', '.join(both)}")
        shared = overlap(self.event, self.non_event) if self.non_event else ""
        if shared:
            raise ValueError(f"the same value is event and no event: {shared}")

    @property
    def title(self) -> str:
        """The label, or the name where there is none."""
        return self.label or self.name


class ColumnSpec(Strict):
    """A column that is known and described, and is not a predictor.

    With `propensity` it is read, checked and encoded as a predictor is, and the study's model of
    treatment sees it; outcome models and the released model do not.
    """

    column: Name
    label: str = ""
    help: str = ""
    type: Kind | None = None
    levels: tuple[Level, ...] = ()
    unit: str = ""
    range: Range = Range()
    usual: Range = Range()
    missing_codes: Codes = ()
    may_be_missing: bool = False
    before_decision: bool = True
    propensity: bool = False

    @model_validator(mode="after")
    def _described_as_it_is_used(self) -> Self:
        if not self.propensity:
            unused = sorted(self.model_fields_set & _OF_A_READ_COLUMN)
            if unused:
                raise ValueError(
                    f"only a column with propensity = true is read; drop {', '.join(unused)}, or "
                    "set propensity = true"
                )
            return self
        if self.type is None:
            raise ValueError(
                "a column of the propensity needs a type: number, integer, ordinal, binary or "
                "nominal"
            )
        check_levels(self.type, self.levels, self.missing_codes)
        return self

    @property
    def as_predictor(self) -> Predictor:
        """The column as the model of treatment sees it; only with `propensity`."""
        given = self.model_dump(exclude={"before_decision", "propensity"}, exclude_unset=True)
        return Predictor(**given)


_OF_A_READ_COLUMN = {"type", "levels", "unit", "range", "usual", "may_be_missing"}


class OrdinalSection(Strict):
    """The outcome scale that the binary outcomes are cut from."""

    column: Name


class PublishedEstimate(Strict):
    """A published AUC with its interval."""

    estimate: Share
    low: Share | None = None
    high: Share | None = None


class PublishedOutcome(Strict):
    """What a publication reports of one outcome; differences are treated minus control."""

    auc_control: PublishedEstimate | None = None
    auc_treated: PublishedEstimate | None = None
    mean_difference: Difference | None = None
    share_positive: Share | None = None
    share_at_threshold: Share | None = None


class Published(Strict):
    """What the report sets beside our numbers."""

    source: str
    note: str = ""
    outcomes: dict[str, PublishedOutcome] = Field(default_factory=dict)
    importance: dict[Text, Share] = Field(default_factory=dict)


class BenchmarkSection(Strict):
    """A file of published trials and cohorts, relative to the study file."""

    file: Annotated[str, Field(min_length=1)]


class LogisticParameters(Strict):
    """Parameters of the member `logistic`."""

    C: Annotated[float, Field(gt=0)] = 1.0


class SplineLogisticParameters(Strict):
    """Parameters of the member `spline_logistic`."""

    C: Annotated[float, Field(gt=0)] = 1.0
    knots: Annotated[int, Field(ge=3, le=7)] = 4


class ElasticNetParameters(Strict):
    """Parameters of the member `elastic_net`."""

    C: Annotated[float, Field(gt=0)] = 0.5
    l1_ratio: Share = 0.5


class ForestParameters(Strict):
    """Parameters of the member `forest`."""

    trees: Annotated[int, Field(ge=1)] = 200
    min_leaf: Annotated[int, Field(ge=1)] = 5
    max_features: Literal["sqrt"] | Annotated[int, Field(ge=1)] = "sqrt"
    max_depth: Annotated[int, Field(ge=1)] | None = None


class BoostingParameters(Strict):
    """Parameters of the member `boosting`."""

    trees: Annotated[int, Field(ge=1)] = 100
    depth: Annotated[int, Field(ge=1, le=8)] = 2
    learning_rate: Annotated[float, Field(gt=0)] = 0.1
    min_leaf: Annotated[int, Field(ge=1)] = 5


class PluginSpec(Strict):
    """A scikit-learn classifier as a member."""

    name: Identifier
    path: Annotated[str, Field(pattern=r"^[\w.]+:\w+$")]
    parameters: dict[str, Any] = Field(default_factory=dict)


class ModelSection(Strict):
    """The outcome models and how they are combined."""

    metalearner: Literal["t"] = "t"
    members: tuple[str, ...] = (
        "mean",
        "logistic",
        "spline_logistic",
        "elastic_net",
        "forest",
        "boosting",
    )
    combine: Literal["convex_loglik", "nnls", "discrete"] = "convex_loglik"
    inner_folds: Annotated[int, Field(ge=2)] = 5
    inner: Literal["out_of_bag", "folds"] = "out_of_bag"
    logistic: LogisticParameters = LogisticParameters()
    spline_logistic: SplineLogisticParameters = SplineLogisticParameters()
    elastic_net: ElasticNetParameters = ElasticNetParameters()
    forest: ForestParameters = ForestParameters()
    boosting: BoostingParameters = BoostingParameters()
    plugins: tuple[PluginSpec, ...] = ()


class ValidationSection(Strict):
    """How often the cohort is resampled."""

    replicates: Annotated[int, Field(ge=2)] = 5000
    resample: Literal["patients", "centres"] = "patients"
    cross_fit_folds: Annotated[int, Field(ge=2)] = 10
    cross_fit_repeats: Annotated[int, Field(ge=1)] = 5
    heterogeneity_draws: Annotated[int, Field(ge=2)] = 200


class ImportanceSection(Strict):
    """How often a variable is permuted."""

    repeats: Annotated[int, Field(ge=1)] = 20


class RunSection(Strict):
    """Who computes; nothing here changes a number."""

    executor: Literal["threads", "serial", "processes", "dask"] = "threads"
    workers: Annotated[int, Field(ge=0)] = 0
    scheduler: str | None = None


class StudyFile(Strict):
    """A whole study file."""

    study: StudySection
    target_trial: TargetTrial
    treatment: TreatmentSection
    eligibility: tuple[EligibilityRule, ...] = ()
    outcomes: Annotated[tuple[OutcomeSpec, ...], Field(min_length=1)]
    predictors: tuple[Predictor, ...]
    columns: tuple[ColumnSpec, ...] = ()
    ordinal: OrdinalSection | None = None
    published: Published | None = None
    benchmark: BenchmarkSection | None = None
    model: ModelSection = ModelSection()
    validation: ValidationSection = ValidationSection()
    importance: ImportanceSection = ImportanceSection()
    run: RunSection = RunSection()

    @property
    def negative_controls(self) -> tuple[OutcomeSpec, ...]:
        """The outcomes that treatment cannot change."""
        return tuple(each for each in self.outcomes if each.role == "negative_control")

    @property
    def propensity_codebook(self) -> tuple[Predictor, ...]:
        """The columns that the model of treatment sees beside the predictors."""
        return tuple(column.as_predictor for column in self.columns if column.propensity)

    def column_title(self, name: str) -> str:
        """Name a model column in words: ``site=ICA`` is 'Occlusion site: intracranial ICA'."""
        column, _, code = name.partition("=")
        for each in (*self.predictors, *self.propensity_codebook):
            if each.column == column:
                levels = [level.text for level in each.levels if canonical(level.code) == code]
                return ": ".join([each.title, *levels])
        return name

    @property
    def primary(self) -> OutcomeSpec:
        """The primary outcome."""
        return next(outcome for outcome in self.outcomes if outcome.primary)
