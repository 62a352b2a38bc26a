"""Reports of machines about mail: the machine-readable part of a multipart/report (RFC 6522).

Only a message that is such a report itself counts. A person who forwards a bounce wrote a mail
of their own, and what they attached is not looked into. Bounces in words are read in `bounces`.
"""

import re

from mailresponder.mail.addresses import usable
from mailresponder.mail.bounces import RECIPIENTS_LIMIT, recipients_in, status_in
from mailresponder.mail.charsets import decode
from mailresponder.mail.message import Report, ReportKind
from mailresponder.mail.mime import Part
from mailresponder.mail.returned import explanation, original_ids

_STATUS = ("message/delivery-status", "message/global-delivery-status")
_DISPOSITION = ("message/disposition-notification", "message/global-disposition-notification")
_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_FIELD = re.compile(rb"^([A-Za-z0-9-]{1,60})[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)

_RECIPIENTS = ("final-recipient", "original-recipient", "x-actual-recipient")

Fields = list[tuple[str, str]]


def read_report(root: Part, *, text: str, from_system: bool) -> Report | None:
    """What a report says, or None where the message is none.

    `text`: its words, which may hold the returned header. `from_system`: the sender speaks for a
    mail system, so that a delivery status outside a multipart/report (old Exchange and qmail
    gateways send them) is believed too; people attach one, but no receipt and no complaint.
    """
    is_report = root.content_type == "multipart/report"
    for part in root.walk():
        if part.content_type in _STATUS and not (is_report or from_system):
            continue
        match part.content_type:
            case "message/feedback-report":
                fields = _fields(part)
                return Report(
                    kind=ReportKind.FEEDBACK,
                    original_ids=original_ids(root.walk(), (), text),
                    recipients=_addresses(fields, ("original-rcpt-to",)),
                )
            case kind if kind in _DISPOSITION:
                fields = _fields(part)
                return Report(
                    kind=ReportKind.DISPOSITION,
                    original_ids=original_ids(root.walk(), fields, text),
                    recipients=_addresses(fields, _RECIPIENTS),
                )
            case kind if kind in _STATUS:
                fields = _fields(part)
                return _delivery(fields, original_ids(root.walk(), fields, text))
            case _:
                continue
    if is_report and "delivery-status" in root.parameters.get("report-type", ""):
        # Active!Hunter and Netscape announce a status and then say it in words only.
        return Report(
            kind=ReportKind.FAILED,
            original_ids=original_ids(root.walk(), (), text),
            recipients=recipients_in(explanation(text)),
            status=status_in(explanation(text)),
        )
    return None


def _delivery(fields: Fields, ids: tuple[str, ...]) -> Report:
    """The gravest of what a delivery status says about its recipients (RFC 3464 §2.3)."""
    groups: list[dict[str, str]] = [{}]
    for name, value in fields:
        if name in groups[-1]:
            groups.append({})
        groups[-1][name] = value
    worst = min(groups, key=lambda group: _gravity(group)[0])
    kind = _gravity(worst)[1]
    concerned = (group.items() for group in groups if _gravity(group)[1] is kind)
    code = _CODE.search(worst.get("status", ""))
    return Report(
        kind=kind,
        original_ids=ids,
        recipients=_addresses([item for group in concerned for item in group], _RECIPIENTS),
        status=code[0] if code else None,
    )


def _gravity(group: dict[str, str]) -> tuple[int, ReportKind]:
    action = group.get("action", "").split("(")[0].strip().lower()
    status = group.get("status", "").strip()
    if action.startswith("fail"):
        return 0, ReportKind.FAILED
    if action.startswith("delay"):
        return 1, ReportKind.DELAYED
    if action in ("delivered", "relayed", "expanded"):
        return 2, ReportKind.DELIVERED
    if status.startswith("4"):
        return 1, ReportKind.DELAYED
    if status.startswith("2"):
        return 2, ReportKind.DELIVERED
    # A status without an action that says more is a failure, unless another recipient has one.
    return (0 if status.startswith("5") else 3), ReportKind.FAILED


def _fields(part: Part) -> Fields:
    """Name and value of every field of a machine-readable part, groups in order."""
    content = part.content().replace(b"\r\n", b"\n")[:100_000]
    return [
        (match[1].decode("ascii").lower(), decode(match[2].replace(b"\n", b"")).strip())
        for match in _FIELD.finditer(content)
    ]


def _addresses(fields: Fields, names: tuple[str, ...]) -> tuple[str, ...]:
    """The addresses of all fields of these names, casefolded, each once."""
    written = (_address(value) for name, value in fields if name in names)
    return tuple(dict.fromkeys(a.casefold() for a in written if a))[:RECIPIENTS_LIMIT]


def _address(value: str) -> str | None:
    """`rfc822; <jane@example.com>` without its address type."""
    text = value.split(";", 1)[-1].strip().strip("<>")
    address = usable(text)
    return address.email if address else None
