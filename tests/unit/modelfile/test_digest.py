"""The digest is made piece by piece, and is that of the whole text."""

from __future__ import annotations

import hashlib
import json
import tracemalloc

from hypothesis import given
from hypothesis.strategies import (
    booleans,
    dictionaries,
    floats,
    integers,
    lists,
    none,
    recursive,
    text,
)

from twoarm.modelfile import digest

NUMBERS = integers() | floats(allow_nan=False, allow_infinity=False)
SCALARS = none() | booleans() | text(max_size=8) | NUMBERS
NESTED = recursive(
    SCALARS, lambda each: lists(each, max_size=4) | dictionaries(text(max_size=4), each, max_size=4)
)


def of_the_whole_text(content):
    plain = json.loads(json.dumps(content, allow_nan=False), parse_int=float)
    return hashlib.sha256(
        json.dumps(plain, sort_keys=True, separators=(",", ":")).encode("ascii")
    ).hexdigest()


@given(dictionaries(text(max_size=4).filter(lambda key: key != "digest"), NESTED, max_size=4))
def test_it_is_that_of_the_whole_text(content):
    assert digest(content) == digest(content | {"digest": "any"}) == of_the_whole_text(content)


def test_forests_take_little_memory_beside_themselves():
    trees = [{"value": [0.1 * k for k in range(200)]} for _ in range(200)]
    content = {"arms": trees}
    size = len(json.dumps(content))
    tracemalloc.start()
    digest(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 300_000
    assert peak < size / 10
