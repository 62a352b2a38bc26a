"""What every answer carries."""

from pathlib import Path

import pytest
from sites import Guest, Hosted, hosted, user

from mailresponder.web.asking import Role


@pytest.mark.parametrize("path", ["/queue", "/login", "/nothing", "/static/style.css", "/enter"])
def test_nothing_from_elsewhere_and_no_frame(site: Hosted, path: str) -> None:
    """Each answer, a refusal too, forbids foreign content, frames, sniffing and old copies."""
    for role in (Role.ADMIN, Role.NOBODY):
        headers = site.guest(role).get(path).headers
        policy = headers["content-security-policy"]
        for part in ("default-src 'none'", "frame-ancestors 'none'", "form-action 'self'"):
            assert part in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


def test_only_behind_tls_is_tls_asked_for(tmp_path: Path, admin: Guest) -> None:
    """With an https address browsers are told to keep to it; else a page on this machine would
    be out of reach for a year."""
    assert "strict-transport-security" not in admin.get("/queue").headers

    more = f'[web]\nurl = "https://desk.example.com"\n{user("ana")}'
    (tmp_path / "tls").mkdir()
    with hosted(tmp_path / "tls", more=more) as desk:
        headers = desk.guest(Role.NOBODY).get("/login", Host="desk.example.com").headers
    assert headers["strict-transport-security"] == "max-age=31536000"
