from pathlib import Path

import pytest
from sites import CONFIG, user

from mailresponder.config import Config, load
from mailresponder.errors import ConfigError

USER = user("ana")


def read(folder: Path, web: str) -> Config:
    path = folder / "config.toml"
    path.touch(mode=0o600)
    path.write_text(CONFIG.format(desk="", more=f"[web]\n{web}", imap_port=9, smtp_port=9))
    return load(path)


def mistakes(folder: Path, web: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        read(folder, web)
    return {problem.path: f"{problem.message} {problem.hint}" for problem in caught.value.problems}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "desk.example.com", "127.1"])
def test_others_need_a_password(tmp_path: Path, host: str) -> None:
    """Off the loopback the page is refused while nobody has a password, and it is said how."""
    found = mistakes(tmp_path, f'host = "{host}"')

    assert list(found) == ["web.host"]
    assert "mailresponder web --hash" in found["web.host"]
    assert read(tmp_path, f'host = "{host}"\n{USER}').web.host == host


def test_a_reverse_proxy_needs_one_too(tmp_path: Path) -> None:
    """A page with an address for others is one that others can reach."""
    assert list(mistakes(tmp_path, 'url = "https://desk.example.com"')) == ["web.url"]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_this_machine_needs_none(tmp_path: Path, host: str) -> None:
    """On the loopback a link lets in whoever started the page."""
    assert read(tmp_path, f'host = "{host}"').web.user == ()


def test_a_page_in_the_open_is_warned_of(tmp_path: Path) -> None:
    """Off the loopback without TLS in front passwords could be read; with it there is no word."""
    [warning] = read(tmp_path, f'host = "192.0.2.7"\n{USER}').warnings

    assert "not encrypted" in warning
    there = f'host = "192.0.2.7"\nurl = "https://desk.example.com"\n{USER}'
    assert read(tmp_path, there).warnings == ()


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://Desk.Example.com/", "https://desk.example.com"),
        ("https://desk.example.com:443", "https://desk.example.com"),
        ("https://desk.example.com:8443", "https://desk.example.com:8443"),
        ("https://señal.example.com", "https://xn--seal-hqa.example.com"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_an_address_is_kept_as_browsers_send_it(tmp_path: Path, url: str, kept: str) -> None:
    """Scheme, host and port only, so that it can be compared with what a browser says."""
    assert read(tmp_path, f'url = "{url}"\n{USER}').web.url == kept


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://desk.example.com", "readable by anyone use https"),
        ("desk.example.com", "must be https://"),
        ("ftp://desk.example.com", "must be https://"),
        ("https://desk.example.com/support", "cannot lie below a path"),
        ("https://desk.example.com?a=b", "cannot lie below a path"),
        ("https://ana@desk.example.com", "must be https://"),
        ("https://desk.example.com:port", "must be https://"),
        ("https://[desk", "must be https://"),
        ("https://", "must be https://"),
    ],
)
def test_what_is_no_address_is_refused(tmp_path: Path, url: str, words: str) -> None:
    """What browsers could not be sent to, or not safely, is said to be so."""
    assert words in mistakes(tmp_path, f'url = "{url}"\n{USER}')["web.url"]


def test_a_password_in_place_of_its_hash_is_not_shown(tmp_path: Path) -> None:
    """Whoever writes the password itself is told what to do, and it is not repeated."""
    wrong = '[[web.user]]\nname = "ana"\npassword_hash = "hunter2hunter2"'
    found = mistakes(tmp_path, wrong)

    assert "mailresponder web --hash" in found["web.user[0].password_hash"]
    assert "hunter2" not in str(found)


def test_a_hash_is_not_shown(tmp_path: Path) -> None:
    """A configuration that is printed by mistake gives no hash away."""
    assert "$scrypt" not in repr(read(tmp_path, USER))


def test_a_user_is_named_once(tmp_path: Path) -> None:
    """Íñigo and ÍÑIGO are one, an accent in two parts too: who signs in so must be plain."""
    twice = user("Íñigo") + user("I\u0301N\u0303IGO", "viewer")

    assert list(mistakes(tmp_path, twice)) == ["web.user[1].name"]
