"""A template's past."""

from own_templates import BROKEN, GOOD, put
from sites import Answered, Guest, Hosted

from mailresponder.jobs import audit, editing
from mailresponder.store.template_places import Place
from mailresponder.web.asking import Role

PLACE = "name=acknowledgement&in=en"
FILE = "en/acknowledgement.md.j2"
SECOND = GOOD.replace("our own", "my own")


def digest(site: Hosted) -> str:
    """Of the file as it stands."""
    place = Place(name="acknowledgement", language="en")
    return editing.opened(site.app.templates, place).digest


def save(site: Hosted, text: str, *, name: str = "ana", note: str = "") -> Answered:
    """Save what follows the text of now."""
    return site.guest(name=name).send(
        f"/templates/edit?{PLACE}", do="save", text=text, expected=digest(site), note=note
    )


def test_a_text_that_was_never_changed_has_no_past(admin: Guest) -> None:
    """That is said instead of an empty table."""
    page = admin.get(f"/templates/history?{PLACE}").text

    assert "has never been changed" in page
    assert "<table" not in page


def test_versions_are_listed_newest_first(site: Hosted, admin: Guest) -> None:
    """Each with who made it, when and why; a change of the file by hand too."""
    save(site, GOOD, note="<b>why</b>")
    put(site.templates, FILE, SECOND)
    save(site, GOOD, name="eva")
    page = admin.get(f"/templates/history?{PLACE}").text

    rows = page.split("<tr>")[2:]
    assert len(rows) == 3
    assert "eva (web)" in rows[0]
    assert "in its file" in rows[1]
    assert "ana (web)" in rows[2]
    assert "&lt;b&gt;why&lt;/b&gt;" in rows[2]


def test_a_version_is_compared_with_what_one_likes(site: Hosted, admin: Guest) -> None:
    """With now, the one before, or the shipped text."""
    save(site, GOOD)
    save(site, SECOND)
    one = f"/templates/version?{PLACE}&number=1"

    assert '<td class="line">Hello {{ customer_name }}, my own words.' in admin.get(one).text
    shipped = admin.get(f"{one}&against=shipped").text
    assert '<td class="line">Subject: Re:' in shipped
    assert "Subject: Re:" in admin.get(f"{one}&against=before").text
    second = admin.get(f"/templates/version?{PLACE}&number=2&against=before").text
    assert '<td class="line">Hello {{ customer_name }}, our own words.' in second
    assert "This is the current text." in second
    assert "Bring this version back" not in second


def test_a_version_is_brought_back(site: Hosted, admin: Guest) -> None:
    """It is the file again; that it was brought back is in the history and in the audit."""
    save(site, GOOD)
    save(site, SECOND)
    answered = admin.send(
        f"/templates/restore?{PLACE}", number="1", expected=digest(site), note="no"
    )

    assert answered.status == 303
    assert (site.templates / FILE).read_text(encoding="utf-8") == GOOD
    assert admin.get(f"/templates/history?{PLACE}").text.count("<tr>") == 4
    with site.app.store.read() as conn:
        assert audit.latest(conn)[0].what == "template_restored"


def test_a_restore_without_a_note_is_told_in_the_language_of_the_page(
    site: Hosted, admin: Guest
) -> None:
    """Which version it was, wherever the note is shown; a note that somebody gave stays."""
    save(site, GOOD, note="version 2 again, sadly")
    save(site, SECOND)
    admin.send(f"/templates/restore?{PLACE}", number="1", expected=digest(site))

    page = admin.get(f"/templates/history?{PLACE}").text
    assert "Version 1 again" in page
    assert "version 2 again, sadly" in page
    page = admin.get(f"/templates/history?{PLACE}", **{"Accept-Language": "es"}).text
    assert "De nuevo la versión 1" in page
    path = f"/templates/version?{PLACE}&number=3"
    assert "De nuevo la versión 1" in admin.get(path, **{"Accept-Language": "es"}).text


def test_a_version_is_not_brought_back_over_a_text_nobody_has_seen(
    site: Hosted, admin: Guest
) -> None:
    """Who decided on an older text is shown the newer one first."""
    save(site, GOOD)
    seen = digest(site)
    save(site, SECOND, name="eva")
    for path in ("restore", "revert"):
        answered = admin.send(f"/templates/{path}?{PLACE}", number="1", expected=seen)

        assert answered.status == 409
        assert ", eva (web). Look at it again" in answered.text
        assert (site.templates / FILE).read_text(encoding="utf-8") == SECOND


def test_the_shipped_text_serves_again(site: Hosted, admin: Guest) -> None:
    """After a question that shows what goes; what went can be brought back."""
    save(site, GOOD)
    asked = admin.get(f"/templates/revert?{PLACE}").text
    assert '<td class="line">Hello {{ customer_name }}, our own words.' in asked
    answered = admin.send(f"/templates/revert?{PLACE}", expected=digest(site))

    assert answered.status == 303
    assert not (site.templates / FILE).exists()
    assert "back to the shipped text" in admin.get(f"/templates/history?{PLACE}").text
    page = admin.get(f"/templates/version?{PLACE}&number=2").text
    assert "This is the current text." in page
    assert admin.send(f"/templates/restore?{PLACE}", number="1", expected="").status == 303
    assert (site.templates / FILE).exists()


def test_the_own_text_of_a_mailbox_gives_way_to_the_desks(site: Hosted, admin: Guest) -> None:
    """Reverting it shows, and brings back, what the whole desk says."""
    put(site.templates, FILE, SECOND)
    put(site.templates, f"mailboxes/support/{FILE}", GOOD)
    page = admin.get(f"/templates/revert?{PLACE}&mailbox=support").text

    assert "Remove the own text of support" in page
    added = page.partition('<tr class="added">')[2]
    assert "my own words" in added


def test_a_broken_version_cannot_be_brought_back(site: Hosted, admin: Guest) -> None:
    """It is in the history, marked, without a button."""
    put(site.templates, FILE, BROKEN)
    save(site, GOOD)

    assert "has a mistake" in admin.get(f"/templates/history?{PLACE}").text
    page = admin.get(f"/templates/version?{PLACE}&number=1").text
    assert "custmer_name" in page
    assert "Bring this version back" not in page
    refused = admin.send(f"/templates/restore?{PLACE}", number="1", expected=digest(site))
    assert refused.status == 400
    assert (site.templates / FILE).read_text(encoding="utf-8") == GOOD


def test_a_version_there_is_none_of_is_refused(admin: Guest) -> None:
    """Whatever stands in its place."""
    for number in ("1", "0", "-1", "x", ""):
        assert admin.get(f"/templates/version?{PLACE}&number={number}").status == 400
        answered = admin.send(f"/templates/restore?{PLACE}", number=number, expected="")
        assert answered.status == 400


def test_a_viewer_sees_the_past_without_buttons(site: Hosted) -> None:
    """Nothing is offered that would be refused."""
    save(site, GOOD)
    save(site, SECOND)
    path = f"/templates/version?{PLACE}&number=1"

    assert "Bring this version back" in site.guest().get(path).text
    assert "Bring this version back" not in site.guest(Role.VIEWER).get(path).text
