"""CDS Hooks 2.0: discovery, the hook `patient-view`, feedback. One service a model."""

from __future__ import annotations

import json
from collections.abc import Container, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from twoarm.service.access import note
from twoarm.service.answers import read, result
from twoarm.service.cards import OVERRIDES, card
from twoarm.service.fhir import bundle
from twoarm.service.lines import FEEDBACK
from twoarm.service.prefetch import take
from twoarm.service.problems import Refused
from twoarm.service.settings import Settings
from twoarm.service.shelf import Served
from twoarm.service.sources import prefetch_templates
from twoarm.service.tokens import NotTrusted, Tokens
from twoarm.service.words import RESEARCH_ONLY, SYNTHETIC

__all__ = ["hook_routes"]

_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_FHIR_ID = r"^[A-Za-z0-9.-]{1,64}$"
_REQUIREMENTS = (
    "Reads prefetched resources and calls no FHIR server. Without any usable value: 412."
)


class Context(BaseModel):
    """Context of `patient-view`; other keys are passed over."""

    userId: Annotated[str, Field(min_length=1, max_length=300)]  # noqa: N815  as the standard has it
    patientId: Annotated[str, Field(pattern=_FHIR_ID)]  # noqa: N815
    encounterId: Annotated[str, Field(max_length=300)] | None = None  # noqa: N815


class HookCall(BaseModel):
    """A call of the hook; other keys are passed over."""

    hook: Literal["patient-view"]
    hookInstance: Annotated[str, Field(min_length=1, max_length=100)]  # noqa: N815
    context: Context
    fhirServer: Annotated[str, Field(max_length=2000)] | None = None  # noqa: N815
    prefetch: dict[str, Any] | None = None


class OverrideReason(BaseModel):
    """Why a card was passed over; the comment is not kept."""

    reason: dict[str, Any] | None = None


class Feedback(BaseModel):
    """What became of one card."""

    card: Annotated[str, Field(pattern=_UUID)]
    outcome: Literal["accepted", "overridden"]
    overrideReason: OverrideReason | None = None  # noqa: N815
    outcomeTimestamp: Annotated[str, Field(max_length=40)] | None = None  # noqa: N815


class FeedbackCall(BaseModel):
    """What became of cards."""

    feedback: Annotated[list[Feedback], Field(min_length=1, max_length=100)]


class Services(BaseModel):
    """Every service of this server."""

    services: list[dict[str, Any]]


class Cards(BaseModel):
    """The answer to a call; `extension` holds the numbers as FHIR."""

    model_config = ConfigDict(extra="forbid")
    cards: list[dict[str, Any]]
    extension: dict[str, Any] = {}


def hook_routes(
    shelf: Sequence[Served], settings: Settings, with_page: Container[str]
) -> APIRouter:
    """Make the routes for models; with clients in the settings, for their tokens alone.

    `with_page` names the models whose cards can link to a page.
    """
    tokens = Tokens(settings.clients, settings.token_seconds) if settings.clients else None

    def trusted(request: Request) -> None:
        if tokens is None:
            return
        address = settings.base_url + request.url.path
        try:
            caller = tokens.issuer(request.headers.get("authorization"), address)
        except NotTrusted as error:
            raise Refused(401, f"{error}", WWW_Authenticate="Bearer") from error
        note(request.scope, caller=caller)

    router = APIRouter(prefix="/cds-services", tags=["CDS Hooks"], dependencies=[Depends(trusted)])
    by_id = {each.id: each for each in shelf}

    def named(service: str, request: Request) -> Served:
        if service not in by_id:
            raise Refused(404, f"There is no such service. Here are: {', '.join(by_id)}.")
        found = by_id[service]
        note(request.scope, model=found.id, version=found.version, digest=found.content["digest"])
        return found

    @router.get("")
    def discovery() -> Services:
        """List the services."""
        return Services(services=[_service(each) for each in shelf])

    @router.post("/{service}", responses={412: {"description": "Nothing usable was prefetched."}})
    def call(service: str, body: HookCall, request: Request) -> Cards:
        """Give one card for the patient that is viewed."""
        link = f"{settings.base_url}/calculator/{service}/" if service in with_page else ""
        return _answer(named(service, request), body, link, datetime.now(tz=UTC))

    @router.post("/{service}/feedback", status_code=200)
    def feedback(service: str, body: FeedbackCall, request: Request) -> Response:
        """Keep what became of cards: which card, which outcome, which of our reasons."""
        served = named(service, request)
        for each in body.feedback:
            FEEDBACK.info(json.dumps(_kept(served, each)))
        return Response(status_code=200)

    return router


def _service(served: Served) -> dict[str, Any]:
    label = f" {SYNTHETIC}" if served.model.synthetic else ""
    return {
        "hook": "patient-view",
        "id": served.id,
        "title": f"{served.title} (research)",
        "description": "Predicted outcomes under both arms, and the difference with its range. "
        f"{RESEARCH_ONLY}{label}",
        "prefetch": prefetch_templates(served),
        "usageRequirements": _REQUIREMENTS,
    }


def _answer(served: Served, call: HookCall, link: str, now: datetime) -> Cards:
    patient = call.context.patientId
    taken = take(served, patient, call.prefetch, now)
    used = [each for each in taken if each.state == "used"]
    if not used:
        raise Refused(412, "Nothing usable was prefetched; GET /cds-services says what is needed.")
    said = result(read(served, [{each.predictor.column: each.value for each in used}]))
    found = Cards(cards=[card(served, taken, said, link)])
    if said.learners is not None:
        basis = [each.reference for each in used if each.reference]
        assessments = bundle(served, said, subject=f"Patient/{patient}", basis=basis, now=now)
        found.extension = {"org.twoarm.fhir": assessments}
    return found


def _kept(served: Served, feedback: Feedback) -> dict[str, Any]:
    given = feedback.overrideReason
    code = (given.reason or {}).get("code") if given else None
    return {
        "time": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "model": served.id,
        "version": served.version,
        "card": feedback.card.lower(),
        "outcome": feedback.outcome,
        "reason": code if isinstance(code, str) and code in OVERRIDES else None,
    }
