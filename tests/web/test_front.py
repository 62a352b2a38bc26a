"""What stands before every page."""

from pathlib import Path

import pytest
from sites import Hosted, hosted
from starlette.responses import Response
from structlog.testing import capture_logs

from mailresponder.errors import TemporaryFailure
from mailresponder.store import sessions
from mailresponder.web.asking import Asked, Role
from mailresponder.web.routing import route
from mailresponder.web.site import Site

SECRET = "what a customer wrote"


@pytest.mark.parametrize("path", ["/", "/login", "/queue", "/static/style.css", "/nothing"])
@pytest.mark.parametrize("host", ["evil.test", "127.0.0.1.evil.test:80", "desk.example.com"])
def test_nothing_is_shown_under_a_strangers_name(site: Hosted, path: str, host: str) -> None:
    """A name that somebody points at this machine gets no page, signed in or not."""
    answered = site.guest().get(path, Host=host)

    assert answered.status == 421
    assert "does not go by that name" in answered.text


def test_a_mishap_is_a_page_and_a_line_without_words(tmp_path: Path) -> None:
    """What goes wrong in a page is said as a sentence; the log has the place, no text of it."""

    def broken(site: Site, asked: Asked) -> Response:
        raise RuntimeError(SECRET)

    with (
        hosted(tmp_path, pages=[route("/broken", broken)]) as site,
        capture_logs() as logged,
    ):
        answered = site.guest().get("/broken")
        assert site.guest().get("/queue").status == 200

    assert answered.status == 500
    assert "It is our mistake" in answered.text
    assert "default-src 'none'" in answered.headers["content-security-policy"]
    [line] = logged
    assert (line["event"], line["error"]) == ("page_failed", "RuntimeError")
    assert line["where"].startswith("web/routing.py:")
    assert SECRET not in answered.text + str(logged)


def test_a_mishap_prints_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nor does the server below print a traceback of it, or of nonsense that it is sent."""

    def broken(site: Site, asked: Asked) -> Response:
        raise RuntimeError(SECRET)

    with hosted(tmp_path, pages=[route("/broken", broken)]) as site, capture_logs():
        site.guest().get("/broken")
        site.guest(Role.NOBODY).ask("GE T", "/", None, {})

    assert capfd.readouterr() == ("", "")


def test_a_database_that_cannot_be_used_is_said(
    site: Hosted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even before it is known who asks, what is wrong and what to do is a sentence."""

    def locked(*_: object) -> bool:
        raise TemporaryFailure("the database is locked", mend="wait until it is done")

    guest = site.guest()
    monkeypatch.setattr(sessions, "has_ended", locked)
    answered = guest.get("/queue")

    assert answered.status == 503
    assert "wait until it is done" in answered.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/no/such/page", 404),
        ("GET", "/static/../../pyproject.toml", 404),
        ("GET", "/static/%2e%2e/%2e%2e/sessions.py", 404),
        ("GET", "/static/..%2fsessions.py", 404),
        ("GET", "/static/", 404),
        ("GET", "/static//etc/passwd", 404),
        ("DELETE", "/queue", 405),
        ("PUT", "/login", 405),
        ("OPTIONS", "/queue", 405),
        ("TRACE", "/queue", 405),
        ("POST", "/queue", 405),
        ("GET", "/leave", 405),
        ("PROPFIND", "/", 405),
        ("HEAD", "/login", 200),
        ("GET", "/login", 200),
        ("GET", f"/{'a' * 5000}", 404),
        ("GET", "/%00", 404),
        ("GET", "/%ff%fe", 404),
        ("GET", "/login?next=%00%ff", 200),
    ],
)
def test_what_is_not_there_is_a_page_too(site: Hosted, method: str, path: str, status: int) -> None:
    """Unknown paths and methods, and ways out of the static folder, end in a refusal."""
    answered = site.guest(Role.NOBODY).ask(method, path, None, {})

    assert answered.status == status
    assert "Traceback" not in answered.text
    assert "content-security-policy" in answered.headers
