"""A desk's page, up."""

from pathlib import Path

from making import NOON
from sites import CONFIG, Clock, Guest, user

from mailresponder import config
from mailresponder.app import App
from mailresponder.web.hosting import page_of


def test_a_page_is_up_while_it_is_wanted(tmp_path: Path) -> None:
    """It says where it is and how to come in, on IPv6 too, and is gone afterwards."""
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    path.write_text(CONFIG.format(desk="", more="", imap_port=9, smtp_port=9))
    with App.open(config.load(path), passes=False, clock=Clock(NOON)) as app:
        for host, shown in (("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")):
            said: list[str] = []
            with page_of(app, host=host, port=0, say=said.append):
                [line] = said
                assert line.startswith(f"The page, for one browser: http://{shown}:")
                _, _, key = line.partition("/enter?key=")
                port = int(line.partition("/enter")[0].rpartition(":")[2])
                guest = Guest(port, host=host)
                assert guest.get(f"/enter?key={key}").status == 303
                assert len(said) == 2


def test_a_page_goes_by_another_configuration(tmp_path: Path) -> None:
    """Who has come in by a link stays in, and sees the desk as it is now; once users are named the
    link is none any more, and they sign in at the same place."""
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    text = CONFIG.format(desk="", more="", imap_port=9, smtp_port=9)
    path.write_text(text)
    said: list[str] = []
    with (
        App.open(config.load(path), passes=False, clock=Clock(NOON)) as app,
        page_of(app, host="127.0.0.1", port=0, say=said.append) as page,
    ):
        address, _, key = said[-1].partition("/enter?key=")
        guest = Guest(int(address.rpartition(":")[2]))
        assert guest.get(f"/enter?key={key}").status == 303
        assert "Acme Support" in guest.get("/queue").text

        path.write_text(text.replace("Acme Support", "Umbrella"))
        page.reload(config.load(path))
        assert "Umbrella" in guest.get("/queue").text
        assert len(said) == 2

        path.write_text(text + user("ana"))
        page.reload(config.load(path))
        assert guest.get("/queue").status == 303
        assert "/login" in guest.get("/queue").headers["location"]
        assert said[2].startswith("The page is at http://127.0.0.1:")
        assert not page.progress.is_stuck
