"""The photos of a scenario: each ring shows a few broken things again and again, honest people their own, some on one table."""

import random
from pathlib import Path

from photo_scenes import COMBINED, EDITS, Shot, another_view, edited, jpeg, photo

WAYS = [*EDITS, *("+".join(names) for names in COMBINED), "view", "same"]


class Pictures:
    """Keeps what each photo shows; writes the files and tells which show the same thing."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed * 7919 + 1)
        self._shown: dict[str, tuple[Shot, str, int]] = {}
        self._of_thing: dict[Shot, list[str]] = {}
        self._tables = [self._random.randrange(1, 10**6) for _ in range(6)]

    def thing(self) -> Shot:
        r = self._random
        key = r.randrange(1, 10**8)
        table = r.choice(self._tables) if r.random() < 0.3 else r.randrange(1, 10**6)
        return Shot(table, r.randrange(10**6), key, camera=key, light=key, place=key)

    def show(self, photo_id: str, thing: Shot) -> list[tuple[str, str]]:
        """Earlier photos of the same thing, each with how this one differs."""
        earlier = self._of_thing.setdefault(thing, [])
        way = self._random.choice(WAYS) if earlier else "original"
        self._shown[photo_id] = (thing, way, self._random.randrange(1 << 30))
        pairs = [(other, way) for other in earlier]
        earlier.append(photo_id)
        return pairs

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for photo_id, (thing, way, seed) in self._shown.items():
            if way == "view":
                picture = photo(another_view(thing, seed))
            elif way in ("original", "same"):
                picture = photo(thing)
            else:
                picture = edited(photo(thing), way, seed)
            (folder / f"{photo_id}.jpg").write_bytes(jpeg(picture, 84))
