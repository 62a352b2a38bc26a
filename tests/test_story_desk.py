"""Staff who only use their mail program: the installed program on Dovecot and an SMTP server, seen
only as its users see it, with mails as five mail programs write them."""

from datetime import datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import letters
import pytest
from clients import CLIENTS, Person
from desks import LiveDesk, eventually, parsed, text_of

LEAD = "lead@example.com"
PROVEN = (("Authentication-Results", "mx.example.com; dmarc=pass header.from=example.com"),)
CUSTOMERS = {
    client: Person(name=f"Emma {number}", email=f"emma{number}@customer.test", client=client)
    for number, client in enumerate(sorted(CLIENTS))
}
FIVE_SINGLE_MAILS = "digest_from = 10"


def lead(client: str, *, language: str = "en") -> Person:
    """The lead, at one mail program or another, whose word our border vouches for."""
    return Person(name="Lena Ruiz", email=LEAD, client=client, language=language, headers=PROVEN)


def told_of(desk: LiveDesk, customer: Person) -> EmailMessage:
    """The notice about a customer."""
    reference = desk.ticket_of(customer.email)["reference"]
    [told] = [m for m in desk.sent_to(LEAD) if f"[{reference}]" in m["Subject"]]
    return told


@pytest.fixture
def waiting(desk: LiveDesk) -> LiveDesk:
    """A desk whose lead has just been told of five customers, one of each mail program."""
    desk.configure(answer_within="1s")
    path = desk.program.folder / "config.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[deadlines]", f"{FIVE_SINGLE_MAILS}\n[deadlines]", 1))
    for number, customer in enumerate(CUSTOMERS.values()):
        subject = f"Where is my order 2041{number}?"
        text = f"Hello,\n\nmy order 2041{number} has not come. When will it?\n\nEmma"
        desk.deliver(customer.write(letters.SUPPORT, subject, text))
    eventually(lambda: desk.once() and len(desk.sent_to(LEAD)) == len(CUSTOMERS), within=40)
    return desk


def test_what_the_lead_replies_reaches_each_customer_and_their_replies_come_back(
    waiting: LiveDesk,
) -> None:
    """From every mail program the text above the quote goes to the customer alone, from the support
    address and in their thread; a copy lies in Sent, and what they reply joins the ticket."""
    for number, (client, customer) in enumerate(CUSTOMERS.items()):
        answer = f"Dear Emma,\n\nit comes on Thursday, parcel 7{number}.\n\nLena"
        waiting.deliver(lead(client).reply(told_of(waiting, customer), answer))

    waiting.once()

    for number, customer in enumerate(CUSTOMERS.values()):
        [_, answered] = waiting.sent_to(customer.email)
        said = f"Dear Emma,\n\nit comes on Thursday, parcel 7{number}.\n\nLena"
        assert text_of(answered).replace("\r\n", "\n").startswith(said)
        assert "has been waiting" not in answered.as_string()
        assert LEAD not in answered.as_string()
        assert str(answered["From"]).endswith(f"<{letters.SUPPORT}>")
        assert answered["Auto-Submitted"] is None
        ticket = waiting.ticket_of(customer.email)
        assert ticket["state"] == "answered"
        assert answered["In-Reply-To"] == ticket["messages"][0]["message_id"]
        waiting.deliver(customer.reply(answered, "But I am away on Thursday. What can I do?"))
    with waiting.imap() as client:
        client.select_folder("Sent", readonly=True)
        assert len(client.search(["SUBJECT", "Re: Where is my order"])) == 2 * len(CUSTOMERS)

    waiting.once()

    assert {t["state"] for t in waiting.tickets()} == {"open"}
    assert len(waiting.tickets()) == len(CUSTOMERS)


def test_commands_are_obeyed_and_reported_in_both_languages(waiting: LiveDesk) -> None:
    """Each command has its effect, its writer hears what was done, a slip changes nothing, and no
    customer gets any of it."""
    said = {
        "apple_mail": "#cerrar",
        "gmail": "#mine #snooze 2d\n#note She called: blue, not green.",
        "outlook": "#cloze",
        "outlook_mobile": "#respondido",
        "thunderbird": "#angry",
    }
    before = {c.email: len(waiting.sent_to(c.email)) for c in CUSTOMERS.values()}
    for client, words in said.items():
        waiting.deliver(lead(client).reply(told_of(waiting, CUSTOMERS[client]), words))

    waiting.once()

    tickets = {client: waiting.ticket_of(c.email) for client, c in CUSTOMERS.items()}
    states = {client: ticket["state"] for client, ticket in tickets.items()}
    assert states["apple_mail"] == "closed"
    assert states["outlook_mobile"] == "answered"
    assert states["outlook"] == states["gmail"] == states["thunderbird"] == "open"
    assert tickets["gmail"]["assigned_to"] == LEAD
    assert "blue, not green" in str(tickets["gmail"]["events"])
    assert tickets["thunderbird"]["angry"] is True
    reports = waiting.sent_to(LEAD)[len(CUSTOMERS) :]
    assert len(reports) == len(said)
    assert [("#close" in text_of(report)) for report in reports].count(True) == 1
    assert before == {c.email: len(waiting.sent_to(c.email)) for c in CUSTOMERS.values()}


def test_who_is_forwarded_a_notice_learns_and_sends_nothing(waiting: LiveDesk) -> None:
    """An outsider's reply to a forwarded notice reaches no customer, and neither does one that
    names the lead as its sender without proof; the lead hears of that."""
    told = told_of(waiting, CUSTOMERS["gmail"])
    eve = Person(name="Eve", email="eve@elsewhere.test", client="outlook")
    forwarded = parsed(lead("outlook").forward(told, eve.email, "Look at this."))
    forged = Person(
        name="Lena Ruiz",
        email=LEAD,
        client="outlook",
        headers=(("Authentication-Results", "mx.example.com; dmarc=fail header.from=example.com"),),
    )
    waiting.deliver(eve.reply(forwarded, "Pay me instead.", to=[letters.SUPPORT]))
    waiting.deliver(forged.reply(told, "Pay Eve instead."))

    waiting.once()

    assert not any(
        b"instead" in mail.content
        for mail in waiting.sink.received
        if mail.recipient.endswith("@customer.test")
    )
    reference = waiting.ticket_of(CUSTOMERS["gmail"].email)["reference"]
    [receipt] = waiting.sent_to(eve.email)
    assert reference not in receipt.as_string()
    assert any("Not sent" in mail["Subject"] for mail in waiting.sent_to(LEAD))
    assert waiting.ticket_of(CUSTOMERS["gmail"].email)["state"] == "open"


def test_the_digest_goes_out_once_and_drafts_lie_ready(desk: LiveDesk) -> None:
    """At its time the lead gets one page about the whole desk, however often the job runs; a draft
    of each answer lies in Drafts until the answer was sent."""
    now = datetime.now(ZoneInfo("Europe/Madrid"))
    digest = f'[digest]\nto = ["{LEAD}"]\nat = "{now:%H:%M}"'
    desk.configure(mailbox='drafts = "all"', ladder=digest)
    with desk.imap() as client:
        client.create_folder("Drafts")
    emma = Person(name="Emma", email="emma@customer.test")
    question = emma.write(letters.SUPPORT, "Where is my order?", "Hello,\n\nwhere is my order?")
    desk.deliver(letters.angry_english(), question)

    desk.once()
    desk.once()

    [page] = desk.sent_to(LEAD)
    assert "Oliver" in text_of(page)
    with desk.imap() as client:
        client.select_folder("Drafts", readonly=True)
        drafts = client.fetch(client.search("ALL"), ["FLAGS", "ENVELOPE"])
    assert all(b"\\Draft" in data[b"FLAGS"] for data in drafts.values())
    assert len(drafts) == 2

    support = Person(name="Acme Support", email=letters.SUPPORT, client="thunderbird")
    desk.append_to_sent(support.reply(question, "It comes on Thursday."))
    desk.once()

    with desk.imap() as client:
        client.select_folder("Drafts", readonly=True)
        assert len(client.search("ALL")) == 1
