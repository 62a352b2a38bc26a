"""Is it safe to pass an answer of staff on?"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from making import ANA, HOUR, JANE, LEAD, NOON, SALES, SUPPORT, a_desk, a_message, a_ticket

from mailresponder.mail.attachments import LOGO, PICTURE, Enclosed, Obstacle
from mailresponder.mail.message import Address, Attachment, File
from mailresponder.policy import relaying
from mailresponder.policy.identifiers import Signer
from mailresponder.policy.refusals import Refusal
from mailresponder.policy.relaying import Case, Past
from mailresponder.policy.ticket import TicketState

TEXT = "Dear Ana,\n\nit arrives on Friday.\n\nKind regards,\nJane"
NOTICE = "Angry and unanswered\nAna has been waiting for an answer for 8 hours, since Monday.\n"
SIGNER = Signer(b"k" * 32)
REACTION = Attachment(filename="", content_type="text/vnd.google.email-reaction+json", size=30)
"""What Gmail sends where somebody puts a thumb below a mail."""


def a_case(text: str = TEXT, *, below: str = "", **changes: Any) -> Case:
    """An answer that may go out, but for what a test says of it."""
    given = {
        "message": a_message(JANE, text=f"{text}\n\n{below}", subject="Re: Unanswered [MR-7F3K2]"),
        "text": text,
        "by": Address(email=JANE, name="Jane Doe"),
        "ticket": a_ticket(),
        "desk": a_desk(),
        "past": Past(noticed_at=NOON),
    }
    return Case(**{**given, **changes})


def refused(text: str = TEXT, **changes: Any) -> Refusal | None:
    """Why it may not go out."""
    return relaying.refusal(a_case(text, **changes))


def test_an_ordinary_answer_may_go_out() -> None:
    """Nothing speaks against it, also with the quote of the notice below."""
    assert refused() is None
    quoted = NOTICE.strip().replace("\n", "\n> ")
    assert refused(below=f"On Monday, Acme <{SUPPORT}> wrote:\n> {quoted}") is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"merged_into": "MR-2B4CD"}, Refusal.MERGED),
        ({"spam": True}, Refusal.SPAM),
        ({"customer": Address(email="")}, Refusal.NO_ADDRESS),
        ({"customer": Address(email="no-reply@shop.test")}, Refusal.NO_ADDRESS),
        ({"customer": Address(email="añá@customer.test")}, Refusal.NO_ADDRESS),
        ({"customer": Address(email=SALES)}, Refusal.NO_ADDRESS),
        ({"unreachable_at": NOON}, Refusal.UNREACHABLE),
        ({"mailbox": "sales"}, Refusal.OTHER_TICKET),
    ],
)
def test_tickets_that_are_not_answered(changes: dict[str, Any], reason: Refusal) -> None:
    """What stands in the way is the ticket's."""
    assert refused(ticket=replace(a_ticket(), **changes)) is reason


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"subject": "Fwd: Unanswered [MR-7F3K2]"}, Refusal.FORWARDED),
        ({"subject": "RV: Sin respuesta [MR-7F3K2]"}, Refusal.FORWARDED),
        ({"cc": ("friend@elsewhere.test",)}, Refusal.IN_COPY),
        ({"to": ()}, Refusal.IN_COPY),
        ({"to": (SUPPORT, LEAD)}, Refusal.TO_COLLEAGUES),
        ({"cc": (JANE,)}, None),
        ({"subject": "Re: Unanswered [MR-2B4CD]"}, Refusal.OTHER_TICKET),
        ({"subject": "Re: Unanswered"}, None),
        ({"text": "-----BEGIN PGP MESSAGE-----\nabc"}, Refusal.ENCRYPTED),
        ({"unreadable": True}, Refusal.INCOMPLETE),
        ({"subject": "Recall: Unanswered [MR-7F3K2]"}, Refusal.AUTOMATIC),
        ({"attachments": (REACTION,)}, Refusal.AUTOMATIC),
    ],
)
def test_mails_that_are_no_answer(changes: dict[str, Any], reason: Refusal | None) -> None:
    """What stands in the way is how the mail was sent."""
    message = a_message(JANE, **{"text": TEXT, **changes})

    assert refused(message=message) is reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Refusal.EMPTY),
        ("\n \n", Refusal.EMPTY),
        ("-- \nJane Doe\nAcme", Refusal.ONLY_SIGNATURE),
        ("Jane", Refusal.ONLY_SIGNATURE),
        ("Jane Doe\nCustomer Service\n+34 600 000 000", Refusal.ONLY_SIGNATURE),
        ("Un saludo,\nJane Doe", Refusal.ONLY_SIGNATURE),
        ("Sent from my iPhone", Refusal.ONLY_SIGNATURE),
        ("Yes\nJane", Refusal.MEANT_FOR_US),
        ("Yes, it does.\nJane", None),
        ("On Friday.", None),
        ("No.\n\nJane Doe\nAcme", None),
        ("a" * (relaying.LONGEST + 1), Refusal.TOO_LONG),
        ("Half of it is \ufffd.", Refusal.INCOMPLETE),
        ("👍", Refusal.EMPTY),
        ("👍\n\nJane Doe reacted via Gmail", Refusal.AUTOMATIC),
        ("OK", Refusal.MEANT_FOR_US),
        ("Thanks, I'll take this one.\nJane", Refusal.MEANT_FOR_US),
        ("Me encargo yo.\n\nUn saludo,\nJane", Refusal.MEANT_FOR_US),
        ("close", Refusal.MEANT_FOR_US),
        ("snooze 2d", Refusal.MEANT_FOR_US),
        ("I will call you today.", None),
        ("Thank you, Ana, I have sent a new one.", None),
        ("Está en camino.", None),
        ("Hello Ana,\n\nFrom: Madrid\nTo: Paris\nSent: Monday\nis what they say.\n\nJane", None),
        (
            f"See {SIGNER.message_id(reference='MR-7F3K2', domain='x.test', nonce=b'12345678')}",
            Refusal.OWN_ID,
        ),
        ("Your case MR-7F3K2 is settled.", None),
        ("As in MR-2B4CD.", Refusal.OTHER_REFERENCE),
        ("As in your MR-3C5DE.", None),
    ],
)
def test_texts(text: str, reason: Refusal | None) -> None:
    """What stands in the way is what would be sent."""
    past = Past(noticed_at=NOON, references=frozenset({"MR-3C5DE"}))

    assert refused(text, past=past) is reason


def test_reply_token_in_the_text_is_not_sent() -> None:
    """Whoever reads it could write in a colleague's name."""
    desk = a_desk(subaddress="+")
    token = SIGNER.reply_token(reference="MR-7F3K2", recipient=JANE, until=NOON)

    assert refused(f"To: support+{token}@example.com", desk=desk) is Refusal.OWN_ID


@pytest.mark.parametrize(
    "below",
    [
        "> You asked for a date.\n\nFriday.\n\n> And the price?\n\nTen euros.",
        "> You asked for a date.\n\nOn Friday it arrives.",
    ],
)
def test_words_within_the_quote_are_not_torn_from_it(below: str) -> None:
    """An answer between the lines of a quote means nothing without them."""
    assert refused("See below.", below=below) is Refusal.WITHIN_QUOTE
    assert refused("", below=below) is Refusal.WITHIN_QUOTE


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Hello Ana, my answers are below, in red.", Refusal.WITHIN_QUOTE),
        ("Le contesto abajo, en azul.", Refusal.WITHIN_QUOTE),
        ("We have it in red as well. See the size below.", None),
    ],
)
def test_words_that_point_into_a_quote_without_marks(text: str, reason: Refusal | None) -> None:
    """Outlook marks no line of a quote, so only the writer says that there is more."""
    quoted = "-----Original Message-----\nFrom: Acme\nSent: Monday\n\nUnanswered."

    assert refused(text, below=quoted) is reason
    assert refused(text) is None


def test_a_signature_below_the_quote_is_none_of_it() -> None:
    """Some programs put it there."""
    assert refused(below="> You asked for a date.\n\n-- \nJane Doe\nAcme") is None


@pytest.mark.parametrize("obstacle", Obstacle)
def test_files_that_are_not_passed_on(obstacle: Obstacle) -> None:
    """Half of an answer is none, and each obstacle is a reason of that name."""
    reason = refused(enclosed=Enclosed(obstacle=obstacle))

    assert reason is not None
    assert reason.value == obstacle.value


@pytest.mark.parametrize(
    ("pictured", "reason"),
    [
        (f"Dear Ana,\n\nclick here:\n\n{LOGO}\n\nJane", Refusal.PICTURE_IN_TEXT),
        (f"Click {LOGO} here.\n\nJane", Refusal.PICTURE_IN_TEXT),
        (f"See:\n{PICTURE}", Refusal.PICTURE_IN_TEXT),
        (f"{TEXT}\n{LOGO}", None),
        (f"It arrives on Friday.\n\n{PICTURE}\nJane Doe\nAcme", None),
        (f"It arrives on Friday.\n\n{LOGO} Jane Doe\nAcme", None),
        (f"{TEXT}\n\nAcme\n{PICTURE}\n{LOGO} {LOGO}", None),
        (f"{LOGO}\nIt arrives on Friday.\n{LOGO}", None),
    ],
)
def test_pictures(pictured: str, reason: Refusal | None) -> None:
    """A signature has some, of any size; one within the text is part of what is said."""
    assert refused(enclosed=Enclosed(pictured=pictured)) is reason


@pytest.mark.parametrize(
    ("subject", "below", "reason"),
    [
        ("Afwezig: Unanswered: My order [MR-7F3K2]", "", Refusal.AUTOMATIC),
        ("Afwezig: Unanswered: My order [MR-7F3K2]", "> Unanswered since Monday", None),
        ("Afwezig: Unanswered: My order [MR-7F3K2]", "\n\n\nUntil Monday. ", Refusal.AUTOMATIC),
        ("RE: Unanswered: My order [MR-7F3K2]", "", None),
        ("Good news", "", None),
    ],
)
def test_absence_in_any_language(subject: str, below: str, reason: Refusal | None) -> None:
    """Programs put a word of theirs before the subject and quote nothing."""
    message = a_message(JANE, text=f"{TEXT}\n\n{below}".strip(), subject=subject)
    past = Past(noticed_at=NOON, notices=("Unanswered: My order [MR-7F3K2]\nIt waits.",))

    assert refused(message=message, past=past) is reason


def test_a_text_file_is_no_text() -> None:
    """A mail of nothing but a file is shown with the file's words, which are not the writer's."""
    file = File(filename="notes.txt", content_type="text/plain", content=TEXT.encode())

    assert refused(enclosed=Enclosed(files=(file,))) is Refusal.EMPTY
    assert refused("Dear Ana, see the file.", enclosed=Enclosed(files=(file,))) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{TEXT}\n{NOTICE}", Refusal.QUOTES_NOTICE),
        ("Angry and Unanswered!\nBut no.", None),
        ("Ana has been waiting for an answer for 8 hours, so here it is.", Refusal.QUOTES_NOTICE),
        ("You have been waiting for an answer.", None),
        ("He is the mayor's brother.", Refusal.QUOTES_NOTE),
        ("I say it as it is: he is the mayor's brother.", Refusal.QUOTES_NOTE),
        ("Your brother is no mayor of mine.", None),
        ("Tell him that we do not refund anything to people of this kind.", Refusal.QUOTES_STAFF),
        ("My order 20417 has not arrived, you wrote on Monday, and it has.", None),
    ],
)
def test_internal_words(text: str, reason: Refusal | None) -> None:
    """A line, or eight words in a row, of what staff and we wrote to staff give it away."""
    past = Past(
        noticed_at=NOON,
        notices=(f"{NOTICE}> My order 20417 has not arrived, you wrote on Monday.",),
        notes=("He is the mayor's brother.",),
        among_staff=("Lena, tell him that we do not refund anything to people of this kind.",),
        known=("My order 20417 has not arrived, you wrote on Monday.",),
    )

    assert refused(text, past=past) is reason


def test_ones_own_signature_gives_nothing_away() -> None:
    """It stands below what they write to colleagues as well."""
    signature = "Kind regards,\nJane Doe\nHead of Customer Service, Acme Limited\nTel 600 000 000"
    internal = f"Lena, look at this, please.\n{signature}"
    past = Past(noticed_at=NOON, among_staff=(internal,), of_writer=(internal,))

    assert refused(f"Dear Ana, it comes on Friday.\n{signature}", past=past) is None
    assert refused(internal, past=past) is Refusal.QUOTES_STAFF


def test_what_came_back_may_be_sent_again() -> None:
    """The notice that returns it repeats it, and that is no secret."""
    past = Past(noticed_at=NOON, notices=(f"You wrote:\n> {TEXT}",), returned=(TEXT,))

    assert refused(past=past) is None


@pytest.mark.parametrize(("at", "reason"), [(-HOUR, None), (HOUR, Refusal.ANSWERED_SINCE)])
def test_a_colleagues_answer_since(at: timedelta, reason: Refusal | None) -> None:
    """Only what came after the notice is news to its reader."""
    assert refused(past=Past(noticed_at=NOON, answered_at=NOON + at)) is reason


@pytest.mark.parametrize(("at", "reason"), [(-HOUR, None), (HOUR, Refusal.CLOSED_SINCE)])
def test_a_colleague_closed_since(at: timedelta, reason: Refusal | None) -> None:
    """An answer to a closed ticket is an answer, unless its writer could not know."""
    closed = a_ticket(state=TicketState.CLOSED, waiting_since=None, due_at=None)

    assert refused(ticket=closed, past=Past(noticed_at=NOON, closed_at=NOON + at)) is reason


def test_the_very_same_is_sent_once() -> None:
    """White space and a signature make no other answer."""
    past = Past(noticed_at=NOON, relayed=(f"{TEXT}\n-- \nAcme",))

    assert refused(f"{TEXT}  \n", past=past) is Refusal.SENT_BEFORE


def test_every_reason_has_a_rule_of_its_own() -> None:
    """All that is looked at here is on the list, and each name says what it looks for."""
    names = [rule.__name__ for rule in relaying.REASONS]
    elsewhere = {Refusal.NOT_PROVEN, Refusal.NOT_DELIVERED, Refusal.SHARED_ADDRESS}
    of_files = {obstacle.value for obstacle in Obstacle}

    assert len(set(names)) == len(names)
    assert {r.value for r in Refusal} - of_files - elsewhere == set(names) - {"attachments"}


@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_makes_it_fail(text: str, below: str) -> None:
    """Whatever stands in a mail, there is a verdict."""
    case = a_case(text, below=below, past=Past(noticed_at=NOON, notices=(NOTICE,), notes=(below,)))

    assert relaying.refusal(case) in (*Refusal, None)


def test_the_customer_in_copy_has_it_already() -> None:
    """Then it is no answer to pass on, whatever led here."""
    assert refused(message=a_message(JANE, to=(SUPPORT, ANA), text=TEXT)) is Refusal.IN_COPY
