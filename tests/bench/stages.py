"""What a mail costs, stage by stage, and what it costs to begin.

    python tests/bench/stages.py [--messages 300]

Prints one JSON object a line, all in time of the processor. For each stage of what is done with a
mail, apart from the network and the database, the microseconds that a mail takes (both languages in
turn, the best of three rounds over other mails each): `parse`; `triage`, from reading a forward to
the decision; `hear`, its language and its anger; `notice`, its acknowledgement filled in; and
`compose`. Then `all` of them. Then of a new process the seconds until `run` is imported and until
the first mail of each language is done, and its peak memory.

The mails are invented, of 6 to 7 KB, in text and HTML and with what servers on the way write above
them; every fourth one is a reply that quotes.
"""

import argparse
import compileall
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from itertools import pairwise
from pathlib import Path

ROUNDS = 3
MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
WORDS = 150
"""Of a mail, without greeting and signature."""
HERE = Path(__file__).parent
MESSAGES = HERE.parents[1] / "mailresponder" / "listening" / "messages"
PHRASES = {
    "en": (
        "Hello,",
        "Kind regards,",
        "Order {}",
        "On Mon, 23 Nov 2026 at 08:12, Acme <support@example.com> wrote:",
    ),
    "es": (
        "Buenas tardes:",
        "Un saludo,",
        "Pedido {}",
        "El lun, 23 nov 2026 a las 8:12, Acme <support@example.com> escribió:",
    ),
}
BOX = '<div style="font-family:arial,sans-serif;font-size:small;color:#222222">'
QUOTE = '<div class="gmail_quote gmail_quote_container">'
ABOVE = """\
Return-Path: <{email}>
Delivered-To: support@example.com
Received: from out.customer.test (out.customer.test [192.0.2.7])
 by mx.example.com (Postfix) with ESMTPS id 4F{number:06}
 (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256)
 for <support@example.com>; {date}
Authentication-Results: mx.example.com;
 dkim=pass (2048-bit key) header.d=customer.test header.i=@customer.test header.s=s1;
 spf=pass (sender SPF authorized) smtp.mailfrom={email};
 dmarc=pass (policy=reject) header.from=customer.test
Received-SPF: pass (mx.example.com: domain of {email} designates 192.0.2.7 as permitted)
ARC-Seal: i=1; a=rsa-sha256; t=1795420800; cv=none; d=customer.test; s=arc; b={seal}
ARC-Message-Signature: i=1; a=rsa-sha256; c=relaxed/relaxed; d=customer.test; s=arc;
 h=to:subject:message-id:date:from:mime-version:dkim-signature; b={seal}
ARC-Authentication-Results: i=1; out.customer.test; dkim=pass header.i=@customer.test;
 spf=pass smtp.mailfrom={email}; dmarc=pass header.from=customer.test
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=customer.test; s=s1; t=1795420800;
 h=to:subject:message-id:date:from:mime-version; bh=frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN; b={seal}
X-Received: by 2002:a05:6000:1842 with SMTP id n2mr{number:06}wri.52.1795420800; {date}
X-Google-Smtp-Source: {seal}
Received: from laptop.customer.test ([192.0.2.99]) by out.customer.test
 with ESMTPSA id {number:06}; {date}
X-Spam-Status: No, score=-2.1 required=5.0 tests=DKIM_SIGNED,DKIM_VALID,HTML_MESSAGE,
 SPF_PASS autolearn=ham version=4.0.0
X-Mailer: Apple Mail (2.3774.600.62)
"""
BEGIN = """
import json, time
import mailresponder.app, mailresponder.cli.context, mailresponder.cli.service
imported = time.process_time()
import stages
mails, desk = stages.letters(2), stages.Desk()
first = sum(sum(desk.handle(mail, number).values()) for number, mail in enumerate(mails))
status = open("/proc/self/status", encoding="ascii").read()
print(json.dumps({
    "imports_seconds": round(imported, 3),
    "first_mails_seconds": round(first, 3),
    "peak_megabytes": round(int(status.split("VmHWM:")[1].split()[0]) / 1024, 1),
}))
"""


def letters(count: int, start: int = 0) -> list[bytes]:
    """So many mails as a mail server hands them out, English and Spanish in turn."""
    words = {code: written(code) for code in PHRASES}
    made = []
    for number in range(start, start + count):
        language = ("en", "es")[number % 2]
        said = words[language]
        at = number * 37 % (len(said) - WORDS)
        made.append(letter(number, language, said[at : at + WORDS]))
    return made


def written(language: str) -> list[str]:
    """The words of our own messages of a language."""
    files = sorted(MESSAGES.glob(f"{language}_*.txt"))
    lines = (line for path in files for line in path.read_text(encoding="utf-8").splitlines())
    return " ".join(line for line in lines if not line.startswith("@@")).split()


def letter(number: int, language: str, words: list[str]) -> bytes:
    """A mail of these words."""
    hello, regards, subject, wrote = PHRASES[language]
    name, email = f"Customer {number}", f"customer{number}@customer.test"
    lines = [" ".join(words[n : n + 11]) for n in range(0, len(words), 11)]
    bye = f"{regards}\n{name}\n+34 600 {number:06}"
    text = "\n\n".join([hello, "\n".join(lines[:4]), "\n".join(lines[4:]), bye])
    html = "".join(f"{BOX}{escape(part)}</div>\n" for part in text.split("\n\n"))
    mail = EmailMessage()
    mail["From"] = f"{name} <{email}>"
    mail["To"] = "Acme Support <support@example.com>"
    mail["Subject"] = subject.format(20_000 + number)
    mail["Message-ID"] = f"<stage-{number}@customer.test>"
    mail["Date"] = date = format_datetime(MORNING + timedelta(seconds=number))
    if number % 4 == 3:
        quoted = lines[:6]
        text += "\n\n" + "\n".join([wrote, "", *(f"> {line}" for line in quoted)])
        html += f"{QUOTE}{escape(wrote)}<blockquote>{escape(' '.join(quoted))}</blockquote></div>"
        mail.replace_header("Subject", f"Re: {mail['Subject']}")
        mail["In-Reply-To"] = "<earlier@example.org>"
        mail["References"] = "<first@example.org> <earlier@example.org>"
    mail.set_content(text)
    mail.add_alternative(f'<div dir="ltr">{html}</div>', subtype="html")
    above = ABOVE.format(number=number, email=email, date=date, seal=seal(number))
    return (above.encode() + mail.as_bytes()).replace(b"\n", b"\r\n")


def seal(number: int) -> str:
    """What a signature looks like, folded as servers do."""
    signs = "".join(chr(65 + (number * 7 + n * n) % 26) for n in range(344))
    return "\n ".join(signs[n : n + 72] for n in range(0, len(signs), 72))


class Desk:
    """Does with a mail what the desk does, without a network or a database."""

    def __init__(self) -> None:
        from mailresponder.policy.identifiers import Signer
        from mailresponder.policy.samples import DESK
        from mailresponder.store.templates import TemplateFolder

        self._desk = DESK
        self._signer = Signer(b"the key of no desk in the world.")
        self._templates = TemplateFolder(Path("no such folder"))

    def handle(self, content: bytes, number: int) -> dict[str, float]:
        """One mail, from its bytes to those of its acknowledgement: the seconds of each stage."""
        from mailresponder.jobs.hearing import hear
        from mailresponder.mail.authentication import authenticated
        from mailresponder.mail.compose import compose, reply_references
        from mailresponder.mail.message import RawMessage
        from mailresponder.mail.parse import parse
        from mailresponder.policy import forwards, lifecycle, notices, triage
        from mailresponder.policy.decisions import OpenTicket
        from mailresponder.policy.facts import Facts

        desk, now = self._desk, MORNING + timedelta(seconds=number)
        laps = {"begun": time.process_time()}
        message = parse(RawMessage(uid=number, received_at=now, content=content))
        laps["parse"] = time.process_time()
        message = forwards.unwrapped(message, desk)
        triage.questions(message, desk, now=now)
        decision = triage.decide(message, Facts(), desk, self._signer)
        proof = authenticated(message, trusted_authserv_id=desk.staff.trusted_authserv_id)
        laps["triage"] = time.process_time()
        if not isinstance(decision, OpenTicket) or decision.suppressed_by or not proof.passed:
            raise SystemExit(f"not what a customer's mail is to come to: {decision}, {proof}")
        spoken, anger = hear(
            message,
            languages=desk.languages,
            thread=None,
            last=lambda: None,
            with_subject=True,
            threshold=None,
            correction=None,
            semantic=False,
        )
        laps["hear"] = time.process_time()
        ticket = lifecycle.opened(
            message,
            customer=decision.customer,
            suppressed_by=(),
            reference=f"MR-{number:05}",
            spoken=spoken,
            anger=anger,
            desk=desk,
        )
        sheet = notices.Sheet(
            desk=desk,
            templates=self._templates,
            to=ticket.customer,
            message_id=f"<{number}@example.com>",
            now=now,
        )
        original = notices.Original(
            message_id=message.message_id,
            references=reply_references(message),
            new_text=message.new_text,
        )
        notice = notices.acknowledgement(sheet, ticket, original, quote=True)
        laps["notice"] = time.process_time()
        compose(notice)
        laps["compose"] = time.process_time()
        return {stage: end - begun for (_, begun), (stage, end) in pairwise(laps.items())}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=300)
    count = parser.parse_args().messages
    desk = Desk()
    rounds = []
    for start in range(0, (ROUNDS + 1) * count, count):
        spent = [desk.handle(mail, start + n) for n, mail in enumerate(letters(count, start))]
        rounds.append({stage: sum(one[stage] for one in spent) / count for stage in spent[0]})
    # The first round fills what is kept from mail to mail.
    best = {stage: min(one[stage] for one in rounds[1:]) for stage in rounds[0]}
    for stage, seconds in (best | {"all": sum(best.values())}).items():
        print_line(stage=stage, microseconds=round(seconds * 1e6))
    # As pip does when it installs.
    compileall.compile_dir(HERE.parents[1] / "mailresponder", quiet=1)
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE), *sys.path])}
    begun = subprocess.run(
        [sys.executable, "-c", BEGIN], env=environ, capture_output=True, text=True, check=True
    )
    print_line(**json.loads(begun.stdout))


def print_line(**figures: object) -> None:
    """One object."""
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
