"""Identifiers: UUIDv7 as 32 lower-case hex characters, the same text in Python, SQL, JSON and URLs."""

import os
import threading
import time

type Id = str

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def new_id() -> Id:
    """A fresh UUIDv7 (RFC 9562 section 5.7). Ids made by one process sort in the order they were made."""
    global _last_ms, _counter
    with _lock:
        now = time.time_ns() // 1_000_000
        if now > _last_ms:
            _last_ms, _counter = now, int.from_bytes(os.urandom(2)) & 0x7FF
        else:  # the same millisecond, or the clock went back: keep counting from the last one
            _counter += 1
            if _counter > 0xFFF:
                _last_ms, _counter = _last_ms + 1, 0
        ms, count = _last_ms, _counter
    tail = int.from_bytes(os.urandom(8)) & ((1 << 62) - 1)
    return f"{(ms << 80) | (0x7 << 76) | (count << 64) | (0x2 << 62) | tail:032x}"


def is_id(text: str) -> bool:
    """True for text in the form of new_id; says nothing about whether such a thing exists."""
    return len(text) == 32 and all(c in "0123456789abcdef" for c in text)
