"""What the first process of a container owes it: to end when told, and to bury the dead.

The kernel gives process 1 no default for a signal, so SIGTERM would do nothing until the command
listens, and makes it the parent of every orphan: an agent that a password command has left behind,
say. So process 1 only does this, and the command runs in a child of its own.
"""

import os
import signal

_FROM_TERMINAL = frozenset({signal.SIGINT, signal.SIGQUIT})
_PASSED_ON = _FROM_TERMINAL | {signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1}
_AWAITED = _PASSED_ON | {signal.SIGCHLD}
_BY_KERNEL = 128
"""SI_KERNEL of sigaction(2): nobody sent it, a key was pressed."""


def stand_in_front() -> None:
    """Returns in a child that is to run the command. This process passes signals on to it, waits
    for whoever ends, and ends with the child's exit status, 128 and its number where a signal
    ended it."""
    # Held back, and taken one after the other: none is lost, and none is for a child that is gone.
    signal.pthread_sigmask(signal.SIG_BLOCK, _AWAITED)
    child = os.fork()
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _AWAITED)
        return
    while True:
        told = signal.sigwaitinfo(_AWAITED)
        if told.si_signo == signal.SIGCHLD:
            _bury(child)
        elif told.si_signo not in _FROM_TERMINAL or told.si_code != _BY_KERNEL:
            os.kill(child, told.si_signo)
        # Else the terminal has told the child too: who hears it twice is disturbed in ending.


def _bury(child: int) -> None:
    """Wait for all that have ended; does not return where the child has."""
    while True:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            # At once: nothing of the command's is this process's to clean up.
            os._exit(code if code >= 0 else 128 - code)
