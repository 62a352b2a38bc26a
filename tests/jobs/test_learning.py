"""What a desk learns from its staff, and listens with."""

import json
from dataclasses import replace

import cases
import letters
import pytest
from offices import Office, complaint
from teaching import FURY, QUESTION, TRADE, teach

from mailresponder.errors import MailresponderError
from mailresponder.jobs import actions, learned, learning
from mailresponder.jobs.learning import Lesson
from mailresponder.jobs.step import words_of
from mailresponder.listening.correction import Correction
from mailresponder.store import corrections, labels, messages
from mailresponder.store.schema import messages as rows


def learn(office: Office) -> Lesson:
    """As `learn --dry-run` does it."""
    return learning.learn(office.app.store, office.app.config)


def take(office: Office, lesson: Lesson) -> None:
    """As `learn` does it when it is better."""
    learning.put_into_force(office.app.store, lesson, now=office.clock.now, by="ana")


@pytest.fixture
def taught(office: Office) -> Office:
    """A desk with sixty labels of sixty customers."""
    with office.app.store.begin() as conn:
        teach(conn, 60)
    return office


def test_a_desk_learns_the_words_of_its_trade(taught: Office) -> None:
    """What sounds angry there and is not is calm afterwards; fury and questions stay."""
    lesson = learn(taught)

    assert (lesson.labels, lesson.angry, lesson.customers) == (60, 20, 60)
    assert lesson.against == ""
    assert lesson.comparison is not None
    before, after = lesson.comparison.before, lesson.comparison.after
    assert after.log_loss < before.log_loss
    assert (before.found + before.missed, after.found) == (20, 20)
    assert (lesson.labelled.to_calm, lesson.labelled.to_angry) == (20, 0)
    assert lesson.latest == lesson.labelled


def test_what_is_learnt_is_listened_with_from_the_next_pass_on(taught: Office) -> None:
    """And no longer once it is undone, in the process that runs already."""

    def heard(number: int, text: str = TRADE) -> bool:
        sender = f"new{number}@customer.test"
        taught.receive(complaint(sender, subject="My case", text=text))
        taught.run_well()
        [ticket] = [t for t in taught.tickets() if t.customer.email == sender]
        return ticket.angry

    assert heard(1)
    take(taught, learn(taught))
    assert not heard(2)
    assert heard(3, FURY)
    learning.undo(taught.app.store, now=taught.clock.now, by="ana")
    assert heard(4)


def test_nothing_of_a_customer_is_kept_but_words_that_others_use(taught: Office) -> None:
    """What is stored holds numbers by name of feature: no text, no name, no address."""
    take(taught, learn(taught))
    with taught.app.store.read() as conn:
        row = corrections.in_force(conn)
    assert row is not None
    kept = row.content + json.dumps(row.figures)
    for told in (TRADE, FURY, QUESTION, "@", "customer.test", "Qcbb", "qcbb"):
        assert told not in kept
    assert set(json.loads(row.content)) == {"model", "bias", "weights"}


def test_too_few_labels_are_counted(office: Office) -> None:
    """Who has not said enough is told how much is missing and how to say it."""
    with office.app.store.begin() as conn:
        teach(conn, 49)
    with pytest.raises(MailresponderError, match=r"49 labels.* 50 are needed"):
        learn(office)


def test_a_label_whose_text_is_gone_does_not_count(office: Office) -> None:
    """Deleting a customer's words takes them away from learning."""
    with office.app.store.begin() as conn:
        teach(conn, 50)
    assert learn(office).labels == 50
    with office.app.store.begin() as conn:
        one = labels.labelled(conn)[0]
        conn.execute(rows.update().where(rows.c.id == one.message_row).values(new_text=""))
    with pytest.raises(MailresponderError, match="49 labels"):
        learn(office)


def test_a_label_of_a_mail_without_words_does_not_count(office: Office) -> None:
    """What is shown in place of words is ours, not the customer's."""
    with office.app.store.begin() as conn:
        teach(conn, 50)
        one = labels.labelled(conn)[0]
        bare = {"new_text": "[This mail has no text.]", "subject": ""}
        conn.execute(rows.update().where(rows.c.id == one.message_row).values(**bare))
    with pytest.raises(MailresponderError, match="49 labels"):
        learn(office)


def test_labels_of_one_kind_are_not_believed(office: Office) -> None:
    """Where staff only ever say "not angry" it cannot be seen what would be lost."""
    with office.app.store.begin() as conn:
        teach(conn, 120)
        for said in labels.labelled(conn):
            label = labels.of_message(conn, said.message_row)
            assert label is not None
            labels.put(conn, replace(label, angry=False))
    assert "only 0 of the labels say angry" in learn(office).against


def test_agreement_teaches_nothing(office: Office) -> None:
    """Where staff say what was heard anyway, no gain beyond chance is claimed."""
    with office.app.store.begin() as conn:
        teach(conn, 60, trade=True)
    lesson = learn(office)
    assert (lesson.labelled.to_calm, lesson.labelled.to_angry) == (0, 0)


def test_one_for_another_model_is_not_used(taught: Office) -> None:
    """After an upgrade that brings another model the shipped one stands alone until learnt anew."""
    old = Correction(model="another", bias={"en": -3.0}, weights={})
    take(taught, replace(learn(taught), correction=old))

    with taught.app.store.read() as conn:
        assert learned.current(conn) is None
    assert learning.is_stale(taught.app.store)
    take(taught, learn(taught))
    assert not learning.is_stale(taught.app.store)
    with taught.app.store.read() as conn:
        states = [shown["state"] for shown in learning.history(conn)]
    assert states == ["in force", "replaced"]


def test_one_that_cannot_be_read_keeps_no_mail_from_being_taken(taught: Office) -> None:
    """Somebody's hand in the database is no reason to leave customers unheard."""
    lesson = learn(taught)
    with taught.app.store.begin() as conn:
        corrections.put_into_force(
            conn,
            model=lesson.correction.model,
            content="nonsense",
            labels=1,
            figures={},
            by="",
            at=cases.NOON,
        )
    taught.receive(complaint())
    taught.run_well()
    assert "emma@customer.test" in [t.customer.email for t in taught.tickets()]


def test_undoing_goes_down_to_the_shipped_model(taught: Office) -> None:
    """One at a time; then there is nothing left to undo."""
    for _ in range(2):
        take(taught, learn(taught))
    store, now = taught.app.store, taught.clock.now
    first = learning.undo(store, now=now, by="ana")
    assert first.now is not None
    assert learning.undo(store, now=now, by="ana").now is None
    with pytest.raises(MailresponderError, match="nothing is learnt"):
        learning.undo(store, now=now, by="ana")


def test_labels_come_from_what_staff_say_of_tickets(office: Office) -> None:
    """The customer's own words, whose they are, and what was said of them."""
    office.receive(complaint(text="My claim, please.\n"))
    office.run_well()
    office.clock.advance(minutes=1)
    actions.judge(
        office.app.store,
        office.ticket.reference,
        angry=True,
        config=office.app.config,
        now=office.clock.now,
        by="ana",
    )
    with office.app.store.read() as conn:
        [said] = labels.labelled(conn)
    assert (said.angry, said.new_text, said.customer) == (
        True,
        "My claim, please.",
        "emma@customer.test",
    )


def test_what_stands_above_a_forward_is_not_the_customer_s() -> None:
    """Of what is kept of a mail, only the writer's own words are learnt from."""
    assert words_of("[ana@example.com: please look]\n\nMy claim [7] is open.") == (
        "My claim [7] is open."
    )
    assert words_of("[ana@example.com]\n\n[This mail has no text.]") == ""
    assert words_of("[This mail has no text.] [It is encrypted.]") == ""
    assert words_of("My claim [7] is open [since May]") == "My claim [7] is open [since May]"


def test_names_are_not_learnt_and_the_words_of_our_own_addresses_are(office: Office) -> None:
    """claims@ of the desk is a word of its trade; the name of a customer or of staff is theirs."""
    with office.app.store.begin() as conn:
        teach(conn, 60)
        [first] = [one for one in labels.latest(conn, 60) if one.name == "Qcbb"]
        taken = messages.of_ticket(conn, first.message_row)[0]
        for key, sender in (("a", "laura.diaz@example.com"), ("b", letters.SUPPORT)):
            messages.record_message(
                conn, replace(taken, dedup_key=key, direction="staff", from_=sender)
            )
        private = learning._names(conn, labels.labelled(conn), office.app.config)
    assert {"laura", "diaz", "qcbb"} <= private
    assert "support" not in private
