"""What a part of a document yielded, before the whole is known: advices, the words around them, complaints."""

from dataclasses import dataclass, field

from core.read.notes import Notes
from core.read.remittance.advice import Advice, Head


@dataclass(slots=True)
class Found:
    """Of one part: `why_none` says what it looks like where it holds no advice."""

    advices: list[Advice] = field(default_factory=list)
    head: Head = field(default_factory=Head)
    notes: Notes = field(default_factory=Notes)
    why_none: str = ""
