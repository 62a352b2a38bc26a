"""The admin's templates over the shipped ones."""

import os
from pathlib import Path

import pytest
from own_templates import BROKEN, GOOD, PICKY, acknowledged, put

from mailresponder.errors import MailresponderError
from mailresponder.policy.notices import NAMES
from mailresponder.policy.samples import ORDINARY, TIMEZONE, samples
from mailresponder.store.template_places import Place
from mailresponder.store.templates import InUse, State, TemplateFolder, TemplateInfo
from mailresponder.templating import TemplateError

BILLING = Place(name="acknowledgement", language="en", mailbox="billing")


@pytest.fixture
def admin(tmp_path: Path) -> Path:
    """The admin's folder, empty."""
    folder = tmp_path / "templates"
    folder.mkdir()
    return folder


def subject(folder: TemplateFolder, name: str = "acknowledgement", language: str = "en") -> str:
    """The subject a folder's template makes of the ordinary sample."""
    rendered = folder.template(name, language).render(
        samples(name, language)[ORDINARY],
        layout=folder.layout(),
        language=language,
        timezone=TIMEZONE,
    )
    return rendered.subject


def state(folder: TemplateFolder, name: str, language: str) -> TemplateInfo:
    """What the listing says of one template."""
    return folder.info(Place(name=name, language=language))


@pytest.mark.parametrize("name", ["missing", ""])
def test_shipped_templates_serve_alone(tmp_path: Path, name: str) -> None:
    """No folder and an empty one both mean the shipped templates, in both languages."""
    folder = TemplateFolder(tmp_path / name)

    assert subject(folder) == "Re: Order 4711 has not arrived [MR-7F3K2]"
    assert {(i.place.name, i.place.language) for i in folder.listing()} == {
        *((n, language) for n in NAMES for language in ("en", "es")),
        ("layout", ""),
    }
    assert {i.state for i in folder.listing()} == {State.SHIPPED}
    assert folder.problems() == []


def test_the_admins_file_wins(admin: Path) -> None:
    """A changed template serves in its language; the others stay shipped."""
    path = put(admin, "en/acknowledgement.md.j2", GOOD)
    folder = TemplateFolder(admin)

    assert subject(folder) == "ours"
    assert subject(folder, language="es").startswith("Re: El pedido")
    info = state(folder, "acknowledgement", "en")
    assert (info.state, info.in_use, info.path) == (State.CHANGED, InUse.OWN, path)
    assert info.changed_by == "file"
    assert folder.problems() == []


def test_changes_count_at_once(admin: Path) -> None:
    """A file saved, changed or deleted while the program runs takes effect with the next mail."""
    folder = TemplateFolder(admin)
    assert subject(folder) != "ours"
    path = put(admin, "en/acknowledgement.md.j2", GOOD)
    assert subject(folder) == "ours"
    put(admin, "en/acknowledgement.md.j2", GOOD.replace("ours", "newer"))
    os.utime(path, ns=(1, 2))
    assert subject(folder) == "newer"
    path.unlink()
    assert subject(folder).startswith("Re:")


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("Hello", 1, "first line must be"),
        ("Subject: a\n\n{{ customer_nam }}", 3, "did you mean `customer_name`?"),
        ("Subject: a\n\n{% if answer_by %}", 3, "is not closed"),
        ("Subject: a\n\n{{ answer_by | day_and_time }}", 3, "needs a time"),
        ("Subject: {{ customer_name }}\n\na", 1, "comes out empty"),
    ],
)
def test_a_broken_file_stops_no_mail(admin: Path, source: str, line: int, message: str) -> None:
    """The shipped template serves; the problem is told with its file and line, also where only
    some customers would have met it."""
    path = put(admin, "en/acknowledgement.md.j2", source)
    folder = TemplateFolder(admin)

    assert subject(folder) == "Re: Order 4711 has not arrived [MR-7F3K2]"
    [problem] = folder.problems()
    assert (problem.path, problem.line) == (path, line)
    assert message in problem.message
    assert state(folder, "acknowledgement", "en").state is State.BROKEN


def test_a_file_that_is_not_utf_8(admin: Path) -> None:
    """Latin-1 is named as such a mistake, with the line."""
    path = put(admin, "es/acknowledgement.md.j2", "")
    path.write_bytes("Subject: a\n\nfirst\naño".encode("latin-1"))
    folder = TemplateFolder(admin)

    [problem] = folder.problems()
    assert (problem.line, problem.message) == (4, "it is not saved as UTF-8")
    assert subject(folder, language="es").startswith("Re: El pedido")


def test_a_directory_in_place_of_a_file(admin: Path) -> None:
    """Even that is only a problem told."""
    (admin / "en" / "acknowledgement.md.j2").mkdir(parents=True)
    folder = TemplateFolder(admin)

    assert subject(folder).startswith("Re:")
    assert "cannot be read" in folder.problems()[0].message


@pytest.mark.parametrize(
    "name", ["en/acknowledgment.md.j2", "acknowledgement.md.j2", "in english/escalation.md.j2"]
)
def test_a_file_nobody_reads_is_told(admin: Path, name: str) -> None:
    """A misspelt name or a wrong place would otherwise be an edit without effect."""
    path = put(admin, name, GOOD)
    assert [problem.path for problem in TemplateFolder(admin).problems()] == [path]


def test_other_files_are_left_alone(admin: Path) -> None:
    """An editor's backups and notes are no templates."""
    put(admin, "en/acknowledgement.md.j2~", "x")
    put(admin, "notes.txt", "x")
    assert TemplateFolder(admin).problems() == []


def test_a_third_language_is_a_folder(admin: Path) -> None:
    """A folder is enough for a language, and English fills its gaps."""
    put(admin, "de/acknowledgement.md.j2", GOOD.replace("ours", "unsere"))
    folder = TemplateFolder(admin)

    assert subject(folder, language="de") == "unsere"
    assert subject(folder, "escalation", "de").startswith("Unanswered:")
    assert folder.languages() == ("en", "de", "es")
    assert state(folder, "acknowledgement", "de").state is State.CHANGED


@pytest.mark.parametrize("language", ["../..", "/etc", "", "en/../es"])
def test_a_language_is_no_path(admin: Path, language: str) -> None:
    """Whatever a ticket's language says, no other folder is opened: English serves."""
    assert subject(TemplateFolder(admin), language=language) != "ours"
    with pytest.raises(MailresponderError):
        TemplateFolder(admin).copy("acknowledgement", language)


def test_the_layout_may_be_changed(admin: Path) -> None:
    """A good layout serves; a broken one does not: before it was good, the shipped one does."""
    path = put(admin, "layout.html.j2", "<html><body><i>{{ content }}</i></body></html>")
    folder = TemplateFolder(admin)
    assert "<i><p>x</p></i>" in folder.layout().render("<p>x</p>", subject="s", language="en")
    assert state(folder, "layout", "").state is State.CHANGED

    path.write_text("<html></html>", encoding="utf-8")
    assert "<i>" in folder.layout().render("<p>x</p>", subject="s", language="en")
    assert "must write" in folder.problems()[0].message

    again = TemplateFolder(admin)
    assert "<i>" not in again.layout().render("<p>x</p>", subject="s", language="en")


def test_an_unknown_notice(admin: Path) -> None:
    """A name there is no notice of says which was meant."""
    with pytest.raises(MailresponderError, match="did you mean acknowledgement"):
        TemplateFolder(admin).template("acknowledgment", "en")


def test_copy_and_change(admin: Path) -> None:
    """A copy is the shipped file, is used, and never overwrites what is there."""
    folder = TemplateFolder(admin / "new")
    path = folder.copy("escalation", "es")

    assert path == admin / "new" / "es" / "escalation.md.j2"
    assert path.read_text(encoding="utf-8") == folder.shipped_text(
        Place(name="escalation", language="es")
    )
    assert folder.problems() == []
    assert state(folder, "escalation", "es").state is State.CHANGED
    with pytest.raises(MailresponderError, match="there already"):
        folder.copy("escalation", "es")
    with pytest.raises(MailresponderError, match="shipped"):
        folder.copy("escalation", "de")
    assert folder.copy("layout", "en").name == "layout.html.j2"


def test_a_language_that_is_not_shipped_begins_with_one_that_is(admin: Path) -> None:
    """There is nothing to copy, and what to do instead is said."""
    with pytest.raises(MailresponderError, match=r"no es-MX/test\.md\.j2 is shipped") as caught:
        TemplateFolder(admin).copy("test", "es-MX")
    assert "copy it in en or es" in caught.value.mend


def test_a_mailbox_has_templates_of_its_own(admin: Path) -> None:
    """Its own comes first, then the desk's, then the shipped one; other mailboxes do not see it."""
    put(admin, "en/acknowledgement.md.j2", GOOD.replace("ours", "the desk's"))
    put(admin, "mailboxes/billing/en/acknowledgement.md.j2", GOOD.replace("ours", "billing's"))
    put(admin, "mailboxes/billing/layout.html.j2", "<html><body><b>{{ content }}</b></body></html>")
    folder = TemplateFolder(admin, mailboxes=["support", "billing"])

    assert subject(folder.of("billing")) == "billing's"
    assert subject(folder.of("support")) == subject(folder) == "the desk's"
    assert subject(folder.of("billing"), language="es").startswith("Re: El pedido")
    assert "<b><p>" in acknowledged(folder.of("billing")).html
    assert "<b><p>" not in acknowledged(folder.of("support")).html
    assert folder.problems() == []


def test_a_mailboxs_broken_template_gives_way_to_the_desks(admin: Path) -> None:
    """Where it was never good, what the rest of the desk has is nearest."""
    put(admin, "en/acknowledgement.md.j2", GOOD)
    put(admin, "mailboxes/billing/en/acknowledgement.md.j2", BROKEN)
    folder = TemplateFolder(admin)

    assert subject(folder.of("billing")) == "ours"
    [problem] = folder.problems()
    assert problem.using is InUse.DESK
    assert "the whole desk's template" in problem.meanwhile
    assert folder.good_text(BILLING) == GOOD


def test_a_mailbox_nobody_configured_is_told(admin: Path) -> None:
    """A misspelt name would otherwise be an edit without effect; which names there are must be
    known for that."""
    path = put(admin, "mailboxes/biling/en/acknowledgement.md.j2", GOOD)

    [problem] = TemplateFolder(admin, mailboxes=["billing"]).problems()
    assert (problem.path, problem.place, problem.using) == (path, None, None)
    assert "biling" in problem.message
    assert "nothing uses" in problem.meanwhile
    assert TemplateFolder(admin).problems() == []


def test_the_listing_names_the_overrides_of_mailboxes(admin: Path) -> None:
    """Those that there are, for the mailboxes asked for."""
    put(admin, "mailboxes/billing/en/acknowledgement.md.j2", GOOD)
    put(admin, "mailboxes/support/en/acknowledgement.md.j2", BROKEN)
    folder = TemplateFolder(admin)

    assert {info.place.mailbox for info in folder.listing()} == {""}
    own = [info for info in folder.listing(["billing", "sales"]) if info.place.mailbox]
    assert [(info.place, info.state) for info in own] == [(BILLING, State.CHANGED)]
    both = [info for info in folder.listing(["billing", "support"]) if info.place.mailbox]
    assert [info.state for info in both] == [State.CHANGED, State.BROKEN]


def test_a_variant_of_a_language_gets_that_language(admin: Path) -> None:
    """Mexican Spanish is Spanish where it has no template of its own; the nearer language comes
    before the nearer mailbox."""
    put(admin, "es/acknowledgement.md.j2", GOOD.replace("ours", "la nuestra"))
    put(admin, "mailboxes/billing/en/acknowledgement.md.j2", GOOD)
    folder = TemplateFolder(admin)

    assert subject(folder.of("billing"), language="es-MX") == "la nuestra"
    put(admin, "es-MX/acknowledgement.md.j2", GOOD.replace("ours", "la mexicana"))
    assert subject(folder.of("billing"), language="es-MX") == "la mexicana"


def test_a_mailbox_gets_a_copy_of_the_desks_template(admin: Path) -> None:
    """That is what it would change; a name that can be no folder's is refused with the reason."""
    put(admin, "en/acknowledgement.md.j2", GOOD)
    folder = TemplateFolder(admin, mailboxes=["billing", "a/b"])

    path = folder.copy("acknowledgement", "en", "billing")
    assert path == admin / "mailboxes/billing/en/acknowledgement.md.j2"
    assert path.read_text(encoding="utf-8") == GOOD
    with pytest.raises(MailresponderError, match="cannot be that of a folder"):
        folder.copy("acknowledgement", "en", "a/b")
    with pytest.raises(MailresponderError, match="no mailbox is named"):
        folder.copy("acknowledgement", "en", "sales")


def test_a_text_can_be_tried_in_place_of_a_file(admin: Path) -> None:
    """Wherever the file would serve, for every mailbox; its failure is not hidden by another."""
    folder = TemplateFolder(admin)
    tried = folder.with_text(Place(name="acknowledgement", language="en"), GOOD)

    for language in ("en", "de"):
        assert subject(tried.of("billing"), language=language) == "ours"
    assert subject(tried, language="es").startswith("Re: El pedido")
    assert subject(folder).startswith("Re: ")
    failing = folder.with_text(Place(name="acknowledgement", language="en"), PICKY)
    with pytest.raises(TemplateError, match="comes out empty"):
        acknowledged(failing, reference="MR-9ZZZZ")
    with pytest.raises(TemplateError):
        folder.with_text(Place(name="acknowledgement", language="en"), "nothing")
    assert folder.problems() == []


def test_what_lies_elsewhere_is_not_shown(admin: Path, tmp_path: Path) -> None:
    """Who may write into the folder does not by that read the desk's other files."""
    secret = put(tmp_path, "secret", "password")
    (admin / "en").mkdir()
    (admin / "en" / "acknowledgement.md.j2").symlink_to(secret)
    shared = put(tmp_path, "shared.md.j2", GOOD)
    (admin / "en" / "follow_up.md.j2").symlink_to(shared)
    folder = TemplateFolder(admin)

    place = Place(name="acknowledgement", language="en")
    assert folder.text(place) == folder.shipped_text(place)
    assert "password" not in str(folder.problems())
    assert folder.text(Place(name="follow_up", language="en")) == GOOD


def test_a_folder_that_cannot_be_read_stops_no_mail(admin: Path) -> None:
    """The next mail has what else there is, and the folder is told of."""
    put(admin, "en/acknowledgement.md.j2", GOOD)
    (admin / "es").symlink_to("x" * 300)
    folder = TemplateFolder(admin)

    assert acknowledged(folder).subject.startswith("ours")
    assert acknowledged(folder, language="es").subject.startswith("Re: ")
    [problem] = folder.problems()
    assert (problem.path, problem.using) == (admin / "es", None)
    assert "cannot be read" in problem.message
    assert folder.listing() != []
