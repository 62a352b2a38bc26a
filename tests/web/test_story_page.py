"""The page from outside: the installed command, a browser, real mail."""

import re
from collections.abc import Iterator

import pytest
from desks import LiveDesk, text_of
from letters import letter
from playwright.sync_api import Browser, Page, expect

EMMA, OTTO = "emma@customer.test", "otto@customer.test"
ASKED = "Hello,\n\nmy order has not arrived yet. Could you tell me when it will?\n"
_HOSTILE = "<script>document.title = 'taken'</script>"


@pytest.fixture
def opened(desk: LiveDesk, chromium: Browser) -> Iterator[Page]:
    """A browser that came in by the link that `mailresponder web` printed."""
    desk.configure()
    serving = desk.program.start("web", "--port", "0", environ=desk.environ)
    try:
        assert serving.stdout is not None
        printed = re.search(r"http://127\.0\.0\.1:\d+/\S+", serving.stdout.readline())
        assert printed, "no link was printed"
        link = printed[0]
        context = chromium.new_context(base_url=link, locale="en-GB")
        page = context.new_page()
        page.goto(link)
        yield page
        context.close()
    finally:
        serving.terminate()
        _, log = serving.communicate(timeout=30)
        assert "Traceback" not in log
        assert serving.returncode == 0


def write(page: Page, old: str, new: str) -> None:
    """Write something in the place of some words of the template."""
    page.locator("#text").evaluate(
        "(box, old) => { box.focus(); const at = box.value.indexOf(old);"
        " box.setSelectionRange(at, at + old.length); }",
        old,
    )
    page.keyboard.insert_text(new)


def test_a_sentence_changed_on_the_page_is_in_the_next_mail_and_no_mistake_is(
    desk: LiveDesk, opened: Page
) -> None:
    """What an admin saves reaches the next customer; a file broken by hand reaches nobody, the page
    and the admins' mail say so, and the last good text is sent."""
    page = opened
    page.goto("/templates")
    page.get_by_role("list", name="Acknowledgement", exact=True).get_by_text("English").click()
    write(page, "To add something", "{{ customer_nme }}")
    expect(page.locator("#problem")).to_contain_text("did you mean customer_name?")
    write(page, "{{ customer_nme }}", "One thing more")
    expect(page.locator("#problem")).to_be_empty()
    page.get_by_label("Note", exact=True).fill("Friday afternoon")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It counts from the next mail on.")).to_be_visible()

    desk.deliver(letter(sender=EMMA, subject="Order 4711", text=ASKED))
    desk.once()
    [acknowledged] = desk.sent_to(EMMA)
    assert "One thing more" in text_of(acknowledged)

    file = desk.program.folder / "templates" / "en" / "acknowledgement.md.j2"
    file.write_text(file.read_text() + "\n{{ nobody }}\n")
    desk.deliver(letter(sender=OTTO, subject="Order 4712", text=ASKED))
    desk.once()
    [acknowledged] = desk.sent_to(OTTO)
    assert "One thing more" in text_of(acknowledged)
    page.goto("/templates")
    expect(page.get_by_text("nobody is no variable here")).to_be_visible()


def test_a_hostile_complaint_is_words_on_every_page(desk: LiveDesk, opened: Page) -> None:
    """A script in name, subject and body is read, answered for by a button, and never run."""
    page = opened
    desk.deliver(
        letter(
            sender=f'"{_HOSTILE}" <{EMMA}>',
            subject=f"{_HOSTILE} order",
            text=f"{_HOSTILE} Where is my order? It is three weeks late.",
        )
    )
    desk.once()
    page.goto("/queue")
    page.get_by_role("link", name=_HOSTILE).first.click()

    expect(page.get_by_text("Where is my order?").first).to_be_visible()
    assert page.title() != "taken"
    page.get_by_role("button", name="Answered").click()
    assert desk.ticket_of(EMMA)["state"] == "answered"
