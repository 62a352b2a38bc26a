"""`privacy`, `export` and `erase`."""

import json
import stat
import zipfile
from dataclasses import replace
from html import unescape
from pathlib import Path

import cases
import pytest
from sqlalchemy import select

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import Participant, Role
from mailresponder.store import audit, tickets
from mailresponder.store.database import Store
from mailresponder.store.messages import of_ticket, record_message
from mailresponder.store.schema import metadata, outbox

EMMA = "emma@customer.test"


def begin(store: Store) -> None:
    """She asked, was answered, and staff noted something; Noah asked too."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-23456"), "Where is <b>it</b>?")
        [asked] = of_ticket(conn, ticket.id)
        answer = replace(
            asked,
            dedup_key="answer",
            message_id="<answer@example.com>",
            direction="staff",
            from_="ana@example.com",
            to=f"{EMMA}, noah@customer.test",
            new_text="It left yesterday.",
        )
        record_message(conn, answer)
        told = {"at": cases.NOON, "by": "ana@example.com"}
        tickets.add_event(conn, ticket.id, what="note", why="She is a handful.", **told)
        noah = Address(email="noah@customer.test", name="Noah Reed")
        people = frozenset(
            {
                Participant(address=noah.email, role=Role.CUSTOMER),
                Participant(address=EMMA, role=Role.OTHER),
            }
        )
        cases.add(
            conn,
            cases.open_ticket("MR-34567", customer=noah, participants=people, subject="Marmalade"),
            "Marmalade, please.",
        )
        cases.queue_mail(conn, kind="acknowledgement", recipient=EMMA, recipient_key=EMMA)


def opened(path: Path) -> tuple[str, dict]:
    """The page and the data of an archive."""
    with zipfile.ZipFile(path) as file:
        assert sorted(file.namelist()) == ["data.json", "index.html"]
        page = file.read("index.html").decode()
        return page, json.loads(file.read("data.json"))


def test_privacy_says_what_is_kept_and_how_long(run, desk_file: Path) -> None:
    """Every table is named, with the times of the mailbox; no database is needed or made."""
    with desk_file.open("a", encoding="utf-8") as file:
        file.write('[retention]\ntext = "30d"\n')
    text = desk_file.read_text(encoding="utf-8")
    own = text.replace("[mailbox.smtp]", '[mailbox.retention]\nsent_mail = "7d"\n[mailbox.smtp]')
    desk_file.write_text(own, encoding="utf-8")

    done = run("--config", str(desk_file), "privacy")

    assert done.status == 0, done.err
    assert "support  7d         730d    30d   1095d" in done.out
    assert "  ends:  text 30d, the rest 1095d after the last mail" in done.out
    for table in metadata.tables:
        assert f"\n{table}: " in done.out
    assert list(desk_file.parent.glob("*.db")) == []


def test_privacy_for_programs_names_every_column(run, desk_file: Path) -> None:
    """As JSON it is complete."""
    done = run("--config", str(desk_file), "privacy", "--json")

    said = json.loads(done.out)
    assert said["kept"] == {
        "support": {"sent_mail": "90d", "events": "730d", "text": "730d", "tickets": "1095d"}
    }
    [people] = [one for one in said["tables"] if one["table"] == "participants"]
    assert people["columns"]["address"] == "customer"


def test_an_export_is_for_the_person(run, desk_file: Path, store: Store, tmp_path: Path) -> None:
    """It holds what they wrote and were written, escaped, and how it was judged; no name of staff,
    no note, and nothing of somebody else's ticket that they took part in without a word."""
    begin(store)
    path = tmp_path / "emma.zip"

    done = run("--config", str(desk_file), "export", "EMMA@Customer.test", "--output", str(path))
    again = run("--config", str(desk_file), "export", EMMA, "--output", str(path))

    assert done.status == 0, done.err
    assert (again.status, "is there already" in again.err) == (1, True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    page, data = opened(path)
    assert "Where is &lt;b&gt;it&lt;/b&gt;?" in page
    assert "It left yesterday." in page
    assert '<html lang="en">' in page
    [own, other] = data["tickets"]
    assert [one["new_text"] for one in own["messages"]] == [
        "Where is <b>it</b>?",
        "It left yesterday.",
    ]
    assert own["messages"][1]["to"] == [EMMA]
    assert own["messages"][1]["from"] is None
    assert (other["is_customer"], other["messages"]) == (False, [])
    assert [one["kind"] for one in data["mails_to_them"]] == ["acknowledgement"]
    for theirs in ("ana@example.com", "handful", "Marmalade", "noah", "Noah"):
        assert theirs not in page
        assert theirs not in json.dumps(data, ensure_ascii=False)


def test_an_export_is_in_their_language(run, desk_file: Path, store: Store) -> None:
    """Who writes in Spanish reads Spanish; the file is named without them."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-23456", language="es"), "¿Dónde está?")

    done = run("--config", str(desk_file), "export", EMMA)

    path = Path(done.out.partition(":")[0])
    try:
        page, _ = opened(path)
    finally:
        path.unlink()
    assert "Lo que se guarda sobre usted" in unescape(page)
    assert "¿Dónde está?" in page
    assert "emma" not in path.name


def test_a_copy_of_our_own_mail_in_sent_is_no_mail_of_theirs(
    run, desk_file: Path, store: Store, tmp_path: Path
) -> None:
    """Nobody reads in an archive that they wrote what the desk wrote to them."""
    with store.begin() as conn:
        ticket = cases.add(conn, cases.open_ticket("MR-23456"), "Hello")
        [asked] = of_ticket(conn, ticket.id)
        ours = {"from_": "support@example.com", "to": EMMA, "kind": "own", "new_text": ""}
        record_message(conn, replace(asked, dedup_key="own", ticket_id=None, **ours))
    path = tmp_path / "emma.zip"

    done = run("--config", str(desk_file), "export", EMMA, "--output", str(path))

    assert "1 tickets with 1 mails, 1 mails of no ticket" in done.out
    page, data = opened(path)
    assert [one["from_them"] for one in data["mails_of_no_ticket"]] == [False]
    assert "You were written, own</li>" in page


def test_an_export_of_nobody_says_so(run, desk_file: Path, store: Store, tmp_path: Path) -> None:
    """Who asks and is not known is owed an answer as well."""
    path = tmp_path / "nobody.zip"

    run("--config", str(desk_file), "export", "who@customer.test", "--output", str(path))

    assert "Nothing is held." in opened(path)[0]


def test_an_export_that_cannot_be_written_says_where(
    run, desk_file: Path, store: Store, tmp_path: Path
) -> None:
    """A folder that is not there, and a link that somebody laid in its place, which is not
    followed."""
    link = tmp_path / "emma.zip"
    link.symlink_to(tmp_path / "another")

    there = run("--config", str(desk_file), "export", EMMA, "--output", str(link))
    nowhere = run(
        "--config", str(desk_file), "export", EMMA, "--output", str(tmp_path / "no" / "x")
    )

    assert (there.status, "is there already" in there.err) == (1, True)
    assert (nowhere.status, f"{tmp_path / 'no' / 'x'} cannot be written" in nowhere.err) == (
        1,
        True,
    )
    assert "--output" in nowhere.err
    assert not (tmp_path / "another").exists()


def test_erase_asks_first(run, desk_file: Path, store: Store) -> None:
    """A dry run and a no change nothing; a yes does."""
    begin(store)

    for options, stdin in ((["--dry-run"], b""), ([], b"n\n"), ([], b"")):
        done = run("--config", str(desk_file), "erase", EMMA, *options, stdin=stdin)
        assert "1 tickets, 2 messages and 1 mails of ours would go." in done.out
        assert done.status == (0 if options else 130)
        with store.read() as conn:
            assert len(tickets.load(conn)) == 2

    done = run("--config", str(desk_file), "erase", EMMA, stdin=b"y\n")

    assert done.status == 0, done.err
    assert "1 tickets, 2 messages and 1 mails of ours are gone." in done.out
    with store.read() as conn:
        assert [ticket.reference for ticket in tickets.load(conn)] == ["MR-34567"]
        assert conn.execute(select(outbox.c.id)).all() == []
        assert audit.latest(conn, limit=1)[0].what == "person_erased"


def test_erase_leaves_no_byte_in_the_files(run, desk_file: Path, store: Store) -> None:
    """Neither in the database nor in its journal, while another process has it open; what was
    changed before it was erased is gone as well."""
    begin(store)
    with store.begin() as conn:
        [ticket, _] = tickets.load(conn)
        changed = replace(ticket, subject="A zeppelin " * 900)
        tickets.save_ticket(conn, changed)
        tickets.save_ticket(conn, ticket)

    run("--config", str(desk_file), "erase", EMMA, "--yes")

    for file in desk_file.parent.glob("*.db*"):
        content = file.read_bytes().lower()
        for trace in (b"emma", b"zeppelin", b"handful", b"mr-23456"):
            assert trace not in content, (file.name, trace)


def test_erasing_nobody_is_no_failure(run, desk_file: Path, store: Store) -> None:
    """It says that nothing is held, and writes nothing into the audit."""
    done = run("--config", str(desk_file), "erase", "who@customer.test", "--yes")

    assert (done.status, done.out) == (0, "Nothing is held of them.\n")
    with store.read() as conn:
        assert audit.latest(conn, limit=1) == []


@pytest.mark.parametrize("command", ["export", "erase"])
def test_no_database_is_made(run, desk_file: Path, command: str) -> None:
    """Where there is none, a wrong folder say, that is said and none is made."""
    done = run("--config", str(desk_file), command, EMMA)

    assert done.status == 1
    assert "there is no database" in done.err
    assert list(desk_file.parent.glob("*.db")) == []


def test_a_person_of_several_addresses(run, desk_file: Path, store: Store) -> None:
    """All of them are taken out at once."""
    with store.begin() as conn:
        for reference, address in (("MR-23456", EMMA), ("MR-34567", "clarke@work.test")):
            mine = Address(email=address, name="Emma Clarke")
            people = frozenset({Participant(address=address, role=Role.CUSTOMER)})
            given = {"customer": mine, "participants": people}
            cases.add(conn, cases.open_ticket(reference, **given), "Hello")

    run("--config", str(desk_file), "erase", EMMA, "Clarke@work.test", "--yes")

    with store.read() as conn:
        assert tickets.load(conn) == []
