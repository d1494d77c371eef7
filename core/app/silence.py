"""The dead-man alarm: a mailbox, a relay or a sync that has been silent for too long is reported, once, and its return too.

Everything that works writes a heartbeat when it *succeeds*, so a process that hangs is as silent as one that is gone. The alarm
remembers in the database that it rang, so restarts neither repeat nor lose it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.app import asking
from core.app.services import Services
from core.domain.keeping import Heartbeat
from core.ports.store import UnitOfWork

RELAY_PREFIX: Final = "relay "
_RANG: Final = "rang "


@dataclass(frozen=True, slots=True)
class Silence:
    """A part that has been silent for longer than it may."""

    part: str
    since: datetime
    seconds: float


def silences(
    beats: Mapping[str, Heartbeat], limits: Mapping[str, float], relay_limit_s: float, now: datetime, started: datetime
) -> list[Silence]:
    """Who is silent. Time before `started` does not count: after a weekend switched off, everything deserves a moment."""
    watched = {part: relay_limit_s for part in beats if part.startswith(RELAY_PREFIX)} | dict(limits)
    found = []
    for part, limit in sorted(watched.items()):
        last = max(beats[part].at, started) if part in beats else started
        if (now - last).total_seconds() > limit:
            since = beats[part].at if part in beats else started
            found.append(Silence(part, since, (now - since).total_seconds()))
    return found


def watch(services: Services, limits: Mapping[str, float], relay_limit_s: float, started: datetime) -> list[Silence]:
    """Ring for each new silence and give the all-clear for each that ended; the silences of this moment."""
    with services.store.read() as unit:
        beats = {beat.part: beat for beat in unit.heartbeats.all()}
        now = unit.now
    silent = {each.part: each for each in silences(beats, limits, relay_limit_s, now, started)}
    rang = {part.removeprefix(_RANG): beat.detail for part, beat in beats.items() if part.startswith(_RANG) and beat.detail}
    news = [each for part, each in silent.items() if part not in rang]
    over = [part for part in rang if part not in silent and part in beats and beats[part].at.isoformat() > rang[part]]
    if news or over:
        with services.store.write() as unit:
            for each in news:
                _ring(unit, each)
            for part in over:
                _all_clear(unit, part, rang[part], beats[part].at)
    return list(silent.values())


def _ring(unit: UnitOfWork, silence: Silence) -> None:
    since = silence.since.isoformat()
    facts: dict[str, object] = {"kind": "silent", "part": silence.part, "since": since, "seconds": round(silence.seconds)}
    asking.alert(unit, f"silent:{silence.part}:{since}", facts)
    unit.heartbeats.beat(f"{_RANG}{silence.part}", since)


def _all_clear(unit: UnitOfWork, part: str, since: str, back: datetime) -> None:
    asking.alert(unit, f"back:{part}:{since}", {"kind": "all_clear", "part": part, "since": since, "back": back.isoformat()})
    unit.heartbeats.beat(f"{_RANG}{part}")
