"""What forbids an automatic answer leaves the mail a person's, and people meet none of it."""

from datetime import UTC, datetime
from time import process_time

import pytest

from mailresponder.mail import suspicion
from mailresponder.mail.automatic import Kind, classify
from mailresponder.mail.message import InboundMessage, RawMessage
from mailresponder.mail.parse import parse
from mailresponder.mail.suspicion import looks_automatic, marked_as_spam

THREAD = "In-Reply-To: <ours@example.net>"
TEXT = "My order did not arrive. When will it?"


def mail(
    *headers: str, body: str = TEXT, subject: str = "Order", author: str = ""
) -> InboundMessage:
    head = [f"From: {author or 'Ana <ana@example.com>'}", f"Subject: {subject}", *headers]
    content = "\n".join([*head, "", body]).encode()
    return parse(RawMessage(uid=1, received_at=datetime(2026, 11, 2, tzinfo=UTC), content=content))


SIGNS = [
    ("automatic_note", mail(THREAD, subject="Re: Order (Automatic reply)", body="See you.")),
    ("automatic_note", mail(THREAD, body="Este mensaje ha sido generado automáticamente.")),
    ("automatic_note", mail(THREAD, body="このメールは自動送信です。返信はできません。")),
    ("absence_note", mail(body="I no longer work here. For orders please contact Bob.")),
    ("absence_note", mail(body="Este buzón ya no se atiende. Escriba a ventas@customer.test.")),
    (
        "challenge",
        mail(body="Your form says click the link to confirm you are a human. The link is dead."),
    ),
    (
        "absence_note",
        mail(subject="Out of office", body="I am out of the office until Monday."),
    ),
    (
        "foreign_acknowledgement",
        mail(
            subject="[#12345] We have received your request",
            body="Hello,\nthis is an automatic notification, do not reply. We will be in touch.",
        ),
    ),
    (
        "foreign_acknowledgement",
        mail(
            subject="[#12345] Order",
            body="We have received your request and will look into it.\n"
            "This is an automatic notification, please do not reply.",
        ),
    ),
    (
        "foreign_acknowledgement",
        mail(subject="Pedido", body="Hemos recibido su solicitud. No responda a este mensaje."),
    ),
    (
        "foreign_acknowledgement",
        mail(body="Estimada Ana:\nHemos recibido su consulta. Le responderemos en breve."),
    ),
    (
        "foreign_acknowledgement",
        mail(body="Your request (4711) has been received. A ticket has been created for you."),
    ),
    (
        "foreign_acknowledgement",
        mail(body="This is an automated response. We have received your mail."),
    ),
    ("foreign_acknowledgement", mail(body="Este es un mensaje automático, no lo responda.")),
    (
        "foreign_acknowledgement",
        mail(body="Wir haben Ihre Anfrage erhalten. Ihre Ticketnummer lautet 4711."),
    ),
    (
        "foreign_acknowledgement",
        mail(body="Nous avons bien reçu votre demande. Merci de ne pas répondre à ce message."),
    ),
    ("closing_note", mail(subject="[acme #412] Resolved: Order")),
    ("closing_note", mail(subject="[acme #412] Résolu : commande")),
    ("responder_subject", mail(subject="Automatic reply: Order", body="Bis bald.")),
    (
        "calendar_reply",
        mail("Content-Type: text/calendar; method=REPLY", subject="Zusage", body="BEGIN:VCALENDAR"),
    ),
    (
        "calendar_reply",
        mail(
            'Content-Type: multipart/alternative; boundary="b"',
            subject="Aceptado: Reunión",
            body="--b\n\nAllí estaré.\n--b\n"
            "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n--b--\n",
        ),
    ),
    (
        "calendar_reply",
        mail(subject="Accepted: Call @ Mon 2 Nov", body="Ana has accepted this invitation."),
    ),
    ("calendar_reply", mail(THREAD, subject="Declined: Call", body="")),
    (
        "newsletter",
        mail(author="Shop <newsletter@example.org>", body="Our deals.\n\nTo unsubscribe, click."),
    ),
    (
        "newsletter",
        mail(
            "Return-Path: <bounce-4711@mail.example.org>",
            body="Ofertas de mayo.\n\nPara darse de baja, pulse aquí.",
        ),
    ),
    ("absence_note", mail(body="I am out of the office until Monday.")),
    ("absence_note", mail(body="Buenos días:\nEstaré de vacaciones hasta el 15 de mayo.")),
    ("absence_note", mail(body="Guten Tag,\nich bin bis zum 3. Mai nicht im Büro.")),
    (
        "bounce_like",
        mail(
            author="Relay.Office@example.org",
            subject="RE: Order : non remis (delivery failed)",
            body="****\nVotre message n'a pas pu etre delivre a\njo@example.org\n****",
        ),
    ),
    (
        "bounce_like",
        mail(
            subject="Mail delivery failed",
            body="This message was created automatically by mail delivery software.\n\n"
            "The following address failed:\n\n  jo@example.org\n    550 unknown user\n",
        ),
    ),
]


@pytest.mark.parametrize(("sign", "message"), SIGNS)
def test_what_looks_automatic(sign: str, message: InboundMessage) -> None:
    """Each weak sign is seen under its name and makes no mail a machine's."""
    assert sign in [rule.__name__ for rule in suspicion.SIGNS if rule(message)]
    assert looks_automatic(message)
    assert classify(message).kind is Kind.HUMAN


def test_every_sign_is_shown() -> None:
    """No sign is without an example above."""
    assert {rule.__name__ for rule in suspicion.SIGNS} == {sign for sign, _ in SIGNS}


FORWARDED = (
    "---------- Forwarded message ---------\n"
    "From: Mail Delivery System <MAILER-DAEMON@mx.example.net>\n"
    "Date: Mon, 2 Nov 2026 09:00:00 +0000\n"
    "Subject: Undelivered Mail Returned to Sender\nTo: <ana@example.com>\n\n"
    "This is the mail system at host mx.example.net.\n\n"
    "I'm sorry to have to inform you that your message could not\n"
    "be delivered to one or more recipients.\n\n"
    "<support@shop.example>: host mx.shop.example said: 550 5.1.1 User unknown\n"
)

PEOPLE = [
    # Holidays and absence.
    mail(body="I am taking a vacation in May, so please send my order before that."),
    mail(body="I am on vacation in May, so I need to move my booking to June."),
    mail(body="I'm on holiday from Friday and nobody will be at home. Deliver it after the 15th."),
    mail(
        body="I will be out of the office until Monday, please deliver the parcel to my neighbour."
    ),
    mail(body="I was on leave until yesterday and only now saw that you charged me twice."),
    mail(body="I am away until June. Keep the parcel at the depot, please."),
    mail(body="We are on holiday until the 3rd and the alarm you sold us rings every night."),
    mail(body="I am on vacation until May 5 and the hotel you booked is closed. Refund me."),
    mail(subject="Vacation", body="I am on vacation next week. Move my appointment, please."),
    mail(subject="Holiday: wrong dates", body="I am on holiday from the 3rd, not the 5th."),
    mail(subject="Vacation response (Booking 1234)"),
    mail(THREAD, subject="Vacation", body="I am on vacation until May. I want the refund by then."),
    mail(body="Estoy de vacaciones en mayo, así que necesito cambiar la reserva a junio."),
    mail(body="Estaré de vacaciones hasta el 15 y no podré recoger el paquete, guárdenlo ahí."),
    mail(body="Me encuentro de viaje y mi tarjeta no funciona. ¿Qué hago?"),
    mail(body="Estoy de baja y no puedo ir a la tienda. Quiero que me devuelvan el dinero."),
    mail(body="Estuve fuera de la oficina cuando vino el repartidor y no dejó aviso."),
    mail(body="Estaré fuera de la oficina hasta el lunes, entréguenlo el martes."),
    mail(subject="Vacaciones", body="Estoy de vacaciones y el vuelo se ha cancelado. Exijo ayuda."),
    mail(subject="Vacaciones: cambio de fechas", body="Me voy de vacaciones el 3, no el 5."),
    mail(subject="Ausente", body="El repartidor dice que estaba ausente. Es falso."),
    mail(body="Ich bin bis zum 5. Mai im Urlaub. Liefern Sie meine Bestellung danach: dringend!"),
    mail(body="Je suis en vacances jusqu'au 5. En cas d'urgence, ma commande peut attendre."),
    # About automatic replies.
    mail(subject="Sick of your automatic reply"),
    mail(subject="Autoresponder: broken"),
    mail(subject="Re: Automatic reply: Order"),
    mail(body="Your out of office reply is rude. Nobody answers me for two weeks."),
    mail(body="I got an automatic reply: “We have received your message”. That was in March!"),
    mail(body="This is an automated message you keep sending me! Do not reply to me with it."),
    mail(THREAD, body="Hello, this is an automatic response, not an answer! I am furious."),
    mail(body='You wrote "this is an automated response, do not reply". So whom do I write to?'),
    mail(body="Do not reply with a standard text again. My washing machine still leaks."),
    mail(body="Every time I write I get “I am out of the office until Monday”. Which Monday?"),
    mail(subject="No quiero otra respuesta automática", body="Quiero que me atienda una persona."),
    mail(body="Su respuesta automática es una falta de respeto. Llevo dos semanas esperando."),
    mail(body="Me contestan «hemos recibido su solicitud» y nada más. Estoy harta."),
    mail(body="Dejen de mandarme mensajes automáticos y respondan de una vez."),
    mail(body="Cada vez que escribo recibo «estoy fuera de la oficina». ¿No hay nadie más?"),
    mail(subject="Respuesta automática inaceptable", body="Nadie me ha contestado todavía."),
    mail(subject="Fuera de la oficina: llegó mi pedido", body="Nadie me avisó de que llegaba."),
    # About cases, receipts and invitations.
    mail(subject="Re: [#123] Order", body="We have received your message, but it is broken."),
    mail(subject="Ticket received", body="I received the ticket for the wrong concert."),
    mail(body="Thank you for contacting me, but the problem is still there."),
    mail(body="Gracias por contactar conmigo tan rápido. El problema sigue igual."),
    mail(subject="Ticket #123", body="A ticket was opened last week and nobody answers."),
    mail(subject="[acme #412] still not resolved", body="You closed it, I did not."),
    mail(body="We have received your parcel. It is damaged, please do not reply with a form."),
    mail(body="My request has been closed without any answer. Open it again."),
    mail(body="Mi caso ha sido cerrado sin ninguna respuesta. Ábranlo otra vez."),
    mail(subject="Read: your terms", body="I read your terms and they say 14 days, not 7."),
    mail(subject="Leído: sus condiciones", body="He leído sus condiciones y dicen 14 días."),
    mail(subject="Accepted: your offer", body="I accept your offer. Send the contract."),
    mail(subject="Declined: my card", body=""),
    mail(subject="Rechazada: mi tarjeta", body="Han rechazado mi tarjeta en su tienda."),
    mail("Content-Type: text/calendar; method=REQUEST", subject="Invitation: Call"),
    # About mail and parcels that did not arrive.
    mail(subject="Delivery failure of my parcel", body="It was returned to sender. Send it again."),
    mail(
        subject="Delivery failed",
        body="Delivery of order 5523 failed again. This is the third time.",
    ),
    mail(subject="Returned to sender: parcel 12", body="The parcel was returned to sender."),
    mail(subject="Undelivered: order 7", body="The courier says the address is unknown."),
    mail(subject="Delivery problem", body="Delivery problems again. The driver could not find us."),
    mail(subject="Delivery delayed: sofa", body="The delivery of the sofa has been delayed twice."),
    mail(subject="No entregado: pedido 7", body="El pedido no ha podido ser entregado, dicen."),
    mail(subject="Paquete devuelto", body="Mi pedido fue devuelto y nadie me ha llamado."),
    mail(body="My message to your sales address could not be delivered: 550 mailbox full. Why?"),
    mail(body="Mi correo a ventas no pudo ser entregado: buzón lleno. ¿A quién escribo?"),
    mail(subject="Fwd: Undelivered Mail Returned to Sender", body=FORWARDED),
    mail(
        subject="Fwd: Undelivered Mail Returned to Sender",
        body=f"I get this whenever I write to you.\n\n{FORWARDED}",
    ),
    mail(
        subject="RV: Undelivered Mail Returned to Sender",
        body=f"Esto recibo cada vez que les escribo. ¿Qué hago?\n\n{FORWARDED}",
    ),
    mail(
        subject="I cannot write to you",
        body="I get this when I write to you:\n\n"
        "This message was created automatically by mail delivery software.\n"
        "A message that you sent could not be delivered: support@shop.example: 550 unknown user",
    ),
    mail(
        subject="Mis correos vuelven",
        body="Hola, me sale esto:\n\nSu mensaje no ha podido ser entregado a los destinatarios:\n"
        "<ventas@shop.example>: 550 5.1.1 usuario desconocido",
    ),
    mail(
        "Content-Type: multipart/mixed; boundary=b",
        subject="Fwd: Delivery Status Notification (Failure)",
        body="--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@mx.example.net\n"
        "Subject: Delivery Status Notification (Failure)\n\nYour message could not be delivered.\n"
        "--b--\n",
    ),
    # About newsletters.
    mail(body="I tried to unsubscribe from your list three times. Stop it."),
    mail(body="Quiero darme de baja de su lista y no me dejan."),
]


@pytest.mark.parametrize("message", PEOPLE, ids=range(len(PEOPLE)))
def test_people_do_not_look_automatic(message: InboundMessage) -> None:
    """Who writes about machines, holidays and lost mail is a person and is acknowledged."""
    assert classify(message).reasons == ()
    assert [rule.__name__ for rule in suspicion.SIGNS if rule(message)] == []


@pytest.mark.parametrize(
    "piece",
    [
        "mail ",
        "message to ",
        "delivery of mail ",
        "<a@b.example> ",
        "a@b.example\n",
        "> Message-ID: <",
        "the following recipients ",
        "thank you ",
        "ich bin ",
        "click the link ",
        "письмо ",
        "\n> ",
    ],
)
def test_hostile_words_take_no_time(piece: str) -> None:
    """A text of nothing but the beginnings of such phrases is judged as fast as any other."""
    body, began = piece * (100_000 // len(piece)), process_time()

    message = mail("Return-Path: <>", subject="failure notice", body=body)
    classify(message)
    looks_automatic(message)

    assert process_time() - began < 1


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Return-Path: <>", True),
        ("Return-Path: < >", True),
        ("Return-Path: <MAILER-DAEMON>", True),
        ("Return-Path: <MAILER-DAEMON@mx.example.net>", True),
        ("Return-Path: <ana@example.com>", False),
        ("X-Other: x", False),
    ],
)
def test_null_return_path(header: str, *, expected: bool) -> None:
    """A null return path is known in both spellings."""
    assert suspicion.null_return_path(mail(header)) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("X-Spam-Flag: YES", True),
        ("X-Spam-Status: Yes, score=9", True),
        ("X-Spam: Yes", True),
        ("X-Barracuda-Spam-Status: Yes, SCORE=4.2", True),
        ("X-Bogosity: Spam, tests=bogofilter, spamicity=0.99", True),
        ("X-DSPAM-Result: Spam", True),
        ("X-Rspamd-Action: add header", True),
        ("X-MS-Exchange-Organization-SCL: 5", True),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:SPM;H:mx;", True),
        ("X-Spam-Status: No, score=0", False),
        ("X-Spam-Flag: NO", False),
        ("X-Bogosity: Ham, tests=bogofilter", False),
        ("X-DSPAM-Result: Innocent", False),
        ("X-Rspamd-Action: no action", False),
        ("X-MS-Exchange-Organization-SCL: -1", False),
        ("X-MS-Exchange-Organization-SCL: 1", False),
        ("X-Forefront-Antispam-Report: CIP:192.0.2.1;SFV:NSPM;H:mx;", False),
        ("X-Spam-Score: 3.2", False),
    ],
)
def test_marked_as_spam(header: str, *, expected: bool) -> None:
    """What a filter decided counts, under the names the filters give it; a score does not."""
    assert marked_as_spam(mail(header)) is expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (mail(author="abuse@example.com"), True),
        (mail(author="root@localhost.example"), True),
        (mail(author="Cron Daemon <root@example.com>"), True),
        (mail("Reply-To: ana@example.net", author="www-data@shop.example"), False),
        (mail("Reply-To: root@example.com", author="root@example.com"), True),
        (mail(author="abuse.victims@example.com"), False),
        (mail(author="webmaster@example.com"), False),
        (mail(), False),
    ],
)
def test_role_address(message: InboundMessage, *, expected: bool) -> None:
    """Roles and accounts of programs are known, and so is the form that names its customer."""
    assert suspicion.role_address(message) is expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (mail("Reply-To: noreply@example.com"), True),
        (mail("Reply-To: noreply@example.com, ana@example.com"), False),
        (
            mail(
                "Reply-To: jobs@example.org",
                "To: support@example.com",
                author="noreply@mail.example.org",
            ),
            True,
        ),
        (
            mail(
                "Reply-To: ana@customer.test",
                "To: support@example.com",
                author="noreply@example.com",
            ),
            False,
        ),
        (
            mail(
                "Reply-To: jane@example.com",
                "To: support@example.com",
                author="noreply@example.com",
            ),
            False,
        ),
        (mail(), False),
    ],
)
def test_nobody_reads_answers(message: InboundMessage, *, expected: bool) -> None:
    """Answers go nowhere, or to the house of a no-reply sender; our own form is no such sender."""
    assert suspicion.nobody_reads_answers(message) is expected
