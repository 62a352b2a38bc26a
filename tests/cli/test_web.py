"""`web`: the page as whoever starts it sees it."""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sites import Guest, user

from mailresponder.config import WebUser
from mailresponder.config.password_hash import PasswordHash

COMMAND = [sys.executable, "-m", "mailresponder"]


def started(desk_file: Path, *options: str) -> subprocess.Popen[str]:
    """The command, running."""
    return subprocess.Popen(
        [*COMMAND, "--config", str(desk_file), "web", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(desk_file: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command, running until the block ends; then it must end well, and have said nothing."""
    process = started(desk_file, *options)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")


def link_of(line: str) -> tuple[Guest, str]:
    """Somebody who has the link that a line prints, and its path."""
    found = re.fullmatch(r"The page, for one browser: http://127\.0\.0\.1:(\d+)(/enter\S+)\n", line)
    assert found, line
    return Guest(int(found[1])), found[2]


def test_it_prints_a_link_and_a_fresh_one_after_each(desk_file: Path) -> None:
    """Like a notebook server's: whoever reads the output comes in, each link once."""
    with serving(desk_file) as process:
        assert process.stdout is not None
        guest, path = link_of(process.stdout.readline())
        assert guest.get(path).status == 303
        assert guest.get("/queue").status == 200
        other, fresh = link_of(process.stdout.readline())
        assert other.get(path).status == 403
        assert other.get(fresh).status == 303


def test_who_has_the_link_comes_in_though_nobody_reads_the_next(desk_file: Path) -> None:
    """A terminal that was closed meanwhile is no reason to turn away who has the key."""
    process = started(desk_file)
    assert process.stdout is not None
    assert process.stderr is not None
    guest, path = link_of(process.stdout.readline())
    process.stdout.close()
    with process.stderr:
        answered = guest.get(path)
        process.send_signal(signal.SIGTERM)
        assert "link_not_told" in process.stderr.read()

    assert (answered.status, process.wait(30)) == (303, 0)


def test_it_ends_though_a_mail_server_says_nothing(desk_file: Path) -> None:
    """Whoever sends a test by a server that never answers keeps nobody from stopping the page."""
    with ExitStack() as stack:
        mute = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        config = desk_file.read_text(encoding="utf-8")
        mute.settimeout(30)
        desk_file.write_text(config.replace("port = 1\n", f"port = {mute.getsockname()[1]}\n"))
        pool = stack.enter_context(ThreadPoolExecutor(1))
        with serving(desk_file) as process:
            assert process.stdout is not None
            guest, path = link_of(process.stdout.readline())
            guest.get(path)
            text = "Subject: Hello\n\nHello.\n"
            path = "/templates/edit?name=acknowledgement&in=en"
            pool.submit(guest.send, path, do="send", to="ops@example.com", text=text)
            stack.enter_context(mute.accept()[0])


def test_with_users_no_link_is_printed(desk_file: Path) -> None:
    """A service's output is kept: where one signs in with a password it holds nothing secret."""
    config = desk_file.read_text()
    url = 'url = "https://desk.example.com"'
    for more, said in (("", r"http://127\.0\.0\.1:\d+"), (url, r"https://desk\.example\.com")):
        desk_file.write_text(f"{config}\n[web]\n{more}\n{user('ana')}")
        with serving(desk_file) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
        assert re.fullmatch(rf"The page is at {said}\n", line)


def test_it_refuses_to_be_reached_without_a_password(run, desk_file: Path) -> None:
    """By option as by configuration: status 78, what is wrong and how to mend it."""
    by_option = run("--config", str(desk_file), "web", "--host", "0.0.0.0")
    desk_file.write_text(f'{desk_file.read_text()}\n[web]\nhost = "0.0.0.0"\n')
    by_file = run("--config", str(desk_file), "web", "--host", "127.0.0.1")

    for done in (by_option, by_file):
        assert done.status == 78
        assert done.out == ""
        assert "web.host: others could reach the page, and no user is named" in done.err
        assert "mailresponder web --hash" in done.err


def test_off_the_loopback_it_warns(desk_file: Path) -> None:
    """With a password it listens anywhere, and says that TLS is missing."""
    desk_file.write_text(f"{desk_file.read_text()}\n{user('ana')}")
    process = subprocess.Popen(
        [*COMMAND, "--config", str(desk_file), "web", "--port", "0", "--host", "0.0.0.0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    process.terminate()
    _, warned = process.communicate(timeout=30)

    assert said.startswith("The page is at http://0.0.0.0:")
    assert "not encrypted" in warned


def test_a_taken_port_is_a_sentence(run, desk_file: Path) -> None:
    """Status 75, for it may be free later."""
    with serving(desk_file) as process:
        assert process.stdout is not None
        guest, _ = link_of(process.stdout.readline())
        done = run("--config", str(desk_file), "web", "--port", str(guest.port))

    assert done.status == 75
    assert "another program does" in done.err


def test_the_extra_is_asked_for(run, desk_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, the error says how to install it."""
    monkeypatch.setattr("mailresponder.cli.web.find_spec", lambda _: None)
    done = run("--config", str(desk_file), "web")

    assert done.status == 78
    assert "pip install '.[web]'" in done.err


def kept(lines: str) -> WebUser:
    """The user whose lines were printed, as the configuration reads it."""
    [raw] = tomllib.loads(lines)["web"]["user"]
    return WebUser(**raw)


def test_a_password_is_hashed_from_standard_input(run) -> None:
    """Without a terminal and without a configuration: the lines to paste, never the password, of a
    viewer unless another role is named."""
    password = "una contraseña larga\n".encode()
    viewer = run("web", "--hash", "--name", "ana@example.com", stdin=password)
    done = run("web", "--hash", "--role", "admin", stdin=password)

    assert (viewer.status, done.status) == (0, 0)
    assert (kept(viewer.out).name, kept(viewer.out).role) == ("ana@example.com", "viewer")
    assert kept(done.out).role == "admin"
    assert PasswordHash.read(kept(done.out).password_hash).fits("una contraseña larga")
    assert "una contra" not in done.out + done.err


@pytest.mark.parametrize("password", ["", "\n", "eleven char", "x" * 1001], ids=len)
def test_a_weak_password_is_refused(run, password: str) -> None:
    """Fewer than twelve characters are guessed too soon."""
    done = run("web", "--hash", stdin=password.encode())

    assert (done.status, done.out) == (1, "")
    assert "12 characters or more" in done.err


@pytest.mark.parametrize("option", [("--role", "viewer"), ("--name", "ana")])
def test_a_role_is_none_of_the_page(run, desk_file: Path, option: tuple[str, str]) -> None:
    """The link lets in an admin: nobody is to believe otherwise."""
    done = run("--config", str(desk_file), "web", *option)

    assert (done.status, done.out) == (2, "")
    assert "go with --hash" in done.err


def test_an_account_without_a_name_is_asked_for_one(run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container: in words, and without half of the lines."""
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000_001)
    password = b"correct horse battery\n"
    nameless = run("web", "--hash", stdin=password)
    named = run("web", "--hash", "--name", "ana", stdin=password)

    assert (nameless.status, nameless.out) == (1, "")
    assert "--name" in nameless.err
    assert kept(named.out).name == "ana"


def talk(*turns: tuple[str, str]) -> str:
    """What the command prints on a terminal where each prompt is given its answer."""
    ours, its = pty.openpty()
    # With a terminal of its own: the password is asked for there, whatever is redirected.
    process = subprocess.Popen(
        ["setsid", "--ctty", *COMMAND, "web", "--hash"], stdin=its, stdout=its, stderr=its
    )
    os.close(its)
    seen = ""
    for prompt, answer in turns:
        end = len(seen)
        while prompt not in seen[end:]:
            more = read(ours)
            assert more, seen
            seen += more
        os.write(ours, answer.encode() + b"\n")
    while more := read(ours):
        seen += more
    os.close(ours)
    assert process.wait(timeout=30) == 0
    return seen


def read(terminal: int) -> str:
    """What is printed next; empty once the program has ended."""
    ready, _, _ = select.select([terminal], [], [], 30)
    assert ready
    try:
        return os.read(terminal, 65536).decode()
    except OSError:
        return ""


def test_on_a_terminal_a_password_is_asked_for_twice_and_not_shown() -> None:
    """The name, the role, the password and the password again; what is typed is not echoed."""
    seen = talk(
        ("Name, best their mail address: ", 'Íñigo "Iñi"'),
        ("Role (viewer, admin) [viewer]: ", "admin"),
        ("Password, 12 characters or more: ", "correct horse battery"),
        ("Once more: ", "correct horse battery"),
    )

    assert "correct" not in seen
    lines = seen[seen.index("[[web.user]]") :]
    found = kept(lines.replace("\r\n", "\n"))
    assert (found.name, found.role) == ('Íñigo "Iñi"', "admin")
    assert PasswordHash.read(found.password_hash).fits("correct horse battery")


def test_a_reload_leaves_no_page_that_others_reach_without_a_password(desk_file: Path) -> None:
    """Where only the command said that others are to reach it, a file without users is refused as
    it is at a start."""
    text = desk_file.read_text()
    desk_file.write_text(text + user("ana"))
    process = started(desk_file, "--host", "0.0.0.0")
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert "not encrypted" in process.stderr.readline()
        assert process.stdout.readline().startswith("The page is at ")
        desk_file.write_text(text)
        process.send_signal(signal.SIGHUP)
        ready, _, _ = select.select([process.stdout, process.stderr], [], [], 30)
        assert ready == [process.stderr]
        refused = process.stderr.readline()
    finally:
        process.terminate()
        told, _ = process.communicate(timeout=30)
    assert "web.host: others could reach the page, and no user is named" in refused
    assert (process.returncode, told) == (0, "")
