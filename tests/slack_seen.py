"""What a person sees in Slack besides cards, waited for: windows, private words, anything else."""

from collections.abc import Callable

from tests.sandbox.slack.model import Json
from tests.sandbox.slack.testing import SlackDriver, text_of


class Seen:
    """For a desk that has the stand-in Slack as `slack`."""

    slack: SlackDriver

    def window(self, user: str, saying: str = "") -> Json:
        """The window that somebody has open, once it holds these words."""

        def shown() -> Json:
            view = self.slack.view(user)
            return view if view is not None and saying in text_of(view) else {}

        return self.slack.wait_for(shown, what=f"a window of {user} saying {saying!r}")

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait until something is so."""
        self.slack.wait_for(condition, what=what)

    def told(self, user: str, words: str) -> str:
        """Wait until this person was told something privately."""

        def found() -> str:
            return next((text for text in map(text_of, self.slack.ephemerals(user)) if words in text), "")

        return self.slack.wait_for(found, what=f"{user} to be told {words!r}")
