"""`defect` and `announce`: what somebody at the command line does to named defects."""

import json
from pathlib import Path
from typing import Any

import cases
import pytest

from mailresponder.mail.message import Address
from mailresponder.policy.ticket import TicketState
from mailresponder.store import audit, tickets
from mailresponder.store.database import Store

NAME = "App crashes on login"


@pytest.fixture
def desk(run: Any, desk_file: Path, store: Store) -> Any:
    """Runs a command at a desk with two customers' tickets, one in Spanish, and one of nobody."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"), "The app crashes.")
        lucia = Address(email="lucia@cliente.test", name="Lucía")
        cases.add(
            conn,
            cases.open_ticket("MR-33333", customer=lucia, language="es"),
            "La aplicación se cierra.",
        )
        cases.add(conn, cases.open_ticket("MR-44444", customer=Address(email="")), "It crashes.")
    return lambda *arguments: run("--config", str(desk_file), *arguments)


@pytest.fixture
def defect(desk: Any) -> Any:
    """Runs `defect …` at that desk, where there is one, with two tickets."""
    done = desk("defect", "add", NAME, "22222", "MR-33333", "--owner", "mobile")
    assert done.out == f"Defect 1 “{NAME}” with 2 tickets.\n", done.err
    return lambda *arguments: desk("defect", *arguments)


def shown(defect: Any) -> dict[str, Any]:
    """`defect show --json`."""
    found: dict[str, Any] = json.loads(defect("show", "app", "--json").out)
    return found


def test_a_defect_is_listed_and_shown(desk: Any, defect: Any, store: Store) -> None:
    """With its tickets and people; the ticket shows it, and the audit who made it."""
    listed = defect("list").out.splitlines()
    assert listed[0].split()[:6] == ["ID", "STATE", "TICKETS", "PEOPLE", "PROPOSED", "TOLD"]
    assert listed[1].split()[:6] == ["1", "open", "2", "2", "0", "0"]
    assert {one["reference"] for one in shown(defect)["links"]} == {"MR-22222", "MR-33333"}
    assert "Owner:         mobile" in defect("show", "1").out
    assert f"Defect:        1 {NAME}" in desk("ticket", "MR-22222").out
    ticket = json.loads(desk("ticket", "MR-22222", "--json").out)
    link = {"id": 1, "name": NAME, "state": "open", "link": "linked", "how": "hand"}
    assert ticket["defects"] == [link]
    assert ticket["events"][-1]["what"] == "defect_linked"
    with store.read() as conn:
        [entry] = audit.latest(conn, limit=9)
    assert (entry.what, entry.about) == ("defect_added", NAME)


def test_without_defects_it_says_so(desk: Any) -> None:
    """And a name that none has is an error that offers what there is."""
    assert desk("defect", "list").out == "No open defects.\n"
    assert desk("defect", "list", "--all").out == "No defects yet.\n"
    missing = desk("defect", "show", "app")
    assert missing.status == 1
    assert "there is no defect “app”" in missing.err
    assert "defect add" in missing.err


def test_what_a_name_means_is_said_where_it_is_not_clear(defect: Any) -> None:
    """Several that begin so, or none, and a name that is taken."""
    assert defect("add", "App crashes on start").status == 0
    several = defect("fixed", "app")
    assert "several defects begin with “app”" in several.err
    assert f"“{NAME}”, “App crashes on start”" in several.err
    assert f"“{NAME}”" in defect("fixed", "app crshes on login").err
    assert "already" in defect("add", "APP CRASHES ON LOGIN.").err
    assert "already" in defect("edit", "1", "--name", "app crashes on start").err
    assert "a number alone" in defect("add", "12").err
    assert "no theme 'none'" in defect("add", "Other", "--theme", "none").err


def test_tickets_are_linked_refused_and_taken_off(defect: Any) -> None:
    """Each says what it is now; an unknown one changes nothing."""
    assert defect("link", "app", "22222").out == f"MR-22222: linked to “{NAME}” already.\n"
    assert defect("refuse", "app", "22222").out == f"MR-22222: refused for “{NAME}”.\n"
    assert "no ticket MR-99999" in defect("unlink", "app", "MR-33333", "MR-99999").err
    assert {one["state"] for one in shown(defect)["links"]} == {"refused", "linked"}
    assert defect("unlink", "app", "MR-33333").out == f"MR-33333: not linked to “{NAME}”.\n"
    assert defect("accept", "app", "--all").out == f"Nothing is proposed to “{NAME}”.\n"
    assert defect("accept", "app").status == 2
    assert defect("accept", "app", "MR-33333").status == 0
    assert shown(defect)["tickets"] == 1


def test_what_is_known_is_said_until_it_ends(defect: Any) -> None:
    """It takes words to tell which mails are about it; a language without a sentence is told of."""
    refused = defect("known", "app", "--en", "We know.")
    assert "nothing tells which mails" in refused.err
    assert defect("edit", "app", "--words-en", "crash, app crash").status == 0
    said = defect("known", "app", "--en", "We know.", "--until", "2099-12-01")
    assert "no sentence for es" in said.out
    found = shown(defect)
    assert found["words"] == {"en": ["crash", "app crash"]}
    assert found["known"] == {"en": "We know."}
    assert found["known_until"] == "2099-11-30T23:00:00+00:00"
    assert "has passed" in defect("known", "app", "--en", "x", "--until", "2020-01-01").err
    assert defect("known", "app").status == 2
    assert defect("known", "app", "--off").out == f"Acknowledgements say nothing of “{NAME}”.\n"
    assert shown(defect)["known_until"] is None
    assert "no lexicon" not in defect("edit", "app", "--words-en", "").err
    assert shown(defect)["words"] == {}


def test_a_defect_is_fixed_opened_again_and_never_removed(defect: Any) -> None:
    """As tickets hang on it; one that was made by mistake goes."""
    assert defect("fixed", "app").out.startswith(f"“{NAME}” is fixed.")
    assert defect("fixed", "app").out.startswith(f"“{NAME}” is fixed already.")
    assert defect("list").out == "No open defects.\n"
    assert "no known problem" in defect("known", "app", "--en", "We know.").err
    assert defect("reopen", "app").out == f"“{NAME}” is open.\n"
    assert "it stays" in defect("remove", "app").err
    assert defect("add", "Mistake").status == 0
    assert defect("remove", "mistake").out == "“Mistake” is removed.\n"


def test_an_announcement_is_shown_before_it_is_ordered(
    desk: Any, defect: Any, tmp_path: Path
) -> None:
    """Who, in which language, what they read, and who is left out and why; nobody is told by it."""
    defect("link", "app", "MR-44444")
    early = desk("announce", "app", "--en", "Update.")
    assert "it is open" in early.out
    assert "is open" in desk("announce", "app", "--en", "Update.", "--send").err
    defect("fixed", "app")
    file = tmp_path / "fixed.toml"
    file.write_text('[words]\nen = "Update."\n[names]\nen = "The app crashed"\n', encoding="utf-8")

    told = desk("announce", "app", "--words", str(file)).out

    assert "To be told: 2 people (1 en, 1 es)" in told
    assert "1: Nobody that mail can be sent to" in told
    assert "MR-44444  unknown" in told
    assert "| Update." in told
    assert "“The app crashed”, is now fixed." in " ".join(told.replace("|", "").split())
    assert "No sentences of yours for es" in told
    assert told.endswith("Nobody was told. --send does it.\n")
    some = json.loads(desk("announce", "app", "--max", "1", "--json").out)
    assert (some["people"], some["sent"], len(some["samples"])) == (1, False, 1)
    assert shown(defect)["announcements"] == []


def test_an_announcement_is_ordered_and_stopped(desk: Any, defect: Any) -> None:
    """The passes carry it out; a second order is refused until it ends."""
    defect("fixed", "app")
    assert "at most 200 an hour" in desk("announce", "app", "--es", "Listo.", "--send").out
    assert "already" in desk("announce", "app", "--send").err
    [order] = shown(defect)["announcements"]
    assert (order["words"], order["finished_at"]) == ({"es": "Listo."}, None)
    assert "0 mails taken back" in desk("announce", "app", "--stop").out
    assert shown(defect)["announcements"][0]["finished_at"]


def test_where_there_is_nobody_to_tell_nothing_is_ordered(desk: Any, defect: Any) -> None:
    """And it is said, also where it was to be done."""
    defect("add", "Lid breaks")
    defect("fixed", "lid")
    for more in ((), ("--send",)):
        told = desk("announce", "lid", "--en", "Update.", *more)
        assert (told.status, "There is nobody to tell" in told.out) == (0, True)
    assert json.loads(defect("show", "lid", "--json").out)["announcements"] == []


def test_a_name_that_is_taken_is_told_as_it_is_written(defect: Any) -> None:
    """Not as somebody else would write it."""
    assert f"there is a defect “{NAME}” already" in defect("add", f"{NAME.upper()}!").err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[words", "it is to be TOML"),
        ("[word]\nen = 'x'", "other things"),
        ("words = 'x'", "other things"),
        ("[words]\nen = 1", "to hold a text"),
        (f"[words]\nen = '{'x' * 2001}'", "at most 2000"),
        (None, "No such file"),
    ],
)
def test_a_file_of_words_that_cannot_be_used_is_refused(
    desk: Any, defect: Any, tmp_path: Path, content: str | None, said: str
) -> None:
    """With what is wrong with it."""
    file = tmp_path / "fixed.toml"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    done = desk("announce", "app", "--words", str(file))

    assert done.status == 1
    assert said in done.err


def test_a_ticket_of_a_defect_can_be_merged(desk: Any, defect: Any, store: Store) -> None:
    """Its defect goes with it."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-55555", state=TicketState.OPEN), "More.")
    assert desk("merge", "MR-22222", "MR-55555").status == 0

    assert {one["reference"] for one in shown(defect)["links"]} == {"MR-33333", "MR-55555"}
    with store.read() as conn:
        assert tickets.followed(conn, "MR-22222")
