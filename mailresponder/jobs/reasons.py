"""What the names of reasons mean, for the admin who reads them in `inspect` or `ticket`.

A rule's words are its own docstring, so that they cannot drift apart; what no rule stands for is
put into words here.
"""

from collections.abc import Sequence

from mailresponder.jobs.taking import NOT_HANDLED
from mailresponder.jobs.withdrawal import ANSWERED_FIRST
from mailresponder.mail import automatic
from mailresponder.policy import languages, suppression
from mailresponder.policy.replies import ONLY_THANKS, SOLVED
from mailresponder.policy.ticket import LanguageSource

_WORDS = {
    NOT_HANDLED: "Our program failed on this mail: somebody must read it in the mailbox.",
    ANSWERED_FIRST: "It was answered before an acknowledgement went out.",
    ONLY_THANKS: "It says thank you and no more, so nobody waits for an answer.",
    SOLVED: "It answers our question, and says that the matter is solved.",
    "own_message": "We wrote it: its Message-ID bears our seal.",
    "own_address": "It is from an address of this desk, and names no customer in Reply-To.",
    "before_start": "It was received before the mailbox's start (`start_from`): nobody acts on it.",
    "seen_before": "Another copy of a mail that was taken before.",
    "staff_auto_reply": "A mail program or server put it into Sent by itself.",
    "not_to_the_customer": "It lies in Sent, but the customer is not among its recipients.",
    "no_ticket": "It lies in Sent, and belongs to no ticket.",
    "unproven_staff": (
        "From is a staff address, and nothing proves that staff wrote it: no"
        " Authentication-Results header of the trusted server says that From is true, and it"
        " answers no escalation of ours to that very address. It changes nothing."
    ),
    "staff_mail_without_ticket": "Staff wrote to somebody outside about no ticket of ours.",
    "staff_among_themselves": "Staff wrote to one another: the customer cannot see it.",
    "reply_to_a_desk_notice": "It answers a notice of ours that is not about one customer.",
    "reply_to_an_escalation": "It answers an escalation, and so reaches no customer.",
    "sent_folder": "It lies in the Sent folder, where only staff can put mail.",
    "authenticated": "The trusted server says that From is true.",
    "answered_flag": "A mail client marked the customer's mail as answered (`answered_flag`).",
    "late_evidence": "The customer's own mail quotes an answer of ours that was never seen.",
    "reply_to_test_mail": "It replies to the mail of `check --send-test`.",
    "escalation_token": "It answers an escalation of ours, from the very address it went to.",
}


def decisive(decision: str, reasons: Sequence[str]) -> list[str]:
    """The reasons that made a decision, one of `inspect`'s: what only forbids to acknowledge a
    person says nothing where no person wrote."""
    if decision in ("open_ticket", "follow_up"):
        return list(reasons)
    forbidding = {rule.__name__ for rule in suppression.RULES}
    return [reason for reason in reasons if reason not in forbidding]


def language(code: str, known_from: str) -> str:
    """A language and, where the text is not what told it, how it is known."""
    source = LanguageSource(known_from)
    return code if source is LanguageSource.TEXT else f"{code} ({languages.WHY[source]})"


def why(reason: str) -> str:
    """What a reason means, with its source; empty for one that needs no words."""
    rules = (*(rule for rule, _ in automatic.RULES), *suppression.RULES)
    said = next((rule.__doc__ for rule in rules if rule.__name__ == reason), None)
    return " ".join((said or _WORDS.get(reason, "")).split())
