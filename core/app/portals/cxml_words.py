"""What people type of a cXML account, on whichever surface: parties and codes of units."""

from core.domain.errors import Malformed
from core.domain.portals import CxmlParty


def party(text: str) -> CxmlParty:
    """`DUNS:079928354` as a party; `Malformed` for anything without both."""
    domain, _, identity = text.strip().partition(":")
    if not domain.strip() or not identity.strip():
        raise Malformed("A party is a domain and an identity with a colon between them, such as DUNS:079928354.")
    return CxmlParty(domain.strip(), identity.strip())


def units(text: str) -> tuple[tuple[str, str], ...]:
    """`board=PCE, pair=PR` as names and codes, names in lower case; `Malformed` for a part that is no such pair."""
    found: list[tuple[str, str]] = []
    for each in text.split(","):
        name, between, code = each.partition("=")
        if not each.strip():
            continue
        if not between or not name.strip() or not code.strip():
            raise Malformed("Codes of units are pairs such as board=PCE, with commas between them.")
        found.append((name.strip().casefold(), code.strip()))
    return tuple(found)
