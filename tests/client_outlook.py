"""Outlook on a desktop with Exchange, and on a telephone, in English and Spanish."""

import base64
from dataclasses import dataclass
from html import escape

from client_writing import Above, Draft, broken, without_prefix


@dataclass(frozen=True, kw_only=True)
class Outlook(Draft):
    """Outlook on a desktop with Exchange: a header block below a line, and no marks."""

    reply_prefix = "RE: "
    forward_prefixes = ("FW: ", "RV: ")

    @property
    def message_id(self) -> str:
        host = f"DB9PR06MB{int(self.seed[:4], 16) % 9000 + 1000}.mail.example"
        return f"<{host.partition('.')[0]}{self.seed[:24].upper()}@{host}>"

    @property
    def headers(self) -> dict[str, str]:
        index = base64.b64encode(b"\x01\xdb" + self.seed.encode()[:20]).decode()
        return {
            "Thread-Topic": without_prefix(self.subject),
            "Thread-Index": index,
            "Accept-Language": self.say("en-GB, en-US", "es-ES, en-US"),
            "Content-Language": self.say("en-GB", "es-ES"),
            "X-MS-Has-Attach": "",
            "X-MS-TNEF-Correlator": "",
            "X-MS-Exchange-Organization-SCL": "-1",
        }

    def body(self) -> tuple[str, str]:
        above = self.above
        own = f"{self.text}\n\n{self.signature}".strip()
        picture = "[cid:image001.gif@01DB91A0]\n" if self.logo else ""
        plain = f"{own}\n" + picture
        html = "".join(
            f'<p class="MsoNormal">{escape(line) or "<o:p>&nbsp;</o:p>"}<o:p></o:p></p>\n'
            for line in own.split("\n")
        )
        if self.logo:
            html += '<p class="MsoNormal"><img src="cid:image001.gif@01DB91A0"></p>\n'
        if above is not None:
            block = self._block(above)
            plain += "\n" + "\n".join(f"{label} {value}" for label, value in block)
            plain += f"\n\n{above.text}\n"
            html += (
                '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;'
                'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">'
                + "<br>\n".join(f"<b>{label}</b> {escape(value)}" for label, value in block)
                + "<o:p></o:p></p></div></div>\n"
                + '<p class="MsoNormal"><o:p>&nbsp;</o:p></p>\n'
                + "".join(
                    f'<p class="MsoNormal">{escape(line) or "<o:p>&nbsp;</o:p>"}</p>\n'
                    for line in above.text.split("\n")
                )
            )
        return plain, (
            '<html xmlns:o="urn:schemas-microsoft-com:office:office">\n<head>'
            '<meta name="Generator" content="Microsoft Word 15 (filtered medium)">\n'
            "<style><!-- p.MsoNormal {margin:0cm; font-size:11.0pt;} --></style></head>\n"
            f'<body lang="{self.say("EN-GB", "ES")}" link="#0563C1" vlink="#954F72">'
            f'<div class="WordSection1">\n{html}</div></body></html>\n'
        )

    def _block(self, above: Above) -> list[tuple[str, str]]:
        when = above.when
        day, month = self.day(when), self.month(when)
        return [
            (self.say("From:", "De:"), above.who),
            (
                self.say("Sent:", "Enviado el:"),
                self.say(
                    f"{day}, {month} {when.day}, {when.year} {when:%I:%M %p}",
                    f"{day}, {when.day} de {month} de {when.year} {when:%H:%M}",
                ),
            ),
            (self.say("To:", "Para:"), above.to),
            *([(self.say("Cc:", "CC:"), above.cc)] if above.cc else []),
            (self.say("Subject:", "Asunto:"), above.subject),
        ]


@dataclass(frozen=True, kw_only=True)
class OutlookMobile(Outlook):
    """Outlook on a telephone: a rule and one header block, and a line of advertisement."""

    reply_prefix = "Re: "

    @property
    def headers(self) -> dict[str, str]:
        kept = super().headers
        return {name: kept[name] for name in ("Thread-Topic", "Thread-Index", "X-MS-Has-Attach")}

    def body(self) -> tuple[str, str]:
        above = self.above
        line, href = self.say("Get Outlook for iOS", "Obtener Outlook para iOS"), "https://aka.ms/"
        plain = f"{self.text}\n\n{line}<{href}o0ukef>\n"
        html = f'<div dir="ltr">{broken(self.text)}</div><div id="ms-outlook-mobile-signature">'
        html += f'<div><br></div>{line.rpartition("Outlook")[0]}<a href="{href}o0ukef">'
        html += f"{line[line.index('Outlook') :]}</a></div>"
        if above is not None:
            block = self._block(above)
            plain += f"{'_' * 32}\n" + "\n".join(f"{label} {value}" for label, value in block)
            plain += f"\n\n{above.text}\n"
            html += '<hr style="display:inline-block;width:98%" tabindex="-1">'
            html += '<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">'
            html += "<br>".join(f"<b>{label}</b> {escape(value)}" for label, value in block)
            html += f"</font><div>&nbsp;</div></div><div>{broken(above.text)}</div>"
        return plain, f'<html><head></head><body dir="ltr">{html}</body></html>\n'
