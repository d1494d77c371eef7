"""Small building blocks for describing what a JSON value must look like, with a pointer to what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.sandbox.slack.model import Json


@dataclass(frozen=True)
class Problem:
    """One entry of `errors` as blocks.validate answers it."""

    pointer: str
    message: str
    constraint: Any = None
    code: str = "failed_constraint"

    def body(self) -> Json:
        body: Json = {"code": self.code, "message": self.message, "pointer": self.pointer}
        if self.constraint is not None:
            body["constraint"] = self.constraint
        return body


Problems = list[Problem]
Check = Callable[[str, Any, Problems], None]


def fail(problems: Problems, pointer: str, message: str, **constraint: Any) -> None:
    problems.append(Problem(pointer, message, constraint or None))


def string(high: int, low: int = 1) -> Check:
    def check(pointer: str, value: Any, problems: Problems) -> None:
        if not isinstance(value, str):
            fail(problems, pointer, "must be a string", type="string")
        elif len(value) < low:
            fail(problems, pointer, f"must be at least {low} characters", type="min_length", expected=low)
        elif len(value) > high:
            fail(problems, pointer, f"must be at most {high} characters", type="max_length", expected=high)

    return check


def boolean(pointer: str, value: Any, problems: Problems) -> None:
    if not isinstance(value, bool):
        fail(problems, pointer, "must be true or false", type="boolean")


def whole(low: int, high: int) -> Check:
    def check(pointer: str, value: Any, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            fail(problems, pointer, "must be a whole number", type="integer")
        elif not low <= value <= high:
            fail(problems, pointer, f"must be between {low} and {high}", type="range", expected=[low, high])

    return check


def one_of(*allowed: Any) -> Check:
    def check(pointer: str, value: Any, problems: Problems) -> None:
        if value not in allowed:
            fail(problems, pointer, f"unsupported value: {value}", type="enum", expected=list(allowed))

    return check


def anything(pointer: str, value: Any, problems: Problems) -> None:
    """For parts of Slack's schema that this project does not use."""


def array(item: Check, low: int, high: int) -> Check:
    def check(pointer: str, value: Any, problems: Problems) -> None:
        if not isinstance(value, list):
            fail(problems, pointer, "must be an array", type="array")
            return
        if len(value) < low:
            fail(problems, pointer, f"must have at least {low} items", type="min_items", expected=low)
        if len(value) > high:
            fail(problems, pointer, f"no more than {high} items allowed", type="max_items", expected=high)
        for index, one in enumerate(value):
            item(f"{pointer}/{index}", one, problems)

    return check


def record(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object with these keys and no others."""

    def check(pointer: str, value: Any, problems: Problems) -> None:
        if not isinstance(value, dict):
            fail(problems, pointer, "must be an object", type="object")
            return
        for name in required:
            if value.get(name) is None:
                fail(problems, f"{pointer}/{name}", f"missing required field: {name}", type="required")
        for name, one in value.items():
            if name not in fields:
                fail(problems, f"{pointer}/{name}", f"unknown field: {name}", type="additional_property")
            elif one is not None:
                fields[name](f"{pointer}/{name}", one, problems)

    return check


def tagged(kinds: Mapping[str, Check]) -> Check:
    """An object whose `type` says which description it follows."""

    def check(pointer: str, value: Any, problems: Problems) -> None:
        if not isinstance(value, dict):
            fail(problems, pointer, "must be an object", type="object")
            return
        kind = value.get("type")
        if not isinstance(kind, str) or kind not in kinds:
            fail(problems, f"{pointer}/type", f"unsupported type: {kind}", type="enum", expected=sorted(kinds))
            return
        kinds[kind](pointer, value, problems)

    return check


def exactly_one(check: Check, *names: str) -> Check:
    def both(pointer: str, value: Any, problems: Problems) -> None:
        check(pointer, value, problems)
        if isinstance(value, dict) and sum(value.get(name) is not None for name in names) != 1:
            fail(problems, pointer, f"must have exactly one of: {', '.join(names)}", type="exactly_one")

    return both


def at_least_one(check: Check, *names: str) -> Check:
    def both(pointer: str, value: Any, problems: Problems) -> None:
        check(pointer, value, problems)
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            fail(problems, pointer, f"must have at least one of: {', '.join(names)}", type="at_least_one")

    return both
