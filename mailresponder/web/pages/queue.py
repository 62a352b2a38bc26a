"""The page `/queue`: who waits, the angry and the overdue first; every other ticket by filters
and by words."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from zoneinfo import ZoneInfo

from starlette.responses import Response

from mailresponder.mail.addresses import usable
from mailresponder.policy import bands
from mailresponder.printable import how_long
from mailresponder.store import searching
from mailresponder.store.searching import NOBODY, PAGE, Found, Mark, Show, Wanted
from mailresponder.store.tickets import TicketRow
from mailresponder.web import behind, named
from mailresponder.web.asking import Asked
from mailresponder.web.chips import chips
from mailresponder.web.routing import route
from mailresponder.web.site import Site

_MOST_PAGES = 10_000


def show(site: Site, asked: Asked) -> Response:
    """The tickets that the query names."""
    config, query = site.app.config, asked.query
    zone = config.desk.timezone
    wanted, there = _wanted(query, zone), partial(_there, zone)
    with site.app.store.read() as conn:
        found = searching.find(conn, wanted, now=asked.now, offset=(_page(query) - 1) * PAGE)
        people = searching.assignees(conn)
        themes = named.themes(conn, config, asked.words.language) if wanted.about.theme else {}
        defects = named.defects(conn) if wanted.about.defect is not None else {}
    shown = chips(wanted.about, asked.words, zone, themes=themes, defects=defects)
    me, page = usable(asked.visitor.name), found.offset // PAGE + 1
    return site.show(
        asked,
        "queue.html.j2",
        wanted=wanted,
        found=found,
        rows=[_row(row, asked) for row in found.rows],
        shows=[(one, there(replace(wanted, show=one))) for one in Show],
        marks=[
            (one, there(replace(wanted, marks=wanted.marks ^ {one})))
            for one in Mark
            if _is_offered(one, found, wanted)
        ],
        chips=[(chip, there(replace(wanted, about=chip.without))) for chip in shown],
        kept=behind.fields(zone, wanted.about),
        before=there(wanted, page - 1) if page > 1 else None,
        after=there(wanted, page + 1) if page * PAGE < found.number else None,
        first=found.offset + 1,
        last=found.offset + len(found.rows),
        most=searching.MOST_FOUND,
        mailboxes=[mailbox.name for mailbox in config.mailboxes],
        spoken=config.desk.languages,
        # Whose tickets are shown is always there to choose.
        people=sorted({*people, wanted.whose} - {NOBODY, ""}),
        me=me.key if me else "",
        nobody=NOBODY,
        is_narrowed=bool(
            wanted.mailbox or wanted.language or wanted.whose or wanted.words or wanted.about
        ),
        zone_of=config.zone_of,
    )


def _wanted(query: Mapping[str, str], zone: ZoneInfo) -> Wanted:
    """What a query asks for; what it cannot mean is left out."""
    words = query.get("q", "").strip()
    # Who looks for something looks everywhere, unless they say where.
    shown = query.get("show") or (Show.ALL if words else query.get("stay", Show.WAITING))
    return Wanted(
        show=next((show for show in Show if show == shown), Show.WAITING),
        marks=frozenset(mark for mark in Mark if query.get(mark)),
        mailbox=query.get("mailbox", ""),
        language=query.get("spoken", ""),
        whose=query.get("whose", "").casefold(),
        words=words,
        about=behind.asked(query, zone),
    )


def _page(query: Mapping[str, str]) -> int:
    given = query.get("page", "")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    return min(max(number, 1), _MOST_PAGES)


def _there(zone: ZoneInfo, wanted: Wanted, page: int = 1) -> str:
    """The path of these tickets, or of a further page of them."""
    return behind.tickets(
        zone,
        wanted.about,
        q=wanted.words,
        show=wanted.show,
        mailbox=wanted.mailbox,
        spoken=wanted.language,
        whose=wanted.whose,
        page=page if page > 1 else None,
        **{one.value: 1 for one in Mark if one in wanted.marks},
    )


def _is_offered(mark: Mark, found: Found, wanted: Wanted) -> bool:
    return bool(found.by_mark[mark]) or mark in wanted.marks


def _row(row: TicketRow, asked: Asked) -> dict[str, object]:
    ticket = row.ticket
    due, until = ticket.due_at, ticket.snoozed_until
    return {
        "ticket": ticket,
        "messages": row.messages,
        "band": bands.of_ticket(ticket).band.value,
        "is_late": due is not None and due <= asked.now,
        "span": how_long(due - asked.now) if due is not None else "",
        "untold": searching.is_untold(ticket),
        "is_snoozed": until is not None and until > asked.now,
    }


ROUTES = (route("/queue", show),)
