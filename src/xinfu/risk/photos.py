"""The plain side of the photo port: the very same photo, by its id or by its bytes. Edits and new viewpoints need an eye that sees."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from xinfu.risk.contracts import PhotoMatch


class SamePhotos:
    """Finds a photo again by id, or by the hash of its file where `files` knows one."""

    def __init__(self, files: Mapping[str, Path] | None = None) -> None:
        self._files = files or {}
        self._first: dict[str, tuple[str, str]] = {}

    def seen_before(self, claim_id: str, photo_ids: Iterable[str]) -> tuple[PhotoMatch, ...]:
        matches = []
        for photo in photo_ids:
            for key in self._keys(photo):
                first, claim = self._first.setdefault(key, (photo, claim_id))
                if claim != claim_id:
                    matches.append(PhotoMatch(photo, first, 1.0))
                    break
        return tuple(matches)

    def _keys(self, photo: str) -> list[str]:
        keys = [f"id:{photo}"]
        file = self._files.get(photo)
        if file is not None and file.is_file():
            keys.append("sha256:" + hashlib.sha256(file.read_bytes()).hexdigest())
        return keys
