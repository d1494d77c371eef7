"""`core/docs/settings.md` and `.env.example`, made from the fields of the settings and their descriptions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from core.settings import Settings

_PREFIX: Final = "TIEOUT_"
_WIDTH: Final = 110
# A field that is named nowhere goes to the last section, so that none is ever left out.
_SECTIONS: Final = (
    ("This installation", ("company", "administrators", "time_zone", "data_dir", "database", "audit_key")),
    ("Slack", ("slack_", "cards_")),
    ("Files of the ledger", ("inbox_", "erp_", "most_closed", "ledger_")),
    ("The mailbox", ("mail__",)),
    ("Customers' portals", ("portal__",)),
    ("Web pages, API and health", ("web_",)),
    ("Backups and the audit anchor", ("backup", "anchor")),
    ("Deliveries, alarms, logs, programs", ("",)),
)
# What nobody can run without: these lines are not commented out in `.env.example`.
_FILL_IN: Final = frozenset(
    {
        "company",
        "administrators",
        "time_zone",
        "slack_bot_token",
        "slack_app_token",
        "slack_payments_channel",
        "mail__imap_host",
        "mail__imap_user",
        "mail__imap_password",
    }
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting, as its environment variable."""

    path: str
    default: str
    description: str
    secret: bool

    @property
    def variable(self) -> str:
        """`TIEOUT_` and the name in capitals."""
        return f"{_PREFIX}{self.path.upper()}"


def all_settings(model: type[BaseModel] = Settings, path: str = "") -> Iterator[Setting]:
    """Every field, those of a nested model by their own names."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from all_settings(kind, f"{path}{name}__")
        else:
            yield Setting(f"{path}{name}", _default(field), field.description or "", kind is SecretStr)


def _default(field: FieldInfo) -> str:
    value: Any = field.get_default(call_default_factory=True)
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case SecretStr():
            return value.get_secret_value()
        case StrEnum():
            return value.value
        case tuple():
            return json.dumps(list(value)) if value else ""
        case Path():
            return value.as_posix()
        case _:
            return str(value)


def sections() -> Iterator[tuple[str, list[Setting]]]:
    """Titles with their settings, in the order of the fields."""
    left = list(all_settings())
    for title, prefixes in _SECTIONS:
        chosen = [setting for setting in left if setting.path.startswith(prefixes)]
        left = [setting for setting in left if setting not in chosen]
        yield title, chosen


def settings_page() -> str:
    """The page for people."""
    text = (
        "# Settings\n\n<!-- Made by `make docs` from the code; edit the code, not this page. -->\n\n"
        "Read once, at the start of each process, from the environment and from `.env` in the folder it starts in; the\n"
        "environment wins. A setting that is wrong stops the start and is named; `tieout check` tries them all. Lists are\n"
        'written as JSON: `["INBOX", "Remittances"]`. Further mailboxes are a JSON list of objects in\n'
        "`TIEOUT_MAIL__MORE_ACCOUNTS`, with the names of the first account's settings in small letters.\n"
    )
    for title, settings in sections():
        text += f"\n## {title}\n\n| Variable | Default | What it is for |\n| --- | --- | --- |\n"
        for setting in settings:
            default = f"`{setting.default}`" if setting.default else "–"
            meaning = setting.description.replace("|", "\\|") + (" Secret." if setting.secret else "")
            text += f"| `{setting.variable}` | {default} | {meaning} |\n"
    return text


def env_example() -> str:
    """The file to copy and fill in: every setting, explained, with its default."""
    text = (
        "# Copy this to .env (chmod 600 .env), fill in the lines without # and change others where you need to.\n"
        "# Made by “make docs” from the code. “tieout check” tries every setting and connection.\n"
    )
    for title, settings in sections():
        text += f"\n# --- {title} ---\n"
        for setting in settings:
            text += "\n" + "".join(f"# {line}\n" for line in _wrapped(setting.description))
            mark = "" if setting.path in _FILL_IN else "# "
            text += f"{mark}{setting.variable}={_quoted(setting.default)}\n"
    return text


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value and not value.startswith("[") else value


def _wrapped(text: str) -> Iterator[str]:
    line = ""
    for word in text.split():
        if line and len(line) + len(word) >= _WIDTH:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line
