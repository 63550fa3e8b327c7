"""Where compiled kernels are kept for the next process, and when they are stale.

numba keeps a numbered file a signature, and an index that it judges by the source file of the
kernel itself. Both are too little here: a kernel holds the machine code of the kernels that it
calls, and two processes that save at the same moment can leave a number with the other one's
machine code. So a file is named by all that its content follows from.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import IndexDataCacheFile

__all__ = ["KernelFiles", "is_missing", "keep_by_sources", "sources", "stamp"]

_KERNELS = Path(__file__).parent
_IMPORT = re.compile(rb"^(?:from|import) twoarm\.kernels\.(\w+)", re.MULTILINE)


@cache
def sources(path: Path) -> frozenset[Path]:
    """Give a kernel file and all kernel files that it imports, at any depth."""
    found, waiting = {path}, [path]
    while waiting:
        for name in _IMPORT.findall(waiting.pop().read_bytes()):
            imported = _KERNELS / f"{name.decode()}.py"
            if imported not in found:
                found.add(imported)
                waiting.append(imported)
    return frozenset(found)


@cache
def stamp(path: Path) -> str:
    """Digest of everything that the machine code of a file's kernels is made from."""
    digest = hashlib.sha256(numba.__version__.encode())
    for each in sorted(sources(path)):
        digest.update(f"\n{each.name} {hashlib.sha256(each.read_bytes()).hexdigest()}".encode())
    return digest.hexdigest()[:16]


class KernelFiles(IndexDataCacheFile):
    """One kernel's files: the kernel's name, the stamp, a digest of signature and processor."""

    def __init__(self, cache_path: str, filename_base: str, source_stamp: str):
        super().__init__(cache_path, filename_base, source_stamp)  # type: ignore[no-untyped-call]
        self.folder, self.name, self.stamp = Path(cache_path), filename_base, source_stamp

    def save(self, key: Any, data: Any) -> None:
        """Keep one signature's machine code, and none of an earlier source."""
        self._save_data(self._file_of(key), data)  # type: ignore[no-untyped-call]
        for path in self.folder.glob(f"{self.name}.*.nbc"):
            if not path.name.startswith(f"{self.name}.{self.stamp}."):
                path.unlink(missing_ok=True)

    def load(self, key: Any) -> Any:
        """Give one signature's machine code, or None."""
        try:
            return self._load_data(self._file_of(key))  # type: ignore[no-untyped-call]
        except OSError:
            return None

    def hold_any(self) -> bool:
        """Say whether there is machine code of any signature."""
        return any(self.folder.glob(f"{self.name}.{self.stamp}.*.nbc"))

    def _file_of(self, key: Any) -> str:
        digest = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
        return f"{self.name}.{self.stamp}.{digest}.nbc"


def keep_by_sources(compiled: Any) -> None:
    """Let `KernelFiles` keep a compiled kernel; numba does not document the names used here."""
    kept = compiled._cache
    source = Path(compiled.py_func.__code__.co_filename)
    kept._cache_file = KernelFiles(kept.cache_path, kept._impl.filename_base, stamp(source))


def is_missing(compiled: Any) -> bool:
    """Say whether a kernel could be kept, and is not, or was made from earlier sources."""
    files = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    return isinstance(files, KernelFiles) and not files.hold_any()
