"""Small helpers of bulk writing: a record's fingerprint, and lists cut to what one statement takes."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

_CHUNK = 500
_encoder = msgspec.json.Encoder(order="sorted")


def digest(record: Any) -> str:
    """The same for equal records, whatever process made them: decides whether an import changes anything."""
    return hashlib.blake2b(_encoder.encode(record), digest_size=16).hexdigest()


def chunks[T](items: Sequence[T]) -> Iterator[Sequence[T]]:
    """At most 500 at a time: both stores limit the parameters of one statement."""
    return (items[i : i + _CHUNK] for i in range(0, len(items), _CHUNK))
