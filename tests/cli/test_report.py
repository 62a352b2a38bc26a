"""`report` as somebody at the command line meets it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from reporting import DAY, HOUR, Past

from mailresponder.store.database import Store

LATE = "My parcel is late again, and Ana Ruiz (ana@customer.test) wants her money back."


@pytest.fixture
def past(store: Store) -> Store:
    """A store with a week's mail."""
    now = datetime.now(UTC)
    with store.begin() as conn:
        past = Past(conn)
        past.ticket(now - DAY, "late-delivery", text=LATE, angry=True, answered=None)
        past.ticket(now - 2 * DAY, "late-delivery", language="es", text="Mi pedido llega tarde.")
        past.ticket(now - 3 * DAY, praise=0.9, text="Thank you, you are the best shop there is!")
        past.ticket(now - 40 * DAY - HOUR, "late-delivery")
    return store


def test_the_report_is_read_in_the_terminal(run, desk_file: Path, past: Store) -> None:
    """What matters first on top, no line longer than a terminal, nobody's name in it."""
    done = run("--config", str(desk_file), "report")

    assert done.status == 0
    lines = done.out.splitlines()
    assert lines[0] == "Acme Support: what customers said"
    assert lines.index("What matters first") < lines.index("Figures")
    assert "Late delivery" in done.out
    assert "late again" in done.out
    assert not [secret for secret in ("Ana", "customer.test", "\x1b") if secret in done.out]
    assert max(map(len, lines)) <= 80


def test_the_report_is_told_in_spanish(run, desk_file: Path, past: Store) -> None:
    """All of it, but for what customers wrote."""
    done = run("--config", str(desk_file), "report", "--in", "es")

    assert done.out.startswith("Acme Support: lo que dijeron los clientes\n")
    assert "Correos de personas" in done.out
    assert "Mi pedido llega tarde." in done.out
    assert "Figures" not in done.out


def test_json_is_what_help_says(run, desk_file: Path, past: Store, tmp_path: Path) -> None:
    """One object with the documented names, written into a file where one is named."""
    file = tmp_path / "report.json"
    done = run("--config", str(desk_file), "report", "--format", "json", "--output", str(file))
    told = run("--config", str(desk_file), "help", "report").out

    found = json.loads(file.read_text())
    assert (done.status, done.out) == (0, "")
    assert found["version"] == 1
    assert [name for name in found if f"`{name}`" not in told] == []
    assert found["figures"]["messages"]["value"] == 3
    assert found["figures"]["angry"]["part"] == 1
    assert found["themes"][0]["key"] == "late-delivery"
    assert [name for name in found["themes"][0] if f"`{name}`" not in told] == []
    assert found["zone"] == "Europe/Madrid"
    assert datetime.fromisoformat(found["since"]).tzinfo is not None


def test_a_time_of_which_tickets_are_gone_is_told(run, desk_file: Path, past: Store) -> None:
    """A report of longer ago than tickets are kept says that it is not whole, and one of less does
    not."""
    with desk_file.open("a", encoding="utf-8") as file:
        file.write('[retention]\ntickets = "30d"\n')

    near, far = (
        run("--config", str(desk_file), "report", "--since", since) for since in ("14d", "16d")
    )

    assert (near.status, near.err) == (0, "")
    assert (far.status, "([retention] tickets)" in far.err) == (0, True)


def test_only_a_part(run, desk_file: Path, past: Store) -> None:
    """Options limit what is told, and the report says so."""
    limits = ["--language", "es", "--theme", "late-delivery", "--mailbox", "support"]
    done = run("--config", str(desk_file), "report", "--since", "60d", *limits)
    shown = run("--config", str(desk_file), "report", "--format", "json", *limits).out

    assert "only mail in Spanish" in done.out
    assert json.loads(shown)["figures"]["messages"]["value"] == 1


def test_every_figure_is_explained(run, desk_file: Path, store: Store) -> None:
    """In either language, with where it comes from."""
    english = run("--config", str(desk_file), "report", "--explain").out
    spanish = run("--config", str(desk_file), "report", "--explain", "--in", "es").out

    assert "First answers in time\n" in english
    assert "Counted from: answers, tickets." in " ".join(english.split())
    assert "Respondidos a tiempo\n" in spanish


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--since", "yesterday"], "write a day as 2026-01-01"),
        (["--since", "2026-02-01", "--until", "2026-01-01"], "ends before it begins"),
        (["--mailbox", "nosuch"], 'no mailbox is named "nosuch"'),
        (["--theme", "nosuch"], "there is no theme 'nosuch'"),
        (["--language", "xx"], "there are: en, es"),
        (["--until", "0050-01-01"], "the first year that is told of"),
        (["--output", "/nowhere/report.txt"], "cannot be written"),
    ],
)
def test_mistakes_are_sentences(
    run, desk_file: Path, store: Store, options: list[str], said: str
) -> None:
    """With what to do instead, and no traceback."""
    done = run("--config", str(desk_file), "report", *options)

    assert done.status != 0
    assert said in done.err
    assert "Traceback" not in done.err
