"""The configuration that `init` writes."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailresponder.config import load
from mailresponder.errors import ConfigError, MailresponderError
from mailresponder.jobs.presets import Server, presets
from mailresponder.jobs.setup import MARK, configuration, understood, write
from mailresponder.jobs.setup_answers import for_address, for_preset, for_sign_in

GENERIC = for_preset(presets()["generic"])
PROVIDERS = pytest.mark.parametrize("provider", presets())


@PROVIDERS
def test_what_is_written_loads(tmp_path: Path, provider: str) -> None:
    """Every provider's file is a configuration without mistakes or warnings."""
    preset = presets()[provider]
    made = write(tmp_path / "desk", for_preset(preset))
    assert made == [tmp_path / "desk" / "config.toml", tmp_path / "desk" / "templates"]
    config = load(made[0])
    mailbox = config.mailboxes[0]
    assert config.warnings == ()
    assert (mailbox.imap.host, mailbox.imap.port) == (preset.imap.host, preset.imap.port)
    assert (mailbox.smtp.host, mailbox.smtp.port) == (preset.smtp.host, preset.smtp.port)
    assert mailbox.smtp.security == preset.smtp.security
    assert mailbox.smtp.save_copy == preset.save_copy
    assert config.staff.trusted_authserv_id == preset.authserv_id
    assert mailbox.imap.oauth2 == (None if "password" in preset.sign_in else preset.sign_in[0])


@pytest.mark.parametrize(
    ("provider", "way"),
    [(p.name, way) for p in presets().values() for way in p.sign_in[1:]],
)
def test_the_other_ways_to_sign_in_load_too(tmp_path: Path, provider: str, way: str) -> None:
    """With the sections they need."""
    config = understood(for_sign_in(for_preset(presets()[provider]), way), tmp_path)
    assert config.mailboxes[0].imap.oauth2 == way
    assert config.mailboxes[0].oauth2 is not None


@PROVIDERS
def test_lines_fit_a_terminal(provider: str) -> None:
    """Nobody scrolls sideways to read the advice."""
    text = configuration(for_preset(presets()[provider]))
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "\n\n\n" not in text


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    """A password stands in one, and may come to stand in the other."""
    answers = replace(GENERIC, password=("password_file", "support.password"))
    secret, config, templates = write(
        tmp_path, answers, secrets={"support.password": "correct horse\n"}
    )
    assert [stat.S_IMODE(path.stat().st_mode) for path in (secret, config)] == [0o600, 0o600]
    assert "correct horse" not in config.read_text("utf-8")
    assert list(templates.iterdir()) == []


@pytest.mark.parametrize("there", ["config.toml", "support.password"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    """Not even a link that leads nowhere is followed; and nothing else is left behind."""
    (tmp_path / there).symlink_to("/nonexistent/file")
    with pytest.raises(MailresponderError, match=f"{there} is there already"):
        write(tmp_path, GENERIC, secrets={"support.password": "x"})
    assert [path.name for path in tmp_path.iterdir()] == [there]


def test_templates_of_an_admin_stay(tmp_path: Path) -> None:
    """A templates folder that is there is kept, and not reported as made."""
    mine = tmp_path / "templates" / "en" / "acknowledgement.md.j2"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    assert write(tmp_path, GENERIC) == [tmp_path / "config.toml"]
    assert mine.read_text() == "mine"


def test_a_file_in_the_way_is_an_error_in_words(tmp_path: Path) -> None:
    """A directory that cannot be made is named, without a traceback."""
    (tmp_path / "file").write_text("")
    with pytest.raises(MailresponderError, match="file"):
        write(tmp_path / "file" / "desk", GENERIC)


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    """A secret file that was made is taken away again where the configuration cannot be."""
    (tmp_path / "templates").write_text("a file, where a folder should be")
    with pytest.raises(MailresponderError, match="templates"):
        write(tmp_path, GENERIC, secrets={"support.password": "x"})
    assert [path.name for path in tmp_path.iterdir()] == ["templates"]


def test_examples_are_marked_and_answers_are_not() -> None:
    """Who reads the file sees at once what is still to be changed."""
    asked = for_address(GENERIC, "help@acme.test")
    text = configuration(replace(asked, name="Acme", given=asked.given | {"name"}))
    marked = {line.partition(" =")[0] for line in text.splitlines() if MARK in line}
    assert {"timezone", "host", "addresses"} <= marked
    assert marked.isdisjoint({"name", "address", "username"})


def test_advice_names_the_mailbox() -> None:
    """Commands for an administrator can be pasted as they stand."""
    answers = for_address(for_preset(presets()["microsoft365"]), "help@acme.test")
    text = configuration(answers).replace("\n#   ", " ")
    assert (
        "Set-CASMailbox -Identity help@acme.test -SmtpClientAuthenticationDisabled $false" in text
    )
    assert "support@example.com" not in text


def test_everything_that_can_be_answered_is_written(tmp_path: Path) -> None:
    """Each answer arrives at the key it is for."""
    answers = replace(
        for_sign_in(for_preset(presets()["microsoft365"]), "microsoft"),
        address="help@acme.test",
        username="box@acme.test",
        client_id="an id",
        client_secret=("client_secret_file", "help.client_secret"),
        tenant="acme.onmicrosoft.com",
        account="ana@acme.test",
        name='Acme "Süd" \\ Co',
        timezone="Atlantic/Canary",
        languages=("es",),
        hours={"sat": ("10:00-13:00",)},
        holidays=("ES", "CN"),
        staff=("ana@acme.test", "*@acme.test"),
        lead=("boss@acme.test",),
        admins=("ops@acme.test",),
        sent_folder='Sent "Items"',
    )
    config = understood(answers, tmp_path)
    mailbox = config.mailboxes[0]
    assert (config.desk.name, config.desk.languages) == (answers.name, ("es",))
    assert config.desk.timezone.key == "Atlantic/Canary"
    assert (mailbox.name, mailbox.address) == ("help", "help@acme.test")
    # Microsoft lets a person send by their own name only, and that is said.
    assert (mailbox.imap.username, mailbox.smtp.username) == ("box@acme.test", "ana@acme.test")
    assert "the user name is the account's" in configuration(answers)
    assert mailbox.imap.sent_folder == 'Sent "Items"'
    assert mailbox.oauth2 is not None
    assert (mailbox.oauth2.client_id, mailbox.oauth2.tenant) == ("an id", "acme.onmicrosoft.com")
    assert mailbox.oauth2.account == "ana@acme.test"
    assert mailbox.oauth2.client_secret_file == str(tmp_path / "help.client_secret")
    assert config.deadlines.hours is not None
    assert [len(getattr(config.deadlines.hours, day)) for day in ("fri", "sat")] == [0, 1]
    assert config.deadlines.holidays.subdivision == "CN"
    assert config.staff.addresses == answers.staff
    assert config.escalation[0].to == answers.lead
    assert config.admin.addresses == answers.admins


# Letters of every kind, control characters and halves of surrogate pairs among them, and those that
# mean something in TOML and in addresses.
_TEXT = st.text(
    st.one_of(
        st.characters(), st.sampled_from("\"'\\\n\r\t#=[]{}@.*: \x00\x1b\x7f\x85\u2028\ud800")
    ),
    max_size=12,
)
_ADDRESS = st.one_of(_TEXT, _TEXT.map("{}@acme.test".format), st.just("ana@acme.test"))
_SOME = st.lists(_ADDRESS, max_size=2).map(tuple)

_BY_FIELD: dict[str, st.SearchStrategy[object]] = {
    "name": _TEXT,
    "username": _TEXT,
    "sent_folder": _TEXT,
    "timezone": _TEXT,
    "client_id": _TEXT,
    "tenant": _TEXT,
    "account": _ADDRESS,
    "address": _ADDRESS,
    "staff": _SOME,
    "lead": _SOME,
    "admins": _SOME,
    "languages": st.lists(st.one_of(_TEXT, st.just("en")), max_size=2).map(tuple),
    "password": st.tuples(
        st.sampled_from(["password_env", "password_file", "password_command"]), _TEXT
    ),
    "client_secret": st.tuples(st.just("client_secret_env"), _TEXT),
    "holidays": st.tuples(st.sampled_from(["", "ES"]), _TEXT),
    "imap": _TEXT.map(lambda host: Server(host=host, port=993, security="tls")),
    "hours": st.dictionaries(st.just("mon"), st.lists(_TEXT, max_size=2).map(tuple)),
}


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([p.name for p in presets().values() if "." not in p.name]),
    st.sampled_from(sorted(_BY_FIELD)).flatmap(
        lambda field: st.fixed_dictionaries({field: _BY_FIELD[field]})
    ),
)
def test_whatever_is_answered_loads_or_is_refused_in_words(
    provider: str, answer: dict[str, object]
) -> None:
    """No answer makes a file that does not load, or one that says something else."""
    base = for_preset(presets()[provider])
    answers = replace(base, **answer)  # type: ignore[arg-type]
    config, problems = None, ()
    try:
        config = understood(answers, Path("/nonexistent"))
    except ConfigError as refused:
        problems = refused.problems
    assert (config is None) == bool(problems)
    assert all(problem.message for problem in problems)
    if config is None:
        return
    unchanged = understood(base, Path("/nonexistent"))
    assert config.desk.name == answers.name.strip()
    assert config.mailboxes[0].imap.username == (answers.username or answers.address).strip()
    assert config.deadlines == unchanged.deadlines or answer.keys() <= {"hours", "holidays"}
    assert config.mailboxes[0].smtp.save_copy == unchanged.mailboxes[0].smtp.save_copy
