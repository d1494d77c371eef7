"""Keeps secrets out of everything that is told: errors, evidence, logs."""

from typing import Final

COVER: Final = "•••"
_SHORTEST: Final = 4


class Masker:
    """Knows the secrets of one run and covers them in any text."""

    def __init__(self, *secrets: str) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """One more; very short ones would blacken ordinary words, and no secret of ours is that short."""
        if len(secret) >= _SHORTEST:
            self._secrets.add(secret)

    def cover(self, text: str) -> str:
        """`text` without any of them, longest first, since one may stand in another."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, COVER)
        return text
