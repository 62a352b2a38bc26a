"""A defect from the first complaint to word that it is mended, on a real desk."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from email.message import EmailMessage
from itertools import count
from threading import Event

import letters
import pytest
from desks import eventually, text_of
from dying import Died, die
from letters import letter
from offices import EMMA, LEAD, MONDAY, Office, complaint
from replying import lena
from servers.postgres import Postgres
from sqlalchemy import text

from mailresponder.errors import MailresponderError
from mailresponder.jobs import actions, announcing, defects
from mailresponder.jobs.acts import Hand
from mailresponder.jobs.announcing import Plan
from mailresponder.policy.announcing import Said
from mailresponder.policy.defects import Defect, How, LinkState
from mailresponder.policy.ticket import Ticket, TicketState
from mailresponder.store import announcing as told
from mailresponder.store import defects as rows
from mailresponder.store import tickets
from mailresponder.store.database import Store

LUCIA, NOAH, ZOE = "lucia@cliente.test", "noah@customer.test", "zoe@customer.test"
NAME = "App crashes on login"
SAID = Said(
    words={"en": "Please update to version 2.1.", "es": "Actualice a la versión 2.1."},
    names={"en": "The app crashed", "es": "La aplicación se cerraba"},
)
KNOWN = {"en": "We know that the app crashes.", "es": "Sabemos que la aplicación se cierra."}
WORDS = {"en": ("app crash",), "es": ("aplicación se cierra",)}


@pytest.fixture
def desk(office_on_either: Office) -> Office:
    """The desk on one database after the other."""
    return office_on_either


def crashes(sender: str, *, number: int = 1) -> bytes:
    """A complaint of the defect, in English."""
    text = "Hello,\n\nthe app crashes whenever I log in. Please help.\n\nThanks\n"
    return complaint(sender, subject="App problem", text=text, number=number)


def se_cierra() -> bytes:
    """The same in Spanish."""
    return letter(
        sender=LUCIA,
        subject="Problema con la aplicación",
        text="Hola:\n\nla aplicación se cierra cada vez que entro. ¿Pueden ayudarme?\n\nLucía\n",
        message_id="<lucia-1@cliente.test>",
    )


def ticket_of(office: Office, customer: str) -> Ticket:
    [found] = [one for one in office.tickets() if one.customer.email == customer]
    return found


def say(office: Office, customer: str, text: str) -> str:
    """Staff answer the notice of a customer's ticket; what they are told."""
    reference = ticket_of(office, customer).reference
    [notice] = [one for one in office.sent_to(LEAD) if reference in str(one["Subject"])][:1]
    office.clock.advance(minutes=5)
    office.receive(lena().reply(notice, text, at=office.clock.now))
    office.run_well()
    return " ".join(text_of(office.sent_to(LEAD)[-1]).split())


def named(office: Office) -> Defect:
    with office.app.store.read() as conn:
        return defects.named(conn, "app")


def hand_in(office: Office, do: Callable[[Hand, Defect], object]) -> None:
    """Do something to the defect, as the page and the command line do."""
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        do(hand, defects.named(conn, "app"))


def plan(office: Office) -> Plan:
    app = office.app
    with app.store.read() as conn:
        return announcing.plan(
            conn,
            defects.named(conn, "app"),
            SAID,
            config=app.config,
            work_of=lambda name: app.mailboxes[name].work,
        )


def complained(office: Office) -> None:
    """Three customers complained, one of whom mail does not reach; all are linked."""
    office.receive(crashes(EMMA), se_cierra(), crashes(NOAH))
    office.run_well()
    ours = str(office.sent_to(NOAH)[0]["Message-ID"])
    office.receive(_bounce(NOAH, ours))
    office.clock.advance(hours=8, minutes=1)
    office.run_well()
    say(office, EMMA, f"#new-defect {NAME}")
    say(office, LUCIA, "#defecto app crashes")
    say(office, NOAH, "#defect APP CRASHES ON LOGIN")


def test_everyone_who_complained_is_told_once(
    desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From complaints, linked by mail, over a known problem in an acknowledgement, to word that it
    is mended: each in their language and thread, whenever a pass dies, and nobody twice."""
    complained(desk)
    assert {link.how.value for link in _links(desk)} == {"command"}
    assert desk.events(ticket_of(desk, LUCIA)).count("defect_linked") == 1

    # 1. Who complains meanwhile reads that it is known, and is proposed.
    hand_in(desk, lambda hand, defect: defects.edit(hand, defect, words=WORDS))
    hand_in(desk, lambda hand, defect: defects.know(hand, defect, KNOWN))
    desk.receive(crashes(ZOE), complaint("bo@customer.test"))
    desk.run_well()
    [acknowledgement] = desk.sent_to(ZOE)
    assert text_of(acknowledgement).count(KNOWN["en"]) == 1
    assert KNOWN["es"] not in text_of(acknowledgement)
    assert KNOWN["en"] not in text_of(desk.sent_to("bo@customer.test")[0])
    zoe = ticket_of(desk, ZOE)
    assert [link.reference for link in _links(desk, LinkState.PROPOSED)] == [zoe.reference]

    # 2. Shown before it is done.
    hand_in(desk, defects.fix)
    before = plan(desk)
    assert {one.customer.email for one in before.audience.to_tell} == {EMMA, LUCIA}
    [(left_out, reasons)] = before.audience.left_out
    assert (left_out.customer.email, reasons) == (NOAH, ("unreachable",))
    assert "The app crashed" in text_of_sample(before, "en")
    assert "Actualice a la versión 2.1." in text_of_sample(before, "es")

    # 3. Accepted, ordered, killed wherever a pass may be.
    hand_in(desk, lambda hand, defect: defects.link(hand, defect, zoe))
    hand_in(desk, lambda hand, defect: announcing.order(hand, defect, SAID))
    monkeypatch.setattr(announcing, "BATCH", 1)
    with monkeypatch.context() as patch, suppress(Died):
        patch.setattr(told, "told_by", _dies_at_the_second(told.told_by))
        desk.run()
    assert [row.state for row in desk.outbox("fixed")] == ["queued"]
    for nth in (20, 30):
        die(desk, nth=nth)
    desk.reopen()
    desk.run_well()
    desk.run_well()
    assert len(desk.outbox("fixed")) == 3
    assert not _unfinished(desk)
    mails = {to: _announced(desk, to) for to in (EMMA, LUCIA, NOAH, ZOE)}
    names = {to: {mail["Message-ID"] for mail in found} for to, found in mails.items()}
    assert Counter({to: len(found) for to, found in names.items()}) == Counter(
        {EMMA: 1, LUCIA: 1, NOAH: 0, ZOE: 1}
    )
    assert str(mails[LUCIA][0]["In-Reply-To"]) == "<lucia-1@cliente.test>"
    assert "Actualice a la versión 2.1." in text_of(mails[LUCIA][0])
    assert {"announced", "fixed_sent"} <= set(desk.events(ticket_of(desk, EMMA)))

    # 4. Again: to nobody.
    hand_in(desk, lambda hand, defect: announcing.order(hand, defect, SAID))
    desk.run_well()
    assert len(desk.outbox("fixed")) == 3

    # 5. Who replies opens their ticket, and mail that comes back is known for it.
    for customer in (EMMA, ZOE):
        reply = ticket_of(desk, customer)
        _close(desk, reply)
        ours = str(mails[customer][0]["Message-ID"])
        if customer == EMMA:
            desk.receive(_reply(customer, ours))
        else:
            desk.receive(_bounce(customer, ours, number=2))
    desk.run_well()
    assert ticket_of(desk, EMMA).state is TicketState.OPEN
    assert ticket_of(desk, ZOE).unreachable_at is not None


def test_nothing_is_told_of_what_is_open_or_by_night(office: Office) -> None:
    """An order is refused while it is open; at night it waits; taken back, nobody is told."""
    office.configure(deadlines='[deadlines.hours]\nmon = ["09:00-18:00"]\ntue = ["09:00-18:00"]\n')
    office.receive(crashes(EMMA))
    office.run_well()
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        defect = defects.add(hand, NAME)
        defects.link(hand, defect, office.ticket)
        with pytest.raises(MailresponderError, match="is open"):
            announcing.order(hand, defect, SAID)
        defects.fix(hand, defect)
    hand_in(office, lambda hand, defect: announcing.order(hand, defect, SAID))
    with pytest.raises(MailresponderError, match="already"):
        hand_in(office, lambda hand, defect: announcing.order(hand, defect, SAID))
    office.clock.advance(hours=9)
    office.run_well()
    assert office.outbox("fixed") == []

    office.clock.advance(hours=15)
    office.sink.answer("MAIL", "451 later", times=2)
    office.run()
    [waits] = office.outbox("fixed")
    assert waits.state == "queued"
    actions.spam(office.app.store, office.ticket.reference, now=office.clock.now, by="ana")
    assert office.outbox("fixed") == []
    actions.not_spam(
        office.app.store,
        office.ticket.reference,
        desk_of=office.app.config.desk_for,
        now=office.clock.now,
        by="ana",
    )
    hand_in(office, lambda hand, defect: announcing.order(hand, defect, SAID))
    office.sink.answer("MAIL", "451 later", times=9)
    office.run()
    assert [one.state for one in office.outbox("fixed")] == ["queued"]
    hand_in(office, defects.reopen)
    office.sink.answer_as_usual("MAIL")
    office.clock.advance(hours=1)
    office.run_well()
    assert office.outbox("fixed") == []
    assert _announced(office, EMMA) == []
    assert all(message.outgoing_kind != "fixed" for message in office.messages())


def test_who_is_taken_off_or_ordered_amiss_is_not_told(office: Office) -> None:
    """Mail that waits is taken back from a ticket that is unlinked or refused; an order that meets
    an open defect, given while somebody opened it again, ends."""
    office.receive(crashes(EMMA), crashes(ZOE), crashes(NOAH))
    office.run_well()
    emma, zoe, noah = (ticket_of(office, one) for one in (EMMA, ZOE, NOAH))
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        defect = defects.add(hand, NAME)
        for one in (emma, zoe, noah):
            defects.link(hand, defect, one)
        announcing.order(hand, defects.fix(hand, defect), SAID)
    office.sink.answer("MAIL", "451 later", times=9)
    office.run()
    assert len(office.outbox("fixed")) == 3
    hand_in(office, lambda hand, defect: defects.unlink(hand, defect, emma))
    hand_in(office, lambda hand, defect: defects.refuse(hand, defect, zoe))
    office.sink.answer_as_usual("MAIL")
    office.clock.advance(hours=1)
    office.run_well()
    assert [one.ticket_id for one in office.outbox("fixed")] == [noah.id]

    hand_in(office, lambda hand, defect: defects.link(hand, defect, emma))
    fixed = named(office)
    hand_in(office, defects.reopen)
    hand_in(office, lambda hand, _: announcing.order(hand, fixed, SAID))
    office.run_well()
    assert len(office.outbox("fixed")) == 1
    assert not _unfinished(office)


def test_no_more_are_told_in_an_hour_than_may_be(office: Office) -> None:
    """The rest wait for the next hour, and a limit of the order ends it."""
    people = [f"c{number}@customer.test" for number in range(5)]
    office.open(acknowledge="\n[defects]\nannounce_per_hour = 2\n")
    office.receive(*map(crashes, people))
    office.run_well()
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        defect = defects.add(hand, NAME)
        for ticket in tickets.load(conn):
            defects.link(hand, defect, ticket)
        announcing.order(hand, defects.fix(hand, defect), SAID, most=3)
    numbers = []
    for _ in range(4):
        office.run_well()
        numbers.append(len(office.outbox("fixed")))
        office.clock.advance(minutes=40)
    assert numbers == [2, 2, 3, 3]
    assert not _unfinished(office)


def test_a_slip_of_the_pen_makes_no_defect(office: Office) -> None:
    """Who names one there is none of, or several, is told which there are."""
    office.receive(crashes(EMMA))
    office.run_well()
    office.clock.advance(hours=8, minutes=1)
    office.run_well()
    say(office, EMMA, f"#new-defect {NAME}")
    say(office, EMMA, "#new-defect App crashes on start")

    none = say(office, EMMA, "#defect App cashes")
    assert "No defect is called “App cashes” or begins so. There are:" in none
    assert f"“{NAME}”" in none
    several = say(office, EMMA, "#defect app crashes")
    assert "Several defects begin with “app crashes”." in several
    assert "“App crashes on start”" in several
    again = say(office, EMMA, "#fallo app crashes on l")
    assert f"linked to the defect “{NAME}” already." in again
    assert "cannot be the name" in say(office, EMMA, "#nuevo-fallo 17")
    with office.app.store.read() as conn:
        assert len(rows.all_defects(conn)) == 2


def test_old_complaints_are_proposed_and_refused_ones_are_not(office: Office) -> None:
    """Made after the complaint, a defect finds it; what is refused stays so when words change."""
    office.receive(crashes(EMMA), se_cierra(), complaint(ZOE))
    office.run_well()
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        defects.add(hand, NAME, words=WORDS)
    office.run_well()
    emma, lucia = (ticket_of(office, one) for one in (EMMA, LUCIA))
    assert {link.reference for link in _links(office, LinkState.PROPOSED)} == {
        emma.reference,
        lucia.reference,
    }
    hand_in(office, lambda hand, defect: defects.refuse(hand, defect, emma))
    hand_in(office, lambda hand, defect: defects.edit(hand, defect, words={"en": ("crash",)}))
    office.run_well()
    assert [link.reference for link in _links(office, LinkState.PROPOSED)] == [lucia.reference]
    assert _announced(office, LUCIA) == []

    def make_anew(hand: Hand, defect: Defect) -> None:
        defects.remove(hand, defect)
        defects.add(hand, NAME, words={"en": ("crash",), "es": WORDS["es"]})

    office.clock.advance(minutes=1)
    hand_in(office, make_anew)
    office.run_well()
    assert len(_links(office, LinkState.PROPOSED)) == 2


def test_complaints_about_its_theme_are_proposed_and_answered(office: Office) -> None:
    """A defect without words has those of its theme; what the theme is found in is proposed, asked
    for every ten minutes."""
    text = "Hello,\n\nmy order arrived three weeks late. Why?\n"
    with office.app.store.begin() as conn:
        hand = Hand(conn=conn, now=office.clock.now, by="ana@example.com")
        defects.require_theme(conn, office.app.config, "late-delivery")
        with pytest.raises(MailresponderError, match="no theme"):
            defects.require_theme(conn, office.app.config, "nothing")
        defect = defects.add(hand, "Apparatus", theme="late-delivery")
        defects.know(hand, defect, {"en": "We know that the depot is slow."})
    office.receive(complaint(EMMA, text=text), crashes(ZOE))
    office.run_well()
    assert "the depot is slow" in text_of(office.sent_to(EMMA)[0])
    assert "the depot is slow" not in text_of(office.sent_to(ZOE)[0])
    [link] = _links(office)
    assert (link.reference, link.state, link.how) == (
        ticket_of(office, EMMA).reference,
        LinkState.PROPOSED,
        How.THEME,
    )

    office.receive(complaint(NOAH, text=text))
    office.run_well()
    assert len(_links(office)) == 1
    office.clock.advance(minutes=10)
    office.run_well()
    assert {link.reference for link in _links(office)} == {
        ticket_of(office, one).reference for one in (EMMA, NOAH)
    }


def _links(office: Office, state: LinkState | None = None) -> list[rows.Link]:
    defect = named(office)
    with office.app.store.read() as conn:
        return rows.links(conn, defect.id, state)


def _unfinished(office: Office) -> list[told.Announcement]:
    with office.app.store.read() as conn:
        return told.unfinished(conn)


def _announced(office: Office, to: str) -> list[EmailMessage]:
    ids = {row.message_id for row in office.outbox("fixed")}
    return [mail for mail in office.sent_to(to) if str(mail["Message-ID"]) in ids]


def _bounce(customer: str, ours: str, *, number: int = 1) -> bytes:
    return (
        letters.bounce()
        .replace(b"<somebody-elses@relay.test>", ours.encode())
        .replace(b"nobody@customer.test", customer.encode())
        .replace(b"<dsn-1", b"<dsn-%d" % number)
    )


def _dies_at_the_second(real: Callable[..., None]) -> Callable[..., None]:
    calls = count(1)

    def told_by(*arguments: object) -> None:
        if next(calls) == 2:
            raise Died
        real(*arguments)

    return told_by


def _close(office: Office, ticket: Ticket) -> None:
    actions.close(office.app.store, ticket.reference, now=office.clock.now, by="ana@example.com")


def _reply(sender: str, to: str) -> bytes:
    return complaint(
        sender,
        subject="Re: App problem",
        text="Hello,\n\nit still crashes when I log in. What now?\n",
        number=9,
        In_Reply_To=to,
        References=to,
    )


def text_of_sample(of: Plan, language: str) -> str:
    [first] = [t for t in of.audience.to_tell if t.language == language]
    [sample] = [one for one in of.samples if one.to.email == first.customer.email]
    return sample.text


@pytest.fixture
def store(postgres: Postgres) -> Iterator[Store]:
    """An empty store on PostgreSQL, where two write at once."""
    url = postgres.create("naming", template="model")
    opened = Store.open(url)
    yield opened
    opened.close()
    postgres.drop("naming")


def _at_once(store: Store, *deeds: Callable[[Hand], object]) -> list[Future[object]]:
    """Each in a transaction of its own: the first ends when the others wait for it."""
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")

    def others_wait() -> bool:
        with store.read() as conn:
            return bool(conn.execute(waiting).scalar() == len(deeds) - 1)

    def do(deed: Callable[[Hand], object], *, last: bool) -> object:
        with store.begin() as conn:
            done = deed(Hand(conn=conn, now=MONDAY, by="ana@example.com"))
            begun.set()
            if last:
                eventually(others_wait)
            return done

    begun = Event()
    with ThreadPoolExecutor(len(deeds)) as pool:
        first = pool.submit(do, deeds[0], last=True)
        begun.wait()
        return [first, *(pool.submit(do, deed, last=False) for deed in deeds[1:])]


def test_two_who_name_something_at_once_are_told_so(store: Store) -> None:
    """One of them has the name, the other hears that there is such a defect; who orders a ticket
    into a new defect means the one that somebody has just made."""
    with store.begin() as conn:
        hand = Hand(conn=conn, now=MONDAY, by="ana@example.com")
        login, late = defects.add(hand, "Login fails"), defects.add(hand, "Late")
    done, refused, added = _at_once(
        store,
        lambda hand: defects.edit(hand, login, name=NAME),
        lambda hand: defects.edit(hand, late, name="app crashes: on login"),
        lambda hand: defects.add(hand, NAME),
    )
    assert done.exception() is None
    for one in (refused, added):
        assert "there is a defect" in str(one.exception())
        assert isinstance(one.exception(), MailresponderError)

    first, second = _at_once(
        store,
        lambda hand: defects.named_or_new(hand, "Lid breaks"),
        lambda hand: defects.named_or_new(hand, "lid breaks!"),
    )
    assert first.result() == second.result()


def test_what_another_has_removed_cannot_be_changed(store: Store) -> None:
    """It is told, with what to do."""
    with store.begin() as conn:
        hand = Hand(conn=conn, now=MONDAY, by="ana@example.com")
        defect = defects.add(hand, NAME)
        defects.remove(hand, defect)
        with pytest.raises(MailresponderError, match="removed meanwhile"):
            defects.fix(hand, defect)
