"""What an address or a return path says of who writes: a mail system, list software, nobody.

An address alone makes a machine only where no person ever writes from it. Everywhere else it is
one sign, and needs a second: people answer from postmaster@ and abuse@ as well.
"""

import re
from collections.abc import Mapping

from mailresponder.mail.message import Address

Headers = Mapping[str, tuple[str, ...]]

_DAEMON = re.compile(
    r"mailer[-_. ]?dae?mon|mail[-_. ]?daemon|mdaemon|system administrator|"
    r"microsoftexchange[0-9a-f]{10,64}",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(r"mailer[-_ ]?daemon|mail delivery (?:sub)?system", re.IGNORECASE)
_POSTMASTER = re.compile(
    r"(?:.{1,40}[-_.])?post[-_.]?master|mail[-_.]?adm(?:in(?:istrator)?)?", re.IGNORECASE
)
_SYSTEM_NAME = re.compile(
    r"(?:(?:e-?|internet )?mail|message) (?:delivery|transport)(?: (?:sub)?(?:system|service))?|"
    r"delivery (?:sub)?system|mail (?:system|administrator|server|gateway)|system administrator|"
    r"postmaster|interscan\b.*|microsoft (?:outlook|exchange)|content-filter at .*",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    r"(?:^|[-_.])(?:smtp|mta|mx|mailer|mailadm|gateways?|(?:anti-?)?virus\w*|bounces?|"
    r"daemon|mailscan|filter|sysadmin)(?:$|[-_.\d])",
    re.IGNORECASE,
)
_LIST_SOFTWARE = re.compile(
    r"listserv|majordomo|mailman|listproc|ezmlm|sympa|owner-.+|.+-(?:request|bounces?)|"
    r"bounces?(?:[+=-].*)?",
    re.IGNORECASE,
)
_LIST_OWNER = re.compile(r"owner-.+|.+-(?:request|bounces|owner)", re.IGNORECASE)
_ROLES = frozenset(
    {
        *("abuse", "hostmaster", "postmaster", "root"),
        *("apache", "cron", "daemon", "www-data", "wwwrun"),
    }
)
_NO_REPLY = re.compile(
    r"(?:^|[._+=-])(?:"
    r"(?:no|do[._-]?not|dont|never|cannot)[._-]?(?:repl(?:y|ies)|respond|answer)|"
    r"no[._-]?(?:responde[rs]?|respond[ae]s?|contest(?:ar?|e|es)|resposta|responga)|"
    r"n[aã]o[._-]?respond[ae]r?|ne[._-]?pas[._-]?r[eé]pondre|pas[._-]?de[._-]?r[eé]ponse|"
    r"(?:nicht|keine)[._-]?antwort(?:en)?|non[._-]?rispondere|niet[._-]?(?:be)?antwoorden|"
    r"auto[._-]?(?:reply|responder|mailer|confirm(?:ation)?)|devnull|unattended)(?:$|[^a-z]|to|mail)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\([^()]*\)")
_LONGEST = 320


def local_part(address: Address) -> str:
    """The local part, in lower case and without quotes."""
    return address.email.rsplit("@", 1)[0].strip('"').lower()


def domain(address: Address) -> str:
    """The domain, in lower case."""
    return address.email.rpartition("@")[2].lower()


def is_daemon(author: Address | None, headers: Headers) -> bool:
    """Is it the mail system itself, from whose address no person writes (RFC 5321 §6.1)?"""
    if "x-ms-exchange-message-is-ndr" in headers:
        return True
    if author is not None:
        return _DAEMON.fullmatch(local_part(author)) is not None
    # `MAILER-DAEMON <>`, `<"System Administrator"@host>`: no address, but a name.
    written = next(iter(headers.get("from", ())), "")[:_LONGEST]
    return _DAEMON.match(written.lstrip('<" ')) is not None or (
        _DAEMON_NAME.search(written) is not None
    )


def is_mail_system(author: Address | None, headers: Headers) -> bool:
    """Does the sender speak for a mail system: by address, name or a null return path?

    People write so as well: it is one sign of two.
    """
    if has_null_return_path(headers) or is_daemon(author, headers):
        return True
    if author is None:
        written = next(iter(headers.get("from", ())), "?")[:_LONGEST]
        return "<>" in written or "postmaster" in written.lower()
    return bool(_POSTMASTER.fullmatch(local_part(author)) or _SYSTEM_NAME.fullmatch(author.name))


def is_only_named_so(author: Address | None, headers: Headers) -> bool:
    """Does nothing but a display name say that it is a mail system? Administrators have such names
    too."""
    if author is None or has_null_return_path(headers) or is_daemon(author, headers):
        return False
    return _POSTMASTER.fullmatch(local_part(author)) is None


def is_technical(author: Address | None) -> bool:
    """Does the local part name a device for mail, as gateways and virus filters call themselves,
    or say that nobody reads there?"""
    if author is None or is_no_reply(author):
        return True
    return _TECHNICAL.search(local_part(author)) is not None


def is_list_software(author: Address) -> bool:
    """Does list software write from it: majordomo, owner-*, *-request, *-bounces (RFC 2142 §6)?"""
    return _LIST_SOFTWARE.fullmatch(local_part(author)) is not None


def is_list_owner(path: str) -> bool:
    """Is it the address at which a list takes back what it sent, as in Sender and Return-Path?

    Fewer forms than `is_list_software`: mass mailers count bounces of people's mail, too.
    """
    local = path[:_LONGEST].strip("<> \t").rpartition("@")[0]
    return _LIST_OWNER.fullmatch(local) is not None


def is_role(author: Address) -> bool:
    """Is it a technical role (RFC 2142 §4, §5) or the account of a server program?"""
    return local_part(author) in _ROLES


def is_no_reply(address: Address) -> bool:
    """Does the address say that nobody reads what is sent to it?"""
    return _NO_REPLY.search(local_part(address)) is not None


def is_same_organisation(one: Address, other: Address) -> bool:
    """Do two addresses share their domain, or is one's a subdomain of the other's?"""
    a, b = domain(one), domain(other)
    return a == b or a.endswith(f".{b}") or b.endswith(f".{a}")


def has_null_return_path(headers: Headers) -> bool:
    """`Return-Path: <>` (RFC 5321 §4.5.5), or MAILER-DAEMON, which some systems write for it."""
    value = next(iter(headers.get("return-path", ())), None)
    if value is None:
        return False
    path = _COMMENT.sub("", value[:_LONGEST]).strip().strip("<> \t").lower()
    return path.partition("@")[0] in ("", "mailer-daemon")
