"""Is the process alive, is the installation ready, and how long does everything wait: for machines that watch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.app.services import Services
from core.domain.errors import ProjectError
from core.domain.keeping import EffectKind
from core.domain.payments import PaymentState
from core.domain.workflows import OutboxState
from core.mail_settings import LOOPBACK
from core.ports.mail import MailDesk
from core.ports.store import UnitOfWork
from core.settings import Settings, SlackTransport
from core.web.identity import Sessions

FRESH_S: Final = 60.0
_MAILBOX: Final = "mailbox:"
_SHUNTED_SHOWN: Final = 10_000
_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Watched:
    """What the answers are made of."""

    services: Services
    settings: Settings
    mails: MailDesk | None = None


def expected_parts(settings: Settings) -> tuple[str, ...]:
    """The parts that must have shown themselves within the last minute."""
    slack = ["relay slack"] if settings.slack_bot_token.get_secret_value() else []
    if slack and settings.slack_transport is SlackTransport.SOCKET:
        slack.append("slack socket")
    return ("relay ledger", "sync inbox", *slack)


def readiness(watched: Watched) -> dict[str, str]:
    """A word for each check: `ok`, or what is wrong."""
    checks: dict[str, str] = {}
    try:
        if not watched.services.store.is_current():
            return {"database": "is not at the schema of this version; run “tieout migrate”"}
        with watched.services.store.read() as unit:
            ages = {beat.part: (unit.now - beat.at).total_seconds() for beat in unit.heartbeats.all()}
    except (ProjectError, OSError) as error:
        return {"database": str(error)}
    checks["database"] = "ok"
    for part in expected_parts(watched.settings):
        age = ages.get(part)
        checks[part] = "never seen" if age is None else "ok" if age <= FRESH_S else f"silent for {age:.0f} s"
    return checks


class Measurements(Collector):
    """Reads the database at each scrape, so that every web process says the same."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    def describe(self) -> Iterable[Metric]:
        """Nothing is known before the first scrape."""
        return ()

    def collect(self) -> Iterable[Metric]:
        """All gauges."""
        checks = readiness(self._watched)
        yield GaugeMetricFamily("tieout_ready", "1 when everything that must run does", float(_all_ok(checks)))
        with self._watched.services.store.read() as unit:
            yield from _outbox(unit)
            yield from _beats(unit)
            counts = unit.payments.counts()
            states = {state.value: float(counts.get(state, 0)) for state in PaymentState}
            yield _gauge("tieout_payments", "Draft payments in each state", states, "state")
        if self._watched.mails is not None:
            shunted = float(len(self._watched.mails.shunted(_SHUNTED_SHOWN)))
            yield GaugeMetricFamily("tieout_mails_set_aside", "Mails that broke their reader", shunted)


def _all_ok(checks: Mapping[str, str]) -> bool:
    return all(said == "ok" for said in checks.values())


def _gauge(name: str, about: str, values: Mapping[str, float], label: str) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _outbox(unit: UnitOfWork) -> Iterable[Metric]:
    ages = unit.outbox.ages()
    waiting = {kind.value: float(ages.get(kind, (0, 0.0))[0]) for kind in EffectKind}
    oldest = {kind.value: ages.get(kind, (0, 0.0))[1] for kind in EffectKind}
    aside = dict.fromkeys((kind.value for kind in EffectKind), 0.0)
    for item in unit.outbox.in_state(OutboxState.SHUNTED, _SHUNTED_SHOWN):
        aside[item.effect.kind.value] += 1
    yield _gauge("tieout_outbox_waiting", "Deliveries that wait", waiting, "kind")
    yield _gauge("tieout_outbox_oldest_age_seconds", "How long the oldest due delivery has waited", oldest, "kind")
    yield _gauge("tieout_outbox_set_aside", "Deliveries that wait for an operator", aside, "kind")


def _beats(unit: UnitOfWork) -> Iterable[Metric]:
    ages = {beat.part: (unit.now - beat.at).total_seconds() for beat in unit.heartbeats.all()}
    mailboxes = {part.removeprefix(_MAILBOX): age for part, age in ages.items() if part.startswith(_MAILBOX)}
    others = {part: age for part, age in ages.items() if part.startswith(("relay ", "sync ", "slack ", "ledger "))}
    yield _gauge("tieout_mailbox_last_check_age_seconds", "Since the last successful look", mailboxes, "mailbox")
    yield _gauge("tieout_sign_of_life_age_seconds", "Since the last sign of life", others, "part")


def router(watched: Watched, sessions: Sessions | None) -> APIRouter:
    """The three addresses. Measurements tell how much money moves, so they ask for the token where there is one."""
    routes = APIRouter()
    registry = CollectorRegistry()
    registry.register(Measurements(watched))

    @routes.get("/healthz")
    def alive() -> PlainTextResponse:
        return PlainTextResponse("alive\n")

    @routes.get("/readyz")
    def ready() -> JSONResponse:
        checks = readiness(watched)
        is_ready = _all_ok(checks)
        return JSONResponse({"ready": is_ready, "checks": checks}, 200 if is_ready else 503)

    @routes.get("/metrics")
    def measured(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        allowed = sessions.is_token(given) if sessions else watched.settings.web_host in LOOPBACK
        if not allowed:
            return PlainTextResponse("The measurements need the web token as a bearer token.\n", 401)
        return Response(generate_latest(registry), media_type=_CONTENT_TYPE)

    return routes
