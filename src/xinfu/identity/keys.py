"""Passwords and random keys: hashed with argon2id or, for keys of 256 random bits, with SHA-256."""

import asyncio
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor

from pwdlib import PasswordHash

TOKEN_PREFIX = "xf_"  # noqa: S105 (how a key of ours begins, not a key)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters or digits that are misread aloud


class Passwords:
    """Hashes and verifies in threads, at most two at a time: argon2id is slow and hungry on purpose, the event loop must not feel it."""

    def __init__(self, hasher: PasswordHash | None = None) -> None:
        self._hasher = hasher or PasswordHash.recommended()
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="passwords")
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    async def hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Whether the password is the one. None (nobody of that name) takes as long as a wrong password."""
        loop = asyncio.get_running_loop()
        fits = await loop.run_in_executor(self._threads, self._hasher.verify, password, hashed or self._decoy)
        return fits and hashed is not None


def new_password() -> str:
    """Sixteen characters in groups of four, about 79 bits, easy to read out."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def new_key() -> str:
    return secrets.token_urlsafe(32)


def hashed_key(key: str) -> str:
    """Keys have 256 random bits, so a plain fast hash cannot be reversed by guessing."""
    return hashlib.sha256(key.encode()).hexdigest()
