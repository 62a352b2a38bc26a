"""One person taken out of a desk that goes on working."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from letters import letter
from offices import EMMA, LEAD, Office, complaint
from replying import lena, overdue, relayed
from sqlalchemy import select

from mailresponder.errors import MailresponderError, TemporaryFailure
from mailresponder.jobs import actions, erasing
from mailresponder.jobs.erasing import Done
from mailresponder.policy.persons import Person
from mailresponder.policy.ticket import TicketState
from mailresponder.store import audit, compacting, outbox
from mailresponder.store.schema import messages, metadata, sightings
from mailresponder.store.schema import outbox as mails

NOAH = "noah@customer.test"
WROTE = letter(
    sender="Emma Clarke <Emma+shop@Customer.test>",
    subject="The zeppelin kettle",
    text="Hello,\n\nthe zeppelin I bought has arrived broken. What now?\n\nEmma Clarke\n",
    message_id="<emma-1@customer.test>",
)
TRACES = ("emma", "clarke", "zeppelin")
"""What only she wrote, or is."""


def erase(office: Office, *addresses: str) -> Done:
    """As the command does."""
    app = office.app
    work = app.mailboxes["support"].work
    person = erasing.person(addresses or (EMMA,), app.config)
    told = {"now": office.clock.now, "by": "admin", "pause": lambda: None}
    return erasing.erase(app.store, app.config, person, work.signer, **told)


def dump(office: Office) -> str:
    """All that the database holds: the bytes of its files, or every row of a server's."""
    store = office.app.store
    if store.dialect == "sqlite":
        assert compacting.compact(store)
        path = office.path.with_name("mailresponder.db")
        files = [path, *(path.with_name(f"{path.name}-{end}") for end in ("wal", "shm"))]
        return b"".join(file.read_bytes() for file in files).decode("latin-1").lower()
    with store.read() as conn:
        rows = [row for table in metadata.sorted_tables for row in conn.execute(select(table))]
    return "\n".join(map(str, rows)).lower()


def traces(office: Office, wanted: Iterable[str] = TRACES) -> list[str]:
    """Those of some words that the database holds."""
    held = dump(office)
    return [one for one in wanted if one.lower() in held]


def begin(office: Office) -> str:
    """She wrote, was not answered in time, was answered by a reply to the notice, and noted upon.
    Gives the reference."""
    office.imap().create_folder("Drafts")
    office.open(mailbox='drafts = "all"')
    notice = overdue(office, WROTE)
    told = {"now": office.clock.now, "by": LEAD}
    actions.note(office.app.store, office.ticket.reference, f"Emma Clarke, {EMMA}: calm", **told)
    store, config = office.app.store, office.app.config
    actions.judge(store, office.ticket.reference, angry=False, config=config, **told)
    office.receive(lena().reply(notice, "Emma, we send another zeppelin.\nLena"))
    office.run_well()
    assert relayed(office, "Emma+shop@customer.test")
    return office.ticket.reference


def test_nothing_of_them_is_left(office_on_either: Office) -> None:
    """After an erasure no byte of the database holds their address, in any spelling, their name,
    their words, or the reference of their ticket; before it, all of these were there."""
    office = office_on_either
    reference = begin(office)
    wanted = (*TRACES, reference)
    assert traces(office, wanted) == list(wanted)

    done = erase(office)

    assert traces(office, wanted) == []
    assert (done.erased.gone.tickets, done.erased.kept, done.erased.in_flight) == (1, (), 0)
    assert office.tickets() == []


def test_a_copy_of_what_was_erased_is_not_taken_again(office_on_either: Office) -> None:
    """Where the folders are made anew on the server, with all mail in them, nothing of it comes
    back: neither the customer's mails nor answers nor ours in Sent."""
    office = office_on_either
    begin(office)
    erase(office)
    kept = {}
    for folder in ("INBOX", "Sent"):
        office.imap().select_folder(folder, readonly=True)
        found = office.imap().fetch(office.imap().search("ALL"), ["RFC822"])
        kept[folder] = [one[b"RFC822"] for one in found.values()]
    office.imap().unselect_folder()
    office.renew_folder("Sent")
    for folder, contents in kept.items():
        office.receive(*contents, folder=folder)

    taken = dict(office.run_well().intake.outcomes)

    assert taken == {"erased": len(kept["INBOX"]) + len(kept["Sent"])}
    assert len(kept["INBOX"]) >= 2
    assert len(kept["Sent"]) >= 2
    assert office.tickets() == []
    assert traces(office) == []


def test_what_they_write_later_is_a_new_matter(office: Office) -> None:
    """An answer in the old thread opens a ticket, and is acknowledged as anybody's."""
    reference = begin(office)
    erase(office)
    office.clock.advance(minutes=5)

    office.receive(
        complaint(
            subject=f"Re: The kettle [{reference}]",
            number=2,
            In_Reply_To="<emma-1@customer.test>",
        )
    )
    office.run_well()

    assert (office.ticket.customer.email, office.ticket.state) == (EMMA, TicketState.OPEN)
    assert office.ticket.reference != reference
    assert len(office.sent_to(EMMA)) == 1


def two(office: Office) -> None:
    """Noah wrote with Emma in copy and names her; she wrote in it too."""
    office.open()
    office.receive(
        letter(
            sender=f"Noah Reed <{NOAH}>",
            subject="Our order",
            text=f"Hello,\n\nask Emma Clarke ({EMMA}) about the marmalade.\n\nNoah\n",
            message_id="<noah-1@customer.test>",
            Cc=f"Emma Clarke <{EMMA}>",
        )
    )
    office.run_well()
    office.clock.advance(minutes=5)
    office.receive(
        letter(
            sender=f"Emma Clarke <{EMMA}>",
            subject="Re: Our order",
            text="The zeppelin is mine.\n\nEmma Clarke\n",
            message_id="<emma-1@customer.test>",
            In_Reply_To="<noah-1@customer.test>",
        )
    )
    office.run_well()
    office.clock.advance(minutes=5)
    office.receive(
        letter(
            sender=f"Noah Reed <{NOAH}>",
            subject="Re: Our order",
            text="Any news of the marmalade?\n\nNoah\n",
            message_id="<noah-2@customer.test>",
            In_Reply_To="<emma-1@customer.test>",
        )
    )
    office.run_well()


def test_the_words_of_others_stay(office: Office) -> None:
    """In somebody else's ticket their mail goes, and their address out of what the other wrote; the
    ticket is the other's as before."""
    two(office)
    before = office.ticket

    done = erase(office)

    assert done.erased.kept == (before.reference,)
    after = office.ticket
    assert (after.customer, after.state, after.due_at) == (
        before.customer,
        before.state,
        before.due_at,
    )
    texts = [one.new_text for one in office.messages() if one.direction == "in"]
    assert [text.partition("\n\nNoah")[0] for text in texts] == [
        "Hello,\n\nask Emma Clarke ([erased]) about the marmalade.",
        "Any news of the marmalade?",
    ]
    assert traces(office, ("emma@customer.test", "emma-1@", "zeppelin")) == []


def test_their_own_ticket_stays_for_others_who_wrote_in_it(office: Office) -> None:
    """Where the customer is erased and somebody else waits in the ticket, it stays open without a
    customer, with the other's words alone."""
    two(office)
    with_noah = office.ticket.reference

    done = erase(office, NOAH)

    assert done.erased.kept == (with_noah,)
    ticket = office.ticket
    assert (ticket.customer.email, ticket.customer.name) == ("", "")
    assert ticket.state is TicketState.OPEN
    assert [one.from_ for one in office.messages()] == [EMMA]
    assert "erased" in office.events()
    assert traces(office, ("noah", "marmalade")) == []
    office.clock.advance(hours=9)
    office.run_well()


def test_mails_to_staff_that_name_them_are_emptied(office: Office) -> None:
    """The bytes of a sent list of overdue tickets go, though it names others too, and one that
    still waits is written anew without them."""
    office.open(
        staff="digest_from = 2",
        ladder=f'[[escalation]]\nafter = "0m"\nto = ["{LEAD}"]\nrepeat_every = "1h"\n',
    )
    office.receive(
        WROTE, complaint(NOAH, subject="Marmalade", number=1, text="Where is my marmalade?\n")
    )
    office.run_well()
    office.clock.advance(hours=8, minutes=1)
    office.run_well()
    [listed] = office.outbox("escalation_list")
    assert listed.state == "sent"

    done = erase(office)

    assert done.erased.notices >= 1
    assert traces(office) == []
    assert [ticket.customer.email for ticket in office.tickets()] == [NOAH]
    office.clock.advance(hours=1, minutes=1)
    office.run_well()
    assert "Marmalade" in office.sent_to(LEAD)[-1].as_string()


def test_the_audit_says_that_and_not_who(office: Office) -> None:
    """Who erased, when and how much is written down, with a receipt in place of the person."""
    begin(office)

    done = erase(office)

    with office.app.store.read() as conn:
        [entry, *_] = audit.latest(conn, limit=1)
    assert (entry.by, entry.what) == ("admin", "person_erased")
    assert entry.about.startswith(f"{done.receipt}: 1 tickets,")
    signer = office.app.mailboxes["support"].work.signer
    assert erasing.receipt(Person(addresses=("EMMA@customer.test",)), signer) == done.receipt


def test_a_mail_in_flight_is_waited_for(office: Office) -> None:
    """While a mail of theirs is being sent nothing is erased: what becomes of it is written down by
    its number. It is tried again until that is done."""
    office.open()
    office.receive(WROTE)
    office.run_well()
    work, store, now = office.app.mailboxes["support"].work, office.app.store, office.clock.now
    held = {"state": "sending", "owner": "me", "lease_expires_at": now + timedelta(minutes=1)}
    with store.begin() as conn:
        conn.execute(mails.update().values(held))
    person = erasing.person((EMMA,), office.app.config)
    given = {"now": now, "by": "admin"}

    def never() -> None:
        """It is still being sent."""

    with pytest.raises(TemporaryFailure, match="being sent at this moment"):
        erasing.erase(store, office.app.config, person, work.signer, pause=never, **given)
    assert len(office.tickets()) == 1

    def sent() -> None:
        with store.begin() as conn:
            outbox.sent(conn, 1, owner="me", now=now)

    erasing.erase(store, office.app.config, person, work.signer, pause=sent, **given)
    assert office.tickets() == []


def test_a_dry_run_changes_nothing(office: Office) -> None:
    """It counts what would go, and all of it is still there."""
    begin(office)
    app = office.app
    person = Person(addresses=(EMMA,))
    before = office.messages()

    would = erasing.dry_run(
        app.store, person, app.mailboxes["support"].work.signer, now=office.clock.now
    )

    assert would.gone.tickets == 1
    assert would.gone.messages >= len(before)
    assert office.messages() == before


def test_the_place_of_a_mail_stays_known(office: Office) -> None:
    """The ledger knows each UID as before: the next pass and the daily comparison read nothing."""
    begin(office)
    office.run_well()
    with office.app.store.read() as conn:
        before = conn.execute(select(sightings.c.folder, sightings.c.uid)).all()
    erase(office)
    office.clock.advance(days=1, minutes=5)

    report = office.run_well()

    assert report.intake.read == 0
    with office.app.store.read() as conn:
        after = conn.execute(select(sightings.c.folder, sightings.c.uid)).all()
        assert set(conn.execute(select(messages.c.kind)).scalars()) <= {"erased"}
    assert after == before
    assert office.tickets() == []


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("support@example.com", "address of this desk"),
        (LEAD, "address of staff"),
        ("nobody", "no mail address"),
    ],
)
def test_only_customers_are_erased(office: Office, address: str, why: str) -> None:
    """The desk's own addresses and staff's are refused, and so is what is none."""
    with pytest.raises(MailresponderError, match=why):
        erasing.person((address,), office.app.config)
