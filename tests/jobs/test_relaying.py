"""What staff write in reply to a notice, on its way to the customer, on a real mail server."""

from dataclasses import replace
from email.message import EmailMessage
from typing import Any

import pytest
from clients import CLIENTS, Person, out_of_office
from desks import parsed, text_of
from offices import BOSS, EMMA, LADDER, LEAD, Office, answer, complaint
from replying import BORDER, lena, overdue, relayed

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import TicketState
from mailresponder.store import mailboxes, outbox, tickets

TEXT = "Dear Emma,\n\nyour order left us today & arrives on Friday.\n\nKind regards,\nLena"
SECRETS = ("Unanswered", "escalat", "How to answer", "waiting for", "mailto", LEAD)


def replied(office: Office, mail: bytes) -> None:
    """A mail of staff arrives and is worked on."""
    office.clock.advance(minutes=5)
    office.receive(mail)
    office.run_well()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("client", CLIENTS)
def test_reply_to_a_notice_reaches_the_customer(office: Office, client: str, language: str) -> None:
    """From whatever mail program, the customer gets the words above the quote and nothing else,
    in their own thread."""
    notice = overdue(office)
    writer = lena(client=client, language=language, logo=client == "outlook")

    replied(office, writer.reply(notice, TEXT, at=office.clock.now))

    [mail] = relayed(office)
    assert text_of(mail).strip().startswith(TEXT.split("\n")[0])
    assert "[cid:" not in text_of(mail)
    assert "arrives on Friday" in text_of(mail)
    assert mail["From"] == "Acme Support <support@example.com>"
    assert mail["To"] == EMMA
    assert mail["Subject"] == f"Re: Where is my order 20417? [{office.ticket.reference}]"
    assert mail["In-Reply-To"] == mail["References"] == "<emma-1@customer.test>"
    assert mail["Message-ID"] not in (notice["Message-ID"], None)
    assert mail["X-Auto-Response-Suppress"] is None
    whole = bytes(office.sink.received[-1].content)
    readable = text_of(mail) + str(mail.get_body(("html",)))
    assert notice["Message-ID"].encode() not in whole
    assert not [word for word in SECRETS if word in readable or word.encode() in whole]
    assert office.ticket.state is TicketState.ANSWERED
    assert "relayed" in office.events()


def test_html_part_is_the_text_and_nothing_live(office: Office) -> None:
    """Markup of staff is text to the customer, and a link stays text."""
    notice = overdue(office)

    replied(office, lena().reply(notice, "See <b>https://example.com/x</b> & wait.\nLena"))

    [mail] = relayed(office)
    body = mail.get_body(("html",))
    assert body is not None
    html = body.get_content().replace("\r\n", "\n")
    assert "<p>See &lt;b&gt;https://example.com/x&lt;/b&gt; &amp; wait.<br>\nLena</p>" in html
    assert "<a" not in html


def test_answer_lies_in_sent_and_is_not_read_as_another(office: Office) -> None:
    """A copy is filed, once, and the next pass knows it for ours."""
    notice = overdue(office)
    replied(office, lena().reply(notice, TEXT))
    office.run_well()

    [mail] = relayed(office)
    client = office.imap()
    client.select_folder("Sent", readonly=True)
    assert len(client.search(f'HEADER MESSAGE-ID "{mail["Message-ID"]}"')) == 1
    assert office.ticket.answered_at is not None
    assert len(relayed(office)) == 1


def test_customers_reply_to_a_relayed_answer_threads(office: Office) -> None:
    """They answer a mail of ours, so the ticket opens again."""
    notice = overdue(office)
    replied(office, lena().reply(notice, TEXT))
    [mail] = relayed(office)
    office.clock.advance(hours=1)

    emma = Person(name="Emma", email=EMMA)
    office.receive(emma.reply(mail, "It has still not come, and it is Saturday now!"))
    office.run_well()

    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.waiting_since == office.clock.now


def test_the_same_mail_is_passed_on_once(office: Office) -> None:
    """A copy in another folder, a second delivery, a folder that is read again: one answer."""
    notice = overdue(office)
    mail = lena().reply(notice, TEXT, at=office.clock.now)
    replied(office, mail)
    replied(office, mail)
    office.receive(mail, folder="Sent")
    office.run_well()

    assert len(relayed(office)) == 1


def test_the_same_words_are_passed_on_once(office: Office) -> None:
    """A mail program that sends twice makes two mails of one answer."""
    notice = overdue(office)
    replied(office, lena().reply(notice, TEXT, at=office.clock.now))
    replied(office, lena().reply(notice, TEXT, at=office.clock.now))

    assert len(relayed(office)) == 1
    assert "has this very text already" in flat(office.sent_to(LEAD)[-1])


def test_files_go_with_the_answer(office: Office) -> None:
    """What is attached is passed on, and a logo in the signature is not."""
    notice = overdue(office)
    writer = lena(client="outlook", logo=True)

    replied(office, writer.reply(notice, TEXT, attachments=("Factura ñ 7.pdf",)))

    [mail] = relayed(office)
    [file] = list(mail.iter_attachments())
    assert file.get_filename() == "Factura ñ 7.pdf"
    assert file.get_content_type() == "application/pdf"
    assert file.get_content() == b"%PDF-1.4 " + "Factura ñ 7.pdf".encode()


def with_file(
    mail: bytes, content: bytes, *, kind: str = "image/jpeg", name: str = "a.jpg"
) -> bytes:
    """The mail with a file attached."""
    message = parsed(mail)
    main, sub = kind.split("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message.as_bytes()


def test_large_file_is_fetched_and_passed_on(office: Office) -> None:
    """What intake does not download of other mail, it does of an answer."""
    notice = overdue(office)
    picture = bytes(range(256)) * 4_000

    replied(office, with_file(lena().reply(notice, TEXT), picture))

    [mail] = relayed(office)
    [file] = list(mail.iter_attachments())
    assert file.get_content() == picture


def test_too_large_a_file_goes_back(office: Office) -> None:
    """It is not even downloaded, and its writer hears the limit."""
    office.open(staff="attachments_mb = 1")
    notice = overdue(office)

    replied(office, with_file(lena().reply(notice, TEXT), b"x" * 1_800_000))

    assert relayed(office) == []
    assert "larger than the 1 MB" in flat(office.sent_to(LEAD)[-1])
    assert office.ticket.state is TicketState.OPEN


def returned(office: Office) -> str:
    """What staff got back; nothing reached the customer."""
    assert relayed(office) == []
    assert office.ticket.state is TicketState.OPEN
    back = office.sent_to(LEAD)[-1]
    assert back["Subject"].startswith("Not sent to the customer")
    return " ".join(text_of(back).split())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no text above the quote"),
        ("Lena Ruiz\n+34 600 000 000", "nothing but a greeting or a signature"),
        ("Kind regards,\nLena", "nothing but a greeting or a signature"),
        ("See MR-2A2A2 for that.", "not this customer’s"),
        (
            "Yes.\n\nSaid at 10: emma@customer.test has been waiting for an answer for 8 hours.",
            "words",
        ),
    ],
)
def test_unsafe_text_goes_back_with_the_reason(office: Office, text: str, why: str) -> None:
    """Nothing reaches the customer, and the clock runs on."""
    notice = overdue(office)

    replied(office, lena().reply(notice, text))

    assert why in returned(office)


def test_out_of_office_reaches_nobody(office: Office) -> None:
    """A machine's answer to a notice changes nothing and is not answered, with its header and
    without."""
    notice = overdue(office)
    for headers in (True, False):
        office.receive(out_of_office(lena(), notice, headers=headers, at=office.clock.now))
    before = len(office.sent_to(LEAD))
    office.run_well()

    assert relayed(office) == []
    assert office.ticket.state is TicketState.OPEN
    assert len(office.sent_to(LEAD)) <= before + 1


def test_forward_of_the_notice_opens_nothing_to_an_outsider(office: Office) -> None:
    """Who was forwarded a notice and answers it is a new customer, told nothing of the ticket."""
    notice = overdue(office)
    eve = Person(name="Eve", email="eve@elsewhere.test")
    before = len(office.sent_to(EMMA))

    passed_on = lena().forward(notice, eve.email, "Any idea?")
    replied(office, eve.reply(passed_on, "Tell her no.", to=["support@example.com"]))
    answered = parsed(eve.reply(passed_on, "Tell her no."))
    reference = office.tickets()[0].reference
    subject = str(answered["Subject"]).replace(f" [{reference}]", "")
    zoe = Person(name="Zoe", email="zoe@elsewhere.test")
    replied(office, zoe.write("support@example.com", subject, "Tell me more."))

    assert len(office.sent_to(EMMA)) == before
    [told] = office.sent_to(eve.email)
    [usual] = office.sent_to(zoe.email)
    assert reference not in told.as_string()
    of_eve, of_zoe = (ticket.reference for ticket in office.tickets()[1:])
    plain = flat(told).replace("Eve", "Zoe").replace(of_eve, of_zoe)
    assert plain.partition("before Tuesday")[0] == flat(usual).partition("before Tuesday")[0]
    assert set(told.keys()) == set(usual.keys())
    assert office.tickets()[0].state is TicketState.OPEN


@pytest.mark.parametrize(
    "results",
    [
        "mx.example.com; spf=fail smtp.mailfrom=elsewhere.test; dmarc=fail header.from=example.com",
        "mx.example.com; spf=none smtp.mailfrom=elsewhere.test; dkim=none; dmarc=none",
        "mx.example.com; spf=pass smtp.mailfrom=elsewhere.test",
    ],
)
def test_forged_staff_address_with_the_token_reaches_nobody(office: Office, results: str) -> None:
    """Who has a notice by a forward and writes its reader's address into From is refused, and it
    is that reader who hears of it."""
    notice = overdue(office)
    forger = lena(headers=(("Authentication-Results", results),))

    replied(office, forger.reply(notice, "You get all your money back."))

    assert "Nothing proves that it was you" in returned(office)
    [admin] = [m for m in office.sent_to("ops@example.com") if "believed" in m["Subject"]]
    assert LEAD in text_of(admin)


@pytest.mark.parametrize("results", [(), BORDER])
def test_second_address_in_from_does_not_lend_a_token(office: Office, results: Any) -> None:
    """Who was forwarded a notice may not speak by its token beside its reader's name."""
    notice = overdue(office)
    mail = lena(headers=results).reply(notice, "You get all your money back.")

    replied(office, mail.replace(f"<{LEAD}>".encode(), f"<{LEAD}>, eve@elsewhere.test".encode(), 1))

    assert relayed(office) == []
    assert office.ticket.state is TicketState.OPEN


@pytest.mark.parametrize("folders", [("INBOX", "Sent"), ("Sent",)])
def test_reply_from_the_shared_address_does_not_get_lost(
    office: Office, folders: tuple[str, ...]
) -> None:
    """Whom the notice was for hears once that it went nowhere."""
    notice = overdue(office)
    before = len(office.sent_to(LEAD))
    shared = Person(name="Acme Support", email="support@example.com", headers=BORDER)
    mail = shared.reply(notice, TEXT, at=office.clock.now)

    for folder in folders:
        office.receive(mail, folder=folder)
    office.run_well()

    assert "your own address" in returned(office)
    assert len(office.sent_to(LEAD)) == before + 1


def test_files_go_with_an_answer_to_a_notice_of_another_id(office: Office) -> None:
    """Some providers give what we send a Message-ID of their own, and staff answer that one."""
    office.open(save_copy="false")
    notice = overdue(office)
    named = f"Message-ID: {notice['Message-ID']}".encode()
    theirs = office.sink.received[-1].content.replace(named, b"Message-ID: <1@provider.test>", 1)
    assert b"<1@provider.test>" in theirs
    office.receive(theirs, folder="Sent")
    office.run_well()

    replied(office, with_file(lena().reply(parsed(theirs), TEXT), b"x" * 300_000))

    [mail] = relayed(office)
    assert len(list(mail.iter_attachments())) == 1


def test_reply_by_blind_copy_goes_back(office: Office) -> None:
    """Who else has it is not known, perhaps the customer."""
    notice = overdue(office)
    mail = parsed(lena().reply(notice, TEXT))
    mail.replace_header("To", "undisclosed-recipients:;")

    replied(office, mail.as_bytes())

    assert "cannot tell whether" in returned(office)


def test_reply_that_never_crossed_the_border_is_believed_by_its_token(office: Office) -> None:
    """Mail between colleagues of one server may bear no result at all."""
    notice = overdue(office)

    replied(office, lena(headers=()).reply(notice, TEXT))

    assert len(relayed(office)) == 1


def test_colleague_without_proof_reaches_nobody(office: Office) -> None:
    """The token is its reader's: a colleague who was forwarded the notice needs the border's
    word."""
    notice = overdue(office)
    passed_on = lena().forward(notice, BOSS, "Yours?")
    boss = Person(name="Boss", email=BOSS)
    replied(office, boss.reply(passed_on, TEXT, to=["support@example.com"]))
    assert relayed(office) == []

    known = Person(name="Boss", email=BOSS, headers=BORDER)
    replied(office, known.reply(notice, "Dear Emma,\n\nit comes on Friday."))
    assert len(relayed(office)) == 1


@pytest.mark.parametrize("more", [{"cc": ("eve@elsewhere.test",)}, {"cc": (BOSS,)}])
def test_reply_with_others_in_copy_goes_back(office: Office, more: dict[str, Any]) -> None:
    """Whom it was meant for is not clear."""
    notice = overdue(office)

    replied(office, lena().reply(notice, TEXT, **more))

    assert "also" in returned(office)


def test_answer_within_the_quote_goes_back(office: Office) -> None:
    """Half of the words would say something else."""
    notice = overdue(office)
    writer = lena(client="thunderbird", bottom_posting=True)

    replied(office, writer.reply(notice, TEXT))

    assert "between or below the lines" in returned(office)


def test_note_of_colleagues_goes_back(office: Office) -> None:
    """What staff wrote down for each other is not for the customer."""
    notice = overdue(office)
    ticket_id = office.ticket.id
    with office.app.store.begin() as conn:
        tickets.add_event(
            conn,
            ticket_id,
            at=office.clock.now,
            what="note",
            why="She is the mayor's sister.",
            by=BOSS,
        )
    replied(office, lena().reply(notice, "Dear Emma,\n\nShe is the mayor's sister."))

    assert "internal note" in returned(office)


def test_second_answer_to_an_answered_customer_goes_back_once(office: Office) -> None:
    """A colleague has answered since the notice; who replies to what comes back means it."""
    notice = overdue(office)
    office.clock.advance(minutes=5)
    office.receive(answer(), folder="Sent")
    office.run_well()
    replied(office, lena().reply(notice, TEXT))
    assert relayed(office) == []
    back = office.sent_to(LEAD)[-1]
    assert "colleague has answered" in " ".join(text_of(back).split())

    replied(office, lena().reply(back, TEXT))

    assert len(relayed(office)) == 1


def bounce(mail: EmailMessage, to: str = EMMA) -> bytes:
    """A delivery status of a customer's server (RFC 3464)."""
    return (
        "From: Mail Delivery System <MAILER-DAEMON@mx.customer.test>\r\n"
        "To: support@example.com\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "Date: Mon, 10 Mar 2025 17:30:00 +0000\r\n"
        "Message-ID: <bounce@mx.customer.test>\r\nAuto-Submitted: auto-replied\r\n"
        "MIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.customer.test\r\n\r\n"
        f"Final-Recipient: rfc822; {to}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"Message-ID: {mail['Message-ID']}\r\nSubject: x\r\n--b--\r\n"
    ).encode()


def test_answer_that_comes_back_answered_nothing(office: Office) -> None:
    """The customer waits as long as before, cannot be reached, and the writer has their text."""
    notice = overdue(office)
    before = office.ticket
    replied(office, lena().reply(notice, TEXT))
    [mail] = relayed(office)

    office.receive(bounce(mail))
    office.run_well()

    after = office.ticket
    assert after.state is TicketState.OPEN
    assert (after.waiting_since, after.due_at) == (before.waiting_since, before.due_at)
    assert after.unreachable_at is not None
    told = [m for m in office.sent_to(LEAD) if "could not be delivered" in flat(m)]
    assert len(told) == 1
    assert "arrives on Friday" in flat(told[0])


def test_answer_that_the_server_refuses_answered_nothing(office: Office) -> None:
    """The same where our own server will not take it."""
    notice = overdue(office)
    office.sink.answer("RCPT", "550 5.1.1 no such user")
    office.clock.advance(minutes=5)
    office.receive(lena().reply(notice, TEXT))
    office.run()

    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.unreachable_at is not None
    assert "relay_failed" in office.events()
    office.run()
    assert any("could not be delivered" in flat(mail) for mail in office.sent_to(LEAD))


def test_refused_answer_that_is_sent_at_last_answers(office: Office) -> None:
    """An admin mends what was wrong and retries: then the customer does not wait any more."""
    notice = overdue(office)
    office.sink.answer("RCPT", "550 5.1.1 no such user")
    office.clock.advance(minutes=5)
    office.receive(lena().reply(notice, TEXT))
    office.run()
    [row] = office.outbox("relay")
    with office.app.store.begin() as conn:
        outbox.retry_now(conn, row.id, office.clock.now)
    office.run()

    assert len(relayed(office)) == 1
    assert office.ticket.state is TicketState.ANSWERED


def flat(mail: EmailMessage) -> str:
    """Its text on one line, without the marks of bold type."""
    return " ".join(text_of(mail).replace("not**", "not").replace("**", "").split())


def test_text_below_commands_is_passed_on(office: Office) -> None:
    """Commands are done and not sent, and the text below them is the answer."""
    notice = overdue(office)

    replied(office, lena(client="outlook").reply(notice, f"#mine\n\n{TEXT}"))

    [mail] = relayed(office)
    assert "#mine" not in mail.as_string()
    assert "arrives on Friday" in text_of(mail)
    assert office.ticket.assigned_to == LEAD
    assert office.ticket.state is TicketState.ANSWERED


def test_text_below_a_command_for_another_ticket_goes_to_nobody(office: Office) -> None:
    """It may be for the one customer or the other."""
    bob = "bob@customer.test"
    office.receive(complaint(), complaint(bob, subject="My lamp is broken"))
    notice = overdue(office, complaint("zoe@customer.test", subject="A third matter"))
    before = len(office.sent_to("zoe@customer.test"))
    other = next(t for t in office.tickets() if t.is_customer(Address(email=bob)))

    replied(office, lena().reply(notice, f"#close {other.reference}\n\nDear Bob,\n\nwe mend it."))

    assert "not sent to anyone" in flat(office.sent_to(LEAD)[-1])
    assert len(office.sent_to("zoe@customer.test")) == before


def test_second_paragraph_of_a_note_reaches_nobody(office: Office) -> None:
    """Outlook puts a blank line between any two; what greets somebody is a letter."""
    notice = overdue(office)

    replied(office, lena().reply(notice, "#note Called.\n\nThe mayor knows, be careful.\n\nLena"))
    assert relayed(office) == []
    assert "below a note" in flat(office.sent_to(LEAD)[-1])
    replied(office, lena().reply(notice, f"#note Called her.\n\n{TEXT}"))
    assert len(relayed(office)) == 1


def test_talk_about_a_report_reaches_nobody(office: Office) -> None:
    """Who answers the report of their commands speaks of those, or goes on with a letter."""
    notice = overdue(office)
    replied(office, lena().reply(notice, "#mine"))
    report = office.sent_to(LEAD)[-1]

    replied(office, lena().reply(report, "I meant Ana Gomez. Can you change that, please?"))
    assert "meant for us" in returned(office)
    replied(office, lena().reply(report, TEXT))
    assert len(relayed(office)) == 1


@pytest.mark.parametrize("above", ["#close", "On it"])
def test_signature_below_few_words_is_no_answer(office: Office, above: str) -> None:
    """A mail program puts one below a command as below anything else."""
    notice = overdue(office)
    signature = "Lena Ruiz\nAtención al cliente\nAcme S.L.\nTel. +34 600 000 000\nwww.example.com"

    replied(office, lena(client="outlook", logo=True).reply(notice, f"{above}\n\n{signature}"))

    assert relayed(office) == []


def test_unsafe_text_below_commands_stays_here(office: Office) -> None:
    """What may not be sent without commands may not be sent below them."""
    notice = overdue(office)

    replied(office, lena().reply(notice, "#note She is the mayor's sister.\n\nSee MR-2A2A2."))
    replied(office, lena().reply(notice, "#mine\n\nDear Emma, she is the mayor's sister. Bye."))

    assert relayed(office) == []
    assert office.ticket.state is TicketState.OPEN
    assert "another ticket is named in it" in flat(office.sent_to(LEAD)[-2])
    assert "repeats an internal note" in flat(office.sent_to(LEAD)[-1])


def test_command_with_a_typo_sends_nothing(office: Office) -> None:
    """A slip of staff is told to them and to nobody else."""
    notice = overdue(office)

    replied(office, lena().reply(notice, f"#clsoe\n\n{TEXT}"))

    assert relayed(office) == []
    assert office.ticket.state is TicketState.OPEN


SUBADDRESSED = 'subaddress = "+"'


def test_address_of_a_notice_proves_its_reader(office: Office) -> None:
    """Where the server delivers subaddresses, the address answered to is proof by itself, and
    stands in no mail to a customer."""
    office.open(mailbox=SUBADDRESSED)
    notice = overdue(office)
    [to] = notice["Reply-To"].addresses
    assert to.addr_spec.startswith("support+")

    mail = parsed(lena(headers=()).reply(notice, TEXT))
    del mail["In-Reply-To"], mail["References"]
    replied(office, mail.as_bytes())

    assert len(relayed(office)) == 1
    assert not [sent for sent in office.sent_to(EMMA) if "support+" in sent.as_string()]


def test_address_of_a_notice_in_other_hands_proves_nothing(office: Office) -> None:
    """It is bound to its reader: an outsider is a new customer, a colleague is told so, and a
    forger is told nothing."""
    office.open(mailbox=SUBADDRESSED)
    notice = overdue(office)
    [to] = notice["Reply-To"].addresses
    before = len(office.sent_to(EMMA))
    for sender in ("eve@elsewhere.test", "boss@example.com"):
        writer = Person(name="Somebody", email=sender)
        replied(office, writer.write(to.addr_spec, "Hello", "Give her the money back."))
    outside = (("Authentication-Results", "mx.example.com; spf=none; dmarc=none"),)
    forger = lena(headers=outside)
    replied(office, forger.write(to.addr_spec, "Hello", "Give her the money back, all of it."))

    assert len(office.sent_to(EMMA)) == before
    assert office.tickets()[0].state is TicketState.OPEN
    [told] = office.sent_to("eve@elsewhere.test")
    assert office.tickets()[0].reference not in told.as_string()
    assert "support+" not in told.as_string()


def test_customer_may_write_to_any_subaddress(office: Office) -> None:
    """It is our address, and neither a customer nor somebody in copy."""
    office.open(mailbox=SUBADDRESSED)
    office.receive(complaint(to="support+web@example.com"))
    office.run_well()

    assert len(office.sent_to(EMMA)) == 1
    assert {p.address for p in office.ticket.participants} == {EMMA}


def test_reply_to_a_list_is_passed_on_to_nobody(office: Office) -> None:
    """Of several tickets nobody knows which is meant."""
    office.open(acknowledge="max_per_recipient_per_hour = 4")
    others = [f"customer{number}@customer.test" for number in range(12)]
    notice = overdue(office, *(complaint(sender=one) for one in others))
    assert "[MR-" not in notice["Subject"]
    before = len(office.sink.received)
    office.clock.advance(hours=2)

    replied(office, lena().reply(notice, TEXT))

    assert [m.recipient for m in list(office.sink.received)[before:]] == [LEAD]


def test_answer_repeats_no_id_of_a_notice(office: Office) -> None:
    """A customer who was forwarded a notice has its Message-ID, and gets it back from nobody."""
    notice = overdue(office)
    office.receive(
        complaint(
            number=2,
            text="And now?\n\nEmma\n",
            In_Reply_To="<emma-1@customer.test>",
            References=f"<emma-1@customer.test> {notice['Message-ID']}",
        )
    )
    office.run_well()

    replied(office, lena().reply(notice, TEXT))

    [mail] = relayed(office)
    assert mail["In-Reply-To"] == "<emma-2@customer.test>"
    assert mail["References"].split() == ["<emma-1@customer.test>", "<emma-2@customer.test>"]


def test_answer_that_closes_and_comes_back_opens_again(office: Office) -> None:
    """It was closed on the strength of an answer that nobody got."""
    notice = overdue(office)
    replied(office, lena().reply(notice, f"#close\n\n{TEXT}"))
    assert office.ticket.state is TicketState.CLOSED
    [mail] = relayed(office)

    office.receive(bounce(mail))
    office.run_well()

    assert office.ticket.state is TicketState.OPEN


def test_answer_to_a_merged_or_spam_ticket_goes_nowhere(office: Office) -> None:
    """Nobody waits for one there."""
    notice = overdue(office)
    replied(office, lena().reply(notice, f"#spam\n\n{TEXT}"))

    assert relayed(office) == []
    assert office.ticket.spam


def test_folder_that_is_read_again_sends_nothing_again(office: Office) -> None:
    """Where UIDVALIDITY changes, the ledger knows what was passed on."""
    notice = overdue(office)
    replied(office, lena().reply(notice, TEXT, at=office.clock.now))
    with office.app.store.begin() as conn:
        known = mailboxes.cursor(conn, "support", "INBOX")
        assert known is not None
        mailboxes.save_cursor(conn, "support", "INBOX", replace(known, uidvalidity=1))
    report = office.run_well()

    assert report.intake is not None
    assert dict(report.intake.outcomes)["duplicate"] == 2
    assert len(relayed(office)) == 1


def test_what_the_customer_wrote_since_the_notice_still_waits(office: Office) -> None:
    """An answer answers what its writer was shown, and goes into the thread of that; what came
    later waits from its own arrival."""
    notice = overdue(office)
    office.clock.advance(minutes=10)
    office.receive(complaint(text="Forget it, cancel my order.\n", number=2))
    office.run_well()
    wrote_again = office.clock.now

    replied(office, lena().reply(notice, TEXT, at=office.clock.now))

    [mail] = relayed(office)
    assert mail["In-Reply-To"] == "<emma-1@customer.test>"
    ticket = office.ticket
    assert ticket.state is TicketState.OPEN
    assert ticket.waiting_since == wrote_again
    assert ticket.answered_at == office.clock.now


def test_ticket_that_was_closed_for_being_quiet_is_answered_all_the_same(office: Office) -> None:
    """Nobody has settled it in another way: a late answer goes out."""
    office.configure(ladder=f'{LADDER}[closing]\nafter = "1d"\n')
    notice = overdue(office)
    office.clock.advance(minutes=1)
    office.receive(answer(), folder="Sent")
    office.run_well()
    replied(office, lena().reply(notice, TEXT, at=office.clock.now))
    [returned_to_lena] = [m for m in office.sent_to(LEAD) if "Not sent" in m["Subject"]]
    office.clock.advance(days=2)
    office.run_well()
    assert office.ticket.state is TicketState.CLOSED

    replied(office, lena().reply(returned_to_lena, TEXT, at=office.clock.now))

    assert len(relayed(office)) == 1


def test_reply_to_what_came_back_answers_what_the_notice_showed(office: Office) -> None:
    """What the customer wrote between the notice and the mail that returned an answer stood in
    neither, and still waits."""
    notice = overdue(office)
    office.clock.advance(minutes=10)
    office.receive(complaint(text="Forget it, cancel my order.\n", number=2))
    office.run_well()
    wrote_again = office.clock.now
    replied(office, lena().reply(notice, "Lena Ruiz", at=office.clock.now))
    back = office.sent_to(LEAD)[-1]
    assert back["Subject"].startswith("Not sent")

    replied(office, lena().reply(back, TEXT, at=office.clock.now))

    [mail] = relayed(office)
    assert mail["In-Reply-To"] == "<emma-1@customer.test>"
    assert office.ticket.state is TicketState.OPEN
    assert office.ticket.waiting_since == wrote_again


@pytest.mark.parametrize(
    "text", ["Boss, can you take this?", "Who is handling this?", "Ya le contesté ayer."]
)
def test_talk_among_staff_reaches_nobody(office: Office, text: str) -> None:
    """A notice looks like a mail to a colleague, and some of staff answer it as one."""
    office.configure(ladder=f'[[escalation]]\nafter = "0m"\nto = ["{LEAD}", "{BOSS}"]\n')
    notice = overdue(office)

    replied(office, lena().reply(notice, text))

    assert "meant for us or for a colleague" in returned(office)


def test_two_late_answers_of_colleagues_do_not_contradict(office: Office) -> None:
    """Nobody waited any more when the first was passed on: the second goes back all the same."""
    office.configure(ladder=f'[[escalation]]\nafter = "0m"\nto = ["{LEAD}", "{BOSS}"]\n')
    notice = overdue(office)
    of_boss = office.sent_to(BOSS)[-1]
    boss = Person(name="Boss", email=BOSS, headers=BORDER)
    office.clock.advance(minutes=5)
    office.receive(answer(), folder="Sent")
    office.run_well()
    replied(office, lena().reply(notice, TEXT, at=office.clock.now))
    replied(office, boss.reply(of_boss, "Dear Emma,\n\nit is lost.", at=office.clock.now))
    again = [office.sent_to(one)[-1] for one in (LEAD, BOSS)]

    replied(office, lena().reply(again[0], TEXT, at=office.clock.now))
    replied(office, boss.reply(again[1], "Dear Emma,\n\nit is lost.", at=office.clock.now))

    assert len(relayed(office)) == 1
    assert "colleague has answered" in flat(office.sent_to(BOSS)[-1])


def test_reply_to_a_colleagues_draft_reaches_nobody(office: Office) -> None:
    """What stands above a colleague's mail is for that colleague, whoever it is sent to; a letter
    is for the customer."""
    notice = overdue(office)
    boss = Person(name="Boss", email=BOSS, headers=BORDER)
    draft = lena().reply(notice, TEXT, to=[BOSS], at=office.clock.now)
    to = ["support@example.com"]

    replied(office, boss.reply(draft, "Good, but say Saturday.", to=to, at=office.clock.now))
    assert relayed(office) == []
    assert "meant for us or for a colleague" in flat(office.sent_to(BOSS)[-1])
    replied(office, boss.reply(draft, "Dear Emma,\n\non Saturday.", to=to, at=office.clock.now))
    assert len(relayed(office)) == 1
