"""What providers say when they have had enough of an account, and how long they want to be left
alone: pure readings of a reply's words.

Standards have few codes for it, so providers use their own, and use codes that mean something else
elsewhere: a 550 that is about our account's limit for the day is no word about the customer.
"""

import re
from datetime import timedelta

LIMIT_PAUSE = timedelta(hours=1)
"""After a limit for the day was reached. Both large providers count over the last 24 hours, so room
comes back little by little, and it is worth asking before a day has passed."""

SHORT_PAUSE = timedelta(minutes=15)
"""After a peak, or after too many sign-ins."""

_SUGGESTED = re.compile(r"backoff time: *(\d{1,9}) *milliseconds", re.IGNORECASE)

_CONNECTIONS = re.compile(
    r"too many (?:simultaneous |concurrent |open )?connections"
    r"|(?:concurrent|maximum number of) connections?\b.*\bexceeded"
    r"|exceeded the maximum number of connections"
    r"|sender thread limit exceeded",
    re.IGNORECASE,
)

_IMAP = re.compile(
    r"throttled|exceeded (?:command or )?bandwidth limits|exceeded command|rate limit"
    r"|authenticated but not connected|server unavailable",
    re.IGNORECASE,
)

_SIGN_INS = re.compile(r"too many (?:failed )?(?:login|sign-?in|auth\w*)", re.IGNORECASE)

_SENDING = re.compile(
    # Gmail
    r"daily (?:user |smtp relay )?sending (?:limit|quota) exceeded"
    r"|(?:daily|peak) smtp relay limit exceeded"
    r"|unusual rate of"
    # Exchange Online
    r"|reached your daily limit for"
    r"|exceeded its daily limit"
    r"|tenant has exceeded threshold"
    r"|sender throttled"
    r"|errorexceededmessagelimit|submissionquotaexceeded|storedrv\.submission\b.*quotaexceeded"
    # Others: Postfix policy servers, cPanel, and who says it plainly
    r"|(?:sending|outgoing|hourly|daily) (?:mail |message |email )?(?:limit|quota|rate)\b"
    r".*\b(?:exceeded|reached)"
    r"|exceeded the max(?:imum)? (?:number of )?(?:mails|emails|messages) per",
    re.IGNORECASE,
)

_SENDING_CODES = re.compile(
    r"5\d\d[ -](?:5\.1\.90|5\.2\.25[1-5]|5\.4\.5|5\.7\.23[23]|5\.7\.70[58])\b"
)


def suggested(words: str) -> timedelta | None:
    """How long a server asks to be left alone; None where it names no time.

    Exchange says it in milliseconds: `Request is throttled. Suggested Backoff Time: 299910
    milliseconds` (https://github.com/ikvk/imap_tools/issues/135 has it as NO,
    https://github.com/simonrob/email-oauth2-proxy/issues/191 as BAD).
    """
    found = _SUGGESTED.search(words)
    return timedelta(milliseconds=int(found[1])) if found else None


def too_many_connections(words: str) -> bool:
    """Is it that too many connections are open?

    Gmail over IMAP, from the sixteenth on: `[ALERT] Too many simultaneous connections. (Failure)`
    (https://github.com/zone-eu/wildduck/issues/35). Dovecot: `[UNAVAILABLE] Maximum number of
    connections from user+IP exceeded`. Exchange Online over SMTP, from the fourth on: `432 4.3.2
    Concurrent connections limit exceeded`
    (https://learn.microsoft.com/exchange/troubleshoot/send-emails/smtp-submission-improvements).
    """
    return _CONNECTIONS.search(words) is not None


def imap_throttled(words: str) -> bool:
    """Is a NO or BAD of an IMAP server about how much we ask, and not about what?

    Gmail: `[OVERQUOTA] Account exceeded command or bandwidth limits`
    (https://support.google.com/a/answer/1071518). Exchange: `Request is throttled` (see
    `suggested`), `Server Unavailable. 15` and `User is authenticated but not connected`, which it
    says of a throttled account, and of one that may not open this mailbox.
    """
    return _IMAP.search(words) is not None


def sign_in_pause(words: str) -> timedelta | None:
    """How long to wait after a sign-in that was refused because there were too many; None where
    that was not the reason. Gmail: `454 4.7.0 Too many login attempts, please try again later`
    (https://support.google.com/a/answer/3726730)."""
    return SHORT_PAUSE if _SIGN_INS.search(words) else None


def sending_pause(reply: str) -> timedelta | None:
    """How long to send nothing where a reply, code first, says that our account has sent enough;
    None where it is about one mail or one recipient.

    Gmail (https://support.google.com/a/answer/3726730): `550 5.4.5 Daily user sending limit
    exceeded`, `550 5.7.1 … an unusual rate of unsolicited mail originating from your IP address`,
    `450 4.2.1 Peak SMTP relay limit exceeded`; but `450 4.2.1 The user you are trying to contact is
    receiving mail too quickly` is about the recipient. Exchange Online: `554 5.2.0
    STOREDRV.Submission… ErrorExceededMessageLimit` and `554 5.2.2 mailbox full;
    STOREDRV.Submission…` (our own mailbox is full; the page named at `too_many_connections`),
    `550 5.1.90 … reached your daily limit for message recipients`, `550 5.7.232` and `550 5.7.233`
    (https://learn.microsoft.com/exchange/troubleshoot/email-delivery/ndr/non-delivery-reports-in-exchange-online),
    `550 5.7.705` and `5.7.708` (the tenant is blocked), `550 5.2.251` to `5.2.255`
    (https://learn.microsoft.com/exchange/mail-flow-best-practices/continuous-error-throttling-smtp-auth-submissions).
    """
    if _SENDING_CODES.match(reply) or _SENDING.search(reply):
        return LIMIT_PAUSE if reply.startswith("5") else SHORT_PAUSE
    return None
