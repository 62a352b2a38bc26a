"""Reports of machines about mail: the machine-readable part of a multipart/report (RFC 6522).

Only a message that is such a report itself counts. A person who forwards a bounce wrote a mail
of their own, and what they attached is not looked into.
"""

import re

from mailresponder.mail.addresses import usable
from mailresponder.mail.charsets import decode
from mailresponder.mail.message import Report, ReportKind
from mailresponder.mail.mime import Part, read

_STATUS = ("message/delivery-status", "message/global-delivery-status")
_DISPOSITION = ("message/disposition-notification", "message/global-disposition-notification")
_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_ID = re.compile(r"<[^<>\s]{1,800}>")
_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_FIELD = re.compile(rb"^([A-Za-z0-9-]{1,60})[ \t]*:[ \t]*([^\n]*(?:\n[ \t][^\n]*)*)", re.MULTILINE)

Fields = list[tuple[str, str]]


def read_report(root: Part, *, from_machine: bool) -> Report | None:
    """What a report says, or None where the message is none.

    `from_machine`: the sender is a mail system by its address, so that a delivery status outside
    a multipart/report (old Exchange and qmail gateways send them) is believed too.
    """
    is_report = root.content_type == "multipart/report"
    if not is_report and not (from_machine and root.content_type.startswith("multipart/")):
        return None
    parts = [part for child in root.children for part in _shallow(child)]
    for part in parts:
        match part.content_type:
            case "message/feedback-report":
                return Report(kind=ReportKind.FEEDBACK, original_message_id=_returned_id(parts))
            case kind if kind in _DISPOSITION:
                fields = _fields(part)
                return Report(
                    kind=ReportKind.DISPOSITION,
                    original_message_id=_first_id(_get(fields, "original-message-id"))
                    or _returned_id(parts),
                    recipient=_address(_get(fields, "final-recipient")),
                )
            case kind if kind in _STATUS:
                return _delivery(_fields(part), _returned_id(parts))
            case _:
                continue
    if is_report and "delivery-status" in root.parameters.get("report-type", ""):
        return Report(kind=ReportKind.FAILED, original_message_id=_returned_id(parts))
    return None


def _shallow(part: Part) -> list[Part]:
    """A child, and the children of a multipart among the children: gateways wrap once more."""
    return [part, *part.children]


def _delivery(fields: Fields, original_id: str | None) -> Report:
    """The gravest of what a delivery status says about its recipients (RFC 3464 §2.3)."""
    groups: list[dict[str, str]] = [{}]
    for name, value in fields:
        if name in groups[-1]:
            groups.append({})
        groups[-1][name] = value
    ranked = sorted(groups, key=lambda group: _gravity(group)[0])
    worst = ranked[0]
    code = _CODE.search(worst.get("status", ""))
    return Report(
        kind=_gravity(worst)[1],
        original_message_id=original_id or _first_id(_get(fields, "x-original-message-id")),
        recipient=_address(worst.get("final-recipient") or worst.get("original-recipient") or ""),
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


def _get(fields: Fields, name: str) -> str:
    return next((value for key, value in fields if key == name), "")


def _returned_id(parts: list[Part]) -> str | None:
    """The Message-ID of the mail that came back (RFC 6522 §3)."""
    for part in parts:
        if part.content_type in _RETURNED:
            return _first_id(read(part.content()[:200_000]).value("message-id"))
    return None


def _first_id(value: str) -> str | None:
    match = _ID.search(value)
    return match[0] if match else None


def _address(value: str) -> str | None:
    """`rfc822; <jane@example.com>` without its address type."""
    text = value.split(";", 1)[-1].strip().strip("<>")
    address = usable(text)
    return address.email if address else None
