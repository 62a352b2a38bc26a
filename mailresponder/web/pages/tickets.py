"""The page `/tickets/MR-7F3K2`: one ticket with its story, and what staff can do to it. Nothing is
answered here: a link opens that in the mail program."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from mailresponder.errors import MailresponderError
from mailresponder.jobs.acts import Impossible
from mailresponder.jobs.handling import DEEDS, Changed, handle
from mailresponder.jobs.timeline import Entry, Part, Timeline, timeline
from mailresponder.jobs.work import Work
from mailresponder.mail.addresses import usable
from mailresponder.mail.compose import takes_mail
from mailresponder.mail.senders import is_no_reply
from mailresponder.policy import arguments, bands, variables
from mailresponder.policy.defects import DefectState, LinkState
from mailresponder.policy.orders import MAX_NAME, MAX_NOTE, Command, Fault, Mistake, Obstacle, Order
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.printable import clean, how_long
from mailresponder.store import defects, searching
from mailresponder.web import meanings, telling
from mailresponder.web.asking import Asked, Role
from mailresponder.web.routing import route
from mailresponder.web.site import Site, go

SNOOZES = ("2h", "4h", "1d", "monday", "1w")
"""What is offered, as `#snooze` takes it."""

_OPEN_LINES = 30
_OPEN_LETTERS = 2_500
"""Of a mail, so much is shown at once."""
_MOST_LETTERS = 100_000
"""And so much when it is unfolded."""
_MOST_UNFOLDED = 1_000_000
"""Of all mails together: a hostile sender may write hundreds of long ones."""
_MOST_ENTRIES = 500
"""Of a story, so many of the newest are shown: a loop may have written thousands."""


class _Gone(MailresponderError):  # noqa: N818 - nobody made a mistake
    """The ticket's mailbox is no longer in the configuration."""


def show(site: Site, asked: Asked) -> Response:
    """The ticket of a reference."""
    return _page(site, asked)


def act(site: Site, asked: Asked) -> Response:
    """Do what a button of the page stands for, unless the ticket has changed since."""
    w = asked.words
    order = next((one for one in DEEDS if one.value == asked.form.get("do")), None)
    if order is None:
        return site.refuse(asked, 400, w("ticket.no_such_deed"))
    command = _command(order, asked.form)
    if isinstance(command, Mistake):
        return _page(site, asked, status=400, problem=w(f"ticket.fault_{command.fault}"))
    try:
        done = handle(
            site.app.store,
            asked.path["reference"],
            command,
            seen=asked.form.get("seen", ""),
            work_of=lambda mailbox: _work_of(site, mailbox),
            writer=usable(asked.visitor.name),
            now=asked.now,
            by=asked.by,
        )
    except _Gone:
        return _page(site, asked, status=409, problem=w("ticket.no_mailbox"))
    except Changed:
        return _page(site, asked, status=409, problem=w("ticket.changed"))
    except Impossible as error:
        if error.obstacle is Obstacle.UNKNOWN:
            return _unknown(site, asked)
        problem = w(f"ticket.obstacle_{error.obstacle}")
        return _page(site, asked, status=409, problem=problem)
    did = f"ticket_{order.value}" if done.changed else "nothing"
    return go(f"/tickets/{done.ticket.reference}", done=did)


def _command(order: Order, form: Mapping[str, str]) -> Command | Mistake:
    """What a form orders, read as it would be from a mail."""
    match order:
        case Order.SNOOZE:
            # A day that is named counts before one of the choices, one of which is always there.
            [read, *_] = arguments.read("snooze", form.get("day") or form.get("for", ""))
            return read
        case Order.ASSIGN:
            [read, *_] = arguments.read("assign", form.get("to", ""))
            return read
        case Order.NOTE:
            text = clean(form.get("text", "")).strip()
            fault = Fault.NO_TEXT if not text else Fault.TOO_LONG
            if not 0 < len(text) <= MAX_NOTE:
                return Mistake(fault=fault, written="")
            return Command(order=order, written="", text=text)
        case Order.DEFECT | Order.NEW_DEFECT:
            [read, *_] = arguments.read(order.value, form.get("defect", ""))
            return read
        case _:
            return Command(order=order, written="")


def _work_of(site: Site, mailbox: str) -> Work:
    runner = site.app.mailboxes.get(mailbox)
    if runner is None:
        raise _Gone(f"the mailbox {mailbox} is no longer in the configuration")
    return runner.work


def _unknown(site: Site, asked: Asked) -> Response:
    return site.refuse(asked, 404, asked.words("ticket.unknown_reference"))


def _page(site: Site, asked: Asked, *, status: int = 200, problem: str = "") -> Response:
    reference = asked.path["reference"].upper()
    with site.app.store.read() as conn:
        found = timeline(conn, reference)
        people = searching.assignees(conn)
        complains = defects.of_ticket(conn, found.ticket.id) if found is not None else []
        named = [one.name for one in defects.all_defects(conn, DefectState.OPEN)]
    if found is None:
        return _unknown(site, asked)
    ticket, w = found.ticket, asked.words
    runner = site.app.mailboxes.get(ticket.mailbox)
    desk = runner.work.desk if runner is not None else None
    me = usable(asked.visitor.name)
    can_act = asked.visitor.role >= Role.ADMIN and desk is not None and not ticket.merged_into
    return site.show(
        asked,
        "ticket.html.j2",
        status=status,
        problem=problem,
        ticket=ticket,
        story=found,
        entries=_all_shown(found.entries[-_MOST_ENTRIES:], asked),
        earlier=max(0, len(found.entries) - _MOST_ENTRIES),
        band=bands.of_ticket(ticket).band.value,
        because=[words for words, _ in ticket.because],
        is_late=ticket.due_at is not None and ticket.due_at <= asked.now,
        span=how_long(ticket.due_at - asked.now) if ticket.due_at is not None else "",
        is_snoozed=ticket.snoozed_until is not None and ticket.snoozed_until > asked.now,
        untold=searching.is_untold(ticket),
        acknowledgement_failed=any(
            row.kind == "acknowledgement" and row.state == "failed" for row in found.unsent
        ),
        silent=[(name, meanings.reason(w, name)) for name in ticket.suppressed_by],
        language_name=telling.language(w, ticket.language),
        zone=site.app.config.zone_of(ticket.mailbox),
        has_mailboxes=len(site.app.config.mailboxes) > 1,
        answer=_answer_link(found, site) if desk is not None else "",
        copy_counts=desk is not None and bool(desk.staff.trusted_authserv_id),
        address=desk.address.email if desk is not None else "",
        can_act=can_act,
        is_gone=desk is None,
        now=asked.now,
        orders=_offered(ticket) if can_act else (),
        snoozes=SNOOZES,
        me=me.key if me is not None and desk is not None and desk.is_staff(me) else "",
        people=sorted({*people, *desk.people}) if desk is not None else [],
        typed=asked.form,
        most=MAX_NOTE,
        most_name=MAX_NAME,
        complains=[(one, link.state is LinkState.LINKED) for one, link in complains],
        defects=sorted(set(named) - {one.name for one, _ in complains}, key=str.casefold),
        meanings=meanings,
    )


def _offered(ticket: Ticket) -> Sequence[Order]:
    """What can be done to a ticket as it stands, beside what always can."""
    offered: list[Order] = []
    if ticket.state is TicketState.OPEN:
        offered += [Order.ANSWERED, Order.WAIT, Order.SNOOZE]
    if ticket.state is not TicketState.CLOSED:
        offered += [Order.CLOSE, Order.ASSIGN]
    # Who was judged can be judged otherwise; who was not, also as it was heard, to learn from.
    judged = ticket.judged_by is not None
    offered += [Order.ANGRY] if not (judged and ticket.angry) else []
    offered += [Order.NOT_ANGRY] if not (judged and not ticket.angry) else []
    return [*offered, Order.NOT_SPAM if ticket.spam else Order.SPAM]


def _answer_link(found: Timeline, site: Site) -> str:
    """Opens an answer to the customer, with us in copy; empty where none would reach them."""
    ticket = found.ticket
    if not takes_mail(ticket.customer) or is_no_reply(ticket.customer):
        return ""
    if ticket.merged_into or ticket.spam:
        return ""
    desk = site.app.mailboxes[ticket.mailbox].work.desk
    return str(variables.mailto(ticket, desk, answering=found.original.message_id))


def _all_shown(entries: Sequence[Entry], asked: Asked) -> list[dict[str, object]]:
    """The entries as the template needs them; where there is too much, the newest whole."""
    shown, room = [], _MOST_UNFOLDED
    for entry in reversed(entries):
        one = _shown(entry, asked, room=min(room, _MOST_LETTERS))
        room = max(0, room - len(str(one.get("rest", ""))))
        shown.append(one)
    return shown[::-1]


def _shown(entry: Entry, asked: Asked, *, room: int) -> dict[str, object]:
    """An entry as the template needs it; `room`: letters that may be unfolded."""
    w, message, row = asked.words, entry.message, entry.sending
    if message is None:
        [first, *_] = entry.events
        return {
            "part": entry.part.value,
            "who": entry.who,
            "at": first.at,
            "text": first.why if entry.part is Part.NOTE else "",
            "events": [(event, telling.told(w, event)) for event in entry.events],
        }
    head, rest, cut = _folded(message.new_text, room)
    machine = entry.part in (Part.MACHINE, Part.INTERNAL)
    return {
        "part": entry.part.value,
        "who": entry.who or w("ticket.unknown"),
        "to": message.to,
        "at": message.at,
        "head": head,
        "rest": rest,
        "cut": cut,
        "title": _title(entry, asked),
        "is_folded": machine or entry.part is Part.OURS,
        "band": entry.heat.band.value if entry.heat is not None else "calm",
        "because": [words for words, _ in message.because] if message.angry else [],
        "judged": message.judged,
        "reasons": [(name, meanings.reason(w, name)) for name in message.reasons],
        "subject": message.subject,
        "sending": row if row is not None and row.state != "sent" else None,
    }


def _title(entry: Entry, asked: Asked) -> str:
    """What a mail is, beside who wrote it."""
    w, message = asked.words, entry.message
    if message is None or entry.part in (Part.CUSTOMER, Part.OTHER, Part.STAFF):
        return ""
    if entry.part is Part.OURS:
        kind = message.outgoing_kind or message.kind
        name = entry.sending.name if entry.sending is not None else kind
        return telling.capital(meanings.mail_kind(w, name))
    if entry.part is Part.INTERNAL:
        return telling.capital(w.get(f"reasons.outcome_{message.outcome}") or message.outcome.value)
    return telling.capital(w.get(f"reasons.kind_{message.kind}") or message.kind)


def _folded(text: str, room: int) -> tuple[str, str, bool]:
    """The beginning of a text, so many letters of the rest, and whether even that is not all."""
    text = text.strip("\n")
    lines = text[:_OPEN_LETTERS].split("\n")
    head = "\n".join(lines[:_OPEN_LINES])
    # A little more is not worth a click.
    if len(text) - len(head) < 300:
        return text, "", False
    rest = text[len(head) :]
    return head, rest[:room].strip("\n"), len(rest) > room


ROUTES = (
    route("/tickets/{reference}", show),
    route("/tickets/{reference}", act, role=Role.ADMIN, method="POST"),
)
