"""Previews that a frame loads."""

from sites import Guest, Hosted

from mailresponder.web.asking import Role
from mailresponder.web.frames import Frames

HTML = "<!DOCTYPE html><p style='color: red'>Hello</p><script>alert(1)</script>"


def test_a_preview_has_rules_of_its_own(site: Hosted, admin: Guest) -> None:
    """It may be styled and framed by us; nothing runs in it and nothing is loaded."""
    page = admin.get("/templates/edit?name=acknowledgement&in=en").text
    path = page.partition('id="frame"')[2].partition('src="')[2].partition('"')[0]
    answered = admin.get(path)

    assert answered.status == 200
    assert "Your message" in answered.text
    rules = answered.headers["content-security-policy"].split("; ")
    assert rules == [
        "default-src 'none'", "style-src 'unsafe-inline'", "sandbox", "frame-ancestors 'self'"
    ]  # fmt: skip
    assert answered.headers["cache-control"] == "no-store"


def test_a_preview_is_for_who_is_signed_in(site: Hosted, admin: Guest) -> None:
    """Its address alone opens nothing; a made-up one is told as gone."""
    assert site.guest(Role.NOBODY).get("/templates/frame/anything").status == 303
    gone = admin.get("/templates/frame/anything")
    assert gone.status == 404
    assert "no longer here" in gone.text


def test_only_the_newest_previews_are_held() -> None:
    """However much is written, the memory that previews take has an end."""
    frames = Frames()
    paths = [frames.hold(f"{HTML}{number}") for number in range(200)]

    assert len(set(paths)) == 200
    assert [frames.get(path.rpartition("/")[2]) is not None for path in paths] == [
        *[False] * 136, *[True] * 64
    ]  # fmt: skip
