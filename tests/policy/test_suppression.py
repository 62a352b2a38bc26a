"""Each reason not to acknowledge a person, alone; and that an ordinary mail meets none."""

from dataclasses import replace
from typing import Any

import pytest
from making import ALIAS, ANA, SALES, SUPPORT, a_desk, a_message

from mailresponder.mail.message import Address, InboundMessage
from mailresponder.policy import suppression
from mailresponder.policy.desk import Acknowledging, Desk
from mailresponder.policy.facts import SentCounts
from mailresponder.policy.suppression import Case

ORDINARY = Case(
    message=a_message(), desk=a_desk(), correspondent=Address(email=ANA), sent=SentCounts()
)


def reasons(case: Case = ORDINARY, **changes: Any) -> tuple[str, ...]:
    return suppression.reasons(replace(case, **changes))


def headed(name: str, value: str) -> InboundMessage:
    return a_message(headers={name: value})


def acknowledging(**changes: Any) -> Desk:
    return a_desk(acknowledging=Acknowledging(**changes))


def test_ordinary_mail_meets_no_reason() -> None:
    """A person who writes to our address is acknowledged."""
    assert reasons() == ()


def test_reasons_are_listed_once_each_in_their_order() -> None:
    """All reasons that apply are recorded, in the order of the rules, under their names."""
    spam = a_message(to=(), headers={"X-Spam-Flag": "YES", "Return-Path": "<>"})

    met = reasons(message=spam, correspondent=None, sent=SentCounts(last_hour=10, last_day=10))

    assert met == (
        "no_correspondent",
        "null_return_path",
        "not_addressed_to_us",
        "marked_as_spam",
        "hourly_cap",
    )
    assert len({rule.__name__ for rule in suppression.RULES}) == len(suppression.RULES)


def test_acknowledgements_disabled() -> None:
    """Nobody is acknowledged where the configuration says so."""
    assert reasons(desk=acknowledging(enabled=False)) == ("acknowledgements_disabled",)


def test_no_correspondent() -> None:
    """Where nobody can be answered, nobody is."""
    assert reasons(correspondent=None) == ("no_correspondent",)


@pytest.mark.parametrize(
    ("email", "met"),
    [
        ("begoña@customer.test", ("needs_smtputf8",)),
        ("begona@correo-ñ.test", ()),
        ("ana@xn--correo-ywa.test", ()),
    ],
)
def test_needs_smtputf8(email: str, met: tuple[str, ...]) -> None:
    """A non-ASCII local part cannot be reached; a non-ASCII domain can, as A-labels."""
    assert reasons(correspondent=Address(email=email)) == met


@pytest.mark.parametrize(
    ("value", "met"),
    [
        ("<>", ("null_return_path",)),
        ("<MAILER-DAEMON>", ("null_return_path",)),
        (" < > ", ("null_return_path",)),
        (f"<{ANA}>", ()),
    ],
)
def test_null_return_path(value: str, met: tuple[str, ...]) -> None:
    """A mail with a null return path gets no answer."""
    assert reasons(message=headed("Return-Path", value)) == met


@pytest.mark.parametrize(
    "addressed",
    [
        a_message(to=("Support@Example.com",)),
        a_message(to=("boss@customer.test",), cc=(ALIAS,)),
        a_message(to=("support+orders@example.com",)),
        a_message(to=(), bcc=(Address(email=SUPPORT),)),
        a_message(to=(), resent_to=(Address(email=SUPPORT),)),
        a_message(to=(), headers={"Delivered-To": SUPPORT}),
        a_message(to=(), headers={"X-Original-To": " <Support@example.com> "}),
        a_message(to=(), headers={"Envelope-To": ALIAS}),
        a_message(to=(), headers={"X-Envelope-To": f"<{ALIAS}>"}),
        a_message(to=(), headers={"Delivered-To": f"{SUPPORT} From ana@customer.test Mon Nov 2"}),
    ],
)
def test_addressed_to_us(addressed: InboundMessage) -> None:
    """Any of our addresses among the recipients is enough, by header or by delivery."""
    assert reasons(message=addressed) == ()


@pytest.mark.parametrize(
    "elsewhere",
    [
        a_message(to=()),
        a_message(to=("everybody@customer.test",)),
        a_message(to=(SALES,)),
        a_message(to=("support@example.com.customer.test",)),
        a_message(to=("unsupport@example.com",)),
        a_message(to=(), headers={"Delivered-To": "somebody@example.com"}),
        a_message(to=(), headers={"X-Forwarded-To": SUPPORT}),
    ],
)
def test_not_addressed_to_us(elsewhere: InboundMessage) -> None:
    """Mail that names none of this mailbox's addresses gets no answer."""
    assert reasons(message=elsewhere) == ("not_addressed_to_us",)


@pytest.mark.parametrize(
    ("list_id", "met"),
    [
        ("Customers <Customers.Example.com>", ()),
        ("<others.example.com>", ("not_addressed_to_us",)),
    ],
)
def test_own_list_is_addressed_to_us(list_id: str, met: tuple[str, ...]) -> None:
    """A list that feeds our mailbox need not name us; another list must."""
    ours = a_desk(own_lists=frozenset({"customers.example.com"}))
    mail = a_message(to=("customers@example.com",), headers={"List-Id": list_id})

    assert reasons(message=mail, desk=ours) == met


def test_recipients_do_not_count_where_our_addresses_are_unknown() -> None:
    """Without a mailbox, as for a stored mail, the rule on recipients is skipped."""
    assert reasons(message=a_message(to=()), desk=a_desk(addresses=frozenset())) == ()


@pytest.mark.parametrize(
    ("value", "met"),
    [
        ("All", ("suppression_requested",)),
        ("OOF", ("suppression_requested",)),
        ("DR, autoreply", ("suppression_requested",)),
        ("DR, NDR, RN, NRN", ()),
        ("None", ()),
    ],
)
def test_suppression_requested(value: str, met: tuple[str, ...]) -> None:
    """All, OOF and AutoReply ask for silence; the other values ask for less."""
    assert reasons(message=headed("X-Auto-Response-Suppress", value)) == met


@pytest.mark.parametrize(
    ("pattern", "met"),
    [
        (ANA, ("blocked_sender",)),
        ("*@customer.test", ("blocked_sender",)),
        ("*@other.test", ("blocked_sender",)),
        ("bob@customer.test", ()),
    ],
)
def test_blocked_sender(pattern: str, met: tuple[str, ...]) -> None:
    """Neither a blocked author nor a blocked Reply-To address is answered, in any case."""
    blocking = acknowledging(blocked_senders=(pattern,))
    who = Address(email="Ana@Other.test")

    assert reasons(message=a_message("ANA@customer.test"), correspondent=who, desk=blocking) == met


def test_block_list_bears_a_mail_without_sender() -> None:
    """A mail of nobody is on no block list."""
    blocking = acknowledging(blocked_senders=("*",))

    assert reasons(message=a_message(None), correspondent=None, desk=blocking) == (
        "no_correspondent",
    )


@pytest.mark.parametrize(
    ("name", "value", "met"),
    [
        ("X-Spam-Flag", "YES", ("marked_as_spam",)),
        ("X-Spam-Status", "Yes, score=9.1 required=5.0", ("marked_as_spam",)),
        ("X-Rspamd-Action", "add header", ("marked_as_spam",)),
        ("X-Spam-Flag", "NO", ()),
        ("X-Spam-Status", "No, score=0.1", ()),
    ],
)
def test_marked_as_spam(name: str, value: str, met: tuple[str, ...]) -> None:
    """What our server marked as spam gets no answer, unless the desk trusts people more."""
    assert reasons(message=headed(name, value)) == met
    assert reasons(message=headed(name, value), desk=acknowledging(spam=True)) == ()


def test_reported_as_spam() -> None:
    """Whom staff marked as spam gets no answer, however our server sees it."""
    assert reasons(spam_before=True) == ("reported_as_spam",)
    assert reasons(spam_before=True, desk=acknowledging(spam=True)) == ("reported_as_spam",)


@pytest.mark.parametrize(
    ("sender", "met"),
    [
        ("abuse@customer.test", ("role_address",)),
        ("root@customer.test", ("role_address",)),
        ("postmaster@customer.test", ("role_address",)),
        ("webmaster@customer.test", ()),
    ],
)
def test_role_address(sender: str, met: tuple[str, ...]) -> None:
    """Roles that machines write from get no answer."""
    assert reasons(message=a_message(sender)) == met


@pytest.mark.parametrize(
    ("sender", "reply_to", "met"),
    [
        (ANA, "noreply@customer.test", ("nobody_reads_answers",)),
        ("noreply@customer.test", "jobs@customer.test", ("nobody_reads_answers",)),
        ("noreply@example.com", ANA, ()),
    ],
)
def test_nobody_reads_answers(sender: str, reply_to: str, met: tuple[str, ...]) -> None:
    """Where nobody would read it, no answer goes; a form's customer gets theirs."""
    assert reasons(message=a_message(sender, reply_to=(reply_to,))) == met


@pytest.mark.parametrize(
    "email", ["bob@exa%mple.com", "@foo/bar", "x@foo!bar", "two words@x.test", f"a@{'ü' * 70}.test"]
)
def test_unusable_address(email: str) -> None:
    """What no server takes as an address gets no answer, and breaks nothing."""
    assert reasons(correspondent=Address(email=email)) == ("unusable_address",)


@pytest.mark.parametrize(("sent", "met"), [(9, ()), (10, ("hourly_cap",)), (11, ("hourly_cap",))])
def test_hourly_cap(sent: int, met: tuple[str, ...]) -> None:
    """The tenth mail in an hour is the last."""
    assert reasons(sent=SentCounts(last_hour=sent, last_day=sent)) == met


@pytest.mark.parametrize(("sent", "met"), [(24, ()), (25, ("daily_cap",))])
def test_daily_cap(sent: int, met: tuple[str, ...]) -> None:
    """The twenty-fifth mail in a day is the last."""
    assert reasons(sent=SentCounts(last_day=sent)) == met


@pytest.mark.parametrize(("sent", "met"), [(1, ()), (2, ("same_subject_cap",))])
def test_same_subject_cap(sent: int, met: tuple[str, ...]) -> None:
    """The second mail with one subject is the last for a while."""
    assert reasons(sent=SentCounts(same_subject=sent)) == met


def test_caps_are_the_configured_ones() -> None:
    """A desk may allow fewer mails, even none."""
    strict = acknowledging(max_per_recipient_per_hour=1, max_per_recipient_per_day=0)

    assert reasons(desk=strict, sent=SentCounts(last_hour=1, last_day=1)) == (
        "hourly_cap",
        "daily_cap",
    )


def test_looks_automatic() -> None:
    """Another desk's receipt without any header gets no answer from us."""
    receipt = a_message(
        subject="[#12345] We have received your request",
        text="This is an automatic notification. Please do not reply to this message.",
    )

    assert reasons(message=receipt) == ("looks_automatic",)
