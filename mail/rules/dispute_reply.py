"""Does the mail disagree with something, or answer a question of ours about a dispute?

By the id of our mail that it answers, or by its own words (quoted text does not count).
"""

from typing import Final

from mail.case import Case

OUR_DISPUTE_IDS: Final = "<tieout.dispute."


def ask(case: Case) -> str:
    """First the ids, which are certain, then the words."""
    if any(found.startswith(OUR_DISPUTE_IDS) for found in (*case.envelope.in_reply_to, *case.envelope.references)):
        return "The mail answers our question about a dispute."
    word = case.envelope.wording.dispute
    return f"The mail speaks of “{word}”." if word else ""
