import pytest

from mailresponder.errors import (
    ConfigError,
    ConfigProblem,
    ExitStatus,
    MailresponderError,
    PermanentFailure,
    ServerUnavailable,
    SignInRefused,
)
from mailresponder.jobs.results import CheckResult, Concern, Found, status_by_cause, tried


def failed(error: MailresponderError) -> CheckResult:
    """What is made of an attempt that raises it."""

    def attempt() -> Found:
        raise error

    return tried("a", attempt)


def test_a_concern_is_well_and_warns() -> None:
    """What works today fails nothing."""
    found = tried("a", lambda: Concern(detail="soon", mend="now"))

    assert found.shown() == {
        "name": "a",
        "ok": True,
        "detail": "soon",
        "mend": "now",
        "warning": True,
    }


@pytest.mark.parametrize(
    ("errors", "expected"),
    [
        ([], ExitStatus.OK),
        ([ServerUnavailable("x")], ExitStatus.TEMPORARY),
        ([ServerUnavailable("x"), SignInRefused("x")], ExitStatus.SIGN_IN_REFUSED),
        ([SignInRefused("x"), PermanentFailure("x")], ExitStatus.NOT_WELL),
        (
            [PermanentFailure("x"), ConfigError([ConfigProblem(path="a", message="b")])],
            ExitStatus.CONFIGURATION,
        ),
    ],
)
def test_the_gravest_cause_counts(errors: list[MailresponderError], expected: ExitStatus) -> None:
    """Whatever else fails beside it; a warning is none."""
    results = [tried("b", lambda: Concern(detail="", mend="")), *map(failed, errors)]

    assert status_by_cause(results) is expected
