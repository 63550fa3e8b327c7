"""The command ``twoarm`` for the pages: a run of the same study and data is fitted once and copied.

Usage: ``python twoarm_once.py CACHE ARGUMENT...``
"""

import hashlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path


def contents(name: str) -> list[bytes]:
    """Give what a file holds, and the data that it names if it is a study file."""
    path = Path(name)
    if not path.is_file():
        return [name.encode()]
    found = [path.read_bytes()]
    if path.suffix == ".toml":
        found += contents(str(path.parent / tomllib.loads(path.read_text())["study"]["cohort"]))
    return found


def twoarm(arguments: list[str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "twoarm", *arguments], capture_output=True, text=True, check=False
    )


def main() -> int:
    cache, arguments = Path(sys.argv[1]), sys.argv[2:]
    if arguments[:1] != ["run"] or "--out" not in arguments or "--resume" in arguments:
        return subprocess.call([sys.executable, "-m", "twoarm", *arguments])
    place = arguments.index("--out") + 1
    out = Path(arguments[place])
    key = hashlib.sha256()
    for each in arguments[: place - 1] + arguments[place + 1 :]:
        key.update(b"\0".join(contents(each)))
    kept = cache / key.hexdigest()
    if kept.exists() and not out.exists():
        shutil.copytree(kept / "run", out)
        print((kept / "printed").read_text(encoding="utf-8"))
        return 0
    done = twoarm(arguments)
    print(done.stdout)
    print(done.stderr, file=sys.stderr)
    if done.returncode == 0:
        shutil.copytree(out, kept / "run")
        (kept / "printed").write_text(done.stdout, encoding="utf-8")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
