"""Which of the people of a desk are told, and what makes them believed: of `check`."""

from mailresponder.config import Config
from mailresponder.jobs.results import Concern, Found

_MOST = 5
"""Mailboxes named."""


def told(config: Config) -> Found | Concern:
    """Is anybody told when a customer was not answered in time?"""
    of_nobody = [
        mailbox.name
        for mailbox in config.mailboxes
        if not (config.escalation if mailbox.escalation is None else mailbox.escalation)
    ]
    if of_nobody:
        return Concern(
            detail=f"nobody is told when a deadline passes: {', '.join(of_nobody[:_MOST])}",
            mend="name somebody in [[escalation]]",
        )
    return "somebody is told when a deadline passes", ""


def believed(config: Config) -> Found:
    """What proves that staff wrote a mail."""
    border = config.staff.trusted_authserv_id
    if border == "!none":
        return "believed from Sent and by the word of our own mail server, which gives no name", ""
    if border:
        return f"believed from Sent and by the word of {border}", ""
    mend = (
        "set trusted_authserv_id where your mail server adds Authentication-Results; "
        "until then forward no notice to people outside"
    )
    return "believed from Sent and as readers of our notices, by no other mail of theirs", mend
