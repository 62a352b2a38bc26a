import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers.dovecot import Dovecot, MailUser
from servers.nameserver import Nameserver
from servers.smtp_sink import SmtpSink

from mailresponder.demo.server import SentMail
from mailresponder.store.database import Store


def test_json_is_the_interface_s(run, desk_file: Path) -> None:
    """`check --json` is a list of objects with the interface's keys; a failing one means 1."""
    done = run("--config", str(desk_file), "check", "--json")

    results = json.loads(done.out)
    assert done.status == 1
    assert all(list(result) == ["name", "ok", "detail", "mend", "warning"] for result in results)
    assert [r["name"] for r in results if not r["ok"]] == ["support.imap", "support.smtp"]


def test_people_read_what_to_mend(run, desk_file: Path) -> None:
    """Every failing check is a line with what is wrong, and one with what to do."""
    done = run("--config", str(desk_file), "check")

    assert done.status == 1
    assert "FAILED  support.imap: 127.0.0.1:1" in done.out
    assert "  -> " in done.out
    assert "ok      database" in done.out
    assert "correct horse" not in done.out + done.err


def test_mistakes_of_the_configuration_are_results(run, desk_file: Path) -> None:
    """A broken configuration is status 78, and with --json still a list of results."""
    text = desk_file.read_text(encoding="utf-8").replace("Europe/Madrid", "Europe/Madird")
    desk_file.write_text(text + "colour = 1\n", encoding="utf-8")

    done = run("--config", str(desk_file), "check", "--json")

    results = json.loads(done.out)
    assert done.status == 78
    assert [result["ok"] for result in results] == [False, False]
    assert any("timezone" in result["detail"] for result in results)
    assert "timezone" in done.err


def test_checking_leaves_the_store_as_it_is(run, desk_file: Path, store: Store) -> None:
    """A desk at work can be checked: its database is opened beside it."""
    with store.read():
        done = run("--config", str(desk_file), "check", "--json")

    by_name = {result["name"]: result["ok"] for result in json.loads(done.out)}
    assert by_name["database"] is True


def test_wait_is_for_the_test_mail(run, desk_file: Path) -> None:
    """Without a test mail there is no reply to wait for; and it is a duration."""
    assert "--send-test" in run("--config", str(desk_file), "check", "--wait", "5m").err
    done = run("--config", str(desk_file), "check", "--send-test", "--wait", "soon")
    assert "90s, 10m or 1h" in done.err


@pytest.fixture
def live_file(desk_file: Path, dovecot: Dovecot, dovecot_user: MailUser) -> Iterator[Path]:
    """The same on real servers, which deliver the mailbox's mail to itself."""

    def deliver(mail: SentMail) -> None:
        dovecot.deliver(dovecot_user.name, mail.content)

    with SmtpSink(deliver=deliver) as sink:
        text = desk_file.read_text(encoding="utf-8")
        text = text.replace("port = 1\n", f"port = {dovecot.imap_port}\n", 1)
        text = text.replace("port = 1\n", f"port = {sink.port}\n", 1)
        text = text.replace('username = "support@example.com"', f'username = "{dovecot_user.name}"')
        ladder = '[[escalation]]\nafter = "0m"\nto = ["lead@example.com"]\n'
        desk_file.write_text(f"{text}\n{ladder}", encoding="utf-8")
        yield desk_file


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_without_a_terminal_nobody_is_asked_for_a_reply(
    run, live_file: Path, more: tuple[str, ...]
) -> None:
    """A script that sends a test mail does not hang."""
    done = run("--config", str(live_file), "check", "--send-test", *more)

    assert done.status == 0
    assert "support.test_mail" in done.out
    assert "support.reply" not in done.out


def test_whoever_names_a_time_is_waited_for(run, live_file: Path) -> None:
    """Without a terminal, too; what to do is said beside the results."""
    done = run("--config", str(live_file), "check", "--send-test", "--wait", "1s", "--json")

    assert done.status == 1
    assert [r["name"] for r in json.loads(done.out) if not r["ok"]] == ["support.reply"]
    assert "reply to it" in done.err


def test_monitoring_is_told_the_cause(run, desk_file: Path) -> None:
    """Servers that cannot be reached are 75; only what is not well is said."""
    done = run("--config", str(desk_file), "check", "--monitor")

    assert done.status == 75
    assert [line.split(":")[0] for line in done.out.splitlines() if line[0] != " "] == [
        *("WARNING escalation", "FAILED  support.imap", "FAILED  support.smtp"),
        done.out.splitlines()[-1],
    ]
    assert done.out.splitlines()[-1].startswith("2 of ")


def test_a_refused_sign_in_is_told_to_monitoring(
    run, live_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As 77: somebody must do something, and waiting does not help."""
    text = live_file.read_text(encoding="utf-8").replace("correct horse", "wrong")
    live_file.write_text(text, encoding="utf-8")

    done = run("--config", str(live_file), "check", "--monitor")

    assert done.status == 77


def test_cron_hears_nothing_of_a_desk_that_is_well(run, live_file: Path) -> None:
    """No line and status 0."""
    live_file.chmod(0o600)
    done = run("--config", str(live_file), "check", "--monitor")

    assert (done.status, done.out) == (0, "")


def test_a_warning_is_said_and_fails_nothing(run, live_file: Path) -> None:
    """In a line of its own kind, and counted at the end."""
    live_file.chmod(0o644)
    done = run("--config", str(live_file), "check")

    assert done.status == 0
    assert "WARNING configuration: " in done.out
    assert "checks are well. 1 warning." in done.out


def test_one_mailbox_alone(run, live_file: Path) -> None:
    """By its name; one that is not there is a mistake with the names that are."""
    done = run("--config", str(live_file), "check", "--mailbox", "support", "--json")
    assert "support.imap" in done.out
    done = run("--config", str(live_file), "check", "--mailbox", "sales")
    assert done.status == 1
    assert "there are: support" in done.err


@pytest.mark.parametrize("text", ["dns.example.com", "127.0.0.1:x", "[::1]:x", "1.2.3"])
def test_a_dns_server_is_an_address(run, desk_file: Path, text: str) -> None:
    """Its name would have to be asked for first."""
    done = run("--config", str(desk_file), "check", "--dns-server", text)

    assert done.status == 2
    assert "127.0.0.1:5353" in done.err


def test_another_dns_server_is_asked(run, live_file: Path) -> None:
    """About the domain of the mailbox; by its port, if it has one."""
    with Nameserver() as server:
        server.txt("example.com", "v=spf1 +all")
        address = f"127.0.0.1:{server.port}"
        done = run("--config", str(live_file), "check", "--dns-server", address)

    assert done.status == 1
    assert "FAILED  example.com.spf: it lets everybody" in done.out
