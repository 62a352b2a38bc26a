"""Gmail, Thunderbird and Apple Mail, in English and Spanish."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import escape

from client_writing import Above, Draft, broken, cited, cut, flowed, quoted


@dataclass(frozen=True, kw_only=True)
class Gmail(Draft):
    """Gmail in a browser: lines cut at 76, `>` marks, the signature below two dashes."""

    @property
    def subject(self) -> str:
        if self.above is not None and not (self.above.forward or self.new_subject):
            said = self.above.subject
            return said if said.casefold().startswith("re:") else f"Re: {said}"
        return super().subject

    @property
    def message_id(self) -> str:
        return f"<CA{self.seed[:6]}+{self.seed[6:26]}_{self.seed[26:38]}@mail.gmail.com>"

    def body(self) -> tuple[str, str]:
        above = self.above
        plain = cut(self.text, 76) + "\n"
        html = f'<div dir="ltr">{broken(self.text)}</div>'
        if above is not None and above.forward:
            heading = "---------- Forwarded message ---------"
            block = self._forwarded(above)
            plain += f"\n{heading}\n" + "\n".join(f"{k} {v}" for k, v in block)
            plain += f"\n\n\n{cut(above.text, 76)}\n"
            html += f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">{heading}<br>'
            html += "<br>".join(f"{k} {escape(v)}" for k, v in block)
            html += f"<br></div><br><br>{broken(above.text)}</div>"
        elif above is not None:
            line = self._attribution(above)
            plain += f"\n{cut(line, 76)}\n\n{quoted(cut(above.text, 74))}\n"
            html += '<br><div class="gmail_quote gmail_quote_container">'
            html += f'<div dir="ltr" class="gmail_attr">{escape(line)}<br></div>'
            html += '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
            html += f'padding-left:1ex">{broken(above.text)}</blockquote></div>'
        if self.signature:
            plain += "\n\n-- \n" + self.signature + "\n"
            html += '<div><br clear="all"></div><br><span class="gmail_signature_prefix">-- '
            html += f'</span><br><div class="gmail_signature">{broken(self.signature)}'
            html += "</div>"
        return plain, f"{html}\n"

    def _attribution(self, above: Above) -> str:
        when, who = above.when, above.who
        day, month = self.day(when)[:3], self.month(when)[:3]
        return self.say(
            f"On {day}, {when.day} {month} {when.year} at {when:%H:%M}, {who} wrote:",
            f"El {day}, {when.day} {month} {when.year} a las {when:%H:%M}, {who} escribió:",
        )

    def _forwarded(self, above: Above) -> list[tuple[str, str]]:
        when = above.when
        day, month = self.day(when)[:3], self.month(when)[:3]
        at = self.say("at", "a las")
        return [
            (self.say("From:", "De:"), above.who),
            ("Date:", f"{day}, {when.day} {month} {when.year} {at} {when:%H:%M}"),
            ("Subject:", above.subject),
            ("To:", above.to),
            *([("Cc:", above.cc)] if above.cc else []),
        ]


@dataclass(frozen=True, kw_only=True)
class Thunderbird(Draft):
    """Thunderbird: text only, format=flowed (RFC 3676), above or below the quote."""

    flowed = True

    @property
    def subject(self) -> str:
        if self.above is None or self.new_subject:
            return self.new_subject
        said = self.above.subject
        if self.above.forward:
            return f"Fwd: {said}"
        return "Re: " + re.sub(r"^(?:re: *)+", "", said, flags=re.IGNORECASE)

    @property
    def headers(self) -> dict[str, str]:
        return {
            "User-Agent": "Mozilla Thunderbird",
            "Content-Language": self.say("en-GB", "es-ES"),
        }

    def body(self) -> tuple[str, str]:
        above = self.above
        own = flowed(self.text) + "\n"
        closing = "\n-- \n" + self.signature + "\n" if self.signature else ""
        if above is None:
            return own + closing, ""
        when = above.when
        if above.forward:
            head = self.say(
                "-------- Forwarded Message --------", "-------- Mensaje reenviado --------"
            )
            block = [
                (self.say("Subject:", "Asunto:"), above.subject),
                (self.say("Date:", "Fecha:"), f"{when:%a, %d %b %Y %H:%M:%S %z}"),
                (self.say("From:", "De:"), above.who),
                (self.say("To:", "Para:"), above.to),
            ]
            lines = "\n".join(f"{k:<8} {v}" for k, v in block)
            return f"{own}{closing}\n\n{head}\n{lines}\n\n\n\n{above.text}\n", ""
        line = self.say(
            f"On {when:%d/%m/%Y %H:%M}, {above.name} wrote:",
            f"El {when:%d/%m/%Y} a las {when:%H:%M}, {above.name} escribió:",
        )
        quote = f"{line}\n{quoted(flowed(above.text), stuffed=True)}\n"
        return (f"{quote}\n{own}{closing}" if self.bottom else f"{own}{closing}\n{quote}"), ""


@dataclass(frozen=True, kw_only=True)
class AppleMail(Draft):
    """Mail on a telephone of Apple: a line of its own name, then the quote, cited."""

    @property
    def message_id(self) -> str:
        return super().message_id.upper().replace(self.email.upper(), self.email)

    @property
    def headers(self) -> dict[str, str]:
        return {"Mime-Version": "1.0 (1.0)", "X-Mailer": "iPhone Mail (22D72)"}

    def body(self) -> tuple[str, str]:
        above = self.above
        mobile = self.signature or self.say("Sent from my iPhone", "Enviado desde mi iPhone")
        plain = f"{self.text}\n\n{mobile}\n"
        html = f'{broken(self.text)}<br id="lineBreakAtBeginningOfSignature">'
        html += f'<div dir="ltr">{mobile}</div>'
        if above is None:
            return plain, ""
        when, who = above.when, above.who
        if above.forward:
            head = self.say("Begin forwarded message:", "Inicio del mensaje reenviado:")
            block = [
                (self.say("From:", "De:"), who),
                (self.say("Date:", "Fecha:"), self._date(when)),
                (self.say("To:", "Para:"), above.to),
                (self.say("Subject:", "Asunto:"), above.subject),
            ]
            lines = "\n".join(f"{k} {v}" for k, v in block)
            plain += "\n" + head + "\n\n" + quoted(f"{lines}\n\n{above.text}") + "\n"
            html += f'<div dir="ltr"><br><blockquote type="cite">{head}<br><br>'
            html += "".join(f"<div><b>{k} </b>{escape(v)}</div>" for k, v in block)
            html += f"<br></blockquote></div>{cited(above.text)}"
        else:
            month = self.month(when)[:3]
            date = f"{when.day} {month} {when.year}"
            line = self.say(
                f"On {date}, at {when:%H:%M}, {who} wrote:",
                f"El {date}, a las {when:%H:%M}, {who} escribió:",
            )
            plain += f"\n> {line}\n> \n{quoted(above.text)}\n"
            html += f'<div dir="ltr"><br><blockquote type="cite">{escape(line)}<br><br>'
            html += f"</blockquote></div>{cited(above.text)}"
        return plain, (
            '<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8">'
            f'</head><body dir="auto">{html}</body></html>\n'
        )

    def _date(self, when: datetime) -> str:
        month = self.month(when)
        return self.say(
            f"{when.day} {month} {when.year} at {when:%H:%M:%S} CET",
            f"{when.day} de {month} de {when.year}, {when:%H:%M:%S} CET",
        )
