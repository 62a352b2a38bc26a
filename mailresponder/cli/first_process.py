"""What the first process of a container owes it: to end when told, and to bury the dead.

The kernel gives process 1 no default for a signal, so SIGTERM would do nothing until the command
listens, and makes it the parent of every orphan: an agent that a password command has left behind,
say. So process 1 only does this, and the command runs in a child of its own.
"""

import os
import signal
from contextlib import suppress

_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1)


def stand_in_front() -> None:
    """Returns in a child that is to run the command. This process passes signals on to it, waits
    for whoever ends, and ends with the child's exit status, 128 and its number where a signal
    ended it."""
    # Held back until there is somebody to pass them on to.
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        return

    def pass_on(number: int, _: object) -> None:
        # It may have ended a moment ago, and been waited for.
        with suppress(ProcessLookupError):
            os.kill(child, number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            # At once: nothing of the command's is this process's to clean up.
            os._exit(code if code >= 0 else 128 - code)
