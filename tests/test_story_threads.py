"""Difficult mail from delivery to the admin's question "why?": the installed program on Dovecot and
an SMTP server, seen only as its users see it."""

import json
from pathlib import Path
from typing import Any

import letters
from desks import LiveDesk, text_of

EMMA = "emma@customer.test"
PROVEN = "mx.example.com; dmarc=pass header.from=example.com"


def inspected(desk: LiveDesk, content: bytes, *arguments: str) -> dict[str, Any]:
    """`inspect --json` with the desk's configuration."""
    path = desk.program.folder / "stored.eml"
    path.write_bytes(content)
    done = desk.program.run(
        "--config", "config.toml", "inspect", "--json", *arguments, str(path), environ=desk.environ
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def said(desk: LiveDesk, *arguments: str) -> str:
    """What a command says to a person."""
    done = desk.program.run("--config", "config.toml", *arguments, environ=desk.environ)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_complaint_that_staff_pass_on_is_the_customers(desk: LiveDesk) -> None:
    """Forwarded with `@fwd`, it opens the customer's ticket; the customer hears of it, staff's
    remark stays in the house, and the ticket says who passed it on."""
    desk.configure()
    forward = letters.letter(
        sender="Jane <jane@example.com>",
        subject="RV: Mi pedido",
        text=(
            "@fwd\nLlamó también por teléfono.\n\n________________________________\n"
            "De: Lucía Fernández <lucia@cliente.test>\n"
            "Enviado: lunes, 23 de noviembre de 2026 9:12\nPara: Jane <jane@example.com>\n"
            "Asunto: Mi pedido\n\nBuenos días:\n\n"
            "mi pedido no ha llegado. ¿Cuándo llegará?\n\nLucía\n"
        ),
        message_id="<forward-1@example.com>",
        In_Reply_To="<lucia-9@cliente.test>",
        Authentication_Results=PROVEN,
    )
    desk.deliver(forward)
    desk.once()

    [mail] = desk.sent_to("lucia@cliente.test")
    assert mail["In-Reply-To"] == "<lucia-9@cliente.test>"
    assert "Hola" in text_of(mail)
    assert "Llamó" not in text_of(mail)
    assert desk.sent_to("jane@example.com") == []
    ticket = desk.ticket_of("lucia@cliente.test")
    assert (ticket["subject"], ticket["language"]) == ("Mi pedido", "es")
    [event] = [event for event in ticket["events"] if event["what"] == "forwarded"]
    assert event["by"] == "jane@example.com"
    assert "Llamó también" in event["why"]
    assert inspected(desk, forward)["taken"]["ticket"] == ticket["reference"]


def test_a_customer_who_cannot_be_reached_is_told_of_once(desk: LiveDesk) -> None:
    """The bounce of our acknowledgement marks the ticket, and staff get one mail about it."""
    desk.configure()
    desk.deliver(letters.english())
    desk.once()
    ours = desk.sent_to(EMMA)[0]["Message-ID"]
    bounce = letters.bounce().replace(b"<somebody-elses@relay.test>", ours.encode())
    desk.deliver(bounce, bounce.replace(b"<dsn-1", b"<dsn-2"))
    desk.once()
    desk.once()

    ticket = desk.ticket_of(EMMA)
    assert ticket["state"] == "open"
    assert ticket["unreachable_at"] is not None
    [told] = desk.sent_to("lead@example.com")
    assert ticket["reference"] in told["Subject"]
    assert "my order has not arrived yet" in text_of(told)
    assert "Unreachable:   since" in said(desk, "ticket", ticket["reference"])


def test_a_new_matter_in_an_old_thread_is_not_lost_in_it(desk: LiveDesk) -> None:
    """It is a ticket with its own deadline and acknowledgement, linked to the old one."""
    desk.configure()
    desk.deliver(letters.english())
    desk.once()
    old = desk.ticket_of(EMMA)
    assert said(desk, "answered", old["reference"])
    again = letters.letter(
        sender=f"Emma Clarke <{EMMA}>",
        subject="You charged my card twice",
        text="Hello,\n\nthe invoice of May was charged twice. Please correct that.\n\nEmma\n",
        message_id="<emma-2@customer.test>",
        In_Reply_To="<emma-1@customer.test>",
    )
    before = inspected(desk, again)
    desk.deliver(again)
    desk.once()

    [new] = [ticket for ticket in desk.tickets() if ticket["state"] == "open"]
    assert (new["linked_to"], before["linked_to"]) == (old["reference"], old["reference"])
    assert new["acknowledged_at"] is not None
    assert len(desk.sent_to(EMMA)) == 2


def test_an_admin_learns_why_nobody_was_acknowledged(desk: LiveDesk) -> None:
    """`inspect` and `ticket` give the same reasons, in words, for the mail as it lies there."""
    desk.configure()
    content = letters.letter(
        sender="Noah <noah@customer.test>",
        subject="Question",
        text="Hello, where is my parcel? It should be here by now.\n",
        message_id="<noah-7@customer.test>",
        X_Auto_Response_Suppress="All",
    )
    desk.deliver(content)
    desk.once()
    ticket = desk.ticket_of("noah@customer.test")
    path = Path(desk.program.folder) / "noah.eml"
    path.write_bytes(content)

    answer = said(desk, "inspect", str(path))
    story = said(desk, "ticket", ticket["reference"])

    meaning = "X-Auto-Response-Suppress asks for no automatic answer"
    assert "Acknowledged: no" in answer
    assert meaning in answer
    assert f"{ticket['reference']}; not acknowledged: suppression_requested" in answer
    assert meaning in story
    assert "From is not proven" in story
