"""The log as whoever collects it gets it from a command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest


def test_the_option_holds_for_a_configuration_that_is_wrong(run, tmp_path: Path) -> None:
    """With `--log-format json` each mistake in the file is an event, and nothing else is said."""
    path = tmp_path / "config.toml"
    path.write_text("[desk]\nnam = 'Acme'\n", encoding="utf-8")

    done = run("--config", str(path), "--log-format", "json", "tickets")

    told = [json.loads(line) for line in done.err.splitlines()]
    assert (done.status, done.out) == (78, "")
    assert {one["event"] for one in told} == {"configuration_wrong"}
    assert "desk.nam" in {one["key"] for one in told}


@pytest.mark.parametrize(
    ("section", "option", "is_json"),
    [
        ("", (), False),
        ('[log]\nformat = "json"\n', (), True),
        ('[log]\nformat = "json"\n', ("--log-format", "text"), False),
        ("", ("--log-format", "json"), True),
    ],
)
def test_the_option_counts_more_than_the_configuration(
    run, desk_file: Path, section: str, option: tuple[str, ...], is_json: bool
) -> None:
    """Warnings and errors are JSON where the option, else the file, says so."""
    desk_file.write_text(desk_file.read_text("utf-8") + section, encoding="utf-8")
    desk_file.chmod(0o644)

    done = run("--config", str(desk_file), *option, "run", "--once")

    warning, *_, last = done.err.splitlines()
    assert done.status == 75
    assert warning.startswith("{") is is_json
    if is_json:
        assert json.loads(warning)["event"] == "warned_of"
        assert {key: json.loads(last)[key] for key in ("event", "mailbox", "status")} == {
            "event": "command_failed",
            "mailbox": "support",
            "status": 75,
        }
    else:
        assert warning.startswith("Warning: ")
        assert done.err.count("Mailbox support:") == 1


def test_what_the_system_refuses_is_an_event() -> None:
    """A disk that is full, say, where what the command says is to be written."""
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [sys.executable, "-m", "mailresponder", "--log-format", "json", "help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    told = json.loads(done.stderr)
    assert (done.returncode, told["event"], told["status"]) == (75, "command_failed", 75)


def test_metrics_need_their_extra(run, desk_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port for a monitoring system that is not installed is an error that says what to install,
    and one that others could reach is refused."""
    monkeypatch.setattr("mailresponder.config.checks.find_spec", lambda _: None)
    text = desk_file.read_text("utf-8")
    desk_file.write_text(f'{text}[metrics]\nhost = "0.0.0.0"\nport = 9464\n', encoding="utf-8")

    done = run("--config", str(desk_file), "tickets")

    assert done.status == 78
    assert "metrics.port: telling a monitoring system is not installed" in done.err
    assert "pip install '.[metrics]'" in done.err
    assert "metrics.host: must be this machine" in done.err
