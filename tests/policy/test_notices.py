"""What our notices say, to whom and in which thread."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from making import ANA, HOUR, JANE, NOON, SUPPORT, a_desk, a_ticket

from mailresponder.mail.message import Address, OutboundMessage
from mailresponder.policy import notices
from mailresponder.policy.command_report import Outcome, Report, Text
from mailresponder.policy.digest import Answers, Digest, Some, Standing, Unsent
from mailresponder.policy.notices import History, Original, Said, Sheet
from mailresponder.policy.orders import Command, Order
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.ticket import (
    LanguageSource,
    OtherTicket,
    OtherTickets,
    Ticket,
    TicketState,
)
from mailresponder.store.templates import TemplateFolder
from mailresponder.templating import (
    EachLanguage,
    Layout,
    Template,
    TemplateError,
    compile_template,
)

SHIPPED = TemplateFolder(Path("does-not-exist"))
OURS = "<ours@example.com>"
QUESTION = Original(
    message_id="<question@customer.test>",
    references=("<before@customer.test>", "<question@customer.test>"),
    new_text="Hello, my order has not arrived.",
)
CLOSED = Outcome(command=Command(order=Order.CLOSE, written="#close"), reference="MR-7F3K2")
ANGRY: dict[str, Any] = {
    "anger": 0.9,
    "angry": True,
    "because": (("outrageous", 2.5), ("!!!", 0.4), ("thanks", -1.0)),
}


class One:
    """A template source with one template for everything."""

    def __init__(self, source: str) -> None:
        self._template = compile_template(source, name="one")
        self.asked: list[tuple[str, str]] = []

    def template(self, name: str, language: str) -> Template:
        self.asked.append((name, language))
        return self._template

    def layout(self) -> Layout:
        return SHIPPED.layout()


def a_sheet(**changes: Any) -> Sheet:
    """What a notice to staff is written on, an hour past noon."""
    sheet = Sheet(
        desk=a_desk(),
        templates=SHIPPED,
        to=Address(email=JANE),
        message_id=OURS,
        now=NOON + HOUR,
    )
    return replace(sheet, **changes)


def acknowledge(
    about: Ticket, original: Original = QUESTION, *, quote: bool = False, **changes: Any
) -> OutboundMessage:
    """The acknowledgement of a ticket, five seconds after it came."""
    given = {"to": about.customer, "now": NOON + timedelta(seconds=5), **changes}
    return notices.acknowledgement(a_sheet(**given), about, original, quote=quote)


def escalate(about: Ticket, **changes: Any) -> OutboundMessage:
    """The escalation of a ticket an hour after its deadline."""
    history = changes.pop(
        "history", [History(at=NOON, who="Ana", text="Hello, my order has not arrived.")]
    )
    why = {
        name: changes.pop(name) for name in ("others", "warning", "assigned_by") if name in changes
    }
    sheet = a_sheet(**{"now": NOON + 9 * HOUR, **changes})
    return notices.escalation(sheet, about, QUESTION, history, **why)


def flat(notice: OutboundMessage) -> str:
    """The text part on one line."""
    return " ".join(notice.text.split())


def test_acknowledgement_says_what_it_must() -> None:
    """Who we are, the reference, the subject, by when a person answers, and how to add to it."""
    notice = acknowledge(a_ticket())

    assert notice.subject == "Re: Where is my order? [MR-7F3K2]"
    assert "“Where is my order?” has reached Acme Support" in flat(notice)
    assert "reference is MR-7F3K2" in flat(notice)
    assert "A person will read your message" in flat(notice)
    assert "before Monday 23 November at 21:00 (Madrid time)" in flat(notice)
    assert "reply to this mail" in flat(notice)


def test_acknowledgement_in_spanish() -> None:
    """A Spanish customer gets Spanish, in words and in dates."""
    notice = acknowledge(a_ticket(language="es", subject="¿Dónde está mi pedido?"))

    assert notice.subject == "Re: ¿Dónde está mi pedido? [MR-7F3K2]"
    assert "«¿Dónde está mi pedido?» ha llegado a Acme Support" in flat(notice)
    assert "antes del lunes 23 de noviembre a las 21:00 (hora de Madrid)" in flat(notice)
    assert '<html lang="es"' in notice.html


def test_angry_customers_get_other_words() -> None:
    """The angry are told that a person reads their mail first."""
    assert "a person will read it first" in flat(acknowledge(a_ticket(**ANGRY)))
    assert "una persona lo leerá primero" in flat(acknowledge(a_ticket(language="es", **ANGRY)))
    assert "first" not in flat(acknowledge(a_ticket()))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_no_mail_states_a_time_in_the_past(language: str, late: timedelta) -> None:
    """Once the promise has passed the mail names no time at all."""
    about = a_ticket(language=language)
    assert about.due_at
    for angry in ({}, ANGRY):
        notice = acknowledge(replace(about, **angry), now=about.due_at + late)
        assert not re.search(r"\d:\d\d|November|noviembre", notice.text)
        assert ("later than it should" in flat(notice)) == (language == "en")
        assert ("más tarde de lo debido" in flat(notice)) == (language == "es")


def test_a_minute_that_has_begun_is_not_promised() -> None:
    """A deadline of seconds is not told as the full minute that already lies behind."""
    about = a_ticket(due_at=NOON + timedelta(seconds=40))
    notice = acknowledge(about, now=NOON + timedelta(seconds=5))

    assert "13:00" not in notice.text
    assert "later than it should" not in flat(notice)


def test_an_answered_ticket_promises_nothing() -> None:
    """Where no deadline runs any more, none is named and no delay is regretted."""
    notice = acknowledge(a_ticket(state=TicketState.ANSWERED, waiting_since=None, due_at=None))

    assert "at" not in re.findall(r"\bat \d", notice.text)
    assert "later than it should" not in flat(notice)


def test_words_go_back_only_to_who_proved_to_have_written_them() -> None:
    """The customer's text is quoted with `quote` and not otherwise, without live links."""
    original = replace(QUESTION, new_text="Look at https://shop.test/x\nNow.")

    assert "shop" not in acknowledge(a_ticket(), original).text
    quoted = acknowledge(a_ticket(), original, quote=True)
    assert "> Look at https[:]//shop[.]test/x\n> Now." in quoted.text
    assert "https:" not in quoted.html


def test_acknowledgement_answers_in_the_thread() -> None:
    """Addresses, thread headers and markers are those of a reply by a machine."""
    notice = acknowledge(a_ticket())

    assert notice.message_id == OURS
    assert notice.date == NOON + timedelta(seconds=5)
    assert str(notice.from_) == f"Acme Support <{SUPPORT}>"
    assert notice.to.email == ANA
    assert notice.in_reply_to == "<question@customer.test>"
    assert notice.references == ("<before@customer.test>", "<question@customer.test>")
    assert notice.auto_submitted == "auto-replied"


def test_a_mail_without_message_id_is_answered_without_thread() -> None:
    """Where there is nothing to refer to, nothing is referred to."""
    notice = acknowledge(a_ticket(), Original(message_id=None, references=(), new_text=""))
    assert (notice.in_reply_to, notice.references) == (None, ())


@pytest.mark.parametrize(
    ("template", "subject"),
    [
        ("{{ subject }}", "Where is my order? [MR-7F3K2]"),
        ("[{{ reference }}] {{ subject }}", "[MR-7F3K2] Where is my order?"),
        ("[{{ reference }}] a [{{ reference }}]", "[MR-7F3K2] a"),
        ("{{ reference }}", "MR-7F3K2 [MR-7F3K2]"),
        ("Re: Re: RE: a", "RE: a [MR-7F3K2]"),
    ],
)
def test_the_reference_stands_in_the_subject_once(template: str, subject: str) -> None:
    """Whatever an admin wrote, `[MR-7F3K2]` is there once."""
    assert acknowledge(a_ticket(), templates=One(f"Subject: {template}\n\na")).subject == subject


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ("Re: [MR-AAAAA] lamp", "Re: lamp [MR-7F3K2]"),
        ("RE: Re: lamp", "Re: lamp [MR-7F3K2]"),
        ("", "Re: your message [MR-7F3K2]"),
        ("a\r\nBcc: b@example.com\x00", "Re: a Bcc: b@example.com [MR-7F3K2]"),
    ],
)
def test_subject_as_heard(heard: str, told: str) -> None:
    """The customer's subject comes back without other tickets' references and line ends."""
    assert acknowledge(a_ticket(subject=heard)).subject == told


def test_a_long_subject_keeps_the_reference() -> None:
    """However long the customer's subject is, ours ends with the reference, below 200."""
    subject = acknowledge(a_ticket(subject="lamp " * 400)).subject
    assert subject.endswith("… [MR-7F3K2]")
    assert len(subject) < 200
    long = acknowledge(a_ticket(), templates=One("Subject: " + "lamp " * 90 + "\n\na")).subject
    assert long.endswith("… [MR-7F3K2]")
    assert len(long) < 200


def test_follow_up() -> None:
    """A further mail is confirmed with the time that still holds."""
    sheet = a_sheet(to=a_ticket().customer)
    notice = notices.follow_up(sheet, a_ticket(), QUESTION, quote=False)
    assert "is now with your earlier message, reference MR-7F3K2" in flat(notice)
    assert "before Monday 23 November at 21:00" in flat(notice)
    assert notice.auto_submitted == "auto-replied"
    assert notice.in_reply_to == QUESTION.message_id


def test_closing_question_asks_for_yes_or_no() -> None:
    """In the thread of the answer and the customer's language, without a link, and as no reply."""
    ticket = a_ticket(language="es", answered_at=NOON)
    notice = notices.closing_question(a_sheet(to=ticket.customer), ticket, QUESTION)

    assert "Le respondimos el lunes 23 de noviembre: ¿ha quedado resuelto?" in flat(notice)
    assert "Responda sí o no" in flat(notice)
    assert "href" not in notice.html
    assert (notice.in_reply_to, notice.auto_submitted) == (QUESTION.message_id, "auto-generated")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "What was wrong, “Lamps”, is now fixed. It asks each time. Sorry. Thank you for"),
        ("es", "Lo que fallaba, «Lámparas», ya está arreglado. Ahora la pregunta. Gracias por"),
        ("fr", "you wrote to us about something that was wrong. It is now fixed. Thank you for"),
    ],
)
def test_who_complained_is_told_that_it_is_fixed(language: str, told: str) -> None:
    """In their thread and language, with the desk's own sentences as they were written; without
    any where it has none in that language."""
    ticket = a_ticket(language=language)
    ticket = replace(ticket, customer=replace(ticket.customer, name="García, Ana"))
    notice = notices.fixed(
        a_sheet(to=ticket.customer),
        ticket,
        QUESTION,
        defect=EachLanguage({"en": "Lamps", "es": "Lámparas"}),
        words=EachLanguage({"en": "It asks each time.\n\nSorry.", "es": "Ahora la pregunta."}),
    )

    assert told in flat(notice)
    assert notice.text.splitlines()[0] in ("Hello Ana,", "Hola, Ana:")
    assert notice.subject == "Re: Where is my order? [MR-7F3K2]"
    assert (notice.in_reply_to, notice.auto_submitted) == (QUESTION.message_id, "auto-generated")


def test_words_for_everybody_are_told_to_everybody() -> None:
    """A plain text is said in whatever language the customer has."""
    sheet = a_sheet()
    notice = notices.fixed(sheet, a_ticket(language="es"), QUESTION, defect="", words="MR 2 helps.")
    assert "MR 2 helps." in flat(notice)
    assert "por algo que fallaba. Ya está arreglado." in flat(notice)


def test_escalation_says_what_staff_need() -> None:
    """The customer's words, age, deadline, step, why it is angry, and how to answer."""
    notice = escalate(a_ticket(escalation_level=2, acknowledged_at=NOON, **ANGRY))
    text = flat(notice)

    assert notice.subject == "Angry and unanswered: Where is my order? [MR-7F3K2]"
    assert "waiting for an answer for 9 hours, since Monday 23 November at 13:00" in text
    assert "due by Monday 23 November at 21:00: 1 hour late" in text
    assert "angry. What says so, from strong (+++) to weak (+): “outrageous” +++, “!!!” +." in text
    assert "angrier" not in text
    assert "Our acknowledgement went out on Monday 23 November at 13:00" in text
    assert "> Hello, my order has not arrived." in text
    assert "Reply to this mail with your answer." in text
    assert f"above the quote goes to {ANA} from {SUPPORT}" in text
    assert "step 2 of 2" in text


def test_the_lead_reads_first_what_counts() -> None:
    """Who waits and how late, their words, how angry, how to act, and only then the rest."""
    history = [
        History(at=NOON - HOUR, who=JANE, text="it is on its way", kind=Said.STAFF),
        History(at=NOON, who=ANA, text="it is not here", unanswered=True),
        History(at=NOON + HOUR, who=JANE, text="the van broke down", kind=Said.NOTE),
    ]
    other = OtherTicket(
        reference="MR-22222",
        subject="A lamp",
        state=TicketState.ANSWERED,
        opened_at=NOON - HOUR,
        angry=False,
    )
    others = OtherTickets(newest=(other,), more=7)
    about = a_ticket(acknowledged_at=NOON, **ANGRY)
    text = flat(escalate(about, history=history, others=others))

    told = [
        *("1 hour late", "> it is not here", "The customer is angry", "Reply to this mail"),
        *("#close", "it is on its way", "Internal note, not for the customer"),
        *("the van broke down", "Our acknowledgement", "A lamp [MR-22222]", "And 7 more"),
    ]
    assert sorted(told, key=text.index) == told


@pytest.mark.parametrize(
    ("language", "why", "angry", "subject", "words"),
    [
        ("en", {"warning": True}, False, "Due soon: ", "is nearly over"),
        ("en", {"warning": True}, True, "Angry, due soon: ", "is nearly over"),
        ("en", {"assigned_by": "jane"}, True, "Yours: ", "jane has assigned this to you."),
        ("es", {"warning": True}, False, "A punto de vencer: ", "a punto de terminar"),
        ("es", {"warning": True}, True, "Con enfado y a punto de vencer: ", "terminar"),
        ("es", {"assigned_by": "jane"}, True, "Para usted: ", "jane le ha asignado este caso."),
    ],
)
def test_an_escalation_says_what_for(
    language: str, why: dict[str, Any], angry: bool, subject: str, words: str
) -> None:
    """A warning and a ticket given to somebody are no reproach."""
    about = a_ticket(**(ANGRY if angry else {}))
    desk = a_desk(languages=(language,))
    notice = escalate(about, desk=desk, now=NOON + 7 * HOUR, **why)

    assert notice.subject.startswith(subject)
    assert words in flat(notice)
    assert re.search("in 1 hour|dentro de 1 hora", flat(notice))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(
    "about", [{"customer": ""}, {"customer": "peña@customer.test"}, {"unreachable_at": NOON}]
)
def test_where_a_reply_cannot_be_passed_on_nobody_is_told_to_reply(
    language: str, about: dict[str, Any]
) -> None:
    """Then the mail says what works: another way, and the command that says so."""
    text = flat(escalate(a_ticket(**about), desk=a_desk(languages=(language,))))

    assert not re.search("with your answer|con su respuesta", text)
    assert re.search("cannot be passed on|no se puede reenviar", text)
    assert re.search("#answered|#respondido", text)


def told_in(language: str, **about: Any) -> str:
    """The subject and the text of an escalation in a language, on one line."""
    notice = escalate(a_ticket(**about), desk=a_desk(languages=(language,)))
    return f"{notice.subject} {flat(notice)}"


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Upset and unanswered:", "The customer is upset. What says so, from strong"),
        ("es", "Con malestar y sin respuesta:", "Quien escribe muestra malestar. Lo dicen"),
    ],
)
def test_escalation_tells_of_the_upset(language: str, subject: str, words: str) -> None:
    """Who is not angry and yet not calm is called upset, and why."""
    told = told_in(language, anger=0.5, because=(("no bueno", 0.8),))

    assert subject in told
    assert words in told
    assert re.search("[“«]no bueno[”»] \\+\\+\\.", told)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "The latest mail is angrier than the ones before it."),
        ("es", "El último correo muestra más enfado que los anteriores."),
    ],
)
def test_escalation_says_that_anger_rises(language: str, words: str) -> None:
    """In words, alone and in a list of several."""
    rising = a_ticket(anger_rising=True, **ANGRY)
    sheet = a_sheet(desk=a_desk(languages=(language,)))

    assert words in told_in(language, anger_rising=True, **ANGRY)
    assert words not in told_in(language, **ANGRY)
    assert flat(notices.escalation_list(sheet, [rising, a_ticket(**ANGRY)])).count(words) == 1


@pytest.mark.parametrize(
    ("language", "angry", "words"),
    [
        ("en", True, "Angry and unanswered: .* ana said that the customer is angry\\."),
        ("en", False, "^Unanswered: .* ana said that the customer is not angry\\."),
        ("es", True, "Con enfado .* Según ana, quien escribe muestra enfado\\."),
        ("es", False, "^Sin respuesta: .* Según ana, quien escribe no muestra enfado\\."),
    ],
)
def test_escalation_says_who_judged_in_place_of_what_was_heard(
    language: str, angry: bool, words: str
) -> None:
    """Where a person has said it, the machine's words are no reason any more."""
    told = told_in(language, **(ANGRY | {"angry": angry, "judged_by": "ana"}))

    assert re.search(words, told)
    assert "outrageous" not in told


def test_templates_that_know_only_words_go_on_working() -> None:
    """`because` is a list of texts, as it was before there were weights."""
    one = One("Subject: s\n\n{% for words in because %}({{ words }}){% endfor %}\n")
    assert "(outrageous)(!!!)" in escalate(a_ticket(**ANGRY), templates=one).text


def test_a_hostile_cue_stays_text() -> None:
    """What stands in a cue is neither markup nor a link nor a template, in either part."""
    evil = "<b>**x** [a](https://evil.test) {{ desk }}\r\nBcc: x\u202e"
    notice = escalate(a_ticket(**(ANGRY | {"because": ((evil, 2.5),)})))

    assert "“<b>**x** [a](https[:]//evil[.]test) {{ desk }} Bcc: x” +++" in flat(notice)
    assert "&lt;b&gt;**x** [a](https[:]//evil[.]test) {{ desk }} Bcc: x” +++" in notice.html
    assert "\u202e" not in notice.html


def test_escalation_links_to_a_mail_that_stops_the_clock() -> None:
    """One click: to the customer, us in copy, the reference in the subject."""
    html = escalate(a_ticket(customer="ana+x@customer.test")).html
    assert (
        'href="mailto:ana+x@customer.test?cc=support%40example.com'
        "&amp;subject=Re%3A%20Where%20is%20my%20order%3F%20%5BMR-7F3K2%5D"
        '&amp;in-reply-to=%3Cquestion%40customer.test%3E"'
    ) in html


def test_escalation_is_a_machines_mail_to_one_person() -> None:
    """It lies in the customer's thread and is marked as generated."""
    notice = escalate(a_ticket())
    assert notice.to.email == JANE
    assert notice.auto_submitted == "auto-generated"
    assert (notice.in_reply_to, notice.references) == (QUESTION.message_id, QUESTION.references)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "our mail server marked their mail as spam; new_rule."),
        ("es", "no deseado; new_rule."),
    ],
)
def test_escalation_says_why_nobody_was_acknowledged(language: str, words: str) -> None:
    """The rules are told in words, and by name where there are none."""
    about = a_ticket(suppressed_by=("marked_as_spam", "new_rule"))
    assert words in flat(escalate(about, desk=a_desk(languages=(language,))))


def test_every_suppression_rule_has_words() -> None:
    """No reason for silence is told to staff by its name in the code."""
    from mailresponder.policy.suppression import RULES

    names = tuple(rule.__name__ for rule in RULES)
    for language in ("en", "es"):
        text = flat(escalate(a_ticket(suppressed_by=names), desk=a_desk(languages=(language,))))
        assert not [name for name in names if name in text]


def test_escalation_without_history_has_the_original() -> None:
    """The customer's words are there even if nothing else is known."""
    assert "my order has not arrived" in flat(escalate(a_ticket(), history=[]))


def test_a_long_history_fits() -> None:
    """Of many long messages the latest are told, and that there are more."""
    entry = History(at=NOON, who="Ana", text="http://x.test/ * [a](b)\n" * 5000)
    last = History(at=NOON, who="Ana", text="the last word")
    notice = escalate(a_ticket(), history=[entry] * 60 + [last])

    assert "51 earlier messages are not shown" in flat(notice)
    assert "the last word" in notice.text
    assert len(notice.html) < 200_000


def test_many_tickets_in_one_mail() -> None:
    """A person over the cap gets one mail with every ticket and a link to answer each."""
    about = [a_ticket(reference="MR-AAAAA"), a_ticket(reference="MR-BBBBB", **ANGRY)]
    notice = notices.escalation_list(a_sheet(now=NOON + 9 * HOUR), about)
    assert notice.subject == "Acme Support: 2 unanswered"
    assert "[MR-AAAAA]" in notice.text
    assert "9 hours, 1 hour past the deadline, and is angry" in flat(notice)
    assert "#close MR-AAAAA" in flat(notice)
    assert "an answer to one of them cannot be sent by replying to it" in flat(notice)
    assert notice.html.count("mailto:") == 2


def a_digest(**changes: Any) -> Digest:
    """A morning on which nothing is to be done."""
    told = Digest(
        since=NOON - 24 * HOUR,
        standing=Standing(),
        angry=Some(),
        late=Some(),
        due_today=Some(),
        unreachable=Some(),
        unacknowledged=Some(),
        unsent=Some(),
        answers=Answers(),
    )
    return replace(told, **changes)


def digest(language: str = "en", **changes: Any) -> OutboundMessage:
    """A digest an hour past noon."""
    desk = a_desk(languages=(language,))
    return notices.digest(a_sheet(desk=desk), a_digest(**changes), desk_of=lambda _: desk)


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Acme Support: all is quiet", "nobody is waiting for an answer"),
        ("es", "Acme Support: todo en calma", "nadie espera respuesta"),
    ],
)
def test_a_quiet_digest_is_short(language: str, subject: str, words: str) -> None:
    """It names no command, as there is no ticket to name."""
    notice = digest(language)

    assert notice.subject == subject
    assert words in flat(notice)
    assert "#" not in notice.text
    assert len(notice.text.splitlines()) < 10


@pytest.mark.parametrize(
    ("language", "subject", "told"),
    [
        (
            "en",
            "Acme Support: 3 open, 2 angry, 1 late",
            ["3 customers are waiting", "2 are angry. 1 is late.", "And 7 more", "the sender is"],
        ),
        (
            "es",
            "Acme Support: 3 abiertos, 2 con enfado, 1 con retraso",
            ["3 clientes esperan", "2 muestran enfado. 1 lleva", "Y 7 más", "el remitente está"],
        ),
    ],
)
def test_a_digest_tells_what_a_lead_acts_on(language: str, subject: str, told: list[str]) -> None:
    """Counts, lists with what they leave out, reasons and kinds in words."""
    lost = Unsent(kind="relay", recipient=ANA, reference="MR-AAAAA", why="550 5.1.1 no <b>")
    notice = digest(
        language,
        standing=Standing(open=3, angry=2, late=1, late_angry=0),
        angry=Some(first=(a_ticket(**ANGRY),), more=7),
        unacknowledged=Some(first=(a_ticket(suppressed_by=("blocked_sender",)),)),
        unsent=Some(first=(lost,)),
    )

    assert notice.subject == subject
    assert not [words for words in told if words not in flat(notice)]
    assert "550 5.1.1 no <b>" in flat(notice)
    assert "relay" not in flat(notice)
    assert notice.html.count("mailto:") == 1
    assert notice.auto_submitted == "auto-generated"
    assert notice.in_reply_to is None


def test_a_digest_leaves_out_what_it_does_not_know() -> None:
    """Neither a deadline that does not run nor a name that is none leaves its marks behind."""
    nobody = a_ticket(**ANGRY, due_at=None, customer=Address(email=ANA))
    text = flat(digest(angry=Some(first=(nobody,)), unreachable=Some(first=(nobody,))))

    assert f": {ANA} <{ANA}>." in text or f": {ANA}. Mail does" in text
    assert f"{ANA} ({ANA})" not in text


@pytest.mark.parametrize(
    ("language", "outcomes", "subject"),
    [
        ("en", (), "Not sent: Where is my order?"),
        ("es", (), "No enviado: Where is my order?"),
        ("en", (CLOSED,), "Not all done: Where is my order?"),
        ("es", (CLOSED,), "No todo está hecho: Where is my order?"),
    ],
)
def test_a_report_on_an_answer_not_sent_is_not_called_done(
    language: str, outcomes: tuple[Outcome, ...], subject: str
) -> None:
    """Who reads no further than the subject must not think that the customer has it."""
    report = Report(outcomes=outcomes, text=Text.REFUSED, refused="picture_in_text", rest="Dear")
    notice = notices.command_report(
        a_sheet(desk=a_desk(languages=(language,))), a_ticket(), QUESTION, report
    )

    assert notice.subject == f"{subject} [MR-7F3K2]"
    assert {"en": "attach it as a file", "es": "adjúntela como archivo"}[language] in flat(notice)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_refusal_has_words_in_a_report(language: str) -> None:
    """Staff are told what to do otherwise, not only that it was unsafe."""
    # What these are about is told by another notice, or there was no text.
    elsewhere = {"shared_address", "empty", "only_signature", "not_delivered"}
    vague = {"en": "would not have been safe", "es": "no habría sido seguro"}[language]
    sheet = a_sheet(desk=a_desk(languages=(language,)))
    told = {
        reason.value: flat(
            notices.command_report(
                sheet, a_ticket(), QUESTION, Report(text=Text.REFUSED, refused=reason.value)
            )
        )
        for reason in Refusal
    }

    assert {reason for reason, text in told.items() if vague in text} == elsewhere


def test_every_kind_of_mail_has_words_in_a_digest() -> None:
    """No mail that failed is told by its name in the code, where that is no word."""
    from typing import get_args

    from mailresponder.store.outbox import Kind

    for kind in get_args(Kind):
        lost = Unsent(kind=kind, recipient=ANA, reference=None, why="")
        for language in ("en", "es"):
            text = flat(digest(language, unsent=Some(first=(lost,))))
            assert "_" not in text
            assert language == "en" or f"{ANA}: {kind}" not in text


def test_a_reply_that_reached_nobody_is_returned() -> None:
    """Staff are told plainly, in their thread, and get a link with their text in it."""
    reply = Original(
        message_id="<reply@example.com>", references=("<r@x>",), new_text="Dear Ana,\nyes"
    )
    notice = notices.not_sent(a_sheet(), a_ticket(), reply)
    assert notice.subject == "Not sent to the customer: Where is my order? [MR-7F3K2]"
    assert "Your reply did not reach ana@customer.test" in flat(notice)
    assert "body=Dear%20Ana%2C%0D%0Ayes" in notice.html
    assert "due by Monday 23 November at 21:00" in flat(notice)
    assert (notice.in_reply_to, notice.references) == ("<reply@example.com>", ("<r@x>",))
    assert notice.auto_submitted == "auto-replied"


def test_a_long_reply_is_returned_without_prefilled_link() -> None:
    """A text too long for a link still comes back whole enough to copy."""
    reply = Original(message_id=None, references=(), new_text="word " * 2000)
    notice = notices.not_sent(a_sheet(), a_ticket(), reply)
    assert "body=" not in notice.html
    assert "your text already in it" not in flat(notice)
    assert notice.text.count("word") == 2000


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        ("mailbox_failing", "Acme Support: the mailbox support cannot be read"),
        ("mailbox_well", "Acme Support: the mailbox support can be read again"),
        ("sign_in_ending", "Acme Support: the sign-in of the mailbox support is about to end"),
        ("not_delivered", "Acme Support: a mail could not be sent"),
        ("breaker_open", "Acme Support: too much mail at once, some of it waits"),
        ("clock_wrong", "Acme Support: clock wrong"),
    ],
)
def test_admins_are_told(event: str, subject: str) -> None:
    """Each event has its words, an unknown one its name; hosts are not defused for admins."""
    notice = notices.admin(a_sheet(), event, "imap.example.com: connection refused")
    assert notice.subject == subject
    assert "In detail: imap.example.com: connection refused" in flat(notice)
    assert notice.auto_submitted == "auto-generated"


def test_test_mail() -> None:
    """The test mail says what it is."""
    notice = notices.test_mail(a_sheet(), reply=False)
    assert notice.subject == "Acme Support: test mail"
    assert "If you can read it, sending works." in flat(notice)


def test_staff_read_the_desks_first_language() -> None:
    """The customer's language decides what the customer reads, not what staff do."""
    spanish = a_desk(languages=("es", "en"))
    assert escalate(a_ticket(language="en"), desk=spanish).subject.startswith("Sin respuesta:")


def guessed(**changes: Any) -> Ticket:
    """A ticket that is in Spanish, as far as anybody can tell."""
    return a_ticket(language="es", language_from=LanguageSource.HINT, **changes)


def test_a_guessed_language_is_acknowledged_in_all() -> None:
    """The likelier above the other, each with its own date; the customer's words once."""
    notice = acknowledge(guessed(), quote=True)

    text = flat(notice)
    assert text.index("antes del lunes 23 de noviembre") < text.index("before Monday 23 November")
    assert text.count("my order has not arrived.") == 1
    assert notice.subject == "Re: Where is my order? [MR-7F3K2]"
    assert notice.in_reply_to == QUESTION.message_id
    assert notice.auto_submitted == "auto-replied"


def test_the_angry_are_so_acknowledged_too() -> None:
    """Both halves are those for the angry."""
    text = flat(acknowledge(guessed(**ANGRY)))
    assert "una persona lo leerá primero" in text
    assert "a person will read it first" in text


def test_only_acknowledgements_are_in_several_languages() -> None:
    """A further notice keeps to the ticket's language, and a desk with one language to that."""
    sheet = a_sheet(to=guessed().customer)
    notice = notices.follow_up(sheet, guessed(), QUESTION, quote=False)
    alone = acknowledge(guessed(), desk=a_desk(languages=("es",)))

    assert "Hello" not in notice.text
    assert "Hello" not in alone.text


def test_a_language_without_templates_is_not_said_twice() -> None:
    """Where one template stands in for two languages, it stands there once."""
    one = One("Subject: s\n\nWe heard you.\n")
    notice = acknowledge(guessed(), templates=one)
    assert notice.text.count("We heard you.") == 1


def test_a_broken_half_falls_back_with_the_other() -> None:
    """Where one half fails on a mail, both are the shipped ones."""

    class Broken(One):
        def fallback(self, _error: TemplateError) -> TemplateFolder:
            return SHIPPED

    notice = acknowledge(guessed(), templates=Broken("Subject: s\n\n{{ nobody }}\n"))
    assert "ha llegado a" in flat(notice)
    assert "has reached" in flat(notice)
