"""The template editor in a browser, as people use it."""

import re
from collections.abc import Callable

import cases
import own_templates
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, Route, expect
from sites import Hosted

from mailresponder.web.asking import Role

Browse = Callable[..., Page]

EDIT = "/templates/edit?name=acknowledgement&in=en"
HISTORY = "/templates/history?name=acknowledgement&in=en"
PHONE = {"width": 360, "height": 740}
SAVED = "Saved. It counts from the next mail on."


def acknowledged(site: Hosted) -> str:
    """What the next customer would get."""
    return own_templates.acknowledged(site.app.templates.of("support")).text


def write(page: Page, old: str, new: str) -> None:
    """Write something in the place of some words of the text."""
    page.locator("#text").evaluate(
        "(box, old) => { box.focus(); const at = box.value.indexOf(old);"
        " if (at < 0) throw old; box.setSelectionRange(at, at + old.length); }",
        old,
    )
    page.keyboard.insert_text(new)


def save(page: Page, note: str = "") -> None:
    """Save, and see that it was."""
    page.get_by_label("Note", exact=True).fill(note)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(SAVED)).to_be_visible()


def other_text(page: Page, name: str) -> Locator:
    """The link to the same template in another language, or for another mailbox."""
    return page.get_by_label("Texts of this template").get_by_role("link", name=name)


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def accessible(page: Page) -> bool:
    """Whether axe finds nothing to object to; what it finds is printed."""
    found = Axe().run(page)
    print(found.generate_report())
    return int(found.violations_count) == 0


def test_an_admin_changes_a_sentence_and_takes_it_back(site: Hosted, browse: Browse) -> None:
    """In by the link; a mistake is seen at its line and mended; looked at in Spanish; saved with a
    note; the next acknowledgement carries it; the old version is brought back."""
    page = browse(Role.NOBODY)
    page.goto(site.link())
    page.get_by_role("link", name="Templates").click()
    page.get_by_role("list", name="Acknowledgement", exact=True).get_by_text("English").click()
    mail, problem = page.frame_locator("#frame"), page.locator("#problem")
    expect(mail.get_by_text("Your message “Order 4711")).to_be_visible()
    shipped = acknowledged(site)

    write(page, "To add something", "{{ customer_nme }}")
    expect(problem).to_contain_text("customer_nme is no variable here; did you mean customer_name?")
    line = int(re.findall(r"Line (\d+)", problem.inner_text())[0])
    assert page.locator("#lines > div").nth(line - 1).get_attribute("class") == "wrong"
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Not saved: there is a mistake in the text.")).to_be_visible()
    assert acknowledged(site) == shipped

    page.get_by_role("link", name=f"Line {line}").click()
    write(page, "{{ customer_nme }}", "Anything to add")
    expect(problem).to_be_empty()
    expect(mail.get_by_text("Anything to add, just reply")).to_be_visible()
    save(page, "Shorter")
    assert "Anything to add, just reply" in acknowledged(site)

    other_text(page, "Español").click()
    expect(mail.get_by_text("Su mensaje «El pedido 4711")).to_be_visible()
    other_text(page, "English").click()
    write(page, "Anything to add", "One more thing?")
    save(page)
    assert "One more thing?, just reply" in acknowledged(site)

    page.get_by_role("link", name="History").click()
    page.get_by_role("row", name="Shorter").get_by_role("link").click()
    expect(page.locator("tr.added")).to_contain_text("Anything to add, just reply")
    page.get_by_role("button", name="Bring this version back").click()
    assert "Anything to add, just reply" in acknowledged(site)

    page.get_by_role("link", name="Back to the shipped text").click()
    expect(page.locator("tr.removed")).to_contain_text("Anything to add, just reply")
    page.get_by_role("button", name="Back to the shipped text").click()
    expect(page.get_by_text("This is the text that is shipped")).to_be_visible()
    assert acknowledged(site) == shipped


def test_the_second_of_two_admins_is_told_and_overwrites_nothing(
    site: Hosted, browse: Browse
) -> None:
    """Who writes on an older text hears of the newer one while writing, sees both on saving, and
    saves what they make of the two; the other's text stays in the history."""
    ana, eva = browse(name="ana"), browse(name="eva")
    ana.goto(EDIT)
    eva.goto(EDIT)
    write(eva, "Hello", "Good day")
    save(eva)

    write(ana, "{{ desk }}\n", "{{ desk }}, always there\n")
    expect(
        ana.get_by_text("Another text has been saved since you opened this one: eva (web).")
    ).to_be_visible()
    ana.get_by_role("button", name="Save").click()

    expect(ana.get_by_role("alert")).to_contain_text("eva (web)")
    assert "Good day" in acknowledged(site)
    theirs = ana.get_by_role("region", name="What was changed meanwhile")
    mine = ana.get_by_role("region", name="What would change if you save yours now")
    expect(theirs.locator("tr.added")).to_contain_text("Good day")
    expect(mine.locator("tr.removed").first).to_contain_text("Good day")
    expect(ana.locator("#text")).to_have_value(re.compile("^Subject(?s:.*)always there"))

    write(ana, "Hello", "Good day")
    save(ana, "Both")
    said = acknowledged(site)
    assert said.startswith("Good day")
    assert "always there" in said
    ana.goto(HISTORY)
    expect(ana.get_by_role("row")).to_have_count(3)


def test_who_leaves_with_changes_is_asked_and_finds_them_again(browse: Browse) -> None:
    """The browser asks before it goes; whoever goes all the same is offered the text the next
    time, and can forget it."""
    page = browse()
    page.goto(EDIT)
    write(page, "Hello", "Good day")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="All templates").click()
    page.wait_for_url("**/templates")
    assert asked == ["beforeunload"]

    page.goto(EDIT)
    page.get_by_role("button", name="Put it in").click()
    expect(page.locator("#text")).to_have_value(re.compile("Good day"))
    page.reload()
    page.get_by_role("button", name="Forget it").click()
    page.reload()
    expect(page.get_by_role("button", name="Put it in")).to_be_hidden()
    expect(page.locator("#text")).to_have_value(re.compile("Hello"))


def test_a_browser_without_room_for_the_text_shows_the_mail(browse: Browse) -> None:
    """What cannot be kept for the next time is still previewed, and leaving still asks."""
    page = browse()
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full'); };")
    page.goto(EDIT)
    write(page, "Hello", "Good day")
    expect(page.frame_locator("#frame").get_by_text("Good day Ana")).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_visible()


def test_a_click_puts_a_value_where_the_cursor_is(browse: Browse) -> None:
    """What can be put in is found by its words, with Enter or without, put in by a click, and taken
    back by undo."""
    page = browse()
    page.goto(EDIT)
    write(page, "Hello", "Hello dear ")
    page.get_by_text("What can be put in").click()
    page.get_by_label("Find").fill("mail address")
    page.keyboard.press("Enter")
    expect(page.locator(".palette li:visible")).to_have_count(1)
    page.get_by_role("button", name="customer.address").click()
    expect(page.locator("#text")).to_have_value(re.compile(r"Hello dear \{\{ customer.address"))
    page.keyboard.press("Control+z")
    expect(page.locator("#text")).not_to_have_value(re.compile(r"customer\.address"))


def test_a_text_can_be_changed_by_the_keyboard_alone(site: Hosted, browse: Browse) -> None:
    """From the list to the saved text with Tab, Enter, typing and Ctrl+S; past what can be put in
    to the preview, and back to it."""
    page = browse()
    page.goto("/templates")

    def tab_to(wanted: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({wanted!r})"):
                return
        pytest.fail(f"Tab does not come to {wanted}")

    tab_to("a[href*='name=acknowledgement&in=en']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit**")
    tab_to("#text")
    page.keyboard.press("Control+End")
    page.keyboard.type("\nSee you.")
    tab_to("[href='#preview']")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Send a test to")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find")).to_be_visible()
    page.keyboard.press("Control+s")
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert "See you." in acknowledged(site)


def test_nothing_needs_to_be_scrolled_sideways_on_a_phone(browse: Browse) -> None:
    """Every page of templates fits 360 pixels."""
    page = browse(viewport=PHONE)
    page.goto(EDIT)
    write(page, "Hello", "Goodday" * 20)
    save(page, "note" * 40)
    wide = []
    for path in (
        "/templates",
        EDIT,
        "/templates/edit?name=layout",
        HISTORY,
        "/templates/version?name=acknowledgement&in=en&number=1",
        "/templates/revert?name=acknowledgement&in=en",
    ):
        page.goto(path)
        wide += [path] if sideways(page) else []

    assert wide == []


def test_a_text_can_be_changed_on_a_phone(site: Hosted, browse: Browse) -> None:
    """Written, looked at and saved with a finger."""
    page = browse(viewport=PHONE, has_touch=True, is_mobile=True)
    page.goto(EDIT)
    write(page, "Hello", "Good day")
    page.get_by_role("link", name="To the preview").tap()
    expect(page.frame_locator("#frame").get_by_text("Good day Ana")).to_be_visible()
    page.get_by_role("button", name="Save").tap()
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert acknowledged(site).startswith("Good day")


def test_a_viewer_reads(browse: Browse) -> None:
    """A viewer sees the text and what it becomes in the case they choose, and nothing to press
    that would change it."""
    page = browse(Role.VIEWER)
    page.goto(EDIT)
    expect(page.get_by_role("region", name="Text")).to_contain_text("has reached {{ desk }}")
    page.get_by_label("Example").select_option("out of hours")
    page.get_by_role("button", name="Show the preview").click()
    expect(page.frame_locator("#frame").get_by_text("we open again on")).to_be_visible()

    assert page.locator("form[method=post]").count() == 1  # signing out
    assert page.get_by_role("textbox", name="Text").count() == 0
    assert page.get_by_role("link", name="Back to the shipped text").count() == 0


def test_a_viewer_sees_where_a_mistake_is(site: Hosted, browse: Browse) -> None:
    """The line is marked, and a link leads to the text."""
    own_templates.put(site.templates, "en/acknowledgement.md.j2", own_templates.BROKEN)
    page = browse(Role.VIEWER)
    page.goto(EDIT)
    page.get_by_role("link", name="Line 3").click()
    expect(page.get_by_role("region", name="Text")).to_be_focused()
    expect(page.locator("#text .wrong")).to_contain_text("custmer_name")


def test_the_mail_is_shown_as_wide_and_as_dark_as_one_likes(browse: Browse) -> None:
    """The frame can be a phone's, and dark, whatever the page itself is."""
    page = browse(color_scheme="null")
    page.goto(EDIT)
    body = page.frame_locator("#frame").locator(".frame")
    light = body.evaluate("box => getComputedStyle(box).backgroundColor")
    page.get_by_label("Dark").check()
    page.get_by_label("Phone").check()

    expect(body).not_to_have_css("background-color", light)
    assert page.locator("#frame").bounding_box()["width"] == 360  # type: ignore[index]
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("The test was not sent.")).to_be_visible()
    expect(page.get_by_label("Dark")).to_be_checked()
    expect(page.get_by_label("Phone")).to_be_checked()


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1600, 900)])
def test_text_preview_and_save_fit_a_window(browse: Browse, width: int, height: int) -> None:
    """Nothing of the page is below the window: the text has more of it than anything else beside
    it, the history and the shipped text are above it, and the preview scrolls as one."""
    page = browse(viewport={"width": width, "height": height})
    page.goto(EDIT)
    write(page, "Hello", "Good day")
    save(page)
    # The words that it was saved are gone the next time.
    page.goto(EDIT)
    expect(page.frame_locator("#frame").get_by_text("Good day Ana")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollHeight") == height
    boxes = [page.locator(one).bounding_box() for one in (".more", "div.source", "#save", "#frame")]
    [above, text, button, mail] = [box for box in boxes if box is not None]
    assert above["y"] < text["y"] < button["y"] < height - button["height"]
    assert text["height"] > height / 2 - 10
    assert mail["y"] < height * 3 / 4
    scrolled = page.evaluate(
        "[...document.querySelectorAll('.seen, .seen *')].filter((box) => box.scrollHeight > "
        "box.clientHeight && getComputedStyle(box).overflowY === 'auto').map((box) => "
        "box.className)"
    )
    assert scrolled == ["seen"]
    mail_page = page.frames[1]
    assert mail_page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0


def test_the_text_of_a_mail_is_wrapped_once(browse: Browse) -> None:
    """Each line of it is a line on the screen, and a laptop has room for the longest."""
    page = browse(viewport={"width": 1280, "height": 720})
    page.goto(EDIT)
    plain = page.locator("#plain")
    lines = plain.inner_text().rstrip("\n").count("\n") + 1
    height, line = plain.evaluate(
        "box => { const style = getComputedStyle(box); return [box.clientHeight - "
        "parseFloat(style.paddingTop) * 2, parseFloat(style.lineHeight)]; }"
    )
    assert round(height / line) in {lines, lines + 1}
    assert plain.evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_a_ticket_is_looked_up_while_its_reference_is_written(site: Hosted, browse: Browse) -> None:
    """Without a prefix too; that there is none of it stands at its field, and the example is
    shown."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-AAAAA", subject="A broken cup"), "It broke.")
    page = browse()
    page.goto(EDIT)
    field = page.get_by_label("A real ticket")
    field.press_sequentially("aaaaa")
    expect(page.locator("#mail")).to_contain_text("Re: A broken cup")
    field.fill("zzzzz")
    expect(field).to_have_accessible_description(re.compile("^There is no ticket MR-ZZZZZ."))
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#mail")).to_contain_text("Order 4711")
    assert page.locator("#problem").inner_text() == ""
    field.fill("")
    expect(page.locator("#ticket-problem")).to_be_empty()


def test_enter_saves_behind_the_note_alone(site: Hosted, browse: Browse) -> None:
    """Behind a ticket's reference it shows the mail of that ticket, and nothing is saved."""
    with site.app.store.begin() as conn:
        cases.add(conn, cases.open_ticket("MR-AAAAA", subject="A broken cup"), "It broke.")
    for script in (True, False):
        page = browse(java_script_enabled=script)
        page.goto(EDIT)
        page.get_by_label("A real ticket").fill("MR-AAAAA")
        page.keyboard.press("Enter")
        expect(page.locator("#mail")).to_contain_text("Re: A broken cup")
        assert not site.templates.exists()

    page = browse()
    page.goto(EDIT)
    write(page, "Hello", "Good day")
    page.get_by_label("Note", exact=True).press("Enter")
    expect(page.get_by_text(SAVED)).to_be_visible()


def test_the_layout_is_seen_around_each_notice(browse: Browse) -> None:
    """Another notice brings its own examples; what was written meanwhile stays."""
    page = browse()
    page.goto("/templates/edit?name=layout")
    write(page, "{{ content }}", "<p>From us</p>{{ content }}")
    page.get_by_label("Shown with").select_option("Digest")
    page.get_by_label("Example").select_option("quiet")
    page.get_by_label("Language").select_option("Español")
    mail = page.frame_locator("#frame")
    expect(mail.get_by_text("Todo en calma")).to_be_visible()
    expect(mail.get_by_text("From us")).to_be_visible()
    expect(page.get_by_text("Not saved yet")).to_be_visible()


def test_what_is_chosen_before_the_script_came_counts(browse: Browse) -> None:
    """On a slow line somebody may be quicker than the script."""
    page = browse()
    waiting: list[Route] = []
    page.route("**/editor.js", lambda route: waiting.append(route))
    page.goto(EDIT, wait_until="commit")
    page.get_by_label("Example").select_option("out of hours")
    waiting[0].continue_()

    expect(page.frame_locator("#frame").get_by_text("we open again on")).to_be_visible()


def test_a_page_without_script_does_the_same(site: Hosted, browse: Browse) -> None:
    """Without JavaScript, buttons show the mistake, then the preview, and save."""
    page = browse(java_script_enabled=False)
    page.goto(EDIT)
    text = page.get_by_role("textbox", name="Text")
    shipped = text.input_value()
    text.fill(shipped.replace("Hello", "{{ nobody }}"))
    page.get_by_role("button", name="Show the preview").click()
    expect(page.locator("#problem")).to_contain_text("Line 3: nobody is no variable here")
    text.fill(shipped.replace("Hello", "Good day"))
    page.get_by_role("button", name="Show the preview").click()
    expect(page.frame_locator("#frame").get_by_text("Good day Ana")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(SAVED)).to_be_visible()
    assert acknowledged(site).startswith("Good day")


@pytest.mark.parametrize(("language", "scheme"), [("en-GB", "light"), ("es-ES", "dark")])
def test_the_editor_can_be_used_by_everybody(browse: Browse, language: str, scheme: str) -> None:
    """axe finds nothing to object to in the editor, well or with a mistake, the two texts of a
    conflict, the history, a version and the question before a text is dropped."""
    page, other = (browse(locale=language, color_scheme=scheme) for _ in range(2))
    page.goto(EDIT)
    other.goto(EDIT)
    write(page, "Hello", "{{ nobody }}")
    expect(page.locator("#problem .problem")).to_be_visible()
    assert accessible(page)
    write(page, "{{ nobody }}", "Good day")
    write(other, "Hello", "Good evening")
    for saved in (page, other):
        saved.locator("#save").click()
        saved.wait_for_load_state()
        assert accessible(saved)
    for path in (
        HISTORY,
        "/templates/version?name=acknowledgement&in=en&number=1",
        "/templates/revert?name=acknowledgement&in=en",
    ):
        page.goto(path)
        assert accessible(page)


def test_a_text_outlasts_the_session(site: Hosted, browse: Browse) -> None:
    """Who was signed out while writing is told, and finds the text again after signing in."""
    page = browse()
    page.goto(EDIT)
    cookies = page.context.cookies()
    page.context.clear_cookies()
    write(page, "Hello", "Good day")
    expect(page.get_by_text("you are no longer signed in")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("You are no longer signed in, so")).to_be_visible()

    page.context.add_cookies(cookies)
    page.goto(EDIT)
    page.get_by_role("button", name="Put it in").click()
    save(page)
    assert acknowledged(site).startswith("Good day")
