"""`init`, with options and as a conversation at a terminal."""

import os
import re
import shlex
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from program import AS_ANYBODY, ROOT
from servers.dovecot import Dovecot, MailUser
from servers.smtp_sink import SmtpSink
from terminal import CTRL_C, CTRL_D, Terminal

from mailresponder.config import load

RIGHT = "correct horse"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it is called, in a place that no test depends on."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C")
    return tmp_path


def test_a_named_provider_is_written_without_a_question(run, folder: Path) -> None:
    """`init DIR --provider NAME`, as scripts have it: the hosts are that provider's."""
    done = run("init", "desk", "--provider", "fastmail")
    assert (done.status, done.err) == (0, "")
    assert "wrote desk/config.toml" in done.out
    assert load(folder / "desk" / "config.toml").mailboxes[0].imap.host == "imap.fastmail.com"


def test_without_a_terminal_nothing_is_asked(run, folder: Path) -> None:
    """What is not known is marked; how to go on is said."""
    done = run("init")
    assert done.status == 0
    text = (folder / "config.toml").read_text("utf-8")
    assert f"{text.count('<-') - 1} lines are marked <-" in done.out
    assert "MAILRESPONDER_CONFIG" not in done.out
    assert "mailresponder check --send-test" in done.out


def test_options_answer_what_would_be_asked(run, folder: Path) -> None:
    """Each goes to its key, and what follows from the address follows."""
    done = run(
        *("init", "--offline", "--address", "ayuda@acme.test", "--name", "Acmé"),
        *("--imap", "mail.acme.test:143", "--smtp", "mail.acme.test", "--username", "box"),
        *("--timezone", "Atlantic/Canary", "--language", "es", "--hours", "mon-fri 08:00-15:00"),
        *("--holidays", "es-cn", "--lead", "jefa@acme.test", "--admin", "ops@acme.test"),
        *("--password-command", "pass show 'mail box'"),
    )
    assert (done.status, done.err) == (0, "")
    config = load(folder / "config.toml")
    mailbox = config.mailboxes[0]
    assert (mailbox.name, mailbox.address) == ("ayuda", "ayuda@acme.test")
    assert (mailbox.imap.host, mailbox.imap.security) == ("mail.acme.test", "starttls")
    assert (mailbox.smtp.port, mailbox.smtp.username) == (465, "box")
    assert mailbox.imap.password_command == "pass show 'mail box'"
    assert (config.desk.name, config.desk.languages) == ("Acmé", ("es",))
    assert config.deadlines.holidays.subdivision == "CN"
    assert config.staff.addresses == ("*@acme.test",)
    assert config.escalation[0].to == ("jefa@acme.test",)
    assert config.admin.addresses == ("ops@acme.test",)


def test_a_password_file_is_where_the_person_says(run, folder: Path) -> None:
    """Not where that would be from the configuration."""
    done = run("init", "desk", "--password-file", "secret")
    assert done.status == 0
    [mailbox] = load(folder / "desk" / "config.toml").mailboxes
    assert mailbox.imap.password_file == str(folder / "secret")


def test_signing_in_by_a_token_leads_on_to_login(run, folder: Path) -> None:
    """There is no password to be exported then."""
    done = run(
        *("init", "--provider", "microsoft365", "--address", "help@acme.test"),
        *("--client-id", "an id", "--tenant", "acme.onmicrosoft.com"),
    )
    assert done.status == 0
    assert "mailresponder login help" in done.out
    assert "PASSWORD" not in done.out
    assert load(folder / "config.toml").mailboxes[0].imap.oauth2 == "microsoft"


@pytest.mark.parametrize(
    ("options", "status", "words"),
    [
        (["--provider", "hotmail"], 2, "gmail"),
        (
            ["--imap", "mail.acme.test:99"],
            2,
            "--imap: it is not known how port 99 is secured; say so by --imap-security",
        ),
        (["--hours", "now and then"], 2, "--hours: not understood"),
        (["--provider", "fastmail", "--sign-in", "google"], 2, "no way to sign in there"),
        (["--tenant", "acme"], 2, "need --sign-in"),
        (["--password-env", "A", "--password-file", "b"], 2, "give one of"),
        (["--address", "nobody", "--offline"], 78, "not an e-mail address"),
        (["--name", "a\x07b"], 78, "must be one line of printable characters"),
        (["--timezone", "Europe/Madird"], 78, 'did you mean "Europe/Madrid"?'),
        (["--name", "\udcff"], 78, "is not text in UTF-8"),
        (
            ["--address", "a@acme.test", "--lead", "A@acme.test", "--offline"],
            78,
            "is one of the desk's own addresses",
        ),
    ],
)
def test_what_cannot_be_so_is_refused_and_nothing_written(
    run, folder: Path, options: list[str], status: int, words: str
) -> None:
    """In words, not in a file that does not load."""
    done = run("init", "desk", *options)
    assert done.status == status
    assert words in done.err
    assert list(folder.iterdir()) == []


def test_a_second_init_is_refused_before_anything_is_asked(run, folder: Path) -> None:
    """The file stays as it was."""
    run("init", "--yes")
    (folder / "config.toml").write_text("mine")
    done = run("init", "--yes")
    assert done.status == 1
    assert "is there already" in done.err
    assert (folder / "config.toml").read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_told_first(folder: Path) -> None:
    """Before a dozen questions, not after them; the folder itself need not be there yet."""
    folder.chmod(0o500)
    done = subprocess.run(
        [*AS_ANYBODY, sys.executable, "-m", "mailresponder", "init", folder / "desk" / "new"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert f"{folder}: nothing can be written there" in done.stderr


def test_a_conversation_ends_in_a_desk_that_works(
    run, folder: Path, dovecot: Dovecot, dovecot_user: MailUser
) -> None:
    """Wrong answers are said to be wrong and asked again; servers and password are tried; the
    password is not shown, and kept for its owner only."""
    user = dovecot_user.name
    with (
        SmtpSink(users={user: RIGHT}) as sink,
        Terminal("init", "desk", folder=folder, environ={"LANG": "es_ES.UTF-8"}) as person,
    ):
        person.answer("customers write to: ", "nobody")
        assert "not an e-mail address" in person.answer("customers write to: ", user)
        person.answer("Provider [generic]: ", "hotmail")
        assert "there is no hotmail" in person.answer("Provider [generic]: ", "")
        person.answer("IMAP server [imap.example.test:993]: ", "127.0.0.1:1")
        person.answer("Secured by", "none")
        assert "connection refused" in person.answer("Another server? [Y/n]: ", "")
        person.answer("IMAP server [127.0.0.1:1]: ", f"127.0.0.1:{dovecot.imaps_port}")
        person.answer("Secured by", "")
        unknown = person.answer("a PEM file (Enter: none): ", "no.pem")
        assert "signed by nobody this machine trusts" in unknown
        person.answer("a PEM file (Enter: none): ", str(dovecot.ca_file))
        assert "127.0.0.1" in person.expect("imap_tls")
        person.answer("SMTP server [smtp.example.test:465]: ", f"127.0.0.1:{sink.port}")
        person.answer("Secured by", "none")
        person.answer(f"User name [{user}]: ", "")
        person.answer("Password (not shown; Enter: later): ", "battery staple")
        assert "sign-in refused" in person.answer("Try again? [Y/n]: ", "")
        person.answer(f"User name [{user}]: ", "")
        person.answer("Password (not shown; Enter: later): ", RIGHT)
        tried = person.answer("readable by you alone? [Y/n]: ", "")
        assert "imap: signed in" in tried
        assert "sent_folder: Sent" in tried
        assert "smtp: signed in" in tried
        person.answer("Your name to customers [Example]: ", 'The "Desk"')
        person.answer("Time zone", "Europe/Madird")
        assert "did you mean" in person.answer("Time zone", "Europe/Madrid")
        person.answer("Languages, the first in doubt [es en]: ", "")
        person.answer("Opening hours", "mon-fri 15:00-09:00")
        refused = person.answer("Opening hours", "mon-fri 09:00-15:00, sat 10:00-12:00")
        assert refused.count("a window ends before it begins") == 1
        person.answer('Public holidays of, as ES or ES-MD, or "none" [ES]: ', "es-md")
        person.answer("Who answers customers [*@example.test]: ", "")
        person.answer("nobody answered in time: ", user)
        assert "own addresses" in person.answer("nobody answered in time: ", "lead@example.test")
        person.answer("something breaks [lead@example.test]: ", "")
        person.answer("Write the configuration? [Y/n]: ", "")
        status = person.end()

    assert status == 0
    assert "mailresponder run" in person.screen
    assert "lines are marked" not in person.screen
    assert RIGHT not in person.screen
    assert "battery staple" not in person.screen
    desk = folder / "desk"
    config = load(desk / "config.toml")
    secret = desk / f"{config.mailboxes[0].name}.password"
    assert secret.read_text() == f"{RIGHT}\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert config.mailboxes[0].imap.password_file == str(secret)
    assert (config.desk.name, config.desk.languages) == ('The "Desk"', ("es", "en"))
    assert config.admin.addresses == ("lead@example.test",)
    assert config.mailboxes[0].imap.ca_file == str(dovecot.ca_file)
    assert config.warnings == ()


def test_a_mailbox_that_signs_in_by_a_token_leads_on_to_login(folder: Path) -> None:
    """What is not known yet is left out; a secret that is typed goes into a file of its own. What
    is told fits a terminal of 80 columns, and one that is not set to UTF-8 is told so."""
    (folder / "desk").mkdir()
    (folder / "desk" / "help.client_secret").write_text("of another desk")
    with Terminal("init", "desk", "--offline", folder=folder) as person:
        person.answer("customers write to: ", "help@acme.test")
        person.answer("Provider [generic]: ", "gmail")
        advice = person.answer("Sign in by [password]: ", "google") + person.expect("Its servers")
        assert max(map(len, advice.splitlines())) <= 80
        person.answer("User name (the mailbox) [help@acme.test]: ", "")
        person.answer("Client id: ", "desk.apps.example")
        person.answer("Client secret (not shown; Enter: later): ", "contrase\udcf1a")
        wrong = person.answer("Client secret (not shown; Enter: later): ", "do not tell")
        assert "not text in UTF-8" in wrong
        person.answer("Keep it in help1.client_secret, readable by you alone? [Y/n]: ", "")
        person.answer("Enter: the mailbox itself): ", "ana@acme.test")
        for prompt in ("name to customers", "Time zone", "Languages", "Opening hours", "holidays"):
            person.answer(prompt, "")
        for prompt in ("answers customers", "in time: ", "breaks: ", "Write the configuration?"):
            person.answer(prompt, "")
        person.answer("Sign in now? [Y/n]: ", "n")
        assert person.end() == 0
    assert "mailresponder login help" in person.screen
    assert "do not tell" not in person.screen
    mailbox = load(folder / "desk" / "config.toml").mailboxes[0]
    assert mailbox.imap.oauth2 == "google"
    assert mailbox.oauth2 is not None
    assert (mailbox.oauth2.client_id, mailbox.oauth2.account) == (
        "desk.apps.example",
        "ana@acme.test",
    )
    assert mailbox.oauth2.client_secret_file == str(folder / "desk" / "help1.client_secret")


def test_commands_that_are_told_can_be_typed(run, folder: Path) -> None:
    """Also where the folder's or the mailbox's name means something to a shell."""
    told = ("--address", "o'hara@acme.test", "--sign-in", "microsoft", "--client-id", "an id")
    done = run("init", "our desk", "--provider", "microsoft365", *told)
    assert done.status == 0
    assert f"export MAILRESPONDER_CONFIG='{folder / 'our desk' / 'config.toml'}'" in done.out
    assert ("runuser -u mailresponder -- bash" in done.out) is (os.geteuid() == 0)
    [login] = re.findall("mailresponder login .*", done.out)
    assert shlex.split(login)[2:] == ["o'hara"]


@pytest.mark.parametrize("key", [CTRL_C, CTRL_D], ids=["ctrl-c", "end of input"])
def test_a_conversation_can_be_left_at_any_question(folder: Path, key: str) -> None:
    """Then nothing was written, and that is said."""
    with Terminal("init", "desk", folder=folder) as person:
        person.answer("customers write to: ", "help@acme.test")
        person.expect("Provider [generic]: ")
        assert person.leave(key) == 130
    assert "Nothing was written." in person.screen
    assert "Traceback" not in person.screen
    assert list(folder.iterdir()) == []
