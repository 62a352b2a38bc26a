"""From a TOML file to a Config, or to every mistake in it, in words a person can act on."""

import re
import stat
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from mailresponder.config import checks, serving, timing
from mailresponder.config.sections import Document
from mailresponder.config.settings import Config, fingerprint_of
from mailresponder.errors import ConfigError, ConfigProblem

VARIABLE = "MAILRESPONDER_CONFIG"
DEFAULT = "config.toml"

_PLAIN = {
    "missing": "is missing",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be text in quotes",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list in square brackets",
    "dict_type": "must be a table in braces",
    "model_type": "must be a section",
    "finite_number": "must be a number",
}
_LISTS_OF_SECTIONS = ("mailbox", "escalation", "angry_escalation", "user")


def find(option: Path | None, environ: Mapping[str, str]) -> Path:
    """Where the configuration is: as told, else $MAILRESPONDER_CONFIG, else ./config.toml."""
    return option or Path(environ.get(VARIABLE) or DEFAULT)


def load(path: Path) -> Config:
    """Read and check a configuration file.

    Raises ConfigError with all its mistakes; none of them quotes a value of the file.
    """
    path = path.absolute()
    return parse(_content(path), path)


def parse(content: bytes, path: Path) -> Config:
    """The configuration that a file at `path` (absolute) would be with this content.

    Raises ConfigError as `load` does.
    """
    raw = _read(path, content)
    problems = list(checks.across(raw))
    try:
        document = Document.model_validate(raw, context={"folder": path.parent})
    except ValidationError as error:
        problems += [
            _problem(e["loc"], e["type"], e.get("ctx", {}), e["msg"])
            for e in error.errors(include_url=False, include_input=False)
        ]
    else:
        problems += timing.in_time(document)
        problems += serving.safely(document.web)
    if problems:
        raise ConfigError(sorted(problems, key=lambda p: p.path), source=str(path))
    return Config(
        path=path,
        fingerprint=fingerprint_of(content),
        warnings=tuple(_warnings(path, raw, document)),
        desk=document.desk,
        admin=document.admin,
        mailboxes=document.mailbox,
        staff=document.staff,
        deadlines=document.deadlines,
        escalation=document.escalation,
        angry_escalation=document.angry_escalation,
        closing=document.closing,
        retention=document.retention,
        digest=document.digest,
        defects=document.defects,
        report=document.report,
        anger=document.anger,
        acknowledge=document.acknowledge,
        themes=document.themes,
        web=document.web,
        log=document.log,
        metrics=document.metrics,
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise _unreadable(
            path,
            "the file",
            "there is no such file",
            "`mailresponder init` writes one; one elsewhere is named by"
            f" `mailresponder --config PATH …` or ${VARIABLE}",
        ) from None
    except OSError as error:
        raise _unreadable(path, "the file", error.strerror or "cannot be read") from error


def _read(path: Path, content: bytes) -> dict[str, Any]:
    try:
        # Some editors begin a file with a byte order mark, which TOML does not know.
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _unreadable(path, f"line {line}", "is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        message, _, place = str(error).removesuffix(")").partition(" (at ")
        raise _unreadable(path, place or "the file", message) from None


def _unreadable(path: Path, place: str, message: str, hint: str = "") -> ConfigError:
    return ConfigError([ConfigProblem(path=place, message=message, hint=hint)], source=str(path))


def _problem(
    loc: Sequence[str | int], kind: str, context: Mapping[str, Any], message: str
) -> ConfigProblem:
    """One of pydantic's findings in our words (its error types: docs.pydantic.dev)."""
    path, hint = _key_path(loc), ""
    match kind:
        case "value_error":
            message, hint = (*context["error"].args, "")[:2]
        case "extra_forbidden":
            message, hint = "unknown key", _nearest(loc)
        case "literal_error":
            message = f"must be {context['expected']}"
        case "greater_than_equal":
            message = f"must be at least {context['ge']:g}"
        case "less_than_equal":
            message = f"must be at most {context['le']:g}"
        case "greater_than":
            message = "must be longer than nothing"
        case "tuple_type" if loc[-1] in _LISTS_OF_SECTIONS:
            name = ".".join(part for part in loc if isinstance(part, str))
            message, hint = "must be a list of sections", f"write [[{name}]]"
        case "missing" if loc[-1] == "mailbox":
            message, hint = "there must be at least one", "begin it with [[mailbox]]"
        case _:
            message = _PLAIN.get(kind, message)
    return ConfigProblem(path=path, message=message, hint=hint)


def _key_path(loc: Sequence[str | int]) -> str:
    """As `mailbox[0].imap.port`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def _nearest(loc: Sequence[str | int]) -> str:
    """Advice for an unknown key: the nearest one there, or the section that has such a key."""
    section: type[BaseModel] = Document
    for part in loc[:-1]:
        if isinstance(part, str):
            section = _section_in(section.model_fields[part].annotation) or section
    wrong = str(loc[-1])
    near = get_close_matches(wrong.lower(), section.model_fields, n=1)
    if near:
        return f'did you mean "{near[0]}"?'
    homes = [home for home, model in _sections("", Document) if wrong in model.model_fields]
    return f"it belongs to {' or '.join(homes)}" if homes else ""


def _sections(path: str, section: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in section.model_fields.items():
        inner = _section_in(field.annotation)
        if inner is not None:
            here = f"{path}.{name}" if path else name
            yield (f"[[{here}]]" if name in _LISTS_OF_SECTIONS else f"[{here}]"), inner
            yield from _sections(here, inner)


def _section_in(annotation: Any) -> type[BaseModel] | None:
    """The section a field holds, alone, in a list or as an option."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, (_section_in(arg) for arg in get_args(annotation))), None)


def _warnings(path: Path, raw: Mapping[str, Any], document: Document) -> Iterator[str]:
    """Secrets in files that everybody on this machine can read, or that cross the network."""
    tables = [
        table
        for box in raw["mailbox"]
        for table in (box["imap"], box["smtp"], box.get("oauth2", {}))
    ]
    secret = any("password" in table or "client_secret" in table for table in tables) or re.match(
        r"postgresql://[^@/]*:[^@/]+@", document.desk.database
    )
    files = [path] if secret else []
    for mailbox in document.mailbox:
        for server in (mailbox.imap, mailbox.smtp):
            files += [Path(server.password_file)] if server.password_file else []
        if (client := mailbox.oauth2) is not None:
            held = (client.client_secret_file, client.service_account_file)
            files += [Path(file) for file in held if file]
    for file in dict.fromkeys(files):
        if _all_can_read(file):
            yield f"{file} holds a password and is readable by everybody: chmod o-r {file}"
    yield from serving.in_the_open(document.web)


def _all_can_read(file: Path) -> bool:
    try:
        return file.is_file() and bool(file.stat().st_mode & stat.S_IROTH)
    except OSError:
        # Whoever needs it says so.
        return False
