"""The template editor, asked without a browser."""

import json
import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import cases
import own_templates
import pytest
from own_templates import BROKEN, GOOD, put
from servers.smtp_sink import SmtpSink
from sites import Answered, Guest, Hosted, hosted

from mailresponder.jobs import audit, editing
from mailresponder.store.template_places import Place
from mailresponder.web.asking import Role

EDIT = "/templates/edit?name=acknowledgement&in=en"
TRY = "/templates/try?name=acknowledgement&in=en"
FILE = "en/acknowledgement.md.j2"
OWN = "mailboxes/support/en/acknowledgement.md.j2"


def tried(guest: Guest, text: str, **fields: str) -> dict[str, object]:
    """What the script gets."""
    answered = guest.send(TRY, text=text, **fields)
    assert answered.status == 200
    found = json.loads(answered.text)
    assert isinstance(found, dict)
    return found


def save(guest: Guest, text: str, *, path: str = EDIT, expected: str = "", **more: str) -> Answered:
    return guest.send(path, do="save", text=text, expected=expected, **more)


def test_a_saved_text_is_the_file_with_plain_line_ends(site: Hosted, admin: Guest) -> None:
    """A browser's line ends do not get into it; who saved it is in the history and the audit."""
    answered = save(admin, GOOD.replace("\n", "\r\n"), note="why")

    assert answered.status == 303
    assert (site.templates / FILE).read_bytes() == GOOD.encode()
    with site.app.store.read() as conn:
        [entry, *_] = audit.latest(conn)
    assert (entry.by, entry.what, entry.about) == ("ana (web)", "template_saved", FILE)


def test_a_broken_text_is_shown_again_and_not_saved(site: Hosted, admin: Guest) -> None:
    """With what is wrong and the text as it was sent, so that nothing is lost."""
    answered = save(admin, BROKEN, note="mine")

    assert answered.status == 422
    assert "Not saved: there is a mistake" in answered.text
    assert "Hello {{ custmer_name }}." in answered.text
    assert 'value="mine"' in answered.text
    assert not (site.templates / FILE).exists()


def test_a_text_that_cannot_be_written_is_not_lost(site: Hosted, admin: Guest) -> None:
    """Where the folder cannot be written, that is said above the text."""
    site.templates.write_text("in the way", encoding="utf-8")
    answered = save(admin, GOOD)

    assert answered.status == 422
    assert "our own words" in answered.text
    assert "cannot be written" in answered.text


def test_a_newer_text_is_not_overwritten(site: Hosted, admin: Guest) -> None:
    """Both are shown, and nothing is saved before somebody has chosen."""
    save(site.guest(name="eva"), GOOD)
    answered = save(admin, GOOD.replace("our own", "my own"))

    assert answered.status == 409
    assert re.search(r"while you were writing: [\d-]+ [\d:]+, eva \(web\)", answered.text)
    assert (site.templates / FILE).read_text(encoding="utf-8") == GOOD


def test_a_file_changed_by_hand_is_not_overwritten_either(site: Hosted, admin: Guest) -> None:
    """Nor one that was removed meanwhile."""
    put(site.templates, FILE, GOOD)
    assert save(admin, GOOD.replace("our own", "my own")).status == 409

    (site.templates / FILE).unlink()
    answered = save(admin, GOOD.replace("our own", "my own"), expected="0" * 64)
    assert answered.status == 409
    assert not (site.templates / FILE).exists()


def test_the_script_gets_the_mail(admin: Guest) -> None:
    """Subject, reader and text of the mail, and where its HTML can be loaded from."""
    found = tried(admin, GOOD)

    assert "[MR-7F3K2]" in str(found["mail"])
    assert "ana@customer.test" in str(found["mail"])
    assert str(found["text"]).startswith("Hello Ana García, our own words.")
    assert "our own words" in admin.get(str(found["frame"])).text
    assert (found["line"], found["problem"], found["newer"]) == (0, "", "")


def test_the_script_gets_the_mistake(admin: Guest) -> None:
    """Its line and words, and no mail."""
    found = tried(admin, BROKEN)

    assert found["line"] == 3
    assert "<code>custmer_name</code> is no variable here" in str(found["problem"])
    assert (found["mail"], found["frame"]) == ("", "")


def test_a_hostile_customer_stays_text(admin: Guest) -> None:
    """What a customer wrote is text in the mail's head and in the frame."""
    found = tried(admin, GOOD.replace("ours", "{{ subject | fallback('none') }}"), case="hostile")

    assert "<script>" not in str(found["mail"])
    assert "&lt;script&gt;" in str(found["mail"])
    assert "<script>" not in admin.get(str(found["frame"])).text


def test_a_real_ticket_is_shown(site: Hosted, admin: Guest) -> None:
    """The customer's own name and subject stand in the mail; an unknown ticket is said to be."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-AAAAA", subject="A broken cup"), "It broke.")
    text = GOOD.replace("our own words", "about {{ subject }}")

    assert "Hello Emma Clarke, about A broken cup." in str(tried(admin, text, ticket="mr-aaaaa"))
    assert "Hello Emma Clarke" in str(tried(admin, text, ticket="aaaaa")["text"])
    unknown = tried(admin, text, ticket="zzzzz")
    assert "There is no ticket MR-ZZZZZ." in str(unknown["no_ticket"])
    assert "Hello Ana García" in str(unknown["text"])
    assert (unknown["line"], unknown["problem"]) == (0, "")


def test_a_preview_of_a_real_ticket_waits_for_nobody(site: Hosted, admin: Guest) -> None:
    """Nothing is written for it: the job may be writing, and need not wait for it either."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-AAAAA"), "It broke.")
    token = admin.token()
    with site.app.store.begin():
        answered = admin.post(TRY, {"token": token, "text": GOOD, "ticket": "MR-AAAAA"})

    assert "Emma Clarke" in answered.text


def test_a_mail_in_every_language_is_shown(admin: Guest) -> None:
    """As it goes to a customer whose language is not sure."""
    assert "Su mensaje" not in str(tried(admin, GOOD)["text"])
    assert "Su mensaje" in str(tried(admin, GOOD, unsure="yes")["text"])


def test_choices_that_are_none_are_passed_over(admin: Guest) -> None:
    """A made-up mailbox or case shows the first one."""
    assert tried(admin, GOOD, desk="nobody's", case="no such")["text"] == tried(admin, GOOD)["text"]


def test_the_layout_is_shown_around_a_mail(admin: Guest) -> None:
    """Of the notice and in the language that are chosen."""
    layout = "<p>ours</p>{{ content }}"
    fields = {"text": layout, "notice": "follow_up", "spoken": "es"}
    found = json.loads(admin.send("/templates/try?name=layout", **fields).text)

    framed = admin.get(found["frame"]).text
    assert ">ours</p>" in framed
    assert "Hola, Ana" in framed
    assert "to add" not in found["text"]


def test_a_mailbox_gets_a_text_of_its_own(site: Hosted, admin: Guest) -> None:
    """Saved for one mailbox, it serves that one; until then the desk's is shown."""
    put(site.templates, FILE, GOOD)
    path = f"{EDIT}&mailbox=support"
    assert "support has no text of its own" in admin.get(path).text
    assert "our own words" in admin.get(path).text

    assert save(admin, GOOD.replace("our own", "support's"), path=path).status == 303
    assert (site.templates / OWN).exists()
    for mailbox, said in (("support", "support's words"), ("", "our own words")):
        assert said in own_templates.acknowledged(site.app.templates.of(mailbox)).text


@pytest.mark.parametrize(
    "query",
    [
        "name=../../etc/passwd&in=en",
        "name=acknowledgement&in=../en",
        "name=acknowledgement&in=en&mailbox=../support",
        "name=acknowledgement&in=en&mailbox=unknown",
        "name=layout&in=en",
        "name=acknowledgement",
        "",
    ],
)
def test_a_place_that_is_none_is_refused(site: Hosted, admin: Guest, query: str) -> None:
    """No path comes from the page: what names no template is refused, and nothing is written."""
    assert admin.get(f"/templates/edit?{query}").status == 400
    assert save(admin, GOOD, path=f"/templates/edit?{query}").status == 400
    assert not site.templates.exists()


def test_a_test_of_an_unsaved_text_is_sent(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """It goes at once to the one who is chosen, marked as a test; the text is still unsaved."""
    with hosted(tmp_path, smtp_port=smtp_sink.port) as site:
        answered = site.guest().send(EDIT, do="send", text=GOOD, to="ops@example.com")

        assert answered.status == 200
        assert "A test is on its way to ops@example.com." in answered.text
        assert "Not saved yet" in answered.text
        [sent] = smtp_sink.received
        mail = message_from_bytes(sent.content, policy=default)
        assert mail["to"] == "ops@example.com"
        assert str(mail["subject"]).startswith("[Test] ours")
        text = mail.get_body(("plain",))
        assert text is not None
        assert "test of the template “Acknowledgement”" in text.get_content()
        assert not site.templates.exists()


def test_a_test_goes_to_our_own_people_alone(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Never to a customer, whatever the form says; and a mistake is mended first."""
    with hosted(tmp_path, smtp_port=smtp_sink.port) as site:
        guest = site.guest()
        stranger = guest.send(EDIT, do="send", text=GOOD, to="ana@customer.test")
        broken = guest.send(EDIT, do="send", text=BROKEN, to="ops@example.com")

    assert (stranger.status, broken.status) == (422, 422)
    assert "our own words" in stranger.text
    assert smtp_sink.received == []


def test_a_server_that_takes_no_test_is_told_of(admin: Guest) -> None:
    """Why it could not be sent stands above the text, which is kept."""
    answered = admin.send(EDIT, do="send", text=GOOD, to="ops@example.com", width="narrow")

    assert answered.status == 422
    assert "our own words" in answered.text
    assert "The test was not sent." in answered.text
    assert '<p lang="en">127.0.0.1:' in answered.text
    assert 'value="narrow" checked' in answered.text


def test_no_test_is_sent_of_another_ticket(tmp_path: Path, smtp_sink: SmtpSink) -> None:
    """Where there is none of the ticket that was named, the example is shown, not sent."""
    with hosted(tmp_path, smtp_port=smtp_sink.port) as site:
        answered = site.guest().send(
            EDIT, do="send", text=GOOD, to="ops@example.com", ticket="MR-ZZZZZ"
        )

    assert answered.status == 422
    assert "There is no ticket MR-ZZZZZ." in answered.text
    assert smtp_sink.received == []


def test_how_the_preview_looks_is_kept_on_saving(admin: Guest) -> None:
    """As what it is of; what is no choice is passed over."""
    answered = save(admin, GOOD, width="narrow", scheme="dark")
    assert "width=narrow&scheme=dark" in answered.headers["location"]
    page = admin.get(f"{EDIT}&width=narrow&scheme=puce").text
    assert 'value="narrow" checked' in page
    assert 'value="dark" checked' not in page


def test_the_help_says_what_a_template_is_not(admin: Guest) -> None:
    """Beside the text, before somebody tries."""
    assert "There is no HTML, no picture" in admin.get(EDIT).text


def test_a_broken_file_opens_with_its_mistake(site: Hosted, admin: Guest) -> None:
    """The admin's own text with what is wrong, and the mail that is sent meanwhile."""
    put(site.templates, FILE, BROKEN)
    page = admin.get(EDIT).text

    assert "Hello {{ custmer_name }}." in page
    assert 'data-line="3"' in page
    assert "so the shipped one is sent" in page
    assert "Your message “Order 4711 has not arrived” has reached" in page


def test_a_text_with_a_script_stays_text(site: Hosted, admin: Guest) -> None:
    """A template is shown as what it says."""
    put(site.templates, FILE, GOOD + "</textarea><script>alert(1)</script>\n")
    for role in (Role.ADMIN, Role.VIEWER):
        page = site.guest(role).get(EDIT).text
        assert "<script>alert" not in page
        assert "&lt;/textarea&gt;&lt;script&gt;alert(1)" in page


def test_a_text_may_begin_with_a_blank_line(site: Hosted, admin: Guest) -> None:
    """It is shown as it stands, for its author to see what is wrong."""
    put(site.templates, FILE, "\n" + GOOD)
    assert '">\n\nSubject: ours' in admin.get(EDIT).text


def test_a_text_is_shown_to_the_letter(site: Hosted, admin: Guest) -> None:
    """What no other page would show is in the text box, so that saving does not lose it."""
    odd = GOOD + "\u2067right to left\u2069, \u2028another line, \x07\n"
    put(site.templates, FILE, odd)
    assert odd in admin.get(EDIT).text


@pytest.mark.parametrize("text", [GOOD, BROKEN, None])
def test_a_change_by_hand_is_told_of_while_one_writes(
    site: Hosted, admin: Guest, text: str | None
) -> None:
    """Before it is in the history, and not in the name of who saved last: whether the file serves,
    is broken or is gone."""
    place = Place(name="acknowledgement", language="en")
    shipped = site.app.templates.shipped_text(place)
    put(site.templates, FILE, shipped)
    assert ": in its file" in str(tried(admin, GOOD, expected="")["newer"])

    expected = editing.opened(site.app.templates, place).digest
    assert save(site.guest(name="eva"), GOOD + "Bye.\n", expected=expected).status == 303
    expected = editing.opened(site.app.templates, place).digest
    if text is None:
        (site.templates / FILE).unlink()
    else:
        put(site.templates, FILE, text)
    assert ": in its file" in str(tried(admin, GOOD, expected=expected)["newer"])


def test_a_reader_is_named_as_far_as_they_have_a_name(admin: Guest) -> None:
    """By name and address, or by the address alone."""
    assert "Ana García &lt;ana@customer.test&gt;" in str(tried(admin, GOOD)["mail"])
    read = admin.get("/templates/edit?name=digest&in=en").text
    assert "<dd>support@example.com</dd>" in read


def test_the_shipped_text_is_not_copied(site: Hosted, admin: Guest) -> None:
    """Who saves without a change has changed nothing: the text still follows the shipped one."""
    place = Place(name="acknowledgement", language="en")
    answered = save(admin, site.app.templates.shipped_text(place), case="late")

    assert (answered.status, "done=nothing" in answered.headers["location"]) == (303, True)
    assert "case=late" in answered.headers["location"]
    assert not site.templates.exists()


def test_the_same_text_twice_is_one_version(site: Hosted, admin: Guest) -> None:
    """Who presses twice has saved once, and is not told of a conflict."""
    for _ in range(2):
        assert save(admin, GOOD).status == 303
    page = admin.get("/templates/history?name=acknowledgement&in=en").text
    assert page.count("ana (web)") == 1
