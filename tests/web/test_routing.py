"""Who may, from where, and the form read whole: held against every route there is."""

import re
import socket
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import quote

import pytest
from sites import Guest, Hosted, hosted
from starlette.responses import Response
from starlette.routing import Route

from mailresponder.errors import MailresponderError
from mailresponder.web.asking import Asked, Role
from mailresponder.web.routing import MAX_BODY, route
from mailresponder.web.site import Site

ELSEWHERE = (
    {"Sec_Fetch_Site": "cross-site"},
    {"Sec_Fetch_Site": "same-site"},
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
)
FOR_STRANGERS = ("/enter", "/login")
ONLY_LOOKING = ("/why",)
"""Forms that show something and change nothing: open to viewers."""
QUERIES = (
    "after", "angry", "before", "case", "done", "from", "key", "language", "mailbox", "name",
    "next", "number", "of", "page", "q", "sort", "state", "ticket", "to", "version",
)  # fmt: skip
"""What pages may be asked for in a query."""
PLACEHOLDER = r"\{[^}]*\}"
EXAMPLES = {
    "{reference}": "MR-22222",
    "{language}": "en",
    "{name}": "acknowledgement",
    "{topic}": "staff",
}


def pages(site: Hosted, method: str) -> list[str]:
    """The path of every page that answers to a method, with its placeholders."""
    found = [
        page.path
        for page in site.application.routes
        if isinstance(page, Route) and method in (page.methods or ())
    ]
    assert found
    return found


def paths(site: Hosted, method: str) -> list[str]:
    """The same with something in place of the placeholders."""
    return [
        re.sub(PLACEHOLDER, lambda holder: EXAMPLES.get(holder[0], "1"), path)
        for path in pages(site, method)
    ]


def test_every_page_needs_somebody_signed_in(site: Hosted) -> None:
    """Without a cookie no page but the door shows anything, and no form does anything."""
    nobody = site.guest(Role.NOBODY)
    for path in paths(site, "GET"):
        if path not in FOR_STRANGERS and not path.startswith("/speak"):
            answered = nobody.get(path)
            assert (answered.status, answered.text) == (303, ""), path
    for path in paths(site, "POST"):
        if path not in FOR_STRANGERS:
            assert nobody.post(path, {"token": "x"}).status == 403, path


@pytest.mark.parametrize(
    "odd",
    ["%00", "%ff%fe", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "<script>", "'--", "-1", "9" * 400,
     "%F0%9F%A4%AC", "%E2%80%AE", "{{7*7}}", "x" * 3000],
    ids=lambda odd: odd[:20],
)  # fmt: skip
def test_nothing_odd_in_an_address_is_a_mishap(site: Hosted, odd: str) -> None:
    """In place of any name, number or choice: a page or a refusal, with nothing of it obeyed."""
    guest, escaped = site.guest(), quote(odd, safe="%")
    for path in pages(site, "GET"):
        asked = re.sub(PLACEHOLDER, escaped, path)
        for query in ("", "?" + "&".join(f"{name}={escaped}" for name in QUERIES)):
            answered = guest.get(asked + query)
            assert answered.status < 500, path
            assert "<script>" not in answered.text
            assert "\u202e" not in answered.text


def test_a_viewer_changes_nothing(site: Hosted) -> None:
    """Every form is refused to who may only look, with a right token too; only out is open."""
    viewer = site.guest(Role.VIEWER)
    token = viewer.token()
    for path in paths(site, "POST"):
        if path not in ("/login", "/leave", *ONLY_LOOKING):
            assert viewer.post(path, {"token": token}).status == 403, path


def test_no_form_is_taken_without_its_token(site: Hosted) -> None:
    """Without one, with a stranger's or another session's, and with the cookie alone: refused."""
    ana, other = site.guest(), site.guest()
    stolen = other.token()
    for path in paths(site, "POST"):
        if path != "/login":
            for fields in ({}, {"token": ""}, {"token": "x"}, {"token": "ñ"}, {"token": stolen}):
                assert ana.post(path, fields).status == 403, path


@pytest.mark.parametrize("headers", ELSEWHERE, ids=str)
def test_no_form_is_taken_from_another_site(site: Hosted, headers: dict[str, str]) -> None:
    """Even with the right token: a browser says where a form was filled in, and it is believed."""
    ana = site.guest()
    token = ana.token()
    for path in paths(site, "POST"):
        assert ana.post(path, {"token": token}, **headers).status == 403, path
    assert ana.get("/queue").status == 200


def test_a_script_may_bring_the_token_in_a_header(admin: Guest) -> None:
    """Where a page's own script sends a form, the header stands for the field."""
    token = admin.token()

    assert admin.post("/leave", {}, X_Token=token).status == 303


def test_a_form_of_who_was_signed_out_changes_nothing(site: Hosted) -> None:
    """They are told so, and that only the text of a template is kept for them."""
    answered = site.guest(Role.NOBODY).post("/leave", {"text": "long work"})

    assert answered.status == 403
    assert "nothing was changed" in answered.text
    assert "its text is kept in this browser" in answered.text


def test_who_is_turned_away_comes_back_to_where_they_were_going(site: Hosted) -> None:
    """The door knows the page they wanted, with its query."""
    location = site.guest(Role.NOBODY).get("/queue?state=open&q=a+b").headers["location"]

    assert location == "/login?next=%2Fqueue%3Fstate%3Dopen%26q%3Da%2Bb"


def multipart(*parts: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    """A form as a browser sends it, each part with what follows its `form-data; `."""
    body = b"".join(
        b"--edge\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), content)
        for head, content in parts
    )
    return body + b"--edge--\r\n", {"Content-Type": "multipart/form-data; boundary=edge"}


def test_a_form_is_read_whole(tmp_path: Path) -> None:
    """Fields and the file come apart from the token; a file that was not chosen is none."""
    seen: list[Asked] = []

    def keep(site: Site, asked: Asked) -> Response:
        seen.append(asked)
        raise MailresponderError("told", mend="and mended")

    with hosted(tmp_path, pages=[route("/try", keep, method="POST")]) as site:
        guest = site.guest()
        fields = [('name="token"', guest.token().encode()), ('name="text"', b"\xc3\xb1 <b>")]
        for file in (
            [('name="file"; filename="a.eml"', b"From: a\n")],
            [('name="file"; filename=""', b"")],
            [],
        ):
            answered = guest.ask("POST", "/try", *multipart(*fields, *file))
            assert answered.status == 400
            assert "told" in answered.text
            assert "and mended" in answered.text

    assert [asked.upload for asked in seen] == [b"From: a\n", None, None]
    assert all(asked.form == {"text": "ñ <b>"} for asked in seen)
    assert seen[0].by == "ana (web)"


@pytest.mark.parametrize(
    "size", [MAX_BODY + 1, 10 * MAX_BODY], ids=["a byte too much", "ten times"]
)
def test_a_form_that_is_too_large_is_refused(site: Hosted, size: int) -> None:
    """By what it says of itself, before it is there, with a page that names the limit and leads
    back."""
    guest = site.guest()
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as raw:
        raw.sendall(
            f"POST /leave HTTP/1.1\r\nHost: localhost\r\nCookie: {guest.cookie}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            "Referer: http://localhost/why?language=en\r\n"
            f"Content-Length: {size}\r\n\r\n".encode()
        )
        raw.sendall(bytes(1_000_000))
        answered = HTTPResponse(raw)
        answered.begin()
        assert answered.status == 413
        page = answered.read()
        assert b"too large to be sent to this page: a file may have at most 10 MB." in page
        assert b'<a href="/why?language=en">Back to where you were</a>' in page


def test_a_form_that_does_not_say_how_large_it_is_is_refused_too(site: Hosted) -> None:
    """A stranger's sign-in is cut off after a few kilobytes, whatever was announced."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as raw:
        raw.sendall(
            b"POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        with suppress(ConnectionError):
            for _ in range(1000):
                raw.sendall(b"1000\r\n" + b"a" * 0x1000 + b"\r\n")
        answered = raw.recv(65536)

    assert answered.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=b", "multipart/form-data"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"&".join(b"a%d=1" % n for n in range(60)), "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 1_100_000, "application/x-www-form-urlencoded"),
        (b'{"token": "x"}', "application/json"),
        (b"token=x", "text/plain"),
        (b"token=\xff\xfe%ED%A0%80%00", "application/x-www-form-urlencoded"),
        (b"", ""),
    ],
)
def test_nonsense_is_refused(site: Hosted, body: bytes, kind: str) -> None:
    """Whatever comes in place of a form, the answer is a refusal, never a mishap."""
    answered = site.guest().ask("POST", "/leave", body, {"Content-Type": kind})

    assert answered.status in (400, 403, 413)
