"""A mailbox over IMAP: read, watch, flag, append, move.

It translates the protocol and its errors and decides nothing. What a person sees stays as it is:
mail is read with BODY.PEEK, so \\Seen is never set. CONDSTORE, SPECIAL-USE, keywords, MOVE and
IDLE are used where the server has them and never needed. One ImapMailbox belongs to one thread;
after ServerUnavailable it is to be closed and opened anew.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from imapclient import IMAPClient

from mailresponder.errors import PermanentFailure, ServerUnavailable
from mailresponder.mail.message import RawMessage
from mailresponder.transport import imap_changes
from mailresponder.transport.credentials import Credential
from mailresponder.transport.imap_changes import chunks
from mailresponder.transport.imap_fetch import fetch_messages, fetch_whole
from mailresponder.transport.imap_idle import Heard, Idle
from mailresponder.transport.imap_search import uids_after
from mailresponder.transport.imap_select import number, selected
from mailresponder.transport.imap_session import (
    ImapSettings,
    hang_up,
    log_out,
    open_session,
    translated,
)
from mailresponder.transport.special_folders import (
    Folder,
    find_drafts_folder,
    find_sent_folder,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderState:
    """What SELECT says of a folder (RFC 9051 §6.3.2)."""

    uidvalidity: int
    uidnext: int
    """Above every UID given so far."""
    exists: int
    """How many messages are there."""
    keywords: bool
    """True where new keywords can be stored; not while it is open read-only."""


class ImapMailbox:
    """One signed-in connection."""

    def __init__(self, client: IMAPClient, settings: ImapSettings) -> None:
        self._client = client
        self._server = f"{settings.host}:{settings.port}"
        self._configured_sent_folder: str | None = settings.sent_folder or None
        self._sent_folder = self._configured_sent_folder
        self._drafts_folder: str | None = settings.drafts_folder or None
        self._folder = ""
        self._readonly = True
        self._permanent: frozenset[str] = frozenset()
        self._fresh = False
        self._uidnext = 1
        self._told: dict[str, int] = {}
        self._idle: Idle | None = None

    @classmethod
    def connect(
        cls,
        settings: ImapSettings,
        credential: Credential,
        *,
        connect_timeout: float = 20.0,
        timeout: float = 60.0,
    ) -> Self:
        """Connect, secure and sign in. Timeouts are in seconds, `timeout` for each read.

        Raises ServerUnavailable (network, certificate, no STARTTLS, `ca_file`) or SignInRefused,
        and what having a token raises.
        """
        client = open_session(
            settings, credential, connect_timeout=connect_timeout, timeout=timeout
        )
        return cls(client, settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out and close; never raises, also on a connection that is gone."""
        if self._idle is not None:
            # In IDLE there is no LOGOUT, and DONE may take a server that is gone ten seconds.
            hang_up(self._client)
        else:
            log_out(self._client)

    def noop(self) -> None:
        """Raise ServerUnavailable if the connection is gone; keep it from timing out if not. It
        ends `watch`."""
        with translated(self._server):
            if self._idle is None:
                self._client.noop()
            else:
                idle, self._idle = self._idle, None
                idle.end()

    # --- folders

    @property
    def has_idle(self) -> bool:
        """Can the server tell of new mail by itself (RFC 2177)? `watch` needs it."""
        with translated(self._server):
            return bool(self._client.has_capability("IDLE"))

    def folders(self) -> list[str]:
        """The names of all folders that can hold mail."""
        return [folder.name for folder in self._list() if folder.selectable]

    def sent_folder(self) -> str | None:
        """The configured Sent folder, else the one marked \\Sent, else by name, else None."""
        if self._sent_folder is None:
            self._sent_folder = find_sent_folder(self._list())
        return self._sent_folder

    def drafts_folder(self) -> str | None:
        """The configured Drafts folder, else the one marked \\Drafts, else by name, else None."""
        # Asked for each time: it is needed seldom, and people rename folders.
        return self._drafts_folder or find_drafts_folder(self._list())

    @property
    def selected(self) -> str:
        """The folder that is open for the methods below; empty: none."""
        return self._folder

    def select(self, folder: str, *, readonly: bool) -> FolderState:
        """Open a folder for the methods below.

        Raises PermanentFailure where it is not there, or read-only for us though not asked so.
        """
        self._folder = ""
        try:
            with translated(self._server):
                told = selected(self._client.select_folder(folder, readonly=readonly))
        except PermanentFailure as error:
            # People rename folders: the next who asks for Sent is to have it looked for again.
            self._sent_folder = self._configured_sent_folder
            raise PermanentFailure(
                f"{error.message} (folder {folder})",
                mend=error.mend or "check the folder's name in the configuration",
            ) from error
        if told.uidvalidity is None:
            raise PermanentFailure(f"{self._server}: the server keeps no UIDs in folder {folder}")
        self._permanent = told.permanent
        self._folder, self._readonly, self._fresh = folder, readonly, True
        self._uidnext = told.uidnext or self._last_uid() + 1
        self._told.setdefault(folder, self._uidnext - 1)
        return FolderState(
            uidvalidity=told.uidvalidity,
            uidnext=self._uidnext,
            exists=told.exists,
            keywords="\\*" in self._permanent,
        )

    def _list(self) -> list[Folder]:
        with translated(self._server):
            return [Folder.listed(*line) for line in self._client.list_folders()]

    # --- reading

    def uids_after(self, uid: int, *, since: date | None = None) -> list[int]:
        """The UIDs above `uid` in the selected folder, ascending. Fewer than SEARCH_LIMIT are all;
        of more only the first come: ask again above the last of them.

        `since`: only of mail received on this day or later, by the server's calendar.
        """
        with translated(self._server):
            if not self._fresh:
                # A server need not search mail that it has not told us of yet.
                self._client.noop()
            self._fresh = False
            found = uids_after(self._client.search, uid, uidnext=self._uidnext, since=since)
        self._told[self._folder] = max(self._told[self._folder], uid, *found[-1:])
        return found

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMessage]:
        """The messages, in the order of `uids`, a bounded number of bytes at a time.

        Of one over WHOLE_LIMIT bytes only header and text parts come. One that is gone is left out;
        one that the server cannot give comes without content. Select no other folder meanwhile.
        """
        return fetch_messages(self._client, self._server, uids)

    def fetch_whole(self, uid: int, *, limit: int) -> bytes | None:
        """The whole message; None where it is larger than `limit` bytes, or gone."""
        return fetch_whole(self._client, self._server, uid, limit=limit)

    def find(self, folder: str, message_id: str, *, readonly: bool) -> list[int]:
        """The UIDs of the messages with this Message-ID in the folder, ascending.

        `message_id` with its brackets: servers find parts of it, too. Leaves the folder selected.
        """
        self.select(folder, readonly=readonly)
        return self._with_header("MESSAGE-ID", message_id)

    def replies(self, folder: str, message_id: str) -> list[int]:
        """The UIDs of the messages in the folder that reply to the one with this Message-ID, by
        In-Reply-To or References, ascending. As `find`; leaves the folder selected, read-only."""
        self.select(folder, readonly=True)
        named = (self._with_header(name, message_id) for name in ("IN-REPLY-TO", "REFERENCES"))
        return sorted({uid for uids in named for uid in uids})

    def contains(self, folder: str, message_id: str) -> bool:
        """Does the folder hold a message with this Message-ID? Leaves it selected, read-only."""
        return bool(self.find(folder, message_id, readonly=True))

    def _with_header(self, name: str, value: str) -> list[int]:
        if not (value and value.isascii() and value.isprintable()):
            return []
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        with translated(self._server):
            return sorted(map(number, self._client.search(f'HEADER {name} "{quoted}"')))

    def _last_uid(self) -> int:
        with translated(self._server):
            return max(map(number, self._client.search("UID *")), default=0)

    # --- changing

    def add_flags(self, uids: Sequence[int], flags: Sequence[str]) -> None:
        """Add flags, leaving out keywords that the folder cannot store. A UID that is gone is fine.

        Raises PermanentFailure where the folder is open read-only: servers ignore it silently.
        """
        self._need_writable()
        kept = [flag for flag in flags if self._can_store(flag)]
        if not kept:
            return
        for some in chunks(uids):
            with translated(self._server):
                self._client.add_flags(some, kept, silent=True)

    def flags(self, uids: Sequence[int]) -> dict[int, frozenset[str]]:
        """The flags of messages in the selected folder, by UID; what is gone is left out."""
        found: dict[int, frozenset[str]] = {}
        for some in chunks(uids):
            with translated(self._server):
                for uid, flags in self._client.get_flags(some).items():
                    found[uid] = frozenset(flag.decode("ascii", "replace") for flag in flags)
        return found

    def remove_flags(self, uids: Sequence[int], flags: Sequence[str]) -> None:
        """Remove flags, leaving out keywords that the folder cannot store. One that is not there,
        or a UID that is gone, is fine.

        Raises PermanentFailure where the folder is open read-only.
        """
        self._need_writable()
        kept = [flag for flag in flags if self._can_store(flag)]
        if not kept:
            return
        for some in chunks(uids):
            with translated(self._server):
                self._client.remove_flags(some, kept, silent=True)

    def append(
        self, folder: str, content: bytes, *, at: datetime, flags: Sequence[str] = ("\\Seen",)
    ) -> None:
        """Put a message into a folder, with `at` (aware) as its INTERNALDATE."""
        with translated(self._server):
            self._client.append(folder, content, flags=tuple(flags), msg_time=at)

    def append_all(self, folder: str, mails: Sequence[tuple[bytes, datetime]]) -> None:
        """As `append`, of many mails and their INTERNALDATEs, at once where the server can."""
        with translated(self._server):
            imap_changes.append_all(self._client, folder, mails)

    def remove(self, uids: Sequence[int]) -> None:
        """Delete messages from the selected folder; a UID that is gone is fine.

        Without UIDPLUS they stay, marked \\Deleted: EXPUNGE would take what others have marked.
        """
        self._need_writable()
        for some in chunks(uids):
            with translated(self._server):
                imap_changes.delete(self._client, some)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages from the selected folder (RFC 6851; else COPY and delete).

        Without UIDPLUS the originals stay, marked \\Deleted: EXPUNGE would take what others
        have marked. Raises PermanentFailure where `folder` is not there.
        """
        self._need_writable()
        for some in chunks(uids):
            with translated(self._server):
                imap_changes.move(self._client, some, folder)

    def _need_writable(self) -> None:
        if self._readonly:
            raise PermanentFailure(f"{self._server}: folder {self._folder} is open read-only")

    def _can_store(self, flag: str) -> bool:
        known = flag.casefold() in self._permanent
        return flag.startswith("\\") or known or "\\*" in self._permanent

    # --- watching

    def watch(self, folder: str) -> bool:
        """Have the server tell of new mail in a folder, unless it does so already. False, and it is
        not asked to, where mail is there above what `select`, `uids_after` or `watch` told of.

        Until `noop` call only this, `fileno`, `heard` and `close`. Raises as `select`, and
        ServerUnavailable where the server refuses: a new connection mends it.
        """
        if self._idle is not None:
            return True
        if self.select(folder, readonly=True).uidnext - 1 > self._told[folder] and self._has_news():
            return False
        try:
            with translated(self._server):
                self._idle = Idle(self._client)
        except PermanentFailure as error:
            # A server in the middle of something else refuses IDLE.
            raise ServerUnavailable(error.message) from error
        return True

    def fileno(self) -> int:
        """Of the socket: when it is readable, `heard` has something to say."""
        return int(self._client.socket().fileno())

    def heard(self) -> Heard:
        """What the server has told of since `watch`. Never waits and never raises."""
        return Heard.GONE if self._idle is None else self._idle.heard()

    def _has_news(self) -> bool:
        last, told = self._last_uid(), self._told[self._folder]
        self._told[self._folder] = max(last, told)
        return last > told
