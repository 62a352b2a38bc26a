"""django-helpdesk on the same mails: `get_email` reads INBOX over IMAP, opens a ticket for each
mail and writes to its submitter; SQLite. As its documentation sets it up, with nothing left out
that costs it time (no Celery, no logging to files, DEBUG off)."""

import subprocess
from pathlib import Path

import running
from running import MailUser

PACKAGE = "django-helpdesk"

SETTINGS = """
from pathlib import Path
FOLDER = Path(__file__).parent
SECRET_KEY = "of a benchmark"
ALLOWED_HOSTS = ["*"]
USE_TZ = True
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "db.sqlite3"}}}}
INSTALLED_APPS = [
    *("django.contrib." + name for name in ("auth", "contenttypes", "sessions", "sites")),
    *("django.contrib." + name for name in ("messages", "staticfiles", "humanize", "admin")),
    *("rest_framework", "django_cleanup.apps.CleanupConfig", "helpdesk"),
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{{
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "APP_DIRS": True,
    "OPTIONS": {{"context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]}},
}}]
ROOT_URLCONF = "urls"
SITE_ID = 1
HELPDESK_TEAMS_MODE_ENABLED = False
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
MEDIA_ROOT = FOLDER / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", {smtp_port}
"""

URLS = """
from django.urls import include, path
urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
"""

QUEUE = """
from helpdesk.models import Queue
Queue.objects.create(
    title="Support", slug="support", email_address="support@example.com",
    allow_email_submission=True, email_box_type="imap", email_box_host="127.0.0.1",
    email_box_port={imap_port}, email_box_ssl=False, email_box_user="{user}",
    email_box_pass="{password}", email_box_imap_folder="INBOX", email_box_interval=0,
)
"""

TICKETS = "from helpdesk.models import Ticket; print(Ticket.objects.count())"


def prepare(python: Path, folder: Path, user: MailUser, imap_port: int, smtp_port: int) -> None:
    """A site with one queue on this mailbox."""
    (folder / "settings.py").write_text(SETTINGS.format(smtp_port=smtp_port), encoding="utf-8")
    (folder / "urls.py").write_text(URLS, encoding="utf-8")
    _manage(python, folder, "migrate", "--verbosity", "0")
    queue = QUEUE.format(imap_port=imap_port, user=user.name, password=user.password)
    _manage(python, folder, "shell", "--command", queue)


def command(python: Path, folder: Path, user: MailUser, imap_port: int) -> list[str]:
    """Works through the mailbox once."""
    return [str(python), "-m", "django", "get_email", "--quiet"]


def environ(folder: Path) -> dict[str, str]:
    """What the command needs."""
    return running.environ() | {"PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "settings"}


def tickets(python: Path, folder: Path) -> int:
    """How many there are."""
    return int(_manage(python, folder, "shell", "--command", TICKETS).split()[-1])


def _manage(python: Path, folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        [python, "-m", "django", *arguments],
        env=environ(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"django {arguments[0]} failed: {done.stdout}{done.stderr}")
    return done.stdout
