"""What a template makes of a ticket, shown before anybody gets it: an invented ticket of `samples`
or a real one.

The functions that write a notice in earnest write it here too. Nothing is stored, queued or sent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from mailresponder.config import Config
from mailresponder.errors import MailresponderError
from mailresponder.jobs import acts, escalation, known_problems, story
from mailresponder.jobs.step import words_of
from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy import drafts, escalating, notices
from mailresponder.policy.desk import Desk
from mailresponder.policy.languages import to_acknowledge_in
from mailresponder.policy.notices import Original, Sheet, TemplateSource
from mailresponder.policy.samples import NOW, ORDINARY, samples
from mailresponder.policy.ticket import Ticket
from mailresponder.policy.variables import Variables
from mailresponder.store import messages, tickets
from mailresponder.store.template_places import known
from mailresponder.templating import EachLanguage, Layout, Template, TemplateError

ACKNOWLEDGEMENTS = ("acknowledgement", "acknowledgement_angry")
"""Written in every language of the desk where the customer's is a guess."""
ABOUT_A_TICKET = (
    *ACKNOWLEDGEMENTS,
    *("follow_up", "closing_question", "fixed", "escalation", "unreachable", "reply_draft"),
)
"""What `preview_ticket` can show, as all there is to know for it stands in the ticket; only the
defect that `fixed` tells of is invented."""

_TO_CUSTOMERS = (*ACKNOWLEDGEMENTS, "follow_up", "closing_question", "fixed", "reply_draft")
_UNSENT = "<preview@localhost>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A mail as its reader would get it."""

    name: str
    """The notice, one of `notices.NAMES`."""
    mailbox: str
    """Whose mail it is."""
    languages: tuple[str, ...]
    """What it is written in, from top to bottom."""
    from_: Address
    to: Address
    subject: str
    text: str
    html: str
    """A whole document, for a frame of its own."""


def cases(name: str) -> tuple[str, ...]:
    """The invented tickets there are for a notice, the ordinary one first. Raises
    MailresponderError for an unknown name."""
    known(name)
    return tuple(samples(name, "en"))


def preview(
    desk: Desk,
    templates: TemplateSource,
    name: str,
    language: str,
    *,
    case: str = ORDINARY,
    unsure: bool = False,
) -> Preview:
    """What a notice says of an invented ticket.

    Args:
        desk: Whose notice it is.
        templates: A `TemplateFolder.of(mailbox)`, or one with a text that is being tried.
        name: One of `notices.NAMES`.
        language: What it is written in.
        case: One of `cases(name)`.
        unsure: The customer's language is a guess; counts for `ACKNOWLEDGEMENTS` alone.

    Raises TemplateError where the template fails: its stand-in is not shown. Raises
    MailresponderError for an unknown name or case.
    """
    known(name)
    invented = samples(name, language, desk)
    if case not in invented:
        raise MailresponderError(
            f"there is no such case of {name}", mend=f"there are {', '.join(map(repr, invented))}"
        )
    given = invented[case]
    guessed = unsure and name in ACKNOWLEDGEMENTS
    spoken = tuple(dict.fromkeys([language, *(desk.languages if guessed else ())]))
    sheet = _sheet(desk, templates, to=_invented_reader(name, given, desk), now=NOW)
    if name == "reply_draft":
        return _shown(name, desk, spoken, drafts.written(sheet, given, language=language))
    return _shown(name, desk, spoken, sheet.write(name, given, languages=spoken))


def preview_ticket(
    conn: Connection,
    config: Config,
    templates: Callable[[str], TemplateSource],
    name: str,
    reference: str,
    *,
    now: datetime,
    language: str | None = None,
) -> Preview:
    """A notice as it would be written now about a real ticket, whether or not it is due.

    Args:
        conn: A connection of the store; nothing is written.
        config: The desk's.
        templates: Gives those of a mailbox, as `TemplateFolder.of`.
        name: One of `ABOUT_A_TICKET`.
        reference: The ticket's, as `MR-7F3K2`.
        now: The moment at which it is written.
        language: Instead of the one in which it would be written.

    Raises TemplateError as `preview` does, and MailresponderError for a ticket there is none of and
    for a notice that is not about one ticket.
    """
    known(name)
    ticket = acts.named(conn, reference)
    desk = config.desk_for(ticket.mailbox)
    if language is not None:
        ticket = replace(ticket, language=language)
        desk = replace(desk, languages=tuple(dict.fromkeys([language, *desk.languages])))
    if name in ACKNOWLEDGEMENTS:
        ticket = replace(ticket, angry=name != ACKNOWLEDGEMENTS[0])
        spoken = to_acknowledge_in(ticket, desk.languages)
    else:
        spoken = (ticket.language,) if name in _TO_CUSTOMERS else desk.languages[:1]
    sheet = _sheet(desk, templates(ticket.mailbox), to=ticket.customer, now=now)
    return _shown(name, desk, spoken, _written(conn, config, sheet, name, ticket))


def _written(
    conn: Connection, config: Config, sheet: Sheet, name: str, ticket: Ticket
) -> OutboundMessage:
    desk = sheet.desk
    match name:
        case "acknowledgement" | "acknowledgement_angry":
            original, quote = _mail_of(conn, ticket, first=True)
            known = known_problems.told_of(conn, config, ticket, original, now=sheet.now)
            return notices.acknowledgement(
                sheet,
                ticket,
                original,
                quote=quote,
                known_problem=known.sentence if known else None,
            )
        case "follow_up":
            original, quote = _mail_of(conn, ticket, first=False)
            return notices.follow_up(sheet, ticket, original, quote=quote)
        case "closing_question":
            return notices.closing_question(sheet, ticket, story.last_answer(conn, ticket))
        case "fixed":
            original, _ = _mail_of(conn, ticket, first=True)
            told = samples(name, ticket.language)[ORDINARY]
            defect, words = (cast("EachLanguage", told[given]) for given in ("defect", "words"))
            return notices.fixed(sheet, ticket, original, defect=defect, words=words)
        case "reply_draft":
            return drafts.reply_draft(sheet, ticket, story.original_of(conn, ticket))
        case "escalation":
            due = escalating.due(ticket, now=sheet.now, desk=desk)
            people = due.people if due else escalating.whom_instead(ticket, desk)
            sheet = replace(sheet, to=_reader(people, desk))
            return escalation.notice_of(conn, sheet, due.ticket if due else ticket)
        case "unreachable":
            first = desk.ladder_for(angry=ticket.angry)[:1]
            sheet = replace(sheet, to=_reader(escalating.whom_to_tell(ticket, first, desk), desk))
            return notices.unreachable(sheet, ticket, story.history_of(conn, ticket))
        case _:
            raise MailresponderError(
                f"{name} cannot be previewed with a ticket: it is not about one as it stands",
                mend=f"with a ticket there are {', '.join(ABOUT_A_TICKET)}",
            )


def _mail_of(conn: Connection, ticket: Ticket, *, first: bool) -> tuple[Original, bool]:
    """The mail that opened the ticket, or the latest that came, and whether it may be quoted."""
    came = [
        message
        for message in messages.of_ticket(conn, ticket.id)
        if message.direction == "in" and message.outcome in story.FROM_CUSTOMERS
    ]
    if not came:
        return story.original_of(conn, ticket), False
    at = 0 if first else -1
    judged = [
        event
        for event in tickets.events(conn, ticket.id)
        if event.what in (story.JUDGED, story.FORWARDED)
    ]
    proven = bool(judged) and judged[at].why.startswith(story.PROVEN)
    mail = came[at]
    original = Original(
        message_id=mail.message_id, references=mail.references, new_text=words_of(mail.new_text)
    )
    return original, proven and mail.from_.casefold() == ticket.customer.key


def _sheet(desk: Desk, templates: TemplateSource, *, to: Address, now: datetime) -> Sheet:
    tried = _AsTheyAre(templates=templates)
    return Sheet(desk=desk, templates=tried, to=to, message_id=_UNSENT, now=now)


def _invented_reader(name: str, given: Variables, desk: Desk) -> Address:
    if name in _TO_CUSTOMERS:
        who = str(given["customer_name"])
        return Address(email=str(given["customer_address"]), name=who)
    people = (to for step in desk.ladder for to in step.to)
    return _reader(() if name == "test" else tuple(people), desk)


def _reader(people: tuple[str, ...], desk: Desk) -> Address:
    """The first of several readers; the desk itself where there is nobody."""
    return Address(email=people[0] if people else desk.address.email)


def _shown(name: str, desk: Desk, languages: tuple[str, ...], mail: OutboundMessage) -> Preview:
    return Preview(
        name=name,
        mailbox=desk.mailbox,
        languages=languages,
        from_=mail.from_,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _AsTheyAre:
    """The same templates without stand-ins for those that fail: a preview is to show what is
    wrong."""

    templates: TemplateSource

    def template(self, name: str, language: str) -> Template:
        return self.templates.template(name, language)

    def layout(self) -> Layout:
        return self.templates.layout()

    def fallback(self, error: TemplateError) -> "_AsTheyAre":
        raise error
