"""Structured logs without secrets: one JSON object a line for machines, aligned text for people.

The standard library's logging (ours and that of the packages we use) goes through the same processors, so there is one place
that masks. Masking is a net under the rule that secrets are not logged at all, not a replacement for it.
"""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog

from core.domain.bank_accounts import check_digits_hold
from core.settings import LogFormat, Settings

_MASK: Final = "[masked]"
_SECRET_NAMES: Final = re.compile(
    r"(?i)password|passwd|passphrase|secret|token|authorization|cookie|api_?key|credential|(?:^|_)(?:otp|seed)(?:$|_)"
)
_PATTERNS: Final = (
    re.compile(r"\bx(?:ox[a-z]|app)-[A-Za-z0-9-]{6,}"),
    re.compile(r"(?i)\b(?:bearer|basic|xoauth2)\s+[A-Za-z0-9+/=._~-]{8,}"),
    re.compile(r"(?i)(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"""(?i)\b(?:password|passwd|pwd|secret|token|api[_-]?key|authorization)["']?\s*[=:]\s*["']?[^\s"',;&}]{3,}"""),
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b")
_DIGITS: Final = re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?![\w.])")
_NOISY: Final = {
    "alembic": logging.WARNING,
    "apscheduler": logging.WARNING,
    "httpx": logging.WARNING,
    "imapclient": logging.WARNING,
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,
    "urllib3": logging.WARNING,
    "uvicorn": logging.WARNING,
}
_NUMBER_BASE: Final = 10
_BIG_DIGIT: Final = 9


def masked(text: str) -> str:
    """The text without tokens, passwords, account numbers of the IBAN kind and card numbers."""
    for pattern in _PATTERNS:
        text = pattern.sub(_MASK, text)
    # A reference whose check digits are not those of an account number is left readable.
    text = _IBAN.sub(lambda found: _MASK if check_digits_hold(found[0].replace(" ", "")) else found[0], text)
    return _DIGITS.sub(lambda found: _MASK if _is_card(found[0]) else found[0], text)


def _is_card(text: str) -> bool:
    """The Luhn check of card numbers."""
    digits = [int(sign) for sign in text if sign.isdigit()]
    doubled = [digit * 2 - (_BIG_DIGIT if digit * 2 > _BIG_DIGIT else 0) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % _NUMBER_BASE == 0


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """The processor that masks values, by the name of their field and by what they look like."""
    return {name: _MASK if _SECRET_NAMES.search(name) else _clean(value) for name, value in event.items()}


def _clean(value: object) -> object:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, Mapping):
        return {str(key): _MASK if _SECRET_NAMES.search(str(key)) else _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else masked(str(value))


def configure(settings: Settings) -> None:
    """Send all logging of this process to stderr, as the settings say."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    is_json = settings.log_format is LogFormat.JSON
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if is_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            redact,
            renderer,
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name, level in _NOISY.items():
        logging.getLogger(name).setLevel(max(level, root.level))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
