"""One whole run with a secret of every kind; then all that it left behind is searched for them."""

import base64
import http.client
import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import psycopg
import pytest
from asking import ask
from desks import eventually
from offices import complaint
from program import Program
from seeking import CommandLines, forms, leaks
from servers.dovecot import Dovecot, MailUser, free_ports
from servers.oauth import OAuthServer
from servers.postgres import Postgres
from servers.smtp_sink import SmtpSink

from mailresponder.web.passwords import new_hash

WEB = "página secreta de ana"
SOURCES = ("password", "password_env", "password_file", "password_command")


def secret(name: str) -> str:
    """Of a kind that is written otherwise in a URL, in JSON and in base64."""
    return f'{name}+/&ñ="%7 secret'


@dataclass(kw_only=True)
class Run:
    """The desk and everything it said."""

    program: Program
    postgres: Postgres | None
    imap_port: int
    smtp_port: int
    users: dict[str, MailUser]
    server: OAuthServer
    """Gives out tokens to the desk itself, each for a second as far as that knows."""
    database: str = ""
    """An URL with a password in it; empty: SQLite."""
    secrets: dict[str, bytes] = field(default_factory=dict)
    left: dict[str, bytes] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)

    def configure(self, *, metrics: int, web: int) -> None:
        """Write config.toml: a mailbox for each source of a password, and one that is refused."""
        folder = self.program.folder
        boxes = []
        for source, user in self.users.items():
            smtp = secret(f"smtp-{source}")
            self.secrets |= {
                f"imap {source}": user.password.encode(),
                f"smtp {source}": smtp.encode(),
            }
            boxes.append(
                BOX.format(
                    name=source,
                    user=user.name,
                    imap_port=self.imap_port,
                    smtp_port=self.smtp_port,
                    imap=self._given(source, f"imap-{source}", user.password),
                    smtp=self._given(source, f"smtp-{source}", smtp),
                )
            )
        boxes.append(self._by_token())
        path = folder / "config.toml"
        path.touch(mode=0o600)
        path.write_text(
            DESK.format(
                database=json.dumps(self.database) if self.database else DEFAULT,
                metrics=metrics,
                web=web,
                web_hash=new_hash(WEB),
                boxes="".join(boxes),
            ),
            encoding="utf-8",
        )

    def _by_token(self) -> str:
        """A mailbox whose sign-in is the organisation's."""
        self.environ["CLIENT_SECRET"] = self.server.client_secret
        self.secrets["client"] = self.server.client_secret.encode()
        return BOX.format(
            name="token",
            user=self.server.person,
            imap_port=self.imap_port,
            smtp_port=self.smtp_port,
            imap='oauth2 = "other"',
            smtp=TOKEN.format(url=self.server.url("token")),
        ).replace('username = "token"\n', "")

    def _given(self, source: str, name: str, value: str) -> str:
        """The key of a section, and what it names put where it says."""
        file = self.program.folder / "kept" / name
        match source:
            case "password_env":
                variable = re.sub(r"\W", "_", name).upper()
                self.environ[variable] = value
                return f'password_env = "{variable}"'
            case "password_file" | "password_command":
                file.parent.mkdir(exist_ok=True)
                file.touch(mode=0o600)
                file.write_text(value + "\n", encoding="utf-8")
                told = f"cat {file}" if source == "password_command" else str(file)
                return f"{source} = {json.dumps(told)}"
        return f"password = {json.dumps(value)}"

    @contextmanager
    def running(self, *arguments: str) -> Iterator[None]:
        """A command that stays, until the block ends; what it said is kept. On PostgreSQL it is
        forked, which is quicker; on SQLite it has a command line and an output of its own."""
        told = ("--log-format", "json", *arguments)
        name = arguments[-1]
        if self.postgres is None:
            process = self.program.start(*told, environ=self.environ)
            try:
                yield
            finally:
                process.terminate()
                out, err = process.communicate(timeout=60)
                self.left |= {f"stdout of {name}": out.encode(), f"stderr of {name}": err.encode()}
            return
        folder, log = self.program.folder, self.program.folder / f"{name}.log"
        forked = self.program.nursery.start(told, cwd=folder, environ=self.environ, log=log)
        try:
            yield
        finally:
            os.kill(forked.pid, signal.SIGTERM)
            forked.wait()
            self.left[f"stderr of {name}"] = log.read_bytes()

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command that ends."""
        done = self.program.run(*arguments, environ=self.environ)
        name = " ".join(arguments)
        self.left |= {f"stdout of {name}": done.stdout.encode()}
        self.left |= {f"stderr of {name}": done.stderr.encode()}
        return done


DEFAULT = '"sqlite:///mailresponder.db"'
DESK = """\
[desk]
name = "Acme Support"
timezone = "Europe/Madrid"
database = {database}
[admin]
addresses = ["ops@example.com"]
[metrics]
port = {metrics}
[web]
port = {web}
[[web.user]]
name = "ana"
role = "admin"
password_hash = "{web_hash}"
[staff]
addresses = ["*@example.com"]
{boxes}
"""
BOX = """
[[mailbox]]
name = "{name}"
address = "{name}@example.com"
start_from = "all"
poll_every = "60s"
[mailbox.imap]
host = "127.0.0.1"
port = {imap_port}
security = "none"
username = "{user}"
{imap}
[mailbox.smtp]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
username = "{name}"
{smtp}
"""

TOKEN = """
[mailbox.oauth2]
client_id = "desk"
client_secret_env = "CLIENT_SECRET"
sign_in = "client_credentials"
token_url = "{url}"
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def run(
    request: pytest.FixtureRequest, program: Program, dovecot: Dovecot
) -> Iterator[tuple[Run, SmtpSink]]:
    """A desk on one of the databases, with an SMTP server that wants to be signed in to."""
    users = {
        source: dovecot.add_user(f"{source}-{request.param}@example.test", secret(f"imap-{source}"))
        for source in SOURCES
    }
    for source, user in users.items():
        dovecot.deliver(user.name, complaint(f"{source}@customer.test", to=f"{source}@example.com"))
    # The server knows another password for this one.
    wrong = dovecot.add_user(f"wrong-{request.param}@example.test", "another")
    users["wrong"] = MailUser(name=wrong.name, password=secret("imap-wrong"))
    known = {source: secret(f"smtp-{source}") for source in SOURCES}
    by_token = dovecot.add_user(f"token-{request.param}@example.test", "never used")
    dovecot.deliver(by_token.name, complaint("token@customer.test", to="token@example.com"))
    server = OAuthServer(client_secret=secret("client"), person=by_token.name, expires_in=1)
    with server, SmtpSink(users=known) as sink:
        sink.lets_in = server.lets_in
        made = Run(
            program=program,
            postgres=None,
            imap_port=dovecot.imap_port,
            smtp_port=sink.port,
            users=users,
            server=server,
        )
        if request.param == "postgresql":
            _on_postgres(made, request.getfixturevalue("postgres"))
        yield made, sink
        if made.postgres is not None:
            made.postgres.drop("secrets")
            made.postgres.execute("DROP ROLE stranger")


def _on_postgres(made: Run, postgres: Postgres) -> None:
    word = secret("database")
    with psycopg.connect(
        host=str(postgres.folder), user="mailresponder", dbname="postgres", autocommit=True
    ) as conn:
        conn.execute(f"CREATE ROLE stranger LOGIN PASSWORD '{word}'")
    postgres.create("secrets")
    postgres.execute("ALTER DATABASE secrets OWNER TO stranger")
    made.postgres = postgres
    made.database = f"postgresql://stranger:{quote(word, safe='')}@/secrets?host={postgres.folder}"
    made.secrets["database"] = word.encode()


def test_no_secret_is_anywhere_but_where_it_was_put(run: tuple[Run, SmtpSink]) -> None:
    """Passwords of every source, wrong ones too, the page's, the session's, tokens and what they
    are had with, the desk's key and the database's are in no log, output, database, page, metric,
    mail or command line."""
    made, sink = run
    metrics, web = free_ports(2)
    made.configure(metrics=metrics, web=web)
    made.secrets["page"] = WEB.encode()
    made.secrets["page, wrong"] = secret("page-wrong").encode()

    with CommandLines() as lines, made.running("run"), made.running("--verbose", "web"):
        answered = {f"{name}@customer.test" for name in (*SOURCES, "token")}
        eventually(lambda: answered <= {mail.recipient for mail in sink.received}, within=60)
        counted = 'mailresponder_passes_total{mailbox="password",result="ok"} 1.0'
        eventually(lambda: counted in ask(metrics, "/metrics").text)
        eventually(lambda: ask(metrics, "/healthz").status == 503)
        for path in ("/healthz", "/metrics"):
            made.left[path] = ask(metrics, path).text.encode()
        _visit(made, web)
        made.command("-v", "check")
        made.command("-v", "check", "--json")
        made.command("tickets", "--json")
        made.command("outbox", "--json")
        _keep_database(made, "while it runs")
    made.command("-v", "run", "--once")
    _keep_database(made, "at the end")
    _lose_database(made)
    made.secrets |= {f"token {n}": one.encode() for n, one in enumerate(made.server.given)}
    made.secrets["desk"] = (made.program.folder / "mailresponder.secret").read_bytes()
    made.left["ps"] = b"\n".join(lines.seen)
    made.left["mails"] = b"\n".join(mail.content for mail in sink.received)

    assert b"the sign-in is refused" in made.left["/healthz"]
    assert made.postgres is not None or b"mailresponder\0--log-format" in made.left["ps"]
    for line in made.left["stderr of run"].splitlines():
        assert json.loads(line)["event"]
    assert leaks(made.secrets, made.left) == []


def _visit(made: Run, port: int) -> None:
    """Sign in wrongly and rightly, and look at every page that another one leads to."""
    eventually(lambda: _get(port, "/login", "").status == 200)
    wrong = made.secrets["page, wrong"].decode()
    # The second time it stands in the wrong field.
    for name, password in (("ana", wrong), (wrong, wrong)):
        page = _get(port, "/login", "", {"name": name, "password": password})
        assert page.status == 401
        if name == "ana":
            made.left["a refused sign-in"] = page.content
    entered = _get(port, "/login", "", {"name": "ana", "password": WEB})
    assert entered.status == 303
    cookie = entered.cookie.partition(";")[0]
    made.secrets["session"] = cookie.partition("=")[2].encode()
    known, waiting = {"/queue"}, ["/queue"]
    while waiting and len(known) < 25:
        path = waiting.pop(0)
        page = _get(port, path, cookie)
        made.left[f"page {path}"] = page.content
        found = set(re.findall(r'href="(/[^"#]*)"', page.content.decode("utf-8", "replace")))
        new = {one for one in found if not one.startswith(("/static", "/speak"))} - known
        known |= new
        waiting += sorted(new)
    assert len(known) > 5


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """An answer."""

    status: int
    content: bytes
    cookie: str


def _get(port: int, path: str, cookie: str, form: dict[str, str] | None = None) -> Page:
    headers = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        try:
            if form is None:
                connection.request("GET", path, headers=headers)
            else:
                kind = {"Content-Type": "application/x-www-form-urlencoded"}
                connection.request("POST", path, urlencode(form), headers | kind)
            answer = connection.getresponse()
        except OSError:
            return Page(status=0, content=b"", cookie="")
        return Page(
            status=answer.status,
            content=answer.read(),
            cookie=answer.headers.get("Set-Cookie", ""),
        )


def _keep_database(made: Run, when: str) -> None:
    """All that is stored: the bytes of SQLite's files, or of every row on PostgreSQL."""
    if made.postgres is None:
        for path in made.program.folder.glob("mailresponder.db*"):
            made.left[f"{path.name} {when}"] = path.read_bytes()
        return
    with psycopg.connect(
        host=str(made.postgres.folder), user="mailresponder", dbname="secrets"
    ) as conn:
        tables = conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for [table] in tables.fetchall():
            rows = conn.execute(f'SELECT * FROM "{table}"').fetchall()
            values = [value for row in rows for value in row if value is not None]
            made.left[f"{table} {when}"] = b"\n".join(
                value if isinstance(value, bytes) else str(value).encode() for value in values
            )


def _lose_database(made: Run) -> None:
    """What is said where the database server is not there, or refuses its password."""
    if made.postgres is None:
        return
    path = made.program.folder / "config.toml"
    text = path.read_text(encoding="utf-8")
    for other in (f"{made.postgres.folder}/nowhere", f"{made.postgres.folder}&dbname=none"):
        path.write_text(text.replace(f"host={made.postgres.folder}", f"host={other}"), "utf-8")
        assert made.command("-v", "tickets").returncode in (1, 75, 77)
    path.write_text(text.replace("stranger:", "stranger:x"), "utf-8")
    assert made.command("-v", "tickets").returncode == 77


@pytest.mark.parametrize("name", ["user", "u2", "ana@example.com"])
@pytest.mark.parametrize(
    "write",
    [
        lambda name, word: base64.b64encode(f"\0{name}\0{word}".encode()),
        lambda _, word: base64.b64encode(word.encode()),
        lambda name, word: urlencode({name: word}).encode(),
        lambda name, word: f"postgresql://{name}:{quote(word, safe='')}@host/db".encode(),
        lambda name, word: json.dumps({name: word}).encode(),
        lambda name, word: f"{name!r} {word!r}".encode(),
        lambda name, word: f"{name} {word.encode().hex()}".encode(),
    ],
    ids=["sasl plain", "sasl login", "form", "url", "json", "repr", "hex"],
)
def test_a_secret_is_found_however_it_is_written(
    name: str, write: Callable[[str, str], bytes]
) -> None:
    """The search itself finds what it is to find, and nothing where there is nothing."""
    word = secret("imap")
    held = {"there": b"before " + write(name, word) + b" after", "elsewhere": write(name, "other")}

    assert leaks({"word": word.encode()}, held) == ["word in there"]
    assert all(len(form) >= 8 for form in forms(word.encode()))
