"""How a story ends, as values: the edges show them, nobody has to catch anything."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Done:
    """It happened. `version` is that of the subject now; `sentence` says more where there is more to say."""

    subject_id: str
    version: int
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class AlreadyDone:
    """It had happened before; asking again changed nothing. `by` and `at` say who and when, where that is known."""

    subject_id: str
    sentence: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """It was refused; `code` is one of `core.domain.errors`, `sentence` is for the actor."""

    code: str
    sentence: str


Outcome = Done | AlreadyDone | Refusal
