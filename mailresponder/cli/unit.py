"""`unit`: a service file for systemd."""

import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import click

from mailresponder.cli import output
from mailresponder.cli.context import load_config
from mailresponder.config import Config
from mailresponder.errors import ExitStatus

_HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))
_FILES = ("password_file", "client_secret_file", "service_account_file", "ca_file")
_DESCRIPTIONS = {
    "run": "mailresponder: answers, flags and escalates complaints",
    "web": "mailresponder: the page for admins and staff",
    "worker": "mailresponder: one of several workers",
}


@click.command("unit")
@click.argument("command", type=click.Choice(list(_DESCRIPTIONS)), default="run")
@click.option(
    "--user", default="mailresponder", show_default=True, help="The account that it runs as."
)
@click.pass_context
def unit_command(ctx: click.Context, command: str, user: str) -> int:
    """Print a sandboxed unit for systemd that keeps `run`, `web` or a `worker` up.

    It names the program and the configuration that this command was called
    with. What it may write is where that, the database, the key, the tokens,
    themes and templates lie.

    \b
    Example, as root:
      mailresponder --config /etc/mailresponder/config.toml unit \\
        > /etc/systemd/system/mailresponder.service
      systemctl daemon-reload
      systemctl enable --now mailresponder
    """
    output.say(unit(load_config(ctx), command, user=user, program=_program()).rstrip())
    return ExitStatus.OK


def unit(config: Config, command: str, *, user: str, program: list[str]) -> str:
    """The unit's text. `program`: the words that start mailresponder."""
    folder, database = config.path.parent, config.database_path()
    writes = {
        folder,
        config.secret_path.parent,
        config.tokens_path.parent,
        config.themes_path.parent,
        config.templates_folder,
    }
    if database is not None:
        writes.add(database.parent)
    seen = [*writes, *_secrets(config), Path(program[0])]
    at_home = any(path.is_relative_to(home) for path in seen for home in _HOMES)
    values = {
        "DESCRIPTION": _DESCRIPTIONS[command],
        "COMMAND": command,
        "AFTER": "" if database is not None else "postgresql.service",
        "PROGRAM": " ".join(_word(one, command=True) for one in program),
        "CONFIG": _word(str(config.path), command=True),
        "USER": user,
        "FOLDER": _percent(str(folder)),
        "ENVIRONMENT": _percent(str(folder / "environment")),
        # A folder of templates that nobody has made yet is no reason not to start.
        "WRITES": " ".join(f"-{_word(str(path))}" for path in _outermost(writes)),
        "HOME": "read-only" if at_home else "yes",
    }
    text = (resources.files("mailresponder") / "units" / "mailresponder.service").read_text("utf-8")
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _secrets(config: Config) -> Iterator[Path]:
    """The files with passwords, keys and certificates that it signs in by."""
    for mailbox in config.mailboxes:
        for section in (mailbox.imap, mailbox.smtp, mailbox.oauth2):
            for key in _FILES:
                if path := getattr(section, key, None):
                    yield Path(path)


def _outermost(paths: set[Path]) -> list[Path]:
    """Those that do not lie in another one."""
    return sorted(one for one in paths if not any(other in one.parents for other in paths))


def _word(text: str, *, command: bool = False) -> str:
    """As one word of a unit; in a `command`, `$` begins a variable too (systemd.service(5))."""
    escaped = _percent(text).replace("\\", "\\\\").replace('"', '\\"')
    if command:
        escaped = escaped.replace("$", "$$")
    return f'"{escaped}"' if any(c in escaped for c in " '\"\\;") else escaped


def _percent(text: str) -> str:
    """`%` begins a specifier (systemd.unit(5))."""
    return text.replace("%", "%%")


def _program() -> list[str]:
    called = Path(sys.argv[0])
    if called.suffix == ".py":
        return [sys.executable, "-m", "mailresponder"]
    return [str(called.absolute())]
