"""What admins hear of templates that cannot be used, and how often."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from desks import text_of
from making import HOUR, NOON
from offices import EMMA, OPS, Office, complaint, subjects
from own_templates import BROKEN, GOOD, put

from mailresponder import config
from mailresponder.app import App
from mailresponder.jobs import template_watch
from mailresponder.jobs.template_watch import MAILS_A_DAY, Step, Told
from mailresponder.store.templates import InUse, TemplateProblem

FILE = "en/acknowledgement.md.j2"
DAY = timedelta(days=1)


FOLDER = Path("/templates")


def decide(before: Told, problems: list[TemplateProblem], now: datetime) -> Step:
    """What is said of the templates of one folder."""
    return template_watch.decide(before, problems, now, folder=FOLDER)


def problem(path: str = FILE, digest: str = "1") -> TemplateProblem:
    """One file that cannot be used."""
    return TemplateProblem(
        path=FOLDER / path, line=3, message="no", place=None, using=InUse.SHIPPED, digest=digest
    )


def test_each_content_is_told_once() -> None:
    """Of a file that stays broken nothing more is said; of another content of it there is."""
    first = decide(Told(), [problem()], NOON)
    assert (first.new, first.mail, first.well) == ((problem(),), (problem(),), False)
    again = decide(first.after, [problem()], NOON + HOUR)
    assert (again.new, again.mail, again.after) == ((), (), first.after)
    other = decide(first.after, [problem(digest="2")], NOON + HOUR)
    assert other.mail == (problem(digest="2"),)


def test_machines_with_folders_of_their_own_tell_of_one_file_once() -> None:
    """Where it lies on each of them makes no other file of it."""
    told = decide(Told(), [problem()], NOON).after
    there = replace(problem(), path=Path("/elsewhere") / FILE)
    step = template_watch.decide(told, [there], NOON, folder=Path("/elsewhere"))
    assert (step.new, step.mail, step.after) == ((), (), told)


def test_several_at_once_are_one_mail() -> None:
    """Beside one that was told of already, only the new ones are named."""
    before = decide(Told(), [problem("a")], NOON).after
    step = decide(before, [problem("a"), problem("b"), problem("c")], NOON)
    assert step.mail == step.new == (problem("b"), problem("c"))


def test_at_most_three_mails_in_a_day() -> None:
    """The third says that it is the last; what was not told is told when the day is over."""
    told = Told()
    for number in range(MAILS_A_DAY):
        step = decide(told, [problem(digest=str(number))], NOON + number * HOUR)
        assert bool(step.mail)
        assert step.last == (number == MAILS_A_DAY - 1)
        told = step.after
    late = problem(digest="late")
    step = decide(told, [late], NOON + 5 * HOUR)
    assert (step.new, step.mail) == ((late,), ())
    assert decide(step.after, [late], NOON + 23 * HOUR).new == ()
    assert decide(step.after, [late], NOON + DAY).mail == (late,)


def test_a_clock_that_was_wrong_silences_nobody() -> None:
    """Mails that it dated years ahead are none of today's; what it dated an hour ahead are."""
    told = Told(mails=(NOON + 4000 * DAY,) * MAILS_A_DAY)
    assert decide(told, [problem()], NOON).mail == (problem(),)
    told = Told(mails=(NOON + HOUR,) * MAILS_A_DAY)
    assert decide(told, [problem()], NOON).mail == ()


def test_the_end_is_told_once() -> None:
    """When all are well, to who heard of it; not before, and not again."""
    told = decide(Told(), [problem("a"), problem("b")], NOON).after
    half = decide(told, [problem("a")], NOON + HOUR)
    assert (half.mail, half.well) == ((), False)
    end = decide(half.after, [], NOON + HOUR)
    assert end.well
    assert decide(end.after, [], NOON + HOUR).well is False
    assert decide(Told(), [], NOON).well is False


def test_what_broke_before_is_told_anew() -> None:
    """The same mistake made once more is a new one."""
    told = decide(Told(), [problem()], NOON).after
    mended = decide(told, [], NOON).after
    assert decide(mended, [problem()], NOON).mail == (problem(),)


def test_what_was_said_is_read_as_it_was_written() -> None:
    """From one process to the next."""
    told = decide(Told(), [problem("ñ\udcff")], NOON).after
    assert Told.from_json(told.to_json()) == told
    assert Told.from_json(None) == Told()


@pytest.fixture
def templates(office: Office) -> Path:
    """The desk's templates folder."""
    return office.path.parent / "templates"


def test_an_admin_breaks_a_template_and_mends_it(office: Office, templates: Path) -> None:
    """One mail with the file, the line and the reason, customers get the last good version, in
    the next process too, and one mail when it is mended."""
    path = put(templates, FILE, GOOD)
    office.receive(complaint())
    office.run_well()
    path.write_text(BROKEN, encoding="utf-8")
    office.run_well()
    office.reopen()
    office.receive(complaint("next@customer.test"))
    office.run_well()

    [mail] = office.sent_to(OPS)
    assert mail["Subject"] == "Acme Support: a changed template cannot be used"
    assert f"{FILE}, line 3" in text_of(mail)
    assert "did you mean `customer_name`?" in text_of(mail)
    for address in (EMMA, "next@customer.test"):
        assert [subject[:4] for subject in subjects(office.sent_to(address))] == ["ours"]

    path.write_text(GOOD.replace("ours", "mended"), encoding="utf-8")
    office.receive(complaint("last@customer.test"))
    office.run_well()
    office.run_well()
    assert len(office.sent_to(OPS)) == 2
    assert "can be used again" in office.sent_to(OPS)[1]["Subject"]
    assert office.sent_to("last@customer.test")[0]["Subject"].startswith("mended")


def test_a_template_that_fails_on_one_mail_is_told_in_the_same_pass(
    office: Office, templates: Path
) -> None:
    """Though the samples passed, and though the process ends: cron starts another one each time."""
    source = "Subject: {% if 'boom' not in subject %}ours{% endif %}\n\nHello.\n"
    put(templates, FILE, source)
    office.receive(complaint(subject="boom"))
    office.run_well()

    [mail] = office.sent_to(OPS)
    assert "it failed on a mail: the subject comes out empty" in " ".join(text_of(mail).split())
    office.reopen()
    office.run_well()
    assert len(office.sent_to(OPS)) == 1
    assert office.app.templates.problems() != []


def test_two_mailboxes_tell_of_one_file_once(
    office: Office, templates: Path, new_dovecot_user: Callable
) -> None:
    """The desk has one folder, whichever mailbox's pass comes first."""
    office.add_mailbox(new_dovecot_user(), name="sales", address="sales@example.com")
    put(templates, FILE, BROKEN)
    for mailbox in ("support", "sales"):
        office.run_well(mailbox)
    assert len(office.sent_to(OPS)) == 1


def test_many_files_are_one_mail_that_names_some(office: Office, templates: Path) -> None:
    """Five are named, and how many more there are."""
    for name in ("admin", "test", "digest", "escalation"):
        for language in ("en", "es"):
            put(templates, f"{language}/{name}.md.j2", BROKEN)
    office.run_well()
    [mail] = office.sent_to(OPS)
    assert text_of(mail).count(", line 3:") == 5
    assert "and 3 more" in text_of(mail)


def test_a_file_in_the_middle_of_being_saved_is_no_news(office: Office, templates: Path) -> None:
    """An editor that empties a file before it fills it alarms nobody."""
    path = put(templates, FILE, "")
    work = office.app.mailboxes["support"].work
    template_watch.run(work, pause=lambda _: put(templates, FILE, GOOD) and None)
    template_watch.run(work)
    assert office.outbox() == []
    assert path.read_text(encoding="utf-8") == GOOD


def test_what_a_dry_run_finds_is_left_alone(office: Office, templates: Path) -> None:
    """It changes nothing in the folder."""
    put(templates, FILE, GOOD)
    office.configure()
    with App.open(config.load(office.path), dry=True, clock=office.clock) as app:
        app.mailboxes["support"].run_pass()
    assert sorted(p.name for p in templates.iterdir()) == ["en"]


def test_a_folder_that_cannot_be_read_stops_no_pass(office: Office, templates: Path) -> None:
    """As after `chmod -R 644`: the mail goes out with what else there is, and the admins hear."""
    templates.mkdir()
    (templates / "es").symlink_to("x" * 300)
    office.receive(complaint())
    office.run_well()

    assert len(office.sent_to(EMMA)) == 1
    [mail] = office.sent_to(OPS)
    assert "es, line 1: this folder cannot be read" in " ".join(text_of(mail).split())
