"""What mail servers and identity providers throw at us, and what it means: one table, read from the top.

`MailboxDown` is tried again with back-off; `Misconfigured` names the setting and needs a person.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
from imapclient.exceptions import IMAPClientError, LoginError

from core.domain.errors import MailboxDown, Misconfigured, ProjectError

_PASSING = re.compile(
    r"unavailable|temporar|try again|too many|limit|in use|busy|timed? ?out|internal error|backend", re.IGNORECASE
)
_NO_FOLDER = re.compile(
    r"nonexistent|non-existent|trycreate|doesn'?t exist|does not exist|no such mailbox|unknown mailbox", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Row:
    """`matches` is searched in the vendor's words; empty matches all. Without a `setting` the trouble passes by itself."""

    kinds: tuple[type[BaseException], ...]
    matches: re.Pattern[str] | None
    sentence: str
    setting: str = ""


_TABLE: Final = (
    _Row((LoginError,), _PASSING, "The mail server refuses logins for now."),
    _Row((LoginError,), None, "The mail server refused the login.", "mail.imap_password"),
    _Row((smtplib.SMTPAuthenticationError,), None, "The sending server refused the login.", "mail.smtp_password"),
    _Row((ssl.SSLCertVerificationError,), None, "The server's certificate is not trusted.", "mail.imap_ca_file"),
    _Row((ssl.SSLError,), None, "The encrypted connection to the server failed."),
    _Row((socket.gaierror,), None, "The server's name cannot be found."),
    _Row((TimeoutError, httpx.TimeoutException), None, "The server did not answer in time."),
    _Row((ConnectionRefusedError,), None, "Nothing listens at the server's address."),
    _Row((IMAPClientError,), _NO_FOLDER, "The mailbox has no such folder.", "mail.folders"),
    _Row((IMAPClientError,), None, "The mail server broke the conversation off or refused a command."),
    _Row((smtplib.SMTPException,), None, "The sending server refused or broke the conversation off."),
    _Row((httpx.HTTPError,), None, "The identity provider cannot be reached."),
    _Row((OSError,), None, "The connection to the server broke."),
    # imapclient's parser trips over answers that no server should give; the next connection may be better.
    _Row((ValueError, LookupError, TypeError, AssertionError), None, "The mail server gave an answer that makes no sense."),
)

VENDOR_ERRORS: Final = (
    IMAPClientError,
    smtplib.SMTPException,
    httpx.HTTPError,
    OSError,
    ValueError,
    LookupError,
    TypeError,
    AssertionError,
)


def meaning(error: BaseException) -> ProjectError:
    """Our error for a vendor's. The vendor's words go to the log only, cut short; they hold no secret of ours."""
    words = str(error)
    for row in _TABLE:
        if isinstance(error, row.kinds) and (row.matches is None or row.matches.search(words)):
            vendor, said = type(error).__name__, words[:200]
            if row.setting:
                return Misconfigured(row.sentence, setting=row.setting, vendor=vendor, said=said)
            return MailboxDown(row.sentence, vendor=vendor, said=said)
    return MailboxDown("The mail server failed in a way we do not know.", vendor=type(error).__name__)


@contextmanager
def in_our_words() -> Iterator[None]:
    """Turn vendors' errors into ours. Keep the block small: one call of a vendor's library."""
    try:
        yield
    except ProjectError:
        raise
    except VENDOR_ERRORS as error:
        raise meaning(error) from error
