"""Where a database file lies: SQLite's log in shared memory is for one machine, so no network file system will do.

https://www.sqlite.org/wal.html says so. Must not: judge by anything but the kernel's list of mounts (proc(5)).
"""

from __future__ import annotations

import re
from pathlib import Path

from monitor.errors import StoreError

MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "ceph", "glusterfs", "lustre", "sshfs"})
_OCTAL = re.compile(r"\\([0-7]{3})")


def refuse_network(path: Path, mounts: Path = MOUNTS) -> None:
    """Raise StoreError for a path on a network file system; where the mounts cannot be read, nothing is said."""
    try:
        listed = mounts.read_text("utf-8", "replace")
    except OSError:
        return
    if (kind := network_of(path.resolve(), listed)) is not None:
        raise StoreError(
            f"{path}: lies on a network file system ({kind}), which SQLite cannot use safely; put it on a disk of this"
            " machine, or use PostgreSQL"
        )


def network_of(path: Path, mounts: str) -> str | None:
    """The kind of the network file system that a path lies on; None for any other one."""
    at, kind = Path("/"), ""
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        parts = fields.split(" ")
        if len(parts) > 4 and rest:
            point = Path(_OCTAL.sub(lambda found: chr(int(found[1], 8)), parts[4]))
            if path.is_relative_to(point) and point.is_relative_to(at):
                at, kind = point, rest.split(" ")[0].removeprefix("fuse.")
    return kind if kind in _NETWORK else None
