"""The page's own HTTP server, until it is told to stop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from mailresponder.errors import TemporaryFailure


class Server(uvicorn.Server):
    """Serves in a thread of its own."""

    def __init__(self, application: Starlette, *, host: str, port: int) -> None:
        """Port 0 takes a free one."""
        super().__init__(
            uvicorn.Config(
                application,
                host=host,
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=5,
            )
        )

    @property
    def port(self) -> int:
        """Where it listens, once it has started."""
        port: int = self.servers[0].sockets[0].getsockname()[1]
        return port

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve while the block lasts; the answers under way are ended first.

        Raises TemporaryFailure where it cannot listen there.
        """
        thread = threading.Thread(target=self.run, name="web")
        thread.start()
        try:
            while not self.started and thread.is_alive():
                thread.join(0.01)
            if not self.started:
                raise TemporaryFailure(
                    f"the page cannot listen on {self.config.host}, port {self.config.port}",
                    mend="is another program there? choose a port with --port",
                )
            yield
        finally:
            self.should_exit = True
            thread.join()
