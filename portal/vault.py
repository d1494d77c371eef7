"""Browser states at rest: they can impersonate the user, so whoever keeps them only ever gets them sealed."""

from core.domain.errors import Misconfigured
from core.ports.portal import SessionKeeper
from core.ports.portals import Vault


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
            return self._vault.open(f"portal_login {credential} browser", sealed)
        except Misconfigured:
            self._keeper.forget(credential)
            return None

    def save(self, credential: str, state: bytes) -> None:
        """Seal and keep it."""
        self._keeper.save(credential, self._vault.seal(f"portal_login {credential} browser", state))

    def forget(self, credential: str) -> None:
        """Delete it."""
        self._keeper.forget(credential)
