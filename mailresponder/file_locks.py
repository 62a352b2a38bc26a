"""Locks on bytes of a file, held by an open file (fcntl(2), F_OFD_SETLK): threads and processes of
one machine keep one another out, and the kernel lets go when a process ends, however it ends."""

import errno
import fcntl
import os
import struct


def lock(descriptor: int, byte: int, *, shared: bool = False, wait: bool = False) -> bool:
    """Lock that byte for this open file, shared or alone; False where somebody is in the way.

    Unlike flock(2), this keeps what it has until it has the other kind. Raises OSError.
    """
    kind = fcntl.F_RDLCK if shared else fcntl.F_WRLCK
    flock = struct.pack("@hhqqi4x", kind, os.SEEK_SET, byte, 1, 0)
    try:
        fcntl.fcntl(descriptor, fcntl.F_OFD_SETLKW if wait else fcntl.F_OFD_SETLK, flock)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):
            return False
        raise
    return True
