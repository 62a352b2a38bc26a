import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailresponder.web.origin import Home, is_ours

HERE = Home("127.0.0.1")
BEHIND = Home("127.0.0.1", "https://desk.example.com")
EVERYWHERE = Home("0.0.0.0")


@pytest.mark.parametrize("host", ["127.0.0.1:8025", "localhost", "LOCALHOST:1", "[::1]:8025"])
def test_the_loopback_is_ours(host: str) -> None:
    """By any of its names."""
    assert HERE.is_asked_for(host)
    assert BEHIND.is_asked_for(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ":8025",
        "evil.test",
        "127.0.0.1.evil.test",
        "localhost.evil.test",
        "evil.test:8025",
        "desk.example.com.evil.test",
        "desk.example.com@evil.test",
        "evil.test/desk.example.com",
        "[::1",
        "192.0.2.7",
    ],
)
def test_a_strangers_name_is_not(host: str) -> None:
    """A page under a name that somebody points at this machine must not read ours."""
    for home in (HERE, BEHIND):
        assert not home.is_asked_for(host)


def test_the_address_of_the_proxy_is_ours() -> None:
    """With any port, for a proxy may add its own."""
    for host in ("desk.example.com", "Desk.example.com:443", "desk.example.com."):
        assert BEHIND.is_asked_for(host)
        assert not HERE.is_asked_for(host)


def test_on_every_address_the_addresses_are_ours() -> None:
    """Nobody can own an address as they own a name."""
    assert EVERYWHERE.is_asked_for("192.0.2.7:8025")
    assert EVERYWHERE.is_asked_for("[2001:db8::1]:8025")
    assert not EVERYWHERE.is_asked_for("evil.test")
    assert Home("desk.lan").is_asked_for("desk.lan:8025")


@pytest.mark.parametrize(
    ("home", "headers", "expected"),
    [
        (HERE, {"sec-fetch-site": "same-origin"}, True),
        (HERE, {"sec-fetch-site": "none"}, True),
        (HERE, {"sec-fetch-site": "same-site"}, False),
        (HERE, {"sec-fetch-site": "cross-site"}, False),
        (HERE, {"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8025"}, False),
        (HERE, {"origin": "http://127.0.0.1:8025"}, True),
        (HERE, {"origin": "http://127.0.0.1:9000"}, False),
        (HERE, {"origin": "https://evil.test"}, False),
        (HERE, {"origin": "null"}, False),
        (HERE, {"origin": ""}, False),
        (HERE, {}, None),
        (BEHIND, {"origin": "https://desk.example.com"}, True),
        (BEHIND, {"origin": "https://desk.example.com", "host": "desk.example.com"}, True),
        # In clear text anybody on the way could have written that page.
        (BEHIND, {"origin": "http://desk.example.com", "host": "desk.example.com"}, False),
        (BEHIND, {"origin": "https://www.example.com", "host": "desk.example.com"}, False),
    ],
)
def test_a_form_says_where_it_was_filled_in(
    home: Home, headers: dict[str, str], expected: bool | None
) -> None:
    """Only a page of ours counts, whatever a proxy did to the name we were asked for by."""
    assert home.sent({"host": "127.0.0.1:8025"} | headers) is expected


@pytest.mark.parametrize("path", ["/", "/queue", "/queue?state=open&q=a+b", "/tickets/MR-22222"])
def test_a_path_of_ours(path: str) -> None:
    """One may be sent to any page here."""
    assert is_ours(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "queue",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "\t//evil.test",
        "/\n/evil.test",
        "https://evil.test",
        "javascript:alert(1)",
        " //evil.test",
        "/queue\r\nSet-Cookie: a=b",
    ],
)
def test_a_path_elsewhere(path: str) -> None:
    """What a browser may read as another site, or as more than a path, is none of ours."""
    assert not is_ours(path)


@given(st.text())
def test_any_header_can_be_judged(text: str) -> None:
    """Whatever is sent as a name or a path, there is an answer."""
    HERE.is_asked_for(text)
    is_ours(text)


@pytest.mark.parametrize(
    ("home", "referer", "expected"),
    [
        (HERE, "http://localhost:8025/why", "/why"),
        (
            HERE,
            "http://localhost:8025/templates/edit?name=admin&in=es",
            "/templates/edit?name=admin&in=es",
        ),
        (BEHIND, "https://desk.example.com/why#text", "/why"),
        (HERE, "https://desk.example.com/why", ""),
        (HERE, "http://evil.test/why", ""),
        (HERE, "http://localhost:8025//evil.test", ""),
        (HERE, "javascript:alert(1)", ""),
        (HERE, "http://[::1", ""),
        (HERE, "", ""),
    ],
)
def test_only_a_page_of_ours_is_where_one_came_from(
    home: Home, referer: str, expected: str
) -> None:
    """A link back leads nowhere else, whatever the browser says."""
    assert home.came_from({"host": "localhost:8025", "referer": referer}) == expected
