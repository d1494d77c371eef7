"""Findings about a mail that a person should see before money is decided on it. Findings are shown; nothing acts on them.

A forged remittance misapplies cash or hides a short payment, and a mail that says "our bank details have changed" gains
credibility by passing through us. So: what our server found out about the sender, a sender domain that looks like a
customer's, a Reply-To elsewhere, words about changed bank details, account numbers that are not on file.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from rapidfuzz.distance import OSA

from core.domain.evidence import Finding, FindingKind
from mail.authentication_results import Authentication, Verdict
from mail.envelope import Envelope
from mail.on_file import OnFile

# Letters that look like others in common typefaces (a small part of the confusables of Unicode TS 39, plus pairs of letters).
_PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("nn", "m"), ("ii", "u"))
_LOOKS_LIKE: Final = str.maketrans(
    {
        **dict(zip("0135689", "oleslgg", strict=True)),
        **dict(zip("|!ıіӏƖ", "llllll", strict=True)),
        **dict(zip("аеорсухԁһјѕνкмтв", "aeopcyxdhjsvkmtb", strict=True)),
        **dict(zip("αοερικνυ", "aoepikvu", strict=True)),
        "i": "l",
        "-": "",
        "_": "",
    }
)
_SHORT: Final = 5
_LONG: Final = 11
_MOST_NUMBERS: Final = 3


def findings(envelope: Envelope, checked: Verdict, on_file: OnFile) -> tuple[Finding, ...]:
    """Everything about the sender and the words of a mail that a person should see, in the order of weight."""
    return (
        *_authentication(envelope, checked),
        *_lookalike(envelope, on_file),
        *_reply_to(envelope),
        *_bank_details(envelope, on_file),
        *_unknown(envelope, on_file),
    )


def _authentication(envelope: Envelope, checked: Verdict) -> Iterator[Finding]:
    if checked.authentication is Authentication.FAIL:
        yield Finding(FindingKind.AUTHENTICATION_FAILED, seen=checked.because, expected=envelope.author.domain)
    elif checked.authentication is Authentication.UNKNOWN:
        yield Finding(FindingKind.AUTHENTICATION_UNKNOWN, seen=checked.because, expected=envelope.author.domain)


def _lookalike(envelope: Envelope, on_file: OnFile) -> Iterator[Finding]:
    domain = envelope.author.domain
    if not domain or on_file.customer_of(domain) is not None:
        return
    # A display name such as `ap@buyer.example` is all that many programs show of the sender.
    shown = envelope.author.name.rpartition("@")[2].strip(" <>\"'").lower() if "@" in envelope.author.name else ""
    if shown and on_file.customer_of(shown) is not None:
        yield Finding(FindingKind.LOOKALIKE_SENDER, seen=domain, expected=shown)
        return
    alike = lookalike_of(domain, on_file.domains)
    if alike:
        yield Finding(FindingKind.LOOKALIKE_SENDER, seen=domain, expected=alike)


def _reply_to(envelope: Envelope) -> Iterator[Finding]:
    own = envelope.author.domain
    elsewhere = next((found.address for found in envelope.reply_to if found.domain != own), "")
    if elsewhere:
        yield Finding(FindingKind.REPLY_TO_DIFFERS, seen=elsewhere, expected=envelope.author.address)


def _bank_details(envelope: Envelope, on_file: OnFile) -> Iterator[Finding]:
    if envelope.wording.bank_details:
        yield Finding(FindingKind.BANK_DETAILS_CHANGED, seen=envelope.wording.bank_details)
    known = on_file.accounts_of(on_file.customer_of(envelope.author.domain))
    if not known:
        return
    strange = [number for number in envelope.wording.accounts if not any(_same_account(number, other) for other in known)]
    for number in strange[:_MOST_NUMBERS]:
        # Shown in a channel, so the end of the number has to do.
        yield Finding(FindingKind.BANK_DETAILS_CHANGED, seen=ending(number), expected=ending(min(known)))


def _unknown(envelope: Envelope, on_file: OnFile) -> Iterator[Finding]:
    if on_file.customer_of(envelope.author.domain) is None:
        yield Finding(FindingKind.UNKNOWN_SENDER, seen=envelope.author.address or "no sender")


def _same_account(one: str, other: str) -> bool:
    """An IBAN holds the plain account number; leading zeros come and go."""
    short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return long == short or (len(short) > _SHORT and long.endswith(short))


def ending(number: str) -> str:
    """An account number as it may be shown: its last four characters."""
    return f"…{number[-4:]}"


def skeleton(domain: str) -> str:
    """The domain as a hurried reader sees it: confusable letters brought to one form."""
    text = unicodedata.normalize("NFKC", _unpuny(domain)).casefold().translate(_LOOKS_LIKE)
    for pair, letter in _PAIRS:
        text = text.replace(pair, letter)
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def _unpuny(domain: str) -> str:
    """Labels that begin with `xn--` as they are shown."""
    labels = []
    for label in domain.split("."):
        try:
            labels.append(label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError):
            labels.append(label)
    return ".".join(labels)


def lookalike_of(domain: str, known: Iterable[str]) -> str:
    """The known domain that `domain` could be taken for, or nothing. A known domain is no look-alike of itself."""
    seen = skeleton(domain)
    seen_name = _name(seen)
    best = ("", 99)
    for other in known:
        if other == domain or domain.endswith("." + other):
            return ""
        real = skeleton(other)
        real_name = _name(real)
        distance = OSA.distance(seen_name, real_name, score_cutoff=2)
        if seen == real:
            distance = 0
        elif len(real_name) < _SHORT:
            # Short names are near to each other by chance; only the same name under another ending counts.
            distance = 0 if seen_name == real_name else 99
        elif len(real_name) < _LONG and distance > 1:
            distance = 2 if real_name in seen_name else 99
        elif real_name in seen_name:
            distance = min(distance, 2)
        best = min(best, (other, distance), key=lambda found: (found[1], found[0]))
    return best[0] if best[1] <= 2 else ""  # noqa: PLR2004  Two edits at most.


def _name(domain: str) -> str:
    """The domain without its last label: what people read."""
    return domain.rpartition(".")[0] or domain
