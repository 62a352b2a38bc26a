"""The draft of an answer: for which tickets there is one, and what it says.

A draft is a person's mail from the moment they send it, so it bears nothing that marks what we
write by ourselves: no Message-ID with our seal, no Auto-Submitted, nothing of the notices' page.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from mailresponder.mail.message import OutboundMessage
from mailresponder.policy import suppression, variables
from mailresponder.policy.desk import Desk, Drafts
from mailresponder.policy.notices import Sheet, TemplateSource
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.policy.variables import Original, Variables
from mailresponder.templating import Layout, Template, TemplateError, compile_layout

NEW = timedelta(days=7)
"""Older tickets get none: who turns drafts on finds no hundreds of them."""
_NOBODY_TO_WRITE_TO = frozenset(
    rule.__name__
    for rule in (
        suppression.no_correspondent,
        suppression.needs_smtputf8,
        suppression.unusable_address,
        suppression.looks_automatic,
        suppression.nobody_reads_answers,
        suppression.blocked_sender,
        suppression.marked_as_spam,
    )
)
"""Reasons against an acknowledgement that speak against any answer."""
_PAGE = """\
<!DOCTYPE html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<title>{{ subject }}</title>
<style>
blockquote { margin: 0 0 0 8px; border-left: 2px solid #b6bec8; padding-left: 10px; }
</style>
</head>
<body>
{{ content }}
</body>
</html>
"""


def is_wanted(ticket: Ticket, desk: Desk) -> bool:
    """Is a draft to be put into the Drafts folder for this ticket? One that turns angry later is
    as angry as any."""
    if desk.drafts is Drafts.NONE or (desk.drafts is Drafts.ANGRY and not ticket.angry):
        return False
    if ticket.state is not TicketState.OPEN or ticket.answered_at is not None:
        return False
    if ticket.spam or ticket.merged_into is not None or ticket.unreachable_at is not None:
        return False
    return bool(ticket.customer.email) and _NOBODY_TO_WRITE_TO.isdisjoint(ticket.suppressed_by)


def reply_draft(sheet: Sheet, ticket: Ticket, original: Original) -> OutboundMessage:
    """The draft of an answer to the customer's mail, in the customer's language, for a person to
    finish. Raises TemplateError."""
    given = variables.for_draft(ticket, original, desk=sheet.desk, now=sheet.now)
    return replace(
        written(sheet, given, language=ticket.language),
        to=ticket.customer,
        in_reply_to=original.message_id,
        references=original.references,
    )


def written(sheet: Sheet, given: Variables, *, language: str) -> OutboundMessage:
    """A draft of what `variables.for_draft` gives, outside any thread. Raises TemplateError."""
    plain = replace(sheet, templates=_Plain(templates=sheet.templates))
    draft = plain.write("reply_draft", given, languages=(language,))
    return replace(draft, auto_submitted=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plain:
    """The same templates on a page without looks, which a mail client opens as if it were its
    own."""

    templates: TemplateSource

    def template(self, name: str, language: str) -> Template:
        return self.templates.template(name, language)

    def layout(self) -> Layout:
        return _page()

    def fallback(self, error: TemplateError) -> "_Plain":
        return _Plain(templates=self.templates.fallback(error))


@cache
def _page() -> Layout:
    return compile_layout(_PAGE, name="draft.html")
