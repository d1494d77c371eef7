"""The generated pages: state tables, permissions, errors, audit vocabulary, settings."""

import inspect
from collections.abc import Callable
from typing import Any, Final

from core.decide.machine import Table, words
from core.decide.permissions import ROLE_PERMISSIONS
from core.decide.tables import ALL
from core.docs.settings_pages import env_example, settings_page
from core.domain import errors
from core.domain.actors import ActorKind, Permission, Role
from core.domain.events import AuditName

_NOTE: Final = "<!-- Made by `make docs` from the code; edit the code, not this page. -->\n"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _heading(cells: list[str]) -> str:
    return _row(cells) + _row(["---"] * len(cells))


def machines() -> str:
    """Every state table, row by row, with the sentence that a refused actor reads."""
    text = f"# State tables\n\n{_NOTE}\n"
    text += (
        "Buttons, permissions, audit events and tests are read out of these rows. *Who* says which kinds of actor may\n"
        "cause the event; people need the permission as well.\n"
    )
    return text + "".join(_machine(table) for table in ALL)


def _machine(table: Table[Any, Any, Any]) -> str:
    starts = ", ".join(f"`{state}`" for state in table.starts)
    ends = ", ".join(f"`{state}`" for state in table.ends) or "nowhere by itself"
    text = f"\n## {table.title}\n\nStarts in {starts}; ends in {ends}.\n\n"
    text += _heading(["From", "Event", "Only if", "To", "Effects", "From where"])
    for row in table.rows:
        text += _row(
            [
                ", ".join(f"`{state}`" for state in row.sources),
                f"`{row.event}`",
                "; ".join(words_of(guard.name) for guard in row.only_if) or "–",
                f"`{row.to}`",
                ", ".join(words(effect) for effect in row.effects) or "–",
                row.origin.value,
            ]
        )
    text += "\n" + _heading(["Event", "Button", "Who", "Permission", "Written down as"])
    for event, spec in table.specs.items():
        who = "anyone" if len(spec.actors) == len(ActorKind) else ", ".join(sorted(kind.value for kind in spec.actors))
        text += _row(
            [f"`{event}`", spec.label or "–", who, f"`{spec.permission}`" if spec.permission else "–", f"`{spec.past}`"]
        )
    return text


def words_of(name: str) -> str:
    """A guard's name as people read it."""
    return name.replace("_", " ")


def permissions() -> str:
    """Roles and what they entitle to, and which role may cause which event."""
    text = f"# Roles and permissions\n\n{_NOTE}\n" + _heading(["Permission", *(words(role) for role in Role)])
    for permission in Permission:
        text += _row([words(permission), *("yes" if permission in ROLE_PERMISSIONS[role] else "" for role in Role)])
    for table in ALL:
        people = [(event, spec) for event, spec in table.specs.items() if ActorKind.PERSON in spec.actors and spec.permission]
        if not people:
            continue
        text += f"\n## {table.title}\n\n" + _heading(["Event", *(words(role) for role in Role)])
        for event, spec in people:
            text += _row([f"`{event}`", *("yes" if spec.permission in ROLE_PERMISSIONS[role] else "" for role in Role)])
    return text


def error_table() -> str:
    """The error tree with its codes."""
    text = f"# Errors\n\n{_NOTE}\n```\n{inspect.cleandoc(errors.__doc__ or '')}\n```\n\n"
    text += _heading(["Error", "Kind of", "Code", "Meaning"])
    for name, kind in vars(errors).items():
        if inspect.isclass(kind) and issubclass(kind, errors.ProjectError):
            parent = kind.__bases__[0].__name__ if kind is not errors.ProjectError else "–"
            text += _row([f"`{name}`", f"`{parent}`", f"`{kind.code}`", (kind.__doc__ or "").splitlines()[0]])
    return text


def audit_names() -> str:
    """The closed vocabulary of the audit log."""
    text = f"# Audit vocabulary\n\n{_NOTE}\nAn audit event holds one of these names; nothing else can be written.\n\n"
    return text + "".join(f"- `{name}`\n" for name in AuditName)


PAGES: Final[dict[str, Callable[[], str]]] = {
    "core/docs/machines.md": machines,
    "core/docs/permissions.md": permissions,
    "core/docs/errors.md": error_table,
    "core/docs/audit.md": audit_names,
    "core/docs/settings.md": settings_page,
    ".env.example": env_example,
}
