"""The first configuration: what was answered, written as a commented file that loads.

Where only the owner knows the answer and has not given it, an example stands, marked with `<-`.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from textwrap import fill

import tomlkit

from mailresponder.config import Config, parse
from mailresponder.errors import ConfigError, ConfigProblem, MailresponderError
from mailresponder.jobs.presets import GENERIC, Server
from mailresponder.jobs.setup_answers import Answers, first_steps

CONFIG_NAME = "config.toml"
TEMPLATES_NAME = "templates"
MARK = "<-"

_WIDTH = 100
_COMMENTS_AT = 37
"""The column comments stand in, where the key leaves room."""


def configuration(answers: Answers) -> str:
    """The commented configuration, as TOML. Whether it loads depends on the answers: see
    `understood`."""
    parts = (_head, _desk, _mailbox, _sign_in, _smtp, _oauth2, _staff, _deadlines, _escalation)
    text = "\n".join("\n".join(part(answers)) for part in parts)
    # A section that has nothing to say leaves no gap.
    while "\n\n\n" in text:
        text = text.replace("\n\n\n", "\n\n")
    return text + _WEB


def understood(answers: Answers, directory: Path) -> Config:
    """What the program makes of the answers. Raises ConfigError with all that cannot be so."""
    text = configuration(answers)
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError:
        problem = ConfigProblem(path="what was answered", message="is not text in UTF-8")
        raise ConfigError([problem]) from None
    try:
        return parse(content, directory.absolute() / CONFIG_NAME)
    except ConfigError as error:
        raise ConfigError(error.problems, source="what was answered cannot be used") from None


def require_room(directory: Path, *names: str) -> None:
    """Raise MailresponderError where nothing can be written into the directory, or where the
    configuration or a file of one of these names is there already."""
    for name in (CONFIG_NAME, *names):
        if is_taken(directory, name):
            raise MailresponderError(
                f"{directory / name} is there already and was left as it is",
                mend="name another directory, or move it away",
            )
    there = next(
        path for path in (directory.absolute(), *directory.absolute().parents) if path.exists()
    )
    if not os.access(there, os.W_OK | os.X_OK) or not there.is_dir():
        raise MailresponderError(
            f"{there}: nothing can be written there",
            mend="name another directory, or become a user who may",
        )


def is_taken(directory: Path, name: str) -> bool:
    """Is there anything of this name, a link that leads nowhere too?"""
    return os.path.lexists(directory / name)


def write(
    directory: Path, answers: Answers, *, secrets: Mapping[str, str] | None = None
) -> list[Path]:
    """Write the configuration, an empty templates folder and `secrets` (the name of each file to
    what it holds); gives what was made.

    The files are for their owner only: a password may come to stand in the configuration too.
    Raises ConfigError where the answers cannot be so, and MailresponderError where one of the
    files is there already and where the directory cannot be written to; then nothing was made.
    """
    understood(answers, directory)
    secrets = secrets or {}
    require_room(directory, *secrets)
    contents = {**secrets, CONFIG_NAME: configuration(answers)}
    templates = directory / TEMPLATES_NAME
    made: list[Path] = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            made.append(_made(directory / name, content))
        if not templates.is_dir():
            templates.mkdir()
            made.append(templates)
    except OSError as error:
        for path in made:
            with suppress(OSError):
                path.unlink()
        raise MailresponderError(
            f"{error.filename}: {error.strerror or 'it cannot be written'}"
        ) from error
    return made


def _made(path: Path, content: str) -> Path:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        opened.write(content)
    return path


def _head(answers: Answers) -> Iterator[str]:
    preset = answers.preset
    yield f"# mailresponder, for {preset.title}"
    yield "#"
    yield from _prose(
        f"What is marked with {MARK} is an example: change it. Then `mailresponder check`. Keys "
        "left out have their defaults; config.example.toml in the source shows every one."
    )
    yield "#"
    yield "# To be done first:"
    for text in first_steps(answers):
        yield from _prose(text, "- ")
    yield from _prose("More, with sources: `mailresponder help providers`.")
    yield ""


def _desk(answers: Answers) -> Iterator[str]:
    lines = _Lines(answers)
    yield "[desk]"
    yield from lines.key("name", answers.name, "who you are to your customers", of="name")
    yield from lines.key("timezone", answers.timezone, "yours, as IANA names it", of="timezone")
    yield from lines.key(
        "languages",
        answers.languages,
        "those you answer in; the first where in doubt",
        of="languages",
    )
    yield ""
    yield "[admin]"
    told = "told when something breaks" + ("" if answers.admins else ', as ["ops@example.com"]')
    yield from lines.key("addresses", answers.admins, told, of="admins")
    yield ""


def _mailbox(answers: Answers) -> Iterator[str]:
    lines, preset = _Lines(answers), answers.preset
    yield "[[mailbox]]"
    yield from lines.key("name", answers.mailbox, "how log and commands name it")
    yield from lines.key("address", answers.address, "what customers write to", of="address")
    yield from lines.key("aliases", (), "further addresses that arrive there")
    yield from lines.key("start_from", "now", "mail that is there already is left alone")
    arrives = '"+" where support+anything@ arrives there too'
    yield from lines.key("subaddress", preset.subaddress, arrives)
    yield ""


def _sign_in(answers: Answers) -> Iterator[str]:
    lines = _Lines(answers)
    yield "[mailbox.imap]"
    yield from _server(lines, answers, "imap")
    who = answers.username or answers.address
    of = "username" if answers.username else "address"
    yield from lines.key("username", who, "the account", of=of)
    if answers.sign_in == "password":
        key, value = answers.password
        others = [
            name for name in ("password_env", "password_file", "password_command") if name != key
        ]
        yield from lines.key(key, value, f"or {', '.join(others)}, password")
    else:
        yield from lines.key("oauth2", answers.sign_in, "signs in by `mailresponder login`")
    if answers.sent_folder:
        yield from lines.key("sent_folder", answers.sent_folder)
    yield ""


def _smtp(answers: Answers) -> Iterator[str]:
    lines, preset = _Lines(answers), answers.preset
    whose = "user name and sign-in are those of [mailbox.imap]"
    if answers.sign_in == "microsoft" and answers.account:
        whose = "signs in as [mailbox.imap] does; the user name is the account's"
    yield f"[mailbox.smtp]                       # {whose}"
    yield from _server(lines, answers, "smtp")
    yield from lines.key("connections", preset.connections)
    yield from lines.key("save_copy", preset.save_copy, preset.save_copy_why)
    yield ""


def _server(lines: "_Lines", answers: Answers, kind: str) -> Iterator[str]:
    server: Server = getattr(answers, kind)
    # What is known of a provider is no example.
    yield from lines.key("host", server.host, of=kind if answers.preset.name == GENERIC else "")
    yield from lines.key("port", server.port)
    yield from lines.key("security", server.security)
    if answers.ca_file and server.security != "none":
        yield from lines.key("ca_file", answers.ca_file)


def _oauth2(answers: Answers) -> Iterator[str]:
    if answers.sign_in == "password":
        return
    lines, microsoft = _Lines(answers), answers.sign_in == "microsoft"
    yield "[mailbox.oauth2]                     # see `mailresponder help sign-in`"
    known = '"Application (client) ID" of your application' if microsoft else "your OAuth client's"
    yield from lines.key("client_id", answers.client_id, known, of="client_id")
    if answers.client_secret is not None:
        yield from lines.key(*answers.client_secret, "where the provider gave one")
    if microsoft and answers.tenant:
        yield from lines.key("tenant", answers.tenant, "your directory", of="tenant")
    elif microsoft:
        yield f'# {MARK} "Directory (tenant) ID", or one of its domains'
        yield '# tenant = "example.onmicrosoft.com"'
    if answers.account:
        yield from lines.key("account", answers.account, "who signs in")
    else:
        yield '# account = "ana@example.com"        # who signs in, for a shared mailbox'
    yield ""


def _staff(answers: Answers) -> Iterator[str]:
    lines, preset = _Lines(answers), answers.preset
    yield "[staff]"
    yield from lines.key("addresses", answers.staff, "who answers customers", of="staff")
    yield f"# {preset.authserv_id_why}"
    yield from lines.key("trusted_authserv_id", preset.authserv_id)
    yield ""


def _deadlines(answers: Answers) -> Iterator[str]:
    lines = _Lines(answers)
    yield "[deadlines]"
    yield from lines.key("answer_within", "8h", "in working hours")
    yield from lines.key("angry_answer_within", "2h")
    yield ""
    if answers.hours is not None:
        mark = "" if "hours" in answers.given else f"{MARK} yours; "
        yield f"[deadlines.hours]                    # {mark}without this section: around the clock"
        for day, windows in answers.hours.items():
            yield from lines.key(day, windows)
        yield ""
    country, subdivision = answers.holidays
    if not country:
        mark = "" if "holidays" in answers.given else f"{MARK} "
        yield f"# [deadlines.holidays]               # {mark}public holidays are closed days"
        yield '# country = "ES"'
        yield '# subdivision = "MD"'
    else:
        yield "[deadlines.holidays]                 # public holidays are closed days"
        yield from lines.key("country", country, of="holidays")
        if subdivision:
            yield from lines.key("subdivision", subdivision, of="holidays")
    yield ""


def _escalation(answers: Answers) -> Iterator[str]:
    lines = _Lines(answers)
    if answers.lead:
        yield "[[escalation]]                       # who is told when a deadline has passed"
        yield from lines.key("after", "0m")
        yield from lines.key("to", answers.lead, "a person; never the mailbox above", of="lead")
        yield from lines.key("repeat_every", "4h")
    else:
        mark = "" if "lead" in answers.given else f"{MARK} "
        yield f"# {mark}who is told when a deadline has passed"
        yield "# [[escalation]]"
        yield '# after = "0m"'
        yield '# to = ["lead@example.com"]          # a person; never the mailbox above'
        yield '# repeat_every = "4h"'
    yield ""


_WEB = """
# [web]                              # `mailresponder web`: a page for admins and staff, on this
# url = "https://desk.example.com"   # machine; for use from elsewhere see `mailresponder help page`
"""


class _Lines:
    """Lines of the file: a key, its value and what it is, fitted to a terminal."""

    def __init__(self, answers: Answers) -> None:
        self._given = answers.given

    def key(
        self, key: str, value: str | int | Sequence[str], comment: str = "", *, of: str = ""
    ) -> Iterator[str]:
        """One line, or several where it is too long. `of`: the answer it is, to be marked as an
        example where nobody gave it."""
        if of and of not in self._given:
            comment = f"{MARK} {comment}".rstrip()
        line = f"{key} = {_toml(value)}"
        beside = f"{line.ljust(_COMMENTS_AT - 1)} # {comment}" if comment else line
        if len(beside) <= _WIDTH:
            yield beside
            return
        if comment:
            yield f"# {comment}"
        if len(line) > _WIDTH and not isinstance(value, str | int):
            yield f"{key} = ["
            for item in value:
                yield f"    {_toml(item)},"
            yield "]"
        else:
            yield line


def _toml(value: str | int | Sequence[str]) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return tomlkit.item(value).as_string()
    return f"[{', '.join(map(_toml, value))}]"


def _prose(text: str, bullet: str = "") -> Iterator[str]:
    yield from fill(
        text,
        _WIDTH,
        initial_indent=f"# {bullet}",
        subsequent_indent="# " + " " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    ).splitlines()
