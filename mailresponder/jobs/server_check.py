"""What one mail server shows before anybody signs in, and what that means: can it be reached at
each of its addresses, is its certificate good and for how long, does its clock agree with ours."""

from datetime import datetime, timedelta

from mailresponder.errors import PermanentFailure, ServerUnavailable
from mailresponder.jobs.results import CheckResult, Concern, Found, tried
from mailresponder.printable import how_long
from mailresponder.transport.connection import ServerSettings, server_words
from mailresponder.transport.tls_look import BadCertificate, Certificate, Kind, Seen, look

WARNED_BEFORE = timedelta(days=14)
"""Before a certificate ends. Who renews by themselves do so some thirty days before; so this was
missed, and there is time to see to it. It is a warning: mail still flows, and the certificate is
often the provider's."""
FAILING_BEFORE = timedelta(days=3)
"""With so little left nobody renews by themselves any more, and a weekend may lie between: after
it no mail can be read or sent. That fails the check while it can still be mended."""
_LONG_LIFE = timedelta(days=60)
"""Of certificates that live shorter a quarter and a twentieth count in place of both."""

CLOCK_CONCERN = timedelta(minutes=1)
CLOCK_WRONG = timedelta(minutes=10)
"""Deadlines are told in minutes, and a token's life is an hour."""

_NAMED = 5
"""Names of a certificate that are told."""


def looked_at(
    name: str, settings: ServerSettings, kind: Kind, now: datetime
) -> tuple[list[CheckResult], Seen | None]:
    """Results as `NAME_network` and `NAME_tls`, and what was seen; or one as `NAME` that fails,
    and None: nobody can sign in there."""
    try:
        found = look(settings, kind)
    except ServerUnavailable as error:
        said = error.message
        if isinstance(error, BadCertificate) and error.certificate is not None:
            shown = error.certificate
            said += (
                f": it is for {_names(shown)}, by {shown.issuer or 'nobody named'}, "
                f"from {_day(shown.begins)} to {_day(shown.ends)}"
            )
        failed = CheckResult(
            name=name, ok=False, detail=said, mend=error.mend, status=error.exit_status
        )
        return [failed], None
    results = [tried(f"{name}_network", lambda: _network(settings, found))]
    if (certificate := found.certificate) is not None:
        version = found.version
        results.append(tried(f"{name}_tls", lambda: tls(version, certificate, now)))
    return results, found


def _network(settings: ServerSettings, found: Seen) -> Found | Concern:
    where = ", ".join(found.addresses[:_NAMED])
    said = f"{settings.host}:{settings.port} answers"
    if where != settings.host:
        said += f" ({where})"
    if found.silent:
        return Concern(
            detail=f"{said}, but not at {', '.join(found.silent)}, which may be tried first each "
            "time",
            mend="have that address taken out of the DNS, or the way to it opened",
        )
    if found.no_way:
        said += f"; this machine has no way to {', '.join(found.no_way)}, and needs none"
    return said, ""


def tls(version: str, certificate: Certificate, now: datetime) -> Found | Concern:
    """What a certificate that is accepted means. Raises PermanentFailure where it ends so soon that
    somebody must act today."""
    left = certificate.ends - now
    life = certificate.ends - certificate.begins
    issuer = certificate.issuer or "nobody named"
    said = (
        f"{version}, certificate for {_names(certificate)} by {issuer}, good for "
        f"{_left(left)} until {_day(certificate.ends)}"
    )
    mend = "have it renewed, and the server told to use the new one"
    short = life < _LONG_LIFE
    if left < (life / 20 if short else FAILING_BEFORE):
        raise PermanentFailure(said, mend=f"{mend}: when it ends, no mail is read or sent")
    if left < (life / 4 if short else WARNED_BEFORE):
        return Concern(detail=said, mend=mend)
    return said, ""


def clock_against(server: str, theirs: datetime, ours: datetime) -> Found | Concern:
    """Does a server's time agree with ours? Raises PermanentFailure where it is far off."""
    off = abs(theirs - ours)
    if off < CLOCK_CONCERN:
        return f"within {how_long(CLOCK_CONCERN)} of the clock of {server}", ""
    way = "behind" if ours < theirs else "ahead of"
    said = f"this machine's clock is {how_long(off)} {way} the clock of {server}"
    mend = "one of them is wrong: see that this machine's is kept by NTP"
    if off < CLOCK_WRONG:
        return Concern(detail=said, mend=mend)
    raise PermanentFailure(said, mend=mend)


def _names(certificate: Certificate) -> str:
    named = [server_words(name) for name in certificate.names]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return (", ".join(named[:_NAMED]) + more) or "no name"


def _left(time: timedelta) -> str:
    return f"{time.days} days" if time.days >= 2 else how_long(max(time, timedelta()))


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
