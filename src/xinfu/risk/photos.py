"""Photos seen before: the front of photo comparison. OpenCV is loaded when the first picture is looked at, not before."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from xinfu.kit.errors import Refusal
from xinfu.risk.contracts import PhotoMatch, Reason, Scene
from xinfu.risk.photos_print import WHY_WORDS, Candidate, Looked, Print, Seen, Why

REMEMBERED = timedelta(days=180)
"""Photos older than this are not looked at again, unless it is the very same file."""


class PhotoMatcher:
    """Reads pictures and compares them. Takes tens of milliseconds to a second: never on an event loop (see `photos_worker`)."""

    def __init__(self, *, most: int = 300, seconds: float = 1.2) -> None:
        self._most, self._seconds = most, seconds

    def look(self, data: bytes) -> Looked:
        """Raises NotAPicture or PictureTooLarge."""
        from xinfu.risk import photos_eye

        return photos_eye.look(data)

    def match(self, photo: bytes | Looked, candidates: Iterable[Candidate], *, share: float = 1.0) -> list[Seen]:
        """The earlier photos that show the same; candidates the likeliest first. `share`: of the time a case may take."""
        from xinfu.risk import photos_eye

        looked = photos_eye.look(photo) if isinstance(photo, bytes) else photo
        return photos_eye.match(looked, candidates, most=self._most, seconds=self._seconds * share)


class SamePhotos:
    """Finds a photo again by id, or by the hash of its file where `files` knows one. Sees no edits."""

    def __init__(self, files: Mapping[str, Path] | None = None) -> None:
        self._files = files or {}
        self._first: dict[str, tuple[str, str]] = {}

    def seen_before(self, claim_id: str, photo_ids: Iterable[str], scene: Scene | None = None) -> tuple[PhotoMatch, ...]:
        matches = []
        for photo in photo_ids:
            for key in self._keys(photo):
                first, claim = self._first.setdefault(key, (photo, claim_id))
                if claim != claim_id:
                    matches.append(PhotoMatch(photo, first, 1.0, (Reason(*WHY_WORDS[Why.SAME_FILE]),)))
                    break
        return tuple(matches)

    def _keys(self, photo: str) -> list[str]:
        keys = [f"id:{photo}"]
        file = self._files.get(photo)
        if file is not None and file.is_file():
            keys.append("sha256:" + hashlib.sha256(file.read_bytes()).hexdigest())
        return keys


class PhotoAlbum:
    """Remembers the photos of claims in the order of time and finds edits and other views of them. A damaged file is only its id."""

    def __init__(self, files: Mapping[str, Path], matcher: PhotoMatcher | None = None) -> None:
        self._files = files
        self._same = SamePhotos(files)
        self._matcher = matcher or PhotoMatcher()
        self._kept: dict[str, tuple[Print, str, Scene]] = {}
        self.refused: dict[str, str] = {}
        self.taken_at: dict[str, datetime] = {}

    def seen_before(self, claim_id: str, photo_ids: Iterable[str], scene: Scene | None = None) -> tuple[PhotoMatch, ...]:
        asked, now = list(dict.fromkeys(photo_ids)), scene or Scene()
        matches = list(self._same.seen_before(claim_id, asked))
        looked = {photo: found for photo in asked if (found := self._look(photo)) is not None}
        pool = self._candidates(claim_id, now)
        known = {(m.photo_id, m.photo_id2) for m in matches}
        for photo, picture in looked.items():
            for seen in self._matcher.match(picture, pool, share=1 / len(looked)):
                if seen.photo_id != photo and (photo, seen.photo_id) not in known:
                    matches.append(PhotoMatch(photo, seen.photo_id, seen.score, (Reason(*WHY_WORDS[seen.why]),)))
        for photo, picture in looked.items():
            self._kept.setdefault(photo, (picture.print, claim_id, now))
            if picture.print.taken_at:
                self.taken_at[photo] = picture.print.taken_at
        return tuple(matches)

    def _look(self, photo: str) -> Looked | None:
        file = self._files.get(photo)
        if file is None or not file.is_file():
            return None
        try:
            return self._matcher.look(file.read_bytes())
        except Refusal as refusal:
            self.refused[photo] = refusal.code
        except OSError as error:
            self.refused[photo] = type(error).__name__
        return None

    def _candidates(self, claim_id: str, now: Scene) -> list[Candidate]:
        """Photos of other claims: of the same people first, then of the same goods, then of the same kind, then the rest; newest first."""
        found = [
            (_likeness(now, then), position, photo, kept)
            for position, (photo, (kept, claim, then)) in enumerate(self._kept.items())
            if claim != claim_id and not (now.at and then.at and now.at - then.at > REMEMBERED)
        ]
        found.sort(key=lambda f: (-f[0], -f[1]))
        return [(photo, kept) for _, _, photo, kept in found]


def _likeness(now: Scene, then: Scene) -> int:
    if now.accounts & then.accounts:
        return 3
    if now.sku and now.sku == then.sku:
        return 2
    return int(bool(now.category) and now.category == then.category)
