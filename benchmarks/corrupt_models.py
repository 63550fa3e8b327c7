"""A thousand damaged model files: each is refused with one clear sentence.

    python -m benchmarks.corrupt_models runs/rescue-stenting/model.json

Half of the damage is what disks and networks do; the other half is done to the content, with a
digest that fits again, so that the checks behind the digest have to find it.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.record import keep
from twoarm.errors import ModelFileError
from twoarm.modelfile import digest, load_model

LONGEST = 1200

Damage = Callable[[random.Random, bytes], bytes]


def _flipped(rng: random.Random, whole: bytes) -> bytes:
    found = bytearray(whole)
    for _ in range(rng.choice([1, 1, 1, 3, 100])):
        found[rng.randrange(len(found))] ^= 1 << rng.randrange(8)
    return bytes(found)


def _cut(rng: random.Random, whole: bytes) -> bytes:
    return whole[: rng.randrange(len(whole))]


def _hole(rng: random.Random, whole: bytes) -> bytes:
    first = rng.randrange(len(whole))
    return whole[:first] + whole[first + rng.randrange(1, 5000) :]


def _zeros(rng: random.Random, whole: bytes) -> bytes:
    first = rng.randrange(len(whole))
    return whole[:first] + b"\0" * 4096 + whole[first + 4096 :]


def _doubled(_: random.Random, whole: bytes) -> bytes:
    return whole + whole


def _deep(rng: random.Random, whole: bytes) -> bytes:
    depth = rng.choice([30, 500, 2000, 200_000])
    nest = rng.choice([b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth])
    key = rng.choice([b'"format"', b'"arms"', b'"codebook"', b'"support"', b'"verdict"'])
    return whole[:1] + key + b":" + nest + b"," + whole[1:] if rng.random() < 0.7 else nest


def _huge(rng: random.Random, whole: bytes) -> bytes:
    number = rng.choice(
        [b"1e999", b"-1e999", b"9" * 400, b"9" * 5000, b"NaN", b"1e308", b"-Infinity"]
    )
    places = [
        k
        for k in range(len(whole) - 1)
        if whole[k : k + 1] == b":" and whole[k + 1] in b" 0123456789-["
    ]
    first = rng.choice(places) + 1
    return whole[:first] + number + whole[first:].lstrip(b" 0123456789.-e[")


RAW: dict[str, Damage] = {
    "bits flipped": _flipped, "cut short": _cut, "a hole": _hole, "zeros": _zeros,
    "twice": _doubled, "deep nesting": _deep, "huge numbers": _huge,
}  # fmt: skip


# --- content, with a digest that fits again -----------------------------------------------------


def _forests(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        member
        for arm in content["arms"].values()
        for stack in arm.values()
        for member in stack["members"]
        if member.get("trees")
    ]


def swapped_trees(rng: random.Random, content: dict[str, Any]) -> None:
    """Give all trees of one member to another."""
    one, other = rng.sample(_forests(content), 2)
    one["trees"], other["trees"] = other["trees"], one["trees"]


def _swapped_levels(rng: random.Random, content: dict[str, Any]) -> None:
    with_levels = [each for each in content["codebook"] if each["type"] == "nominal"]
    levels = rng.choice(with_levels)["levels"]
    k, other = rng.sample(range(len(levels)), 2)
    levels[k], levels[other] = levels[other], levels[k]


def _swapped_arms(_: random.Random, content: dict[str, Any]) -> None:
    arms = content["arms"]
    arms["control"], arms["treated"] = arms["treated"], arms["control"]


def _one_tree(rng: random.Random, content: dict[str, Any]) -> dict[str, Any]:
    trees = rng.choice(_forests(content))["trees"]
    grown = [each for each in trees if len(each["column"]) > 1]
    found: dict[str, Any] = rng.choice(grown or trees)
    return found


def _circle(rng: random.Random, content: dict[str, Any]) -> None:
    _one_tree(rng, content)["left"][0] = rng.choice([0, -1, -5])


def _far_child(rng: random.Random, content: dict[str, Any]) -> None:
    _one_tree(rng, content)["left"][0] = rng.choice([10**6, 2**31, 2**63, 2**70, 1e300])


def _far_column(rng: random.Random, content: dict[str, Any]) -> None:
    _one_tree(rng, content)["column"][0] = rng.choice([99, 10**9, 2**70, -7])


def _odd_number(rng: random.Random, content: dict[str, Any]) -> None:
    tree = _one_tree(rng, content)
    tree[rng.choice(["threshold", "value"])][0] = rng.choice([10**400, "1", None, [1], True, {}])


def _short_list(rng: random.Random, content: dict[str, Any]) -> None:
    _one_tree(rng, content)[rng.choice(["threshold", "value", "left", "column"])].pop()


def _lost_key(rng: random.Random, content: dict[str, Any]) -> None:
    needed = ["codebook", "preprocessing", "support", "overlap", "outcomes", "arms", "test_vectors"]
    content.pop(rng.choice(needed))


def _other_kind(rng: random.Random, content: dict[str, Any]) -> None:
    key = rng.choice(["codebook", "preprocessing", "support", "overlap", "outcomes", "arms",
                      "test_vectors"])  # fmt: skip
    content[key] = rng.choice([None, [], {}, "text", 7, [None], {"a": 1}])


def _nested(rng: random.Random, content: dict[str, Any]) -> None:
    value: Any = 1.0
    for _ in range(rng.choice([50, 300])):
        value = [value]
    content[rng.choice(["title", "population", "extra"])] = value


CONTENT: dict[str, Callable[[random.Random, dict[str, Any]], None]] = {
    "trees of two members swapped": swapped_trees, "levels swapped": _swapped_levels,
    "arms swapped": _swapped_arms, "a tree in a circle": _circle, "a child far away": _far_child,
    "a column far away": _far_column, "no number in a tree": _odd_number,
    "a short list": _short_list, "a key lost": _lost_key, "a key of another kind": _other_kind,
    "nested": _nested,
}  # fmt: skip


def _damaged(rng: random.Random, whole: bytes, content: dict[str, Any], kind: str) -> bytes:
    if kind in RAW:
        return RAW[kind](rng, whole)
    other = copy.deepcopy(content)
    CONTENT[kind](rng, other)
    with_digest = dict(other)
    try:
        with_digest["digest"] = digest(other)
    except (OverflowError, RecursionError, ValueError):
        with_digest["digest"] = "0" * 64  # no digest fits what is no number
    return json.dumps(with_digest).encode()


def _outcome(path: Path) -> str:
    try:
        load_model(path)
    except ModelFileError as error:
        text = str(error)
        clear = len(text) <= LONGEST and "Traceback" not in text and text.count("\n") <= 2
        return "refused" if clear else "refused without a clear sentence"
    except BaseException as error:  # noqa: BLE001  whatever else comes is what is looked for
        return f"fell over with {type(error).__name__}"
    return "loaded"


def main() -> None:
    """Measure, print and keep."""
    options = argparse.ArgumentParser()
    options.add_argument("model")
    options.add_argument("--files", type=int, default=1000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    rng, whole = random.Random(chosen.seed), Path(chosen.model).read_bytes()
    content = json.loads(whole)
    kinds = [*RAW, *CONTENT]
    found: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    started, slowest = time.perf_counter(), 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        assert _outcome(Path(chosen.model)) == "loaded"
        for number in range(chosen.files):
            kind = kinds[number % len(kinds)]
            text = _damaged(rng, whole, content, kind)
            if text == whole:
                continue
            path.write_bytes(text)
            begun = time.perf_counter()
            said = _outcome(path)
            slowest = max(slowest, time.perf_counter() - begun)
            found[kind][said] += 1
            if said != "refused":
                print(kind, said, flush=True)
    total = sum(found.values(), Counter())
    result = {
        "files": sum(total.values()), "seed": chosen.seed, "outcomes": dict(total),
        "by_damage": {kind: dict(each) for kind, each in found.items()},
        "slowest_seconds": slowest, "seconds": time.perf_counter() - started,
    }  # fmt: skip
    print(json.dumps(result, indent=1))
    if chosen.files >= 1000:
        print(keep("corrupt_models", result))


if __name__ == "__main__":
    main()
