"""The proof pack of one draft: what was typed, what was seen, pictures with secrets covered, times and digests."""

from collections.abc import Callable
from datetime import datetime

from core.domain.submissions import DraftSeen, DraftStep, DraftWanted, ProofPack, ProofShot
from core.ports.outside import Clock


class ProofMaker:
    """Collects while the draft is made. `shoot` takes a picture of the page as it is, with secret fields covered."""

    def __init__(self, portal: str, wanted: DraftWanted, clock: Clock, shoot: Callable[[], bytes]) -> None:
        self._portal = portal
        self._clock = clock
        self._shoot = shoot
        self._began: datetime = clock.now()
        self._file_digest = wanted.file.digest if wanted.uploads and wanted.file is not None else ""
        self._typed: list[tuple[str, str]] = []
        self._shots: list[ProofShot] = []

    def typed(self, field: str, text: str) -> None:
        """One field was filled."""
        self._typed.append((field, text))

    def picture(self, step: DraftStep) -> None:
        """The page as it stands at a step."""
        self._shots.append(ProofShot(step, self._clock.now(), self._shoot()))

    def pack(self, seen: DraftSeen | None = None) -> ProofPack:
        """Everything so far."""
        return ProofPack(
            portal=self._portal,
            began_at=self._began,
            ended_at=self._clock.now(),
            typed=tuple(self._typed),
            reference=seen.reference if seen else "",
            seen=seen,
            shots=tuple(self._shots),
            file_digest=self._file_digest,
        )
