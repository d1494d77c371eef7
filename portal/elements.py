"""How a driver names what it touches: candidates in order, each with where it is known from."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Trust(StrEnum):
    """Where a candidate is known from."""

    VENDOR = "vendor documentation"
    BUYER = "a buyer's guide for suppliers"
    SCRIPT = "seen in a public script that drove the real page"
    KNOWN = "general knowledge"
    INFERRED = "our inference; check on the first live account"


Role = Literal["button", "link", "combobox"]


class How(StrEnum):
    """How a candidate finds its element."""

    ROLE = "role"
    LABEL = "label"
    CSS = "css"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One way to find an element: by `role` and accessible `name`, by the label `name`, or by the selector `css`."""

    how: How
    trust: Trust
    name: re.Pattern[str] = re.compile("")
    role: Role = "button"
    css: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """Something on a page, by a name of ours, with its candidates, best first."""

    name: str
    candidates: tuple[Candidate, ...]


def by_role(role: Role, name: str, trust: Trust) -> Candidate:
    """What a person reads: its role and its accessible name, a pattern."""
    return Candidate(How.ROLE, trust, re.compile(name, re.IGNORECASE), role)


def by_label(text: str, trust: Trust) -> Candidate:
    """By its label, a pattern."""
    return Candidate(How.LABEL, trust, re.compile(text, re.IGNORECASE))


def by_css(selector: str, trust: Trust) -> Candidate:
    """By a mark of the page's own."""
    return Candidate(How.CSS, trust, css=selector)
