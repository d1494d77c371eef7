"""Portal logins and browser states at rest: sealed with AES-256-GCM, bound to the row they stand in, useless elsewhere.

A sealed thing is a version, the id of its key, a nonce of its own and the ciphertext with its tag. What it was sealed for is
authenticated with it, so that it opens in no other row. Several keys may be given while they are being changed: the first
seals, all open. The keys are kept outside the database.
"""

import base64
import binascii
import hashlib
import json
import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.domain.errors import Misconfigured
from core.ports.portal import PortalCredential

SETTING: Final = "portal__keys"
_FORM: Final = b"\x01"
_KEY_BYTES: Final = 32
_ID_BYTES: Final = 6
_NONCE_BYTES: Final = 12
_HEAD: Final = len(_FORM) + _ID_BYTES
_FIELDS: Final = ("id", "portal", "login", "password", "one_time_secret", "date_form", "decimal_mark")


class AesVault:
    """`core.ports.portals.Vault`. Keys are 32 bytes in URL-safe base64, newest first."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise Misconfigured("There is no key for the portal logins.", setting=SETTING)
        known = [_key(each) for each in keys]
        self._ciphers = {_id_of(key): AESGCM(key) for key in known}
        self._newest = _id_of(known[0])

    @property
    def key_id(self) -> str:
        """The name of the key that seals now."""
        return self._newest.hex()

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Encrypt `content` for `purpose`."""
        nonce = os.urandom(_NONCE_BYTES)
        head = _FORM + self._newest
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, content, head + purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes:
        """What was sealed for this purpose."""
        head, rest = sealed[:_HEAD], sealed[_HEAD:]
        cipher = self._ciphers.get(head[len(_FORM) :])
        if cipher is None or not head.startswith(_FORM):
            raise Misconfigured("A stored portal login was sealed with a key that is not set any more.", setting=SETTING)
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head + purpose.encode())
        except (InvalidTag, ValueError):
            raise Misconfigured(
                "A stored portal login was changed, or stands in the place of another.", setting=SETTING
            ) from None

    def seal_credential(self, credential: PortalCredential) -> bytes:
        """A login, sealed under its own id."""
        plain = {name: getattr(credential, name) for name in _FIELDS}
        return self.seal(_purpose(credential.id), json.dumps(plain).encode())

    def open_credential(self, credential_id: str, sealed: bytes) -> PortalCredential:
        """The login that was sealed under this id."""
        return PortalCredential(**json.loads(self.open(_purpose(credential_id), sealed)))


def new_key() -> bytes:
    """A fresh key, as the setting wants it."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES))


def _purpose(credential_id: str) -> str:
    return f"portal_login {credential_id} secrets"


def _key(text: bytes) -> bytes:
    try:
        key = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise Misconfigured("A key for the portal logins is not one: 32 bytes in URL-safe base64.", setting=SETTING)
    return key


def _id_of(key: bytes) -> bytes:
    """A name that says nothing about the key and is the same wherever it is set."""
    return hashlib.sha256(b"tieout portal key " + key).digest()[:_ID_BYTES]
