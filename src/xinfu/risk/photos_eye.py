"""Eyes for photos: what is kept of a picture, and whether two pictures show the same thing.

Hashes and features only propose how one picture could lie over the other; whether they show the same is decided by laying them over
each other and comparing piece by piece. That is what tells the same broken bowl from another bowl on the same table.
OpenCV is loaded with this module and by nothing else (see `photos`).
"""

import time
from collections.abc import Iterable, Iterator
from dataclasses import replace

import cv2
import numpy as np
import pdqhash  # type: ignore[import-untyped]
from numpy.typing import NDArray

from xinfu.risk.photos_open import open_picture
from xinfu.risk.photos_print import Candidate, Floats, Looked, Overlay, Pixels, Print, Seen, Why

type Way = NDArray[np.float64]

cv2.setNumThreads(1)

FEATURES = 600
VIEW = 320
CELL = 20
DIHEDRAL = 8
NEAR_HASH = 90
"""Of 256 bits: further apart than this, a hash proposes nothing."""

NEARLY_THE_SAME = 60
"""Up to here the hash's own word is taken first; beyond, features speak before it."""

TEXTURE = 0.12
SAME_PIECE = 0.6
REACH = 4
"""A piece shows something from this much contrast on, agrees from this correlation on, and may lie so many points aside."""

LEAST_GOODS = 4.0
"""Where fewer pieces than this stand out from the table, only what lies in the middle can speak."""

LEAST_OVERLAP = 0.12
"""Of a picture: a smaller corner lying over another is chance, on a table full of flowers above all."""

LEAST_COVERED = 0.45
"""Of what stands out in the wider picture: tiles lie over other tiles anywhere, and then the goods lie over nothing."""

GLANCE = 200
GLANCE_FITS = 6
"""So many features are matched first; if fewer than this many turn alike, the rest is not looked at."""

_LEAST_INLIERS = 9


def look(data: bytes) -> Looked:
    opened = open_picture(data)
    grey = np.asarray(cv2.cvtColor(opened.rgb, cv2.COLOR_RGB2GRAY), dtype=np.uint8)
    bits, quality = pdqhash.compute_dihedral(opened.rgb)
    hashes = np.packbits(np.asarray(bits, dtype=np.uint8), axis=1)
    points, descriptors = _features(grey)
    mirror_points, mirror_descriptors = _features(np.ascontiguousarray(grey[:, ::-1]))
    high, wide = grey.shape
    colours = cv2.cvtColor(opened.rgb, cv2.COLOR_RGB2BGR)
    small = cv2.resize(colours, None, fx=VIEW / max(high, wide), fy=VIEW / max(high, wide), interpolation=cv2.INTER_AREA)
    view = bytes(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])
    print_ = Print(opened.sha256, opened.taken_at, (wide, high), hashes, int(quality), points, descriptors, view)
    return Looked(print_, mirror_points, mirror_descriptors)


def _features(grey: Pixels) -> tuple[Floats, Pixels]:
    # A low threshold: a plain white cup has few corners, and all of them count.
    orb = cv2.ORB.create(nfeatures=FEATURES, scaleFactor=1.2, nlevels=8, fastThreshold=7, edgeThreshold=19)
    keys, descriptors = orb.detectAndCompute(grey, None)
    if descriptors is None:
        return np.zeros((0, 3), np.float32), np.zeros((0, 32), np.uint8)
    points = np.array([(*k.pt, k.angle) for k in keys], dtype=np.float32)
    # Shuffled, so that the first ones are a fair sample of the whole picture.
    mixed = np.random.default_rng(0).permutation(len(points))
    return points[mixed], np.asarray(descriptors, dtype=np.uint8)[mixed]


def hash_distances(new: Print, olds: Pixels) -> NDArray[np.int64]:
    """From each of many stored hashes to the nearest of the eight ways the new picture can be turned and mirrored."""
    words = np.ascontiguousarray(olds).view(np.uint64).reshape(-1, 4)
    return _distances(new, words).min(axis=0)


def _distances(new: Print, words: NDArray[np.uint64]) -> NDArray[np.int64]:
    turned = np.ascontiguousarray(new.hashes).view(np.uint64).reshape(DIHEDRAL, 4)
    return np.stack([np.bitwise_count(words ^ one).sum(axis=1, dtype=np.int64) for one in turned])


def match(new: Looked, candidates: Iterable[Candidate], *, most: int = 300, seconds: float = 1.2) -> list[Seen]:
    """The earlier photos that show the same, the surest first. Looks at the likeliest while time lasts."""
    pool = list(candidates)
    if not pool:
        return []
    # The processor's time, not the clock's: a busy machine makes it later, not blinder.
    until = time.thread_time() + seconds
    seen = [Seen(name, 1.0, Why.SAME_FILE) for name, old in pool if old.sha256 == new.print.sha256]
    done = {s.photo_id for s in seen}
    distances = hash_distances(new.print, np.stack([old.hashes[0] for _, old in pool])).tolist()
    # Near hashes first; the sort is stable, so what is no nearer stays in the order of the asker.
    order = sorted(range(len(pool)), key=lambda i: min(distances[i], NEAR_HASH + 1))
    for i in order[:most]:
        name, old = pool[i]
        if time.thread_time() > until:
            break
        if name not in done and not (new.print.plain or old.plain) and (found := compare(new, name, old)):
            seen.append(found)
            done.add(name)
    return sorted(seen, key=lambda s: -s.score)


def compare(new: Looked, name: str, old: Print) -> Seen | None:
    """Whether one earlier photo shows the same as the new one."""
    best: Seen | None = None
    for way, inliers in ways(new, old):
        laid = overlay(new.print, old, way)
        score = agreement(laid)
        if score >= 0.3 and (best is None or score > best.score):
            best = Seen(name, score, Why.SAME_THING if inliers else Why.SAME_PICTURE, inliers, laid)
        if score >= 0.75:
            break
    return best


def agreement(laid: Overlay) -> float:
    """0.5 where what stands out from the table (or nearly everything in the middle) agrees so far as no other thing there does."""
    if laid.cells < 10 or laid.overlap < LEAST_OVERLAP or laid.covered < LEAST_COVERED:
        return 0.0
    goods = min(0.5 + (laid.middle - 0.75) * 1.9, 0.5 + (laid.goods - 0.7) * 1.6)
    middle = 0.5 + (laid.middle - 0.93) * 7
    score = min(0.5 + (laid.agree - 0.75) * 1.9, max(goods, middle))
    return round(min(max(score, 0.0), 0.98), 4)


def ways(new: Looked, old: Print) -> Iterator[tuple[Way, int]]:
    """How the old picture could lie over the new one, with the features that say so (0: only the hash does)."""
    words = np.ascontiguousarray(old.hashes[:1]).view(np.uint64).reshape(1, 4)
    turns = sorted(enumerate(_distances(new.print, words)[:, 0].tolist()), key=lambda t: t[1])
    for turn, distance in turns:
        if distance <= NEARLY_THE_SAME:
            yield _turned(turn, old.size, new.print.size), 0
    mirror = np.array([[-1, 0, new.print.size[0] - 1], [0, 1, 0], [0, 0, 1]], dtype=np.float64)
    for way, inliers in _by_features(new.print.points, new.print.descriptors, old):
        yield way, inliers
    for way, inliers in _by_features(new.mirror_points, new.mirror_descriptors, old):
        yield mirror @ way, inliers
    for turn, distance in turns[:3]:
        if NEARLY_THE_SAME < distance <= NEAR_HASH:
            yield _turned(turn, old.size, new.print.size), 0


_TURNS: tuple[tuple[tuple[int, int, int], tuple[int, int, int]], ...] = (
    ((1, 0, 0), (0, 1, 0)),
    ((0, 1, 0), (-1, 0, 1)),
    ((-1, 0, 1), (0, -1, 1)),
    ((0, -1, 1), (1, 0, 0)),
    ((1, 0, 0), (0, -1, 1)),
    ((-1, 0, 1), (0, 1, 0)),
    ((0, 1, 0), (1, 0, 0)),
    ((0, -1, 1), (-1, 0, 1)),
)
"""The eight turns of a picture as the hash numbers them, in coordinates from 0 to 1."""


def _turned(turn: int, old: tuple[int, int], new: tuple[int, int]) -> Way:
    there = np.array([*_TURNS[turn], (0, 0, 1)], dtype=np.float64)
    return np.diag([new[0], new[1], 1.0]) @ np.linalg.inv(there) @ np.diag([1 / old[0], 1 / old[1], 1.0])


def _by_features(points: Floats, descriptors: Pixels, old: Print) -> list[tuple[Way, int]]:
    if len(points) < _LEAST_INLIERS or len(old.points) < _LEAST_INLIERS:
        return []
    if len(points) > GLANCE * 1.5:
        there, here = _matched(descriptors[:GLANCE], old.descriptors)
        if _turned_alike(points[there], old.points[here]).sum() < GLANCE_FITS:
            return []
    here, there = _matched(old.descriptors, descriptors)
    source, target = old.points[here], points[there]
    found: list[tuple[Way, int]] = []
    # Twice: what lies on a table can have been moved, and then the table is what agrees first.
    for _ in range(2):
        turned = _turned_alike(source, target)
        if turned.sum() < _LEAST_INLIERS:
            break
        way, mask = cv2.findHomography(source[turned, :2], target[turned, :2], cv2.RANSAC, 5.0, maxIters=600, confidence=0.995)
        if way is None:
            break
        found_way = np.asarray(way, dtype=np.float64)
        inside = np.flatnonzero(turned)[mask.ravel().astype(bool)]
        inliers = len(np.unique(target[inside, :2], axis=0))
        if inliers < _LEAST_INLIERS:
            break
        if _bearable(found_way, old.size):
            found.append((found_way, inliers))
        source, target = np.delete(source, inside, axis=0), np.delete(target, inside, axis=0)
    return found


def _matched(one: Pixels, two: Pixels) -> tuple[list[int], list[int]]:
    """Positions of features that are alike, and clearly more so than the next best."""
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(one, two, k=2)
    kept = [a for a, *rest in pairs if a.distance < 72 and (not rest or a.distance < 0.85 * rest[0].distance)]
    return [m.queryIdx for m in kept], [m.trainIdx for m in kept]


def _turned_alike(source: Floats, target: Floats) -> NDArray[np.bool_]:
    """The matches within thirty degrees of the turn most of them tell: features of one thing turn together, chance ones do not."""
    turn = (target[:, 2] - source[:, 2]) % 360
    bins = np.bincount((turn // 10).astype(np.int64) % 36, minlength=36)
    near = sum(np.roll(bins, shift) for shift in range(-2, 3))
    away = np.abs((turn - (float(np.argmax(near)) * 10 + 5) + 180) % 360 - 180)
    return np.asarray(away <= 30, dtype=np.bool_)


def _bearable(way: Way, size: tuple[int, int]) -> bool:
    """No camera folds a picture over itself or shrinks it to a line."""
    corners = np.array([[[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]]], dtype=np.float64)
    there = cv2.perspectiveTransform(corners, way)[0]
    sides = np.roll(there, -1, axis=0) - there
    cross = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    area = abs(float(cross.sum())) / 4
    lengths = np.hypot(sides[:, 0], sides[:, 1])
    whole = size[0] * size[1]
    return bool((cross > 0).all() and whole / 40 < area < whole * 40 and lengths.min() > 0.12 * lengths.max())


def overlay(new: Print, old: Print, way: Way) -> Overlay:
    """Lay the picture with more detail over the one with less and compare piece by piece."""
    one, two = _view(new), _view(old)
    way = _scale(new, one) @ way @ np.linalg.inv(_scale(old, two))
    if _growth(way, two.shape) > 1:
        one, two, way = two, one, np.linalg.inv(way)
    high, wide = one.shape[:2]
    laid = _warped(_grey(two), way, (wide, high))
    there = _warped(np.full((two.shape[0], two.shape[1]), 255, np.uint8), way, (wide, high)) > 250
    there = cv2.erode(there.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    if there.sum() < 6 * CELL * CELL:
        return Overlay(0, 0, 0, 1, 0, 0)
    own = _standing_out(one)
    laid_out = _compare(
        _levelled(_grey(one), there), _levelled(laid, there), there, np.maximum(own, _warped(_standing_out(two), way, (wide, high)))
    )
    return replace(laid_out, covered=_covered(own, there))


def _covered(stands_out: Pixels, there: NDArray[np.bool_]) -> float:
    """How much of what stands out in a picture lies where the other one shows anything."""
    whole = float(stands_out.sum())
    return float(stands_out[there].sum()) / whole if whole >= LEAST_GOODS * 255 * CELL * CELL else 1.0


def _compare(one: Floats, two: Floats, there: NDArray[np.bool_], stands_out: Pixels) -> Overlay:
    known = _cells(there.astype(np.float32)).mean(axis=(2, 3)) > 0.95
    textured = known & (np.maximum(_cells(one).std(axis=(2, 3)), _cells(two).std(axis=(2, 3))) >= TEXTURE)
    if not textured.any():
        return Overlay(0, 0, 0, 1, float(known.mean()), 0)
    agree = np.zeros_like(textured)
    for r, c in np.argwhere(textured).tolist():
        y, x = r * CELL, c * CELL
        piece = one[y : y + CELL, x : x + CELL]
        around = two[max(y - REACH, 0) : y + CELL + REACH, max(x - REACH, 0) : x + CELL + REACH]
        agree[r, c] = cv2.minMaxLoc(cv2.matchTemplate(around, piece, cv2.TM_CCOEFF_NORMED))[1] >= SAME_PIECE
    rows, columns = textured.shape
    ys, xs = np.mgrid[0:rows, 0:columns]
    far = ((ys - (rows - 1) / 2) / rows) ** 2 + ((xs - (columns - 1) / 2) / columns) ** 2
    weight = np.exp(-far / 0.06) * textured
    goods = _cells(stands_out.astype(np.float32)).mean(axis=(2, 3)) / 255 * textured
    count, _, stats, _ = cv2.connectedComponentsWithStats((textured & ~agree).astype(np.uint8), connectivity=8)
    blob = max((int(stats[i, cv2.CC_STAT_AREA]) for i in range(1, count)), default=0)
    share = float((weight * agree).sum() / weight.sum())
    return Overlay(
        float(agree.sum() / textured.sum()),
        share,
        float((goods * agree).sum() / goods.sum()) if goods.sum() >= LEAST_GOODS else 0.0,
        blob / float(known.sum()),
        float(known.mean()),
        int(textured.sum()),
    )


def _standing_out(view: Pixels) -> Pixels:
    """What does not look like anything along the edges of the picture: the goods, not the table. 255 where it is sure."""
    rows, columns = view.shape[0] // CELL, view.shape[1] // CELL
    lab = cv2.cvtColor(view[: rows * CELL, : columns * CELL], cv2.COLOR_BGR2LAB).astype(np.float32)
    small = cv2.resize(lab, (columns, rows), interpolation=cv2.INTER_AREA)
    look = np.dstack([small[..., 0] * 0.6, small[..., 1], small[..., 2], _cells(lab[..., 0]).std(axis=(2, 3)) * 0.6])
    edge = np.ones((rows, columns), dtype=bool)
    edge[1:-1, 1:-1] = False
    away = np.linalg.norm(look[:, :, None, :] - look[edge][None, None, :, :], axis=3)
    # The second nearest: one odd piece at the edge (a finger, a sticker) makes nothing look usual.
    near = np.partition(away, 1, axis=2)[:, :, 1]
    sure = np.clip((near - 5.0) / 10.0, 0, 1) * ~edge
    return np.asarray(cv2.resize((sure * 255).astype(np.uint8), (view.shape[1], view.shape[0]), interpolation=cv2.INTER_NEAREST))


def _warped(view: Pixels, way: Way, size: tuple[int, int]) -> Pixels:
    return np.asarray(cv2.warpPerspective(view, way, size, flags=cv2.INTER_AREA), dtype=np.uint8)


def _grey(view: Pixels) -> Pixels:
    return np.asarray(cv2.cvtColor(view, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _cells(view: Floats) -> Floats:
    """As rows and columns of square pieces."""
    rows, columns = view.shape[0] // CELL, view.shape[1] // CELL
    return view[: rows * CELL, : columns * CELL].reshape(rows, CELL, columns, CELL).swapaxes(1, 2)


def _levelled(view: Pixels, there: NDArray[np.bool_]) -> Floats:
    soft = cv2.GaussianBlur(view, (0, 0), 1.2).astype(np.float32)
    inside = soft[there]
    return np.asarray((soft - inside.mean()) / max(float(inside.std()), 4.0), dtype=np.float32)


def _view(of: Print) -> Pixels:
    return np.asarray(cv2.imdecode(np.frombuffer(of.view, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)


def _scale(of: Print, view: Pixels) -> Way:
    return np.diag([view.shape[1] / of.size[0], view.shape[0] / of.size[1], 1.0])


def _growth(way: Way, shape: tuple[int, ...]) -> float:
    """How much larger the middle of a picture becomes."""
    y, x = shape[0] / 2, shape[1] / 2
    near = cv2.perspectiveTransform(np.array([[[x, y], [x + 8, y], [x, y + 8]]], dtype=np.float64), way)[0]
    a, b = near[1] - near[0], near[2] - near[0]
    return abs(float(a[0] * b[1] - a[1] * b[0])) / 64
