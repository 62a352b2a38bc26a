"""What is answered when a desk is set up, read from words."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.config import ImapSettings, SmtpSettings
from mailresponder.config.sections import WEEK
from mailresponder.jobs.guessing import Guess
from mailresponder.jobs.presets import Server, presets
from mailresponder.jobs.setup_answers import (
    SecurityUnknown,
    for_address,
    for_preset,
    for_provider,
    for_sign_in,
    read_hours,
    read_server,
    said_hours,
)

EXAMPLES = for_preset(presets()["generic"])


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon-wed 09:00-14:00 15:00-18:00", {"mon", "tue", "wed"}),
        ("SAT 10:00-13:00; mon 08:00-09:00", {"mon", "sat"}),
        ("sat-mon 10:00-13:00", {"sat", "sun", "mon"}),
    ],
)
def test_hours_are_read_from_words(text: str, days: set[str]) -> None:
    """Days alone or from one to another, over the end of the week too."""
    week = read_hours(text)
    assert week is not None
    assert set(week) == days


def test_around_the_clock_is_a_word() -> None:
    """`always` has no windows."""
    assert read_hours(" Always ") is None
    assert said_hours(None) == "always"


@pytest.mark.parametrize("text", ["", "never", "mon", "mon-xyz 09:00-10:00", "monday 09:00-10:00"])
def test_hours_that_are_none_are_refused_with_an_example(text: str) -> None:
    """The second word says how."""
    with pytest.raises(ValueError, match=r"not understood|no opening hours") as refused:
        read_hours(text)
    assert "always" in refused.value.args[1]


@given(
    st.dictionaries(
        st.sampled_from(WEEK),
        st.lists(st.sampled_from(["09:00-14:00", "15:00-18:00"]), min_size=1, max_size=2).map(
            tuple
        ),
        min_size=1,
    )
)
def test_hours_that_are_proposed_can_be_read_back(week: dict[str, tuple[str, ...]]) -> None:
    """Enter takes what stands in the brackets."""
    assert read_hours(said_hours(week)) == week


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("mail.acme.test", Server(host="mail.acme.test", port=993, security="tls")),
        ("mail.acme.test:143", Server(host="mail.acme.test", port=143, security="starttls")),
        ("[::1]:993", Server(host="::1", port=993, security="tls")),
        ("::1", Server(host="::1", port=993, security="tls")),
    ],
)
def test_a_port_tells_how_it_is_secured(text: str, server: Server) -> None:
    """And without one it is the usual one under TLS."""
    assert read_server(text, ImapSettings.ports) == server
    assert read_server(str(server), ImapSettings.ports) == server


def test_an_unusual_port_needs_a_word_beside_it() -> None:
    """Nothing is guessed about whether a password crosses the network in the clear."""
    with pytest.raises(SecurityUnknown):
        read_server("mail.acme.test:2525", SmtpSettings.ports)
    assert read_server("mail.acme.test:2525", SmtpSettings.ports, "starttls").port == 2525


@pytest.mark.parametrize("port", ["x", "-1", "٣", "9" * 5000])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    """Digits only, and no more than a port has."""
    with pytest.raises(ValueError, match="no port"):
        read_server(f"mail.acme.test:{port}", ImapSettings.ports)


def test_a_domain_of_ones_own_is_staff() -> None:
    """Everybody in it, until somebody says otherwise; nobody is told of what is late."""
    answers = for_address(EXAMPLES, "help@acme.test")
    assert (answers.staff, answers.lead) == (("*@acme.test",), ())


def test_a_providers_domain_is_not_staff() -> None:
    """All the world has an address at Gmail."""
    assert for_address(EXAMPLES, "acme@gmail.com").staff == ()


def test_what_was_given_stays() -> None:
    """An address says nothing against what somebody said."""
    said = replace(EXAMPLES, staff=("ana@x.test",), lead=("b@x.test",))
    said = replace(said, given=frozenset({"staff", "lead"}))
    answers = for_address(said, "help@acme.test")
    assert (answers.staff, answers.lead) == (("ana@x.test",), ("b@x.test",))


def test_servers_that_a_domain_names_are_no_examples() -> None:
    """Those that are only likely are."""
    found = Server(host="mail.acme.test", port=993, security="tls")
    guess = Guess(provider="generic", why="", imap=found)
    answers = for_address(EXAMPLES, "help@acme.test")
    answers = for_provider(answers, presets()["generic"], guess)
    assert answers.imap == found
    assert answers.smtp.host == "smtp.acme.test"
    assert answers.given == {"address", "imap"}


def test_a_provider_has_its_ways_to_sign_in() -> None:
    """Google's token is of no use at Fastmail; a password is, through a proxy, everywhere."""
    microsoft = for_preset(presets()["microsoft365"])
    assert (microsoft.sign_in, microsoft.client_secret) == ("microsoft", None)
    assert for_sign_in(microsoft, "password").sign_in == "password"
    assert for_sign_in(for_preset(presets()["gmail"]), "google").client_secret is not None
    with pytest.raises(ValueError, match="no way to sign in there"):
        for_sign_in(for_preset(presets()["fastmail"]), "google")


@pytest.mark.parametrize(
    ("address", "name"),
    [("help@acme.test", "help"), ("../../etc/x@acme.test", "------etc-x"), ("a.b@x.test", "a-b")],
)
def test_a_secrets_file_lies_beside_the_configuration(address: str, name: str) -> None:
    """Slashes and dots are letters of an address (RFC 5322 §3.2.3), and ways out of a folder."""
    assert for_address(EXAMPLES, address).file_name == name
