"""Every mail we write by ourselves: a ticket and a template become an OutboundMessage.

Here is decided which template, in which language, to whom and in which thread; the words are the
templates'. Nothing is sent here and no file is read.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol, Self

from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy import digest_variables, staff_variables, variables
from mailresponder.policy.command_report import Report, for_report
from mailresponder.policy.desk import Desk
from mailresponder.policy.digest import Digest
from mailresponder.policy.languages import to_acknowledge_in
from mailresponder.policy.staff_variables import History, Said
from mailresponder.policy.ticket import OtherTickets, Ticket
from mailresponder.policy.variables import Original, Variables
from mailresponder.templating import (
    EachLanguage,
    Layout,
    Part,
    Rendered,
    Template,
    TemplateError,
    render_together,
)

__all__ = [
    "NAMES",
    "History",
    "Original",
    "Said",
    "Sheet",
    "TemplateSource",
    "acknowledgement",
    "admin",
    "answers_unseen",
    "closing_question",
    "command_report",
    "digest",
    "escalation",
    "escalation_list",
    "fixed",
    "follow_up",
    "not_sent",
    "test_mail",
    "unreachable",
]

NAMES = (
    "acknowledgement",
    "acknowledgement_angry",
    "follow_up",
    "closing_question",
    "fixed",
    "escalation",
    "escalation_list",
    "not_sent",
    "not_sent_to_anyone",
    "unreachable",
    "command_report",
    "digest",
    "reply_draft",
    "answers_unseen",
    "admin",
    "test",
)
"""Every template there is."""

_REPLIED = "auto-replied"
_GENERATED = "auto-generated"
_REPEATED_PREFIX = re.compile(r"^(?:re\s*:\s*)+(?=re\s*:)", re.IGNORECASE)


class TemplateSource(Protocol):
    """Where templates come from."""

    def template(self, name: str, language: str) -> Template:
        """The template of one of `NAMES`, in this language or else in English."""

    def layout(self) -> Layout:
        """The page around every notice."""

    def fallback(self, error: TemplateError) -> Self:
        """Other templates for a mail on which these failed; raises `error` where there are none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """What a notice is written on: all that is the same whatever it says."""

    desk: Desk
    templates: TemplateSource
    to: Address
    message_id: str
    """With its angle brackets; made by `identifiers.Signer`."""
    now: datetime

    def write(
        self, name: str, given: Variables, *, languages: Sequence[str] = ()
    ) -> OutboundMessage:
        """Fill a template in; staff read the desk's first language. What is about a ticket has its
        reference in the subject, once, whatever the template says.

        Several `languages`: one below the other, the first one's subject.
        """
        spoken = languages or self.desk.languages[:1]
        try:
            rendered = self._fill(self.templates, name, given, spoken)
        except TemplateError as error:
            rendered = self._fill(self.templates.fallback(error), name, given, spoken)
        subject, reference = rendered.subject, given.get("reference")
        if reference:
            subject = _marked(subject, f"[{reference}]")
        return OutboundMessage(
            message_id=self.message_id,
            date=self.now,
            from_=self.desk.address,
            to=self.to,
            subject=_REPEATED_PREFIX.sub("", subject),
            text=rendered.text,
            html=rendered.html,
            auto_submitted=_GENERATED,
        )

    def _fill(
        self, templates: TemplateSource, name: str, given: Variables, languages: Sequence[str]
    ) -> Rendered:
        parts = in_languages(templates, name, given, languages)
        timezone = self.desk.deadlines.hours.timezone
        return render_together(parts, layout=templates.layout(), timezone=timezone)


def in_languages(
    templates: TemplateSource, name: str, given: Variables, languages: Sequence[str]
) -> list[Part]:
    """A template in each of these languages, for one mail. What the customer wrote is quoted in
    the first only, and what two languages have in common, for want of the second one's, stands
    there once."""
    parts: list[Part] = []
    for language in languages:
        template = templates.template(name, language)
        if all(part.template is not template for part in parts):
            parts.append(Part(template=template, language=language, variables=given))
            given = {**given, "excerpt": None}
    return parts


def acknowledgement(
    sheet: Sheet,
    ticket: Ticket,
    original: Original,
    *,
    quote: bool,
    known_problem: EachLanguage | None = None,
) -> OutboundMessage:
    """Tell a customer that their mail arrived and by when a person answers; in all of the desk's
    languages where theirs is a guess.

    `quote`: their words may be in it, because their mail proved to be theirs. `known_problem`: what
    the desk says of the defect they complain of. Names no time that has passed. Raises
    TemplateError, as all of these do.
    """
    name = "acknowledgement_angry" if ticket.angry else "acknowledgement"
    spoken = to_acknowledge_in(ticket, sheet.desk.languages)
    given = variables.for_acknowledgement(
        ticket,
        original,
        desk=sheet.desk,
        now=sheet.now,
        quote=quote,
        known_problem=known_problem,
    )
    return _answering(original, sheet.write(name, given, languages=spoken))


def follow_up(sheet: Sheet, ticket: Ticket, original: Original, *, quote: bool) -> OutboundMessage:
    """Tell a customer that a further mail was put with the first. As `acknowledgement`."""
    given = variables.for_customer(ticket, original, desk=sheet.desk, now=sheet.now, quote=quote)
    return _answering(original, sheet.write("follow_up", given, languages=(ticket.language,)))


def closing_question(sheet: Sheet, ticket: Ticket, original: Original) -> OutboundMessage:
    """Ask a customer whether it is solved; `original` is the last answer they had."""
    given = variables.for_closing_question(ticket, desk=sheet.desk, now=sheet.now)
    notice = sheet.write("closing_question", given, languages=(ticket.language,))
    return _threaded(original, notice)


def fixed(
    sheet: Sheet,
    ticket: Ticket,
    original: Original,
    *,
    defect: str | EachLanguage,
    words: str | EachLanguage,
) -> OutboundMessage:
    """Tell a customer who complained that it is mended; `original` is the mail they complained in.

    `defect` names what was wrong and `words` are the desk's own sentences about it, a `str` for
    customers of every language; either may be empty.
    """
    given = variables.for_fixed(ticket, defect=defect, words=words, desk=sheet.desk, now=sheet.now)
    notice = sheet.write("fixed", given, languages=(ticket.language,))
    return _threaded(original, notice)


def escalation(
    sheet: Sheet,
    ticket: Ticket,
    original: Original,
    history: Sequence[History],
    *,
    others: OtherTickets = OtherTickets(),  # noqa: B008 - frozen
    warning: bool = False,
    assigned_by: str | None = None,
) -> OutboundMessage:
    """Tell somebody that nobody has answered, and how they can.

    Args:
        sheet: What it is written on.
        ticket: It counts this step already.
        original: The customer's mail that waits.
        history: What was said, oldest first.
        others: The customer's other tickets.
        warning: The deadline is still ahead.
        assigned_by: Who gave the ticket to the reader; None: it is told for another reason.
    """
    given = staff_variables.for_escalation(
        ticket,
        original,
        desk=sheet.desk,
        now=sheet.now,
        history=history,
        others=others,
        warning=warning,
        assigned_by=assigned_by,
    )
    return _threaded(original, sheet.write("escalation", given))


def escalation_list(sheet: Sheet, tickets: Sequence[Ticket]) -> OutboundMessage:
    """Tell somebody of several unanswered tickets at once."""
    given = staff_variables.for_list(tickets, desk=sheet.desk, now=sheet.now)
    return sheet.write("escalation_list", given)


def not_sent(
    sheet: Sheet, ticket: Ticket | None, original: Original, *, reason: str = ""
) -> OutboundMessage:
    """Return a staff reply, `original`, that no customer will see; `ticket` is None where it
    answered a notice that was not about one customer. `reason` is one of `relaying.Refusal`."""
    desk, now = sheet.desk, sheet.now
    if ticket is None:
        given = variables.for_not_sent_to_anyone(original, desk=desk, now=now)
        return _answering(original, sheet.write("not_sent_to_anyone", given))
    given = variables.for_not_sent(ticket, original, reason=reason, desk=desk, now=now)
    return _answering(original, sheet.write("not_sent", given))


def command_report(
    sheet: Sheet, ticket: Ticket | None, original: Original, report: Report
) -> OutboundMessage:
    """Tell staff what came of their commands; `original` is the mail that held them."""
    given = for_report(report, ticket, desk=sheet.desk, now=sheet.now)
    return _answering(original, sheet.write("command_report", given))


def unreachable(sheet: Sheet, ticket: Ticket, history: Sequence[History]) -> OutboundMessage:
    """Tell staff that mail to a customer comes back; `history` is oldest first."""
    given = staff_variables.for_unreachable(ticket, desk=sheet.desk, now=sheet.now, history=history)
    return sheet.write("unreachable", given)


def digest(sheet: Sheet, told: Digest, *, desk_of: Callable[[str], Desk]) -> OutboundMessage:
    """Tell somebody in the morning how the desk stands; `desk_of` gives the desk as a mailbox
    sees it."""
    given = digest_variables.for_digest(told, desk=sheet.desk, desk_of=desk_of, now=sheet.now)
    return sheet.write("digest", given)


def answers_unseen(sheet: Sheet, by: str) -> OutboundMessage:
    """Tell staff, or an admin, how to make answers visible; `by`: whose was not seen, or empty."""
    return sheet.write(
        "answers_unseen", variables.for_answers_unseen(by, desk=sheet.desk, now=sheet.now)
    )


def admin(
    sheet: Sheet, event: str, detail: str = "", *, mailbox: str | None = None
) -> OutboundMessage:
    """Tell an admin that something broke or is well again. `mailbox`: the one it is about, where
    that is not the sheet's.

    `event` is a short name in snake_case; one the template has no words for is told as it is.
    `detail` is a sentence without customer text.
    """
    given = variables.for_admin(
        event, detail, mailbox=mailbox or sheet.desk.mailbox, desk=sheet.desk, now=sheet.now
    )
    return sheet.write("admin", given)


def test_mail(sheet: Sheet, *, reply: bool) -> OutboundMessage:
    """A mail that proves that sending works; `reply`: somebody is to reply to it."""
    given = variables.for_test(reply=reply, desk=sheet.desk, now=sheet.now)
    return sheet.write("test", given)


def _marked(subject: str, mark: str) -> str:
    """The subject with a ticket's reference in its brackets, once."""
    before, found, after = subject.partition(mark)
    if not found:
        return f"{subject} {mark}"
    if mark in after:
        after = " ".join(after.replace(mark, " ").split())
        return f"{before}{mark} {after}".strip()
    return subject


def _answering(original: Original, notice: OutboundMessage) -> OutboundMessage:
    """The notice as an automatic reply to the original (RFC 3834 §3)."""
    return _threaded(original, notice, auto_submitted=_REPLIED)


def _threaded(original: Original, notice: OutboundMessage, **changes: Any) -> OutboundMessage:
    """The notice in the original's thread (RFC 5322 §3.6.4)."""
    return replace(
        notice, in_reply_to=original.message_id, references=original.references, **changes
    )
