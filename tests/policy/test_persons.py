"""Who somebody is by their addresses, and their traces in texts."""

import pytest

from mailresponder.policy.persons import ERASED, Person, exactly, listed, named

EMMA = Person(addresses=("Emma@Bücher.test",))


@pytest.mark.parametrize(
    ("address", "is_theirs"),
    [
        ("emma@bücher.test", True),
        ("EMMA@xn--bcher-kva.test", True),
        ("emma+shop@bücher.test", True),
        ("emma@bucher.test", False),
        ("gemma@bücher.test", False),
        ("emma@sub.bücher.test", False),
        ("", False),
        (None, False),
    ],
)
def test_spellings_are_one_address(address: str | None, is_theirs: bool) -> None:
    """Case, the domain's way of writing, and what stands behind a plus make nobody else."""
    assert EMMA.is_at(address) is is_theirs


def test_domains_that_were_one_once_are_two_people() -> None:
    """straße.test is not strasse.test (RFC 5891), and is found as mail has it."""
    theirs = Person(addresses=("x@Straße.test",))
    spelled = ("x@straße.test", "x@xn--strae-oqa.test")

    for address in spelled:
        assert theirs.is_at(address)
        assert Person(addresses=(address,)).taken_out(" ".join(spelled)) == f"{ERASED} {ERASED}"
    assert not theirs.is_at("x@strasse.test")
    assert theirs.taken_out("x@strasse.test") == "x@strasse.test"


def test_who_asks_for_a_detail_means_that_alone() -> None:
    """An address that is given with a plus is no other detail's, nor the plain one's."""
    shop = Person(addresses=("emma+shop@customer.test",))

    assert [shop.is_at(f"emma{end}@customer.test") for end in ("+shop", "+home", "")] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("write to Emma@Bücher.test, please", f"write to {ERASED}, please"),
        ("<mailto:emma%40xn--bcher-kva.test>", f"<mailto:{ERASED}>"),
        ("bounce-12-emma=bücher.test@list.test", f"bounce-12-{ERASED}@list.test"),
        ("emma+x@bücher.test.", f"{ERASED}."),
        ("gemma@bücher.test emma@bücher.testing", "gemma@bücher.test emma@bücher.testing"),
        ("emma@bücher.test.other.test", "emma@bücher.test.other.test"),
        ("anna.emma@bücher.test", "anna.emma@bücher.test"),
        ("mary-emma@bücher.test O'Emma@bücher.test", "mary-emma@bücher.test O'Emma@bücher.test"),
        ("-emma@bücher.test 'emma@bücher.test'", f"-{ERASED} '{ERASED}'"),
        ("?to=emma%40bücher.test", f"?to={ERASED}"),
    ],
)
def test_an_address_is_taken_out_of_a_text(text: str, left: str) -> None:
    """In the ways in which addresses stand in texts, links and bounce addresses, and no other's
    with it."""
    assert EMMA.taken_out(text) == left
    assert EMMA.is_in(text) is (text != left)


def test_each_text_with_the_address_holds_a_needle() -> None:
    """What a database looks for quickly misses nothing that is to go."""
    for text in (
        "emma@bücher.test",
        "Emma+x@bücher.test",
        "emma%40bücher.test",
        "emma=bücher.test",
    ):
        assert any(needle in text.lower() for needle in EMMA.needles), text
    unusual = Person(addresses=("ünal@customer.test",))
    for text in ("Ünal@customer.test", "ünal%40customer.test", "ünal=customer.test"):
        assert unusual.is_in(text)
        assert any(needle in text.lower() for needle in unusual.needles), text


def test_a_full_name_is_taken_out_and_a_single_one_is_not() -> None:
    """“Emma” is many people's."""
    words = named(["Emma  Clarke", "Emma", "E C"])

    text = EMMA.taken_out("Emma, emma\nclarke, Emma Clarkeson", words)

    assert text == f"Emma, {ERASED}, Emma Clarkeson"


def test_words_are_found_exactly() -> None:
    """A reference within a longer word is another one, and no words find nothing."""
    assert EMMA.taken_out("[MR-23456] XMR-23456", exactly(["MR-23456"])) == f"[{ERASED}] XMR-23456"
    assert exactly([]) == []


def test_a_list_of_addresses_is_read() -> None:
    """As messages hold it."""
    assert listed("a@b.test, emma@bücher.test,") == ["a@b.test", "emma@bücher.test"]
    assert EMMA.among("a@b.test, emma@bücher.test") == ["emma@bücher.test"]
