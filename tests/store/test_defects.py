"""Defects, what hangs on them, and who was told, on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import cases
import pytest
from cases import NOON
from sqlalchemy import Connection

from mailresponder.mail.message import Address
from mailresponder.policy.announcing import Said
from mailresponder.policy.defects import Defect, DefectState, How, LinkState
from mailresponder.policy.facts import Outcome
from mailresponder.policy.ticket import Ticket
from mailresponder.store import announcing, defects, messages, proposing, themes, tickets
from mailresponder.store.database import Store
from mailresponder.store.messages import MessageRecord
from mailresponder.store.schema_themes import message_themes
from mailresponder.store.schema_themes import themes as theme_rows

DAY = timedelta(days=1)
SAID = Said(words={"en": "Update."}, names={})


def given(name: str = "App crashes", **changes: Any) -> Defect:
    """A defect as it is handed to the store."""
    defect = Defect(
        name=name,
        owner="mobile@example.com",
        words={"en": ("crash",), "es": ("se cierra",)},
        known={"en": "We know."},
        known_until=NOON + DAY,
        opened_at=NOON,
        opened_by="ana@example.com",
    )
    return replace(defect, **changes)


def add(store: Store, name: str = "App crashes", **changes: Any) -> Defect:
    with store.begin() as conn:
        added = defects.add(conn, given(name, **changes))
    assert added is not None
    return added


def ticket(store: Store, reference: str = "MR-22222", *texts: str, **changes: Any) -> Ticket:
    with store.begin() as conn:
        return cases.add(conn, cases.open_ticket(reference, **changes), *(texts or ("It broke",)))


def link(store: Store, defect: Defect, of: Ticket, state: LinkState = LinkState.LINKED) -> bool:
    with store.begin() as conn:
        return defects.put_link(
            conn, defect.id, of.id, state=state, how=How.HAND, by="ana@example.com", at=NOON
        )


def test_a_defect_is_given_back_as_it_was(store: Store) -> None:
    """And as it was saved later; a name of its own spelling is not new."""
    added = add(store)
    fixed = replace(added, state=DefectState.FIXED, fixed_at=NOON, fixed_by="bo@example.com")
    with store.begin() as conn:
        assert defects.add(conn, given("APP CRASHES!")) is None
        assert defects.by_id(conn, added.id) == added
        assert defects.save(conn, fixed)
        assert defects.all_defects(conn) == [fixed]
        assert defects.all_defects(conn, DefectState.OPEN) == []
        with pytest.raises(LookupError):
            defects.save(conn, replace(fixed, id=99))


def test_two_defects_have_no_name_together(store: Store) -> None:
    """The second to be saved under it stays as it was, and so does what else was written."""
    first, second = add(store), add(store, "Login fails")
    with store.begin() as conn:
        assert not defects.save(conn, replace(second, name="App, crashes"))
        assert defects.all_defects(conn) == [first, second]


def test_a_ticket_is_one_thing_to_a_defect(store: Store) -> None:
    """What was said last; the same again changes nothing, and what is refused is not listed."""
    defect, one = add(store), ticket(store)
    assert link(store, defect, one, LinkState.PROPOSED)
    assert link(store, defect, one)
    assert not link(store, defect, one)
    with store.read() as conn:
        [(of, found)] = defects.of_ticket(conn, one.id)
    assert of == defect
    assert (found.reference, found.state) == ("MR-22222", LinkState.LINKED)
    assert link(store, defect, one, LinkState.REFUSED)
    with store.begin() as conn:
        assert defects.of_ticket(conn, one.id) == []
        assert [link.state for link in defects.links(conn, defect.id)] == [LinkState.REFUSED]
        assert defects.drop_link(conn, defect.id, one.id)
        assert not defects.drop_link(conn, defect.id, one.id)


def test_what_is_something_to_it_already_is_not_proposed(store: Store) -> None:
    """Neither what is linked nor what was refused."""
    defect = add(store)
    linked, refused, new = (ticket(store, f"MR-2222{n}") for n in range(3))
    link(store, defect, linked)
    link(store, defect, refused, LinkState.REFUSED)
    with store.begin() as conn:
        found = [(defect.id, one.id) for one in (linked, refused, new)]
        proposing.propose(conn, found, how=How.WORDS, by="mailresponder", at=NOON)
        states = {link.reference: link.state for link in defects.links(conn, defect.id)}
    assert states == {
        linked.reference: LinkState.LINKED,
        refused.reference: LinkState.REFUSED,
        new.reference: LinkState.PROPOSED,
    }


def test_tickets_and_people_are_counted_apart(store: Store) -> None:
    """One who complained twice is one person; without an address each is."""
    defect = add(store)
    add(store, "Other")
    nobody = Address(email="")
    for number, changes in enumerate([{}, {}, {"customer": nobody}, {"customer": nobody}]):
        link(store, defect, ticket(store, f"MR-2222{number}", **changes))
    link(store, defect, ticket(store, "MR-33333"), LinkState.PROPOSED)
    with store.read() as conn:
        counts = defects.counts(conn)
    assert counts == {defect.id: defects.Counts(linked=4, proposed=1, people=3)}


def test_only_what_nothing_hangs_on_is_removed(store: Store) -> None:
    """Proposals go with it; a linked ticket or an announcement keeps it."""
    defect, told, idle = add(store), add(store, "Told"), add(store, "Idle")
    link(store, defect, ticket(store))
    link(store, idle, ticket(store, "MR-33333"), LinkState.PROPOSED)
    with store.begin() as conn:
        announcing.order(conn, told.id, SAID, most=None, by="ana@example.com", at=NOON)
        assert not defects.remove(conn, defect.id)
        assert not defects.remove(conn, told.id)
        assert defects.remove(conn, idle.id)
        assert [one.name for one in defects.all_defects(conn)] == ["App crashes", "Told"]


def test_a_merged_ticket_takes_its_defects_along(store: Store) -> None:
    """What is linked stays so; what was refused of the other is overruled by it."""
    one, two = add(store), add(store, "Other")
    merged, into = ticket(store), ticket(store, "MR-33333")
    link(store, one, merged)
    link(store, one, into, LinkState.REFUSED)
    link(store, two, merged, LinkState.PROPOSED)
    with store.begin() as conn:
        defects.move(conn, merged.id, into.id)
        found = [(defect.name, link.state) for defect, link in defects.of_ticket(conn, into.id)]
        assert defects.of_ticket(conn, merged.id) == []
    assert found == [("App crashes", LinkState.LINKED), ("Other", LinkState.PROPOSED)]


def test_what_customers_wrote_is_heard_in_its_order(store: Store) -> None:
    """Not of spam, and not what lies too far back."""
    one = ticket(store, "MR-22222", "First", "Second")
    ticket(store, "MR-33333", spam=True)
    ticket(store, "MR-44444", opened_at=NOON - DAY)
    with store.read() as conn:
        heard = proposing.heard(conn, after=0, since=NOON, limit=9)
        assert proposing.heard(conn, after=heard[0].row, since=NOON, limit=9) == heard[1:]
        assert proposing.last_heard(conn) > heard[-1].row
    assert [(h.ticket_id, h.text, h.language) for h in heard] == [
        (one.id, "Where is my order?\nFirst", "en"),
        (one.id, "Where is my order?\nSecond", "en"),
    ]


def test_tickets_about_a_theme_are_found_under_all_its_keys(store: Store) -> None:
    """Also those of a theme that was merged into it; not what is something to it already."""
    defect = add(store)
    tickets_ = [ticket(store, f"MR-2222{n}") for n in range(3)]
    with store.begin() as conn:
        for key, merged in (("crash", None), ("found-1", "crash"), ("late", None)):
            values = {"key": key, "state": "kept", "merged_into": merged, "names": {}, "words": {}}
            values |= {"size": 1, "found_at": NOON, "changed_at": NOON, "changed_by": ""}
            conn.execute(theme_rows.insert().values(values))
        rows = [h.row for h in proposing.heard(conn, after=0, since=NOON, limit=9)]
        for row, key in zip(rows, ("crash", "found-1", "late"), strict=True):
            values = {"message_row": row, "theme": key, "how": "words", "weight": 1.0}
            conn.execute(message_themes.insert().values(values))
        keys = themes.same(conn, "found-1")
        about = proposing.about_themes(conn, defect.id, keys, since=NOON, limit=9)
        assert sorted(keys) == ["crash", "found-1"]
        assert sorted(about) == [one.id for one in tickets_[:2]]
        proposing.propose(conn, [(defect.id, about[0])], how=How.THEME, by="", at=NOON)
        again = proposing.about_themes(conn, defect.id, keys, since=NOON, limit=9)
        assert again == about[1:]
        assert themes.exists(conn, "late")
        assert not themes.exists(conn, "other")


def test_an_order_is_unfinished_until_it_is_carried_out(store: Store) -> None:
    """And keeps its words."""
    defect = add(store)
    with store.begin() as conn:
        made = announcing.order(conn, defect.id, SAID, most=5, by="ana@example.com", at=NOON)
        assert announcing.unfinished(conn) == [made]
        assert announcing.unfinished(conn, defect.id + 1) == []
        announcing.finish(conn, made.id, at=NOON)
        assert announcing.unfinished(conn) == []
        assert announcing.of_defect(conn, defect.id) == [replace(made, finished_at=NOON)]


def test_a_person_is_told_once(store: Store) -> None:
    """Whoever else says so."""
    defect, one = add(store), ticket(store)
    with store.begin() as conn:
        assert announcing.tell(conn, defect.id, "emma@customer.test", one.id, NOON)
        assert not announcing.tell(conn, defect.id, "emma@customer.test", one.id, NOON)
        assert announcing.told(conn, defect.id) == {"emma@customer.test"}
        assert announcing.told_since(conn, NOON) == 1
        assert announcing.told_since(conn, NOON, defect.id + 1) == 0
        assert announcing.told_since(conn, NOON + DAY) == 0


def test_what_has_not_left_is_taken_back(store: Store) -> None:
    """Its people may be told another time; who was sent a mail stays told. A refused mail told
    nobody, and is not sent again behind everybody's back."""
    defect, one = add(store), ticket(store)
    with store.begin() as conn:
        announcing.order(conn, defect.id, SAID, most=None, by="ana@example.com", at=NOON)
        for key, values in (
            ("sent", {"state": "sent"}),
            ("waits", {}),
            ("odd", {"maybe_sent": True}),
            ("refused", {"state": "failed"}),
        ):
            announcing.tell(conn, defect.id, key, one.id, NOON)
            number = cases.queue_mail(conn, key=key, **values)
            announcing.told_by(conn, defect.id, key, number)
        assert defects.counts(conn)[defect.id].told == 3
        assert set(announcing.stop(conn, defect.id, at=NOON)) == {
            "<mr.admin.desk.waits@example.com>",
            "<mr.admin.desk.refused@example.com>",
        }
        assert announcing.told(conn, defect.id) == {"sent", "odd", one.customer.key}
        assert announcing.unfinished(conn) == []
        assert announcing.stop(conn, defect.id, at=NOON) == []


def test_what_has_not_left_is_taken_back_of_one_ticket(store: Store) -> None:
    """The others wait on."""
    defect = add(store)
    with store.begin() as conn:
        for key in ("MR-22222", "MR-33333"):
            one = cases.add(conn, cases.open_ticket(key))
            announcing.tell(conn, defect.id, key, one.id, NOON)
            announcing.told_by(conn, defect.id, key, cases.queue_mail(conn, key=key))
        assert announcing.take_back(conn, one.id) == ["<mr.admin.desk.MR-33333@example.com>"]
        assert announcing.told(conn, defect.id) == {"MR-22222", one.customer.key}


def test_complaints_are_the_linked_tickets(store: Store) -> None:
    """And say whether a machine takes part: a bounce or an absence note is none."""
    defect = add(store)
    plain, listed = ticket(store), ticket(store, "MR-33333")
    link(store, defect, plain)
    link(store, defect, listed)
    link(store, defect, ticket(store, "MR-44444"), LinkState.PROPOSED)
    with store.begin() as conn:
        cases_of = {"bounce": plain, "auto_reply": plain, "list": listed}
        for kind, of in cases_of.items():
            _machine(conn, of, kind)
        found = {
            c.ticket.reference: c.machine_wrote for c in announcing.complaints(conn, defect.id)
        }
        assert tickets.ticket_by_id(conn, plain.id) in [
            c.ticket for c in announcing.complaints(conn, defect.id)
        ]
    assert found == {"MR-22222": False, "MR-33333": True}


def test_mail_that_came_back_in_another_ticket_is_known(store: Store) -> None:
    """Of the same address, however it is spelled, whether or not that ticket is linked."""
    defect, one = add(store), ticket(store)
    link(store, defect, one)
    ticket(store, "MR-33333", customer=Address(email="Emma@Customer.test"), unreachable_at=NOON)
    ticket(store, "MR-44444", customer=Address(email="noah@customer.test"), unreachable_at=NOON)
    with store.read() as conn:
        [found] = announcing.complaints(conn, defect.id)
    assert (found.ticket.reference, found.came_back_at) == ("MR-22222", NOON)


def test_who_was_told_in_a_merged_ticket_is_so_in_the_other(store: Store) -> None:
    """Whatever address they wrote from there; what has not left is taken back by either ticket."""
    defect, one = add(store), ticket(store, customer=Address(email="emma@work.test"))
    into = ticket(store, "MR-33333", customer=Address(email="emma@home.test"))
    with store.begin() as conn:
        announcing.tell(conn, defect.id, "emma@work.test", one.id, NOON)
        announcing.told_by(conn, defect.id, "emma@work.test", cases.queue_mail(conn, key="told"))
        defects.move(conn, one.id, into.id)
        assert announcing.told(conn, defect.id) == {"emma@work.test", "emma@home.test"}
        assert announcing.take_back(conn, into.id, defect.id + 1) == []
        assert announcing.take_back(conn, into.id, defect.id)
        assert announcing.told(conn, defect.id) == set()


def _machine(conn: Connection, of: Ticket, kind: str) -> None:
    record = MessageRecord(
        dedup_key=kind,
        mailbox="support",
        ticket_id=of.id,
        direction="in",
        kind=kind,
        outcome=Outcome.RECORDED,
        message_id=f"<{kind}@relay.test>",
        from_="",
        to="",
        subject="",
        new_text="",
        at=NOON,
    )
    messages.record_message(conn, record)
