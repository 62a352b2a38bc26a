"""`templates preview` and `send` as an admin uses them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cases
import pytest
from desks import parsed
from own_templates import put
from servers.smtp_sink import SmtpSink

from mailresponder.store.database import Store


def test_preview_of_a_broken_template_says_so(run, desk_file: Path, broken: Path) -> None:
    """The shipped stand-in is not passed off as the admin's own."""
    done = run("--config", str(desk_file), "templates", "preview", "acknowledgement")

    assert (done.status, done.out) == (1, "")
    assert f"{broken}:3" in done.err


@pytest.mark.parametrize(("language", "month"), [("en", "November"), ("es", "noviembre")])
def test_preview_shows_subject_and_text(run, desk_file: Path, language: str, month: str) -> None:
    """A preview is the mail as a customer would read it, in the language asked for."""
    done = run(
        *("--config", str(desk_file), "templates", "preview", "acknowledgement"),
        *("--language", language),
    )

    assert done.status == 0
    assert done.out.startswith("Subject: ")
    assert "MR-7F3K2" in done.out
    assert month in done.out


def test_preview_writes_html(run, desk_file: Path) -> None:
    """`--html FILE` writes the HTML part beside printing the text."""
    target = desk_file.parent / "preview.html"

    done = run(
        *("--config", str(desk_file), "templates", "preview", "escalation", "--html", str(target))
    )

    assert done.status == 0
    assert "</html>" in target.read_text(encoding="utf-8")


def test_preview_into_a_folder_that_is_not_there(run, desk_file: Path) -> None:
    """A file that cannot be written is a sentence."""
    done = run(
        *("--config", str(desk_file), "templates", "preview", "test"),
        *("--html", str(desk_file.parent / "none" / "a.html")),
    )

    assert done.status == 1
    assert "cannot be written" in done.err


def test_preview_in_a_language_there_is_none_of(run, desk_file: Path) -> None:
    """A language without any template is a usage error that names those there are."""
    done = run("--config", str(desk_file), "templates", "preview", "test", "--language", "fr")

    assert (done.status, done.out) == (2, "")
    assert "'fr', only in en, es" in done.err


def test_preview_of_what_a_language_lacks(run, desk_file: Path) -> None:
    """English stands in for the one template an admin has not written, and that is said."""
    folder = desk_file.parent / "templates" / "fr"
    folder.mkdir(parents=True)
    (folder / "follow_up.md.j2").write_text("Subject: Merci\n\nMerci.\n", encoding="utf-8")

    done = run("--config", str(desk_file), "templates", "preview", "test", "--language", "fr")

    assert done.status == 0
    assert "no test in fr" in done.err


CONFIGURED = """
[deadlines]
answer_within = "3h"
[deadlines.hours]
tue = ["10:00-18:00"]
"""


def configured(desk_file: Path, authserv_id: str = "") -> list[str]:
    """The desk of Lima, whose people answer on Tuesdays; gives how to preview its mail."""
    text = desk_file.read_text(encoding="utf-8")
    text = text.replace("Acme Support", "Lima Lamps").replace("support@example.com", "hi@lima.test")
    text = text.replace("Europe/Madrid", "America/Lima")
    text += f'trusted_authserv_id = "{authserv_id}"\n' + CONFIGURED
    desk_file.write_text(text.replace("[[mailbox]]", 'reference_prefix = "LL"\n[[mailbox]]'))
    return ["--config", str(desk_file), "templates", "preview"]


def test_preview_is_the_desk_s_own(run, desk_file: Path) -> None:
    """Name, address, references, hours and zone are the configuration's; which, is said."""
    preview = configured(desk_file)

    done = run(*preview, "acknowledgement")

    assert done.status == 0
    assert "Lima Lamps, mailbox support" in done.err
    assert "Lima Lamps" in done.out
    assert "[LL-7F3K2]" in done.out
    assert "before Tuesday 24 November at 13:00 (Lima time)" in " ".join(done.out.split())
    assert "Acme" not in done.out
    assert "hi@lima.test" in run(*preview, "escalation").out


@pytest.mark.parametrize("authserv_id", ["", "mx.lima.test"])
def test_preview_quotes_only_where_the_desk_would(run, desk_file: Path, authserv_id: str) -> None:
    """Customers are quoted, and a staff mail in copy counts, only where a server is trusted."""
    preview = configured(desk_file, authserv_id)

    acknowledgement = run(*preview, "acknowledgement").out
    escalation = " ".join(run(*preview, "escalation").out.split())

    assert ("I ordered a lamp" in acknowledgement) == bool(authserv_id)
    assert ("in copy" in escalation) == bool(authserv_id)


def test_preview_without_a_configuration(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where none is found the shipped template is shown at an invented desk, and that is said."""
    monkeypatch.chdir(tmp_path)

    done = run("templates", "preview", "acknowledgement")

    assert done.status == 0
    assert "Acme Support" in done.out
    assert "no configuration was found" in done.err


def test_preview_with_a_configuration_that_is_not_there(run, tmp_path: Path) -> None:
    """One that is named must be there."""
    missing = str(tmp_path / "none.toml")

    assert run("--config", missing, "templates", "preview", "test").status == 78


@pytest.mark.parametrize("command", ["preview", "copy"])
def test_unknown_template_is_a_sentence(run, desk_file: Path, command: str) -> None:
    """A name that is none ends with status 1 and the nearest right one."""
    done = run("--config", str(desk_file), "templates", command, "acknowledgment")

    assert done.status == 1
    assert "acknowledgement" in done.err
    assert done.err.count("acknowledgment") == 1


def test_preview_shows_what_an_unsure_language_gets(run, desk_file: Path) -> None:
    """Every language of the desk, the one asked for above."""
    done = run(
        *("--config", str(desk_file), "templates", "preview", "acknowledgement"),
        *("--unsure", "--language", "es"),
    )

    assert done.status == 0
    assert done.out.index("Hola, Ana") < done.out.index("Hello Ana")


def test_preview_says_what_is_never_in_several_languages(run, desk_file: Path) -> None:
    """Staff's mail has one language."""
    done = run("--config", str(desk_file), "templates", "preview", "escalation", "--unsure")

    assert done.status == 2
    assert "only an acknowledgement" in done.err


def test_preview_of_another_case(run, desk_file: Path) -> None:
    """`--case` shows what an angry customer's ticket makes of the template; a typo lists them."""
    preview = ("--config", str(desk_file), "templates", "preview", "escalation", "--case")
    assert "The customer is angry" in run(*preview, "growing angrier").out
    typo = run(*preview, "angri")
    assert typo.status == 2
    assert "'growing angrier'" in typo.err


def test_a_mailbox_is_previewed_with_its_own_template(templates, desk_file: Path) -> None:
    """Its override, its address; the other mailbox has the desk's."""
    put(
        desk_file.parent / "templates",
        "mailboxes/billing/en/test.md.j2",
        "Subject: Ours\n\nFrom {{ address }}.\n",
    )

    own = templates("preview", "test", "--mailbox", "billing")

    assert own.out.startswith("Subject: Ours")
    assert "billing@example.com" in own.out
    assert "mailbox billing" in own.err
    assert "Ours" not in templates("preview", "test").out


def test_a_broken_layout_breaks_every_preview(templates, desk_file: Path) -> None:
    """Its stand-in is not passed off as the admin's own either."""
    path = put(desk_file.parent / "templates", "layout.html.j2", "<p>nothing</p>")
    done = templates("preview", "test")
    assert done.status == 1
    assert f"{path}:1" in done.err


@pytest.fixture
def ticket(store: Store) -> str:
    """A ticket of Emma's that waits."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-22222"), "Where is it?")
    return "MR-22222"


def test_preview_of_a_real_ticket(templates, ticket: str) -> None:
    """Its reference in any spelling, its customer and its words; which it is, is said."""
    done = templates("preview", "escalation", "--ticket", "[mr-22222]")

    assert done.status == 0
    assert "emma@customer.test" in done.out
    assert "Where is it?" in done.out
    assert "about MR-22222" in done.err
    spanish = templates("preview", "acknowledgement", "--ticket", "22222", "--language", "es")
    assert "Hola" in spanish.out
    assert "this customer gets" not in spanish.err


def test_preview_of_what_this_customer_does_not_get(templates, store: Store) -> None:
    """Which of the two acknowledgements an angry one gets is said beside the other."""
    with store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-33333", angry=True), "Where is it?")
    done = templates("preview", "acknowledgement", "--ticket", "MR-33333")
    assert done.status == 0
    assert "this customer gets acknowledgement_angry: the ticket is angry." in done.err
    usual = templates("preview", "acknowledgement_angry", "--ticket", "MR-33333")
    assert "this customer gets" not in usual.err


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("escalation", "--ticket", "MR-99999"), 1, "there is no ticket MR-99999"),
        (("digest", "--ticket", "MR-22222"), 1, "not about one"),
        (("escalation", "--ticket", "MR-22222", "--case", "angry"), 2, "of its own"),
        (("escalation", "--ticket", "MR-22222", "--mailbox", "billing"), 2, "of its own"),
        (("acknowledgement", "--ticket", "MR-22222", "--unsure"), 2, "of its own"),
        (("layout",), 1, "no mail of its own"),
        (("test", "--mailbox", "sales"), 2, "only support, billing"),
    ],
)
def test_previews_there_are_none_of(
    templates, ticket: str, arguments, status: int, said: str
) -> None:
    """Each is a sentence, and nothing is shown."""
    done = templates("preview", *arguments)
    assert (done.status, done.out) == (status, "")
    assert said in done.err


@pytest.fixture
def sending(desk_file: Path, smtp_sink: SmtpSink, templates) -> Callable[..., Any]:
    """`templates send …` at a desk whose mail a server takes."""
    text = desk_file.read_text(encoding="utf-8")
    text = text.replace(
        '[mailbox.smtp]\nhost = "127.0.0.1"\nport = 1',
        f'[mailbox.smtp]\nhost = "127.0.0.1"\nport = {smtp_sink.port}',
    )
    desk_file.write_text(text + '\n[admin]\naddresses = ["ops@private.test"]\n', encoding="utf-8")
    return lambda *arguments: templates("send", *arguments)


def test_a_test_is_sent_to_me(sending, smtp_sink: SmtpSink, ticket: str) -> None:
    """The first admin gets the mail about the real ticket, marked; the customer gets nothing."""
    done = sending("acknowledgement", "--to", "me", "--ticket", ticket)

    assert (done.status, done.out) == (0, "Sent a test to ops@private.test.\n")
    [mail] = smtp_sink.received
    assert mail.recipient == "ops@private.test"
    assert str(parsed(mail.content)["Subject"]).startswith("[Test] Re: Where is my order?")


def test_a_test_is_sent_from_its_mailbox(sending, smtp_sink: SmtpSink) -> None:
    """In the language asked for, to anybody of staff."""
    done = sending(
        *("escalation", "--to", "Jane@example.com", "--language", "es", "--mailbox", "billing"),
        *("--case", "growing angrier"),
    )

    assert done.status == 0
    [mail] = smtp_sink.received
    assert (mail.sender, mail.recipient) == ("billing@example.com", "Jane@example.com")
    assert str(parsed(mail.content)["Subject"]).startswith("[Prueba] ")
    assert "«Nadie ha respondido»" in parsed(mail.content).get_body(("plain",)).get_content()


def test_no_test_goes_to_a_customer(sending, smtp_sink: SmtpSink, ticket: str) -> None:
    """Not even to the one whose ticket is shown."""
    done = sending("acknowledgement", "--to", "emma@customer.test", "--ticket", ticket)

    assert (done.status, done.out) == (1, "")
    assert "admins and staff alone" in done.err
    assert smtp_sink.received == []


def test_a_test_that_cannot_be_sent_is_said(templates) -> None:
    """A server that is not there is to be tried again: 75."""
    done = templates("send", "test", "--to", "jane@example.com")
    assert (done.status, done.out) == (75, "")
    assert "127.0.0.1:1" in done.err


def test_a_broken_template_is_not_sent(sending, smtp_sink: SmtpSink, broken: Path) -> None:
    """Who tries a template is told what is wrong with it, not sent its stand-in."""
    done = sending("acknowledgement", "--to", "me")
    assert done.status == 1
    assert f"{broken}:3" in done.err
    assert smtp_sink.received == []
