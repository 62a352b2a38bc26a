"""Is it safe to send a customer what staff wrote in reply to a notice?

One function per reason against it, named as it is recorded; the order of `REASONS` is that of
evaluation. Each looks at what it is given and knows no store. In doubt the answer is no: a reply
that comes back costs its writer a minute, one that should not have gone out cannot be taken back.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime

from mailresponder.mail import quoting
from mailresponder.mail.attachments import LOGO, PICTURE
from mailresponder.mail.automatic import is_no_reply
from mailresponder.mail.compose import takes_mail
from mailresponder.mail.marks import is_forward_subject
from mailresponder.mail.message import Address, File
from mailresponder.mail.text_part import TOO_LONG as CUT
from mailresponder.policy import among_staff, few_words, repeating
from mailresponder.policy.answer_case import Case, Past
from mailresponder.policy.commands import parse
from mailresponder.policy.identifiers import holds_own_id, references_in, subject_key
from mailresponder.policy.orders import Order
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import TicketState

__all__ = ["LONGEST", "REASONS", "Case", "Past", "Refusal", "refusal"]

LONGEST = 50_000
"""Characters that are passed on."""
_SEALED = re.compile(r"^-----BEGIN PGP ", re.MULTILINE)
_REACTION = "text/vnd.google.email-reaction"


def refusal(case: Case) -> Refusal | None:
    """Why this must not be sent: the first reason; None: it may."""
    return next((reason for rule in REASONS if (reason := rule(case)) is not None), None)


def merged(case: Case) -> Refusal | None:
    """The ticket's mail lies in another ticket now."""
    return Refusal.MERGED if case.ticket.merged_into else None


def spam(case: Case) -> Refusal | None:
    """Staff said that no customer wrote it."""
    return Refusal.SPAM if case.ticket.spam else None


def no_address(case: Case) -> Refusal | None:
    """There is no address of the customer that mail can be sent to (RFC 5321 §4.1.2, RFC 6532)."""
    customer = case.ticket.customer
    is_odd = case.desk.is_own(customer) or is_no_reply(customer) or not takes_mail(customer)
    return Refusal.NO_ADDRESS if is_odd else None


def unreachable(case: Case) -> Refusal | None:
    """Mail to the customer comes back."""
    return Refusal.UNREACHABLE if case.ticket.unreachable_at is not None else None


def forwarded(case: Case) -> Refusal | None:
    """A forward shows somebody a mail; it answers none."""
    is_one = case.reply.is_forward or is_forward_subject(case.message.subject)
    return Refusal.FORWARDED if is_one else None


def in_copy(case: Case) -> Refusal | None:
    """It went to people outside as well, or to who knows whom (Bcc): the customer may have it from
    them, in other words."""
    desk = case.desk
    people = case.message.recipients
    outside = not people or any(not (desk.is_own(a) or desk.is_staff(a)) for a in people)
    return Refusal.IN_COPY if outside else None


def to_colleagues(case: Case) -> Refusal | None:
    """It went to colleagues as well: "Ana, can you take this?" is not for the customer."""
    others = (a for a in case.message.recipients if a.key != case.by.key)
    return Refusal.TO_COLLEAGUES if any(case.desk.is_staff(a) for a in others) else None


def other_ticket(case: Case) -> Refusal | None:
    """The subject names another ticket than the notice does that is answered, or the notice was
    about a ticket of another mailbox."""
    ticket = case.ticket
    named = references_in(case.message.subject, case.desk.reference_prefix)
    is_elsewhere = ticket.mailbox != case.desk.mailbox
    return Refusal.OTHER_TICKET if is_elsewhere or set(named) - {ticket.reference} else None


def encrypted(case: Case) -> Refusal | None:
    """What is encrypted or signed (RFC 9580) is not what its writer sees."""
    return Refusal.ENCRYPTED if _SEALED.search(case.message.text) else None


def incomplete(case: Case) -> Refusal | None:
    """Part of the text could not be read."""
    message = case.message
    is_cut = CUT in message.notes or "\ufffd" in case.text
    borrowed = message.attached is not None and not case.reply.text.strip()
    return Refusal.INCOMPLETE if message.unreadable or is_cut or borrowed else None


def within_quote(case: Case) -> Refusal | None:
    """Words stand between or below the lines of the quote: without those they mean nothing. Where
    a quote has no marks, as Outlook's, only the words above may say so."""
    points_there = case.reply.is_quoting and few_words.points_below(case.reply.text, case.by)
    return Refusal.WITHIN_QUOTE if points_there or case.reply.below.strip() else None


def automatic(case: Case) -> Refusal | None:
    """A program wrote it: a reaction to the notice, the wish to recall a mail, or an absence in a
    language that we do not know: it quotes nothing, and its subject says more than a reply's."""
    message = case.message
    marked = any(part.content_type.startswith(_REACTION) for part in message.attachments)
    worded = few_words.is_reaction(case.text) or few_words.is_recall(message.subject)
    prefix = case.desk.reference_prefix
    key = subject_key(message.subject, prefix)
    noticed = {subject_key(notice.partition("\n")[0], prefix) for notice in case.past.notices}
    prefixed = any(key != one and key.endswith(one) for one in noticed if one)
    is_one = marked or worded or (prefixed and not case.reply.is_quoting)
    return Refusal.AUTOMATIC if is_one else None


def empty(case: Case) -> Refusal | None:
    """There is no word of text, or none but that of a file, which mail programs show like text."""
    said = _words(case.text)
    texts = (f for f in case.enclosed.files if f.content_type.startswith("text/"))
    borrowed = any(_words(_decoded(file))[: len(said)] == said for file in texts)
    return Refusal.EMPTY if borrowed or not said else None


def only_signature(case: Case) -> Refusal | None:
    """There is nothing but a greeting, a name and how to reach its owner."""
    is_one = not case.words.strip() or few_words.is_signature(case.words, case.by)
    return Refusal.ONLY_SIGNATURE if is_one else None


def meant_for_us(case: Case) -> Refusal | None:
    """ "OK, I'll take it" tells us or a colleague something, and `close` forgot its `#`. What
    answers the report of commands is likely to be about them, and what answers a colleague's mail
    is for that colleague, unless it greets somebody."""
    to_other = case.past.noticed_by == "command_report" or case.past.to_colleague
    is_one = to_other and not few_words.greets(case.words)
    is_one = is_one or few_words.is_meant_for_us(case.words, case.by) or _among_staff(case)
    return Refusal.MEANT_FOR_US if is_one else None


def below_note(case: Case) -> Refusal | None:
    """It stands below a note: many mail programs put a blank line between any two, so only a
    greeting says that the note has ended."""
    orders = parse(case.reply.text).commands
    is_below = bool(orders) and orders[-1].order is Order.NOTE
    return Refusal.BELOW_NOTE if is_below and not few_words.greets(case.words) else None


def too_long(case: Case) -> Refusal | None:
    """It is longer than anybody writes."""
    return Refusal.TOO_LONG if len(case.text) > LONGEST else None


def attachments(case: Case) -> Refusal | None:
    """A file cannot be passed on, and half of an answer is none."""
    obstacle = case.enclosed.obstacle
    return None if obstacle is None else Refusal(obstacle.value)


def picture_in_text(case: Case) -> Refusal | None:
    """A picture stands within the text, above any signature: it would be missing there. A small one
    at either end of the text is a company's."""
    lines = case.enclosed.pictured.split("\n")
    for end in (0, -1):
        while lines and not lines[end].replace(LOGO, "").strip():
            del lines[end]
    text = "\n".join(few_words.above_signature("\n".join(lines), case.by))
    return Refusal.PICTURE_IN_TEXT if LOGO in text or PICTURE in text else None


def own_id(case: Case) -> Refusal | None:
    """A Message-ID or a reply token of ours stands in it: it would prove its reader to be staff."""
    separator = case.desk.subaddress
    folded = case.text.casefold()
    heads = (f"{own.rpartition('@')[0]}{separator}" for own in case.desk.addresses)
    token = separator and any(f"{head}{_token_start(case)}" in folded for head in heads)
    return Refusal.OWN_ID if token or holds_own_id(case.text) else None


def other_reference(case: Case) -> Refusal | None:
    """A ticket's reference stands in it that is none of the customer's."""
    named = set(references_in(case.text, case.desk.reference_prefix))
    theirs = {case.ticket.reference} | case.past.references
    return Refusal.OTHER_REFERENCE if named - theirs else None


def quotes_note(case: Case) -> Refusal | None:
    """Words of an internal note stand in it."""
    past = case.past
    is_one = repeating.repeats(case.text, secret=past.notes, known=past.known)
    return Refusal.QUOTES_NOTE if is_one else None


def quotes_notice(case: Case) -> Refusal | None:
    """Words of a notice of ours to staff stand in it, as an undetected quote would."""
    past = case.past
    open_ = (*past.known, *past.returned)
    return Refusal.QUOTES_NOTICE if _repeats(case, past.notices, open_) else None


def quotes_staff(case: Case) -> Refusal | None:
    """Words that staff wrote to each other stand in it."""
    past = case.past
    return Refusal.QUOTES_STAFF if _repeats(case, past.among_staff, past.known) else None


def sent_before(case: Case) -> Refusal | None:
    """The very same was passed on already: a mail program sent it twice."""
    said = _words(case.words)
    was = any(_words(quoting.reply(text).words) == said for text in case.past.relayed)
    return Refusal.SENT_BEFORE if was else None


def answered_since(case: Case) -> Refusal | None:
    """A colleague answered after the notice was written: two answers may contradict each other."""
    return Refusal.ANSWERED_SINCE if _is_since(case, case.past.answered_at) else None


def closed_since(case: Case) -> Refusal | None:
    """The ticket was closed after the notice was written: somebody settled it in another way."""
    is_closed = case.ticket.state is TicketState.CLOSED
    return Refusal.CLOSED_SINCE if is_closed and _is_since(case, case.past.closed_at) else None


REASONS: tuple[Callable[[Case], Refusal | None], ...] = (
    merged,
    spam,
    no_address,
    unreachable,
    forwarded,
    in_copy,
    to_colleagues,
    other_ticket,
    encrypted,
    incomplete,
    automatic,
    within_quote,
    empty,
    too_long,
    only_signature,
    attachments,
    picture_in_text,
    own_id,
    other_reference,
    quotes_note,
    quotes_notice,
    quotes_staff,
    meant_for_us,
    below_note,
    sent_before,
    answered_since,
    closed_since,
)


def _among_staff(case: Case) -> bool:
    people = {*case.desk.people, *case.past.staff, case.ticket.assigned_to or ""}
    return among_staff.is_among_staff(
        case.words,
        case.by,
        colleagues=among_staff.names([Address(email=one) for one in people]),
        customer=among_staff.names([case.ticket.customer]),
    )


def _is_since(case: Case, at: datetime | None) -> bool:
    noticed = case.past.noticed_at
    return at is not None and (noticed is None or at > noticed)


def _repeats(case: Case, secret: Iterable[str], open_: Iterable[str]) -> bool:
    """A writer's own signature stands in their internal mail as well and gives nothing away."""
    below = case.text.removeprefix(case.words) if case.text.startswith(case.words) else case.text
    said = repeating.without_common_end(case.words, case.past.of_writer)
    return repeating.repeats(f"{said}\n{below}", secret=secret, known=open_)


def _token_start(case: Case) -> str:
    return f"{case.desk.reference_prefix.casefold()}-"


def _decoded(file: File) -> str:
    return file.content[: 2 * LONGEST].decode(file.charset or "utf-8", "replace")


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
