"""The light goes out: of the store's files only what was synced is left.

A small library in C is preloaded into the server and notes what was synced; see powercut.c. Where there is no C
compiler, or the loader takes no preloaded library, this fault cannot be had.
"""

import shutil
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("powercut.c")
COMPILERS: Final = ("cc", "gcc", "clang")
NOTE: Final = struct.Struct("=QQ")  # inode, bytes that are on the disk
APPEND_ONLY: Final = "appendonlydir"


@dataclass(frozen=True, slots=True)
class PowerCut:
    """The built library and the notes of one store."""

    library: Path
    notes: Path

    @property
    def launcher(self) -> tuple[str, ...]:
        """The words before the server's command."""
        return ("env", f"LD_PRELOAD={self.library}", f"POWERCUT_NOTES={self.notes}")

    def cut(self, folder: Path, *, kept: float = 0.0) -> int:
        """Cut away what was not synced of the append-only files in a store's folder; how many bytes that were.

        To be called after the server was killed. `kept` is the part of it that had reached the disk all the same.
        """
        synced, gone = self._synced(), 0
        for path in sorted((folder / APPEND_ONLY).iterdir()):
            found = path.stat()
            unsynced = max(0, found.st_size - synced.get(found.st_ino, 0))
            left = found.st_size - unsynced + int(unsynced * kept)
            if left < found.st_size:
                with path.open("r+b") as file:
                    file.truncate(left)
                gone += found.st_size - left
        return gone

    def _synced(self) -> dict[int, int]:
        if not self.notes.exists():
            return {}
        return {inode: size for inode, size in NOTE.iter_unpack(self.notes.read_bytes()) if inode}


def build(folder: Path) -> PowerCut | None:
    """Build the library in a folder; None where that is not possible."""
    compiler = next((found for name in COMPILERS if (found := shutil.which(name))), None)
    if compiler is None or sys.platform != "linux":
        return None
    library = folder / "powercut.so"
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE), "-ldl", "-pthread"]
    built = subprocess.run(command, capture_output=True, check=False)
    return PowerCut(library, folder / "powercut.notes") if built.returncode == 0 else None
