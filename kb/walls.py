"""Walls that a process builds around itself before it evaluates what strangers ask: network, files, memory.

Each returns whether it stands; where a platform cannot (all but Linux), what is left are the process of its own and
the deadline that its parent keeps. Landlock: Linux 5.13 and later, ``Documentation/userspace-api/landlock.rst``.
"""

import contextlib
import ctypes
import math
import os
import resource
import struct
import sys
import time
from collections.abc import Iterable
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_CPUCLOCK_SCHED = 2

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
"""How many kinds of access to files a version of Landlock knows; later ones know as many as the last."""


def no_network() -> bool:
    """Moves this process into a network namespace of its own, without any interface up.

    To be called before there are threads: without privileges it needs a user namespace, which a thread cannot enter.
    """
    if not _linux():
        return False
    unshare = getattr(_libc(), "unshare", None)
    if unshare is None:
        return False
    return bool(unshare(_CLONE_NEWNET) == 0 or unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def only_reads(folders: Iterable[Path]) -> bool:
    """Leaves this process the right to read below ``folders``; it opens, writes and starts nothing else.

    What is open already stays open. True where the kernel sees to it, by Landlock.
    """
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))  # no file grows, whatever the kernel knows
    if not _linux():
        return False
    call = _libc().syscall
    version = call(_CREATE_RULESET, None, ctypes.c_size_t(0), _RULESET_VERSION)
    if version < 1:
        return False
    rights = (1 << _FILE_RIGHTS[min(version, max(_FILE_RIGHTS))]) - 1
    attributes = struct.pack("=Q", rights)
    ruleset = call(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        for folder in folders:
            opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            try:
                rule = struct.pack("=Qi", (_READ_FILE | _READ_FOLDER) & rights, opened)
                if call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, rule, 0) != 0:
                    return False
            finally:
                os.close(opened)
        no_more_rights = _libc().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
        return bool(no_more_rights and call(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def cap_memory(memory_mb: int) -> bool:
    """Caps the address space at what is in use now and ``memory_mb`` millions of bytes more."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            used = int(statm.read().split()[0]) * resource.getpagesize()
        cap = used + memory_mb * 1_000_000
        resource.setrlimit(resource.RLIMIT_AS, (cap, cap))
    except (OSError, ValueError):
        return False
    return True


def work_in_batches() -> None:
    """Lets this process not interrupt, when it is woken, the one that woke it: that has more to hand out."""
    if _linux():
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def time_at_work(pid: int) -> float:
    """Seconds of processor time that a process has had so far; infinite where nobody tells."""
    if not _linux():
        return math.inf
    try:
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)  # as clock_getcpuclockid(3) makes it
    except OSError:  # it may have ended
        return math.inf


def stand_back(pid: int) -> None:
    """Gives a process a third of the processor time that another one gets, where both want it."""
    with contextlib.suppress(OSError):  # it may have ended
        os.setpriority(os.PRIO_PROCESS, pid, 5)


def give_memory_back() -> None:
    """Gives the system back what this process has freed and kept for later, where its allocator is that of glibc."""
    trim = getattr(_libc(), "malloc_trim", None) if _linux() else None
    if trim is not None:
        trim(ctypes.c_size_t(0))


def _linux() -> bool:
    return sys.platform.startswith("linux")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
