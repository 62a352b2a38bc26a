"""The list of templates."""

import os
from pathlib import Path

import pytest
from own_templates import BROKEN, GOOD, put
from sites import Guest, Hosted, hosted

from mailresponder.policy.notices import NAMES
from mailresponder.policy.samples import samples
from mailresponder.web.pages.templates import GROUPS
from mailresponder.web.words import LANGUAGES, Words

SALES = """
[[mailbox]]
name = "sales & more"
address = "sales@example.com"
[mailbox.imap]
host = "127.0.0.1"
port = 9
security = "none"
username = "sales@example.com"
password = "secret"
[mailbox.smtp]
host = "127.0.0.1"
port = 9
security = "none"
username = ""
"""


@pytest.fixture
def listed(site: Hosted, admin: Guest) -> str:
    """The list of a desk with one good and one broken template, and a file with an unknown name."""
    put(site.templates, "en/acknowledgement.md.j2", GOOD)
    put(site.templates, "mailboxes/support/es/digest.md.j2", BROKEN)
    put(site.templates, "en/acknowledgment.md.j2", GOOD)
    return admin.get("/templates").text


def test_every_notice_is_listed_once() -> None:
    """Each belongs to who reads it, and the layout to all."""
    assert sorted(name for names in GROUPS.values() for name in names) == sorted([*NAMES, "layout"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_notice_and_case_has_words(language: str) -> None:
    """What notices and their samples are called stands in both languages."""
    words = Words(language)
    for name in NAMES:
        assert words.get(f"templates.name_{name}")
        for case in samples(name, "en"):
            assert words.get(f"cases.{case}"), case


def test_a_changed_text_is_marked(listed: str) -> None:
    """With when it was changed and by whom."""
    [link] = [part for part in listed.split("<li>") if "name=acknowledgement&amp;in=en" in part]

    assert "changed" in link
    assert "in its file" in link


def test_a_broken_text_is_told_on_top(listed: str) -> None:
    """With its line, why, what is sent meanwhile, and a link to where it is mended."""
    told = listed.partition('class="problem"')[2].partition("</section>")[0]

    assert "2 texts cannot be used" in told
    assert "in=es&amp;mailbox=support" in told
    assert "line 3" in told
    assert "<code>custmer_name</code> is no variable here" in told
    assert "the shipped text is in use" in told


def test_a_file_that_nobody_reads_is_told(listed: str) -> None:
    """A name with a typing mistake is no template; the nearest is named."""
    assert "<code>en/acknowledgment.md.j2</code>" in listed
    assert "did you mean acknowledgement.md.j2?" in listed


def test_a_file_name_that_is_no_text_is_told(site: Hosted, admin: Guest) -> None:
    """As a copy from another system may have: the page shows what it can of it."""
    put(site.templates, os.fsdecode(b"en/copia de a\xf1o.md.j2"), GOOD)
    (site.templates / "es").symlink_to("x" * 300)
    page = admin.get("/templates")

    assert page.status == 200
    assert "<code>en/copia de ao.md.j2</code>" in page.text
    assert "<code>es</code>" in page.text
    assert "this folder cannot be read" in page.text


def test_the_own_text_of_a_mailbox_stands_beside_the_others(tmp_path: Path) -> None:
    """Whatever characters its name has."""
    with hosted(tmp_path, more=SALES) as site:
        put(site.templates, "mailboxes/support/en/acknowledgement.md.j2", GOOD)
        page = site.guest().get("/templates").text

    assert "English, only support" in page
    assert "sales" not in page


def test_a_well_desk_has_no_warning(admin: Guest) -> None:
    """Where nothing is broken, nothing is said of it."""
    assert "cannot be used" not in admin.get("/templates").text
