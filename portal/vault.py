"""Portal logins and browser states at rest: encrypted, bound to what they are for, useless elsewhere. Pure; no storage here.

Fernet (AES-128-CBC with HMAC-SHA256) of the cryptography package. Several keys may be given while they are being changed: the
first encrypts, all decrypt.
"""

import json
from collections.abc import Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.domain.errors import Misconfigured
from core.ports.portal import PortalCredential, SessionKeeper

_FIELDS: Final = ("id", "portal", "login", "password", "one_time_secret", "date_form", "decimal_mark")


class Vault:
    """Seals and opens. A sealed thing names its purpose inside, so that one cannot be put in the place of another."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise Misconfigured("There is no key for the portal logins.", setting="portal_key")
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError:
            raise Misconfigured(
                "A key for the portal logins is not one: 32 bytes in URL-safe base64.", setting="portal_key"
            ) from None

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Encrypt `content` for `purpose`."""
        return self._fernet.encrypt(json.dumps(purpose).encode() + b"\n" + content)

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """What was sealed for this purpose; `Misconfigured` when the key is another or the thing was changed or swapped."""
        try:
            named, _, content = self._fernet.decrypt(sealed).partition(b"\n")
        except InvalidToken:
            raise Misconfigured("A stored portal login cannot be opened with our key.", setting="portal_key") from None
        if json.loads(named) != purpose:
            raise Misconfigured("A stored portal login stands in the place of another.", setting="portal_key")
        return content

    def seal_credential(self, credential: PortalCredential) -> bytes:
        """A login, sealed under its own id."""
        plain = {name: getattr(credential, name) for name in _FIELDS}
        return self.seal(f"credential {credential.id}", json.dumps(plain).encode())

    def open_credential(self, credential_id: str, sealed: bytes) -> PortalCredential:
        """The login that was sealed under this id."""
        return PortalCredential(**json.loads(self.open(f"credential {credential_id}", sealed)))


def new_key() -> bytes:
    """A fresh key."""
    return Fernet.generate_key()


class SealedSessions:
    """A `SessionKeeper` over another that only ever sees sealed bytes. A state that cannot be opened is forgotten."""

    def __init__(self, keeper: SessionKeeper, vault: Vault) -> None:
        self._keeper = keeper
        self._vault = vault

    def load(self, credential: str) -> bytes | None:
        """The state of the last run."""
        sealed = self._keeper.load(credential)
        if sealed is None:
            return None
        try:
            return self._vault.open(f"session {credential}", sealed)
        except Misconfigured:
            self._keeper.forget(credential)
            return None

    def save(self, credential: str, state: bytes) -> None:
        """Seal and keep it."""
        self._keeper.save(credential, self._vault.seal(f"session {credential}", state))

    def forget(self, credential: str) -> None:
        """Delete it."""
        self._keeper.forget(credential)
