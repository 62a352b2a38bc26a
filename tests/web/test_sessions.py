"""Who is signed in, and for how long."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sites import PASSWORD, Clock, Guest, Hosted, hosted, user
from structlog.testing import capture_logs

from mailresponder.web.asking import Role

USERS = user("ana") + user("eva", "viewer")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Hosted]:
    """A desk with an admin, ana, and a viewer, eva."""
    with hosted(tmp_path, more=USERS) as up:
        yield up


def signed_in(guest: Guest) -> bool:
    """Does the page take them for somebody?"""
    answered = guest.get("/queue")
    assert answered.status in (200, 303)
    return answered.status == 200


def test_a_cookie_is_out_of_reach_for_scripts_and_other_sites(site: Hosted) -> None:
    """It is HttpOnly and SameSite, for this host alone, and says nothing of the desk's key."""
    guest = site.guest(Role.NOBODY)
    cookie = guest.get(f"/enter?key={site.sessions.new_key()}").headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert site.app.signer.key.hex() not in cookie


def test_behind_tls_a_cookie_only_travels_encrypted(tmp_path: Path) -> None:
    """With an https address it is Secure, and bound to the host by its name."""
    more = f'[web]\nurl = "https://desk.example.com"\n{USERS}'
    with hosted(tmp_path, more=more) as desk:
        guest = desk.guest(Role.NOBODY)
        answered = guest.sign_in("ana", Host="desk.example.com")

    assert len(guest.cookies) == 2
    assert all(name.startswith("__Host-") for name in guest.cookies)
    assert "Secure" in answered.headers["set-cookie"]


def test_a_session_lasts_a_working_day(tmp_path: Path) -> None:
    """After twelve hours one signs in again, whatever the browser kept."""
    clock = Clock()
    with hosted(tmp_path, clock=clock) as desk:
        guest = desk.guest()
        clock.now += timedelta(hours=11, minutes=59)
        assert signed_in(guest)
        clock.now += timedelta(minutes=2)
        assert not signed_in(guest)


@pytest.mark.parametrize("cut", [0, 10, 40, -1, -10, -30])
def test_a_forged_cookie_lets_nobody_in(site: Hosted, cut: int) -> None:
    """One changed character, anywhere, and the visitor is nobody."""
    guest = site.guest()
    [(name, held)] = guest.cookies.items()
    at = range(len(held))[cut]
    # The last letter's low bits are no part of the signature: A to D are one there.
    other = "Q" if held[at] in "ABCD" else "A"
    guest.cookies = {name: held[:at] + other + held[at + 1 :]}

    assert not signed_in(guest)


def test_another_desks_cookie_lets_nobody_in(tmp_path: Path) -> None:
    """What another desk signed is worth nothing here, even under our cookie's name."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    with hosted(tmp_path / "one") as one, hosted(tmp_path / "two") as two:
        [name] = two.cookies()
        [other] = one.cookies().values()
        guest = two.guest(Role.NOBODY)
        guest.cookies = {name: other}

        assert name not in one.cookies()
        assert not signed_in(guest)


def test_signing_out_ends_the_session_itself(site: Hosted) -> None:
    """A copy of the cookie, made before, is worth nothing afterwards; other sessions go on."""
    guest, other = site.guest(), site.guest()
    copy = dict(guest.cookies)

    assert guest.send("/leave").status == 303
    assert not signed_in(guest)
    guest.cookies = copy
    assert not signed_in(guest)
    assert signed_in(other)


def test_signed_out_is_signed_out_after_a_restart(tmp_path: Path) -> None:
    """What was ended is remembered; who has a password stays signed in when the page restarts."""
    with hosted(tmp_path, more=USERS) as desk:
        stays, leaves = (desk.guest(name="ana") for _ in range(2))
        copy = dict(leaves.cookies)
        leaves.send("/leave")
    with hosted(tmp_path, more=USERS) as desk:
        stays.port = leaves.port = desk.port
        leaves.cookies = copy

        assert signed_in(stays)
        assert not signed_in(leaves)


@pytest.mark.parametrize(
    "then",
    [
        user("ana", password="another password") + user("eva"),
        user("ana", "viewer") + user("eva"),
        user("eva"),
        "",
    ],
    ids=["new password", "other role", "gone", "no users"],
)
def test_who_may_no_longer_is_out(tmp_path: Path, then: str) -> None:
    """A new password, another role or a removed user end what was signed in before."""
    with hosted(tmp_path, more=USERS) as desk:
        guest = desk.guest(name="ana")
        assert signed_in(guest)
    with hosted(tmp_path, more=then) as desk:
        guest.port = desk.port

        assert not signed_in(guest)


def test_a_link_is_of_one_process(tmp_path: Path) -> None:
    """Who came in by a link is out when the page is started again, or users are named."""
    with hosted(tmp_path) as desk:
        guest = desk.guest(Role.NOBODY)
        guest.get(f"/enter?key={desk.sessions.new_key()}")
        assert signed_in(guest)
    for more in ("", USERS):
        with hosted(tmp_path, more=more) as desk:
            guest.port = desk.port
            assert not signed_in(guest)


def test_a_link_lets_one_in_once(site: Hosted) -> None:
    """Used once it is spent, and there is a fresh one; a wrong key spends nothing."""
    link = f"/enter?key={site.sessions.new_key()}"
    for key in ("", "x", link[:-1].partition("=")[2]):
        assert site.guest(Role.NOBODY).get(f"/enter?key={key}").status == 403

    assert site.guest(Role.NOBODY).get(link).status == 303
    assert site.guest(Role.NOBODY).get(link).status == 403
    [fresh] = site.invited
    assert site.guest(Role.NOBODY).get(f"/enter?key={fresh}").status == 303


def test_only_one_of_a_crowd_gets_in_by_a_link(site: Hosted) -> None:
    """However many try at once, a key is spent once."""
    link = f"/enter?key={site.sessions.new_key()}"
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: site.guest(Role.NOBODY).get(link).status, range(8)))

    assert sorted(statuses) == [303] + [403] * 7


def test_no_secret_is_logged(desk: Hosted) -> None:
    """Neither a password, nor a key, nor a name that may be a password, nor a cookie."""
    with capture_logs() as logged:
        guest = desk.guest(Role.NOBODY)
        guest.sign_in("ana", "wrong-password-1")
        guest.sign_in("password-in-the-name-field", "x")
        guest.sign_in("ana")
        guest.get("/enter?key=some-key")
    assert signed_in(guest)
    text = str(logged)
    assert [line["what"] for line in logged] == ["sign_in_refused"] * 2 + ["signed_in"]
    for secret in (PASSWORD, "wrong-password", "password-in-the", "some-key"):
        assert secret not in text
    assert not any(held in text for held in guest.cookies.values())


def test_the_words_follow_the_browser_and_the_choice(site: Hosted) -> None:
    """A browser's first language that is spoken is used; a chosen one comes before it."""
    guest = site.guest()
    assert '<html lang="es">' in guest.get("/queue", Accept_Language="fr, es-MX;q=0.5").text
    guest.get("/speak/en")
    assert '<html lang="en">' in guest.get("/queue", Accept_Language="es").text
