"""Made-up photos of broken goods: drawn objects with cracks on tables, photographed, edited and photographed again.

A `Shot` is a scene seen from one place in one light; the same seed gives the same pixels. Used by risk_photos.py and risk_scenarios.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

type Picture = np.ndarray[Any, np.dtype[np.uint8]]

WIDE, HIGH = 800, 600
SHAPES = ("plate", "bowl", "vase", "box", "bottle", "eggs")
TABLES = ("wood", "tiles", "cloth", "stone", "paper", "floral", "plain")


@dataclass(frozen=True)
class Shot:
    """Table and object by their seeds, the damage by its own, then where the camera stood and the light."""

    table: int
    goods: int
    damage: int
    camera: int = 0
    light: int = 0
    place: int = 0
    tilt: float = 0.0


def photo(shot: Shot) -> Picture:
    """The whole scene as a phone would take it, BGR."""
    scene = table(shot.table)
    _put(scene, shot)
    rng = np.random.default_rng((7, shot.camera, shot.light, shot.place))
    if shot.tilt:
        scene = perspective(scene, shot.tilt, int(rng.integers(1 << 30)))
    return _lit(scene, shot.light, rng)


def table(seed: int) -> Picture:
    rng = np.random.default_rng((1, seed))
    kind = TABLES[seed % len(TABLES)]
    base = rng.integers(60, 220, 3).astype(np.float32)
    ys, xs = np.mgrid[0:HIGH, 0:WIDE].astype(np.float32)
    canvas = np.ones((HIGH, WIDE, 3), np.float32) * base
    if kind == "wood":
        rings = np.sin((ys + 25 * _soft(rng, 60)) / rng.uniform(4, 14) + _soft(rng, 25) * 2)
        canvas += (rings * rng.uniform(8, 22))[..., None]
        for _ in range(int(rng.integers(2, 7))):
            cv2.ellipse(canvas, _spot(rng), (int(rng.integers(6, 24)), int(rng.integers(4, 12))), 0, 0, 360, (base * 0.6).tolist(), -1)
    elif kind == "tiles":
        step = int(rng.integers(50, 130))
        canvas *= 1 + 0.12 * rng.standard_normal((HIGH // step + 1, WIDE // step + 1)).repeat(step, 0).repeat(step, 1)[:HIGH, :WIDE, None]
        canvas[(ys % step < 4) | (xs % step < 4)] *= 0.6
    elif kind == "cloth":
        a, b = rng.uniform(6, 30, 2)
        canvas += ((np.sign(np.sin(xs / a)) + np.sign(np.sin(ys / b))) * rng.uniform(8, 25))[..., None]
    elif kind == "stone":
        canvas += (_soft(rng, 3) * 18 + _soft(rng, 12) * 14)[..., None]
    elif kind == "paper":
        canvas[:] = rng.uniform(190, 235)
        for y in range(12, HIGH, int(rng.integers(14, 22))):
            x = int(rng.integers(5, 40))
            while x < WIDE - 20:
                word = int(rng.integers(6, 40))
                cv2.line(canvas, (x, y), (x + word, y + int(rng.integers(-1, 2))), (60, 60, 60), int(rng.integers(2, 6)))
                x += word + int(rng.integers(5, 14))
    elif kind == "floral":
        for _ in range(int(rng.integers(40, 110))):
            _flower(canvas, _spot(rng), int(rng.integers(6, 22)), rng)
    canvas += (_soft(rng, 2) * rng.uniform(1.5, 5))[..., None]
    return np.clip(canvas, 0, 255).astype(np.uint8)


def _put(scene: Picture, shot: Shot) -> None:
    """The object with its print and its damage, set down somewhere near the middle."""
    goods, mask = _object(shot.goods)
    _break(goods, mask, shot.damage)
    rng = np.random.default_rng((2, shot.place, shot.goods if shot.place else 0))
    size, angle = (rng.uniform(0.5, 1.2), rng.uniform(-35, 35)) if shot.place else (1.0, 0.0)
    side = goods.shape[0]
    move = cv2.getRotationMatrix2D((side / 2, side / 2), angle, size)
    at = (WIDE / 2 + rng.uniform(-90, 90), HIGH / 2 + rng.uniform(-50, 50)) if shot.place else (WIDE / 2, HIGH / 2)
    move[:, 2] += np.array(at) - side / 2
    warped = cv2.warpAffine(goods, move, (WIDE, HIGH), flags=cv2.INTER_LINEAR)
    there = cv2.warpAffine(mask, move, (WIDE, HIGH))[..., None] / 255.0
    shadow = cv2.GaussianBlur(np.roll(there[..., 0], (14, 10), (0, 1)), (0, 0), 12)[..., None] * 0.35
    scene[:] = (scene * (1 - shadow) * (1 - there) + warped * there).astype(np.uint8)


def _object(seed: int) -> tuple[Picture, Picture]:
    rng = np.random.default_rng((3, seed))
    side = int(rng.integers(300, 430))
    mask = np.zeros((side, side), np.uint8)
    middle, shape = side // 2, SHAPES[seed % len(SHAPES)]
    if shape in ("plate", "bowl"):
        cv2.ellipse(mask, (middle, middle), (side // 2 - 8, int(side * rng.uniform(0.3, 0.48))), 0, 0, 360, 255, -1)
    elif shape in ("vase", "bottle"):
        cv2.ellipse(mask, (middle, int(side * 0.62)), (int(side * rng.uniform(0.2, 0.36)), int(side * 0.34)), 0, 0, 360, 255, -1)
        neck = int(side * rng.uniform(0.07, 0.16))
        cv2.rectangle(mask, (middle - neck, 8), (middle + neck, middle), 255, -1)
    elif shape == "box":
        inset = int(side * rng.uniform(0.05, 0.2))
        cv2.rectangle(mask, (8, inset), (side - 8, side - inset), 255, -1)
    else:
        for y in range(side // 8, side, side // 4):
            for x in range(side // 8, side, side // 4):
                cv2.ellipse(mask, (x, y), (side // 10, side // 8), 0, 0, 360, 255, -1)
    paint = rng.integers(90, 250, 3).astype(np.float32)
    goods = np.ones((side, side, 3), np.float32) * paint
    ys, xs = np.mgrid[0:side, 0:side].astype(np.float32)
    decor = int(rng.integers(0, 5))
    far = np.hypot(xs - middle, ys - middle)
    if decor == 1:
        goods[np.abs(far % rng.uniform(20, 60) - 8) < rng.uniform(2, 6)] = rng.integers(20, 255, 3)
    elif decor == 2:
        for _ in range(int(rng.integers(5, 22))):
            spot = (int(rng.integers(0, side)), int(rng.integers(0, side)))
            _flower(goods, spot, int(rng.integers(8, 30)), rng)
    elif decor == 3:
        word = "".join(rng.choice(list("ABCDEFGHKMNPRSTUVXYZ"), 6))
        for y in range(60, side, 70):
            printed = np.zeros((side, side), np.uint8)
            cv2.putText(printed, word, (10, y), cv2.FONT_HERSHEY_DUPLEX, side / 260, 255, 3)
            goods[printed > 127] = rng.integers(0, 160, 3)
    elif decor == 4:
        goods += (np.sin(ys / rng.uniform(5, 20)) * 25)[..., None]
    goods *= (1.12 - 0.4 * (far / side) ** 2 - 0.12 * (xs / side))[..., None]
    goods += (_soft(rng, 4, side, side) * 2)[..., None]
    return np.clip(goods, 0, 255).astype(np.uint8), mask


def _break(goods: Picture, mask: Picture, seed: int) -> None:
    """Cracks that branch, and shards broken off."""
    rng = np.random.default_rng((4, seed))
    side = goods.shape[0]
    for _ in range(int(rng.integers(2, 5))):
        point = rng.uniform(0.25, 0.75, 2) * side
        for _ in range(int(rng.integers(2, 5))):
            way, at = rng.uniform(0, 2 * np.pi), point.copy()
            for _ in range(int(rng.integers(5, 12))):
                way += rng.normal(0, 0.45)
                to = at + rng.uniform(8, 26) * np.array([np.cos(way), np.sin(way)])
                cv2.line(goods, at.astype(int).tolist(), to.astype(int).tolist(), (35, 30, 30), int(rng.integers(1, 4)), cv2.LINE_AA)
                cv2.line(goods, (at + 2).astype(int).tolist(), (to + 2).astype(int).tolist(), (245, 245, 245), 1, cv2.LINE_AA)
                at = to
    for _ in range(int(rng.integers(0, 4))):
        middle = rng.uniform(0.2, 0.8, 2) * side
        shard = (middle + rng.uniform(-28, 28, (int(rng.integers(3, 6)), 2))).astype(np.int32)
        cv2.fillPoly(goods, [shard], rng.integers(20, 90, 3).tolist(), cv2.LINE_AA)
        if rng.random() < 0.5:
            cv2.fillPoly(mask, [shard], 0)


def _lit(scene: Picture, light: int, rng: np.random.Generator) -> Picture:
    own = np.random.default_rng((5, light))
    ys, xs = np.mgrid[0:HIGH, 0:WIDE].astype(np.float32)
    way = own.uniform(0, 2 * np.pi)
    fall = 1 + own.uniform(0, 0.3) * ((xs / WIDE - 0.5) * np.cos(way) + (ys / HIGH - 0.5) * np.sin(way))
    lit = scene.astype(np.float32) * (own.uniform(0.85, 1.15) * fall)[..., None] * own.uniform(0.95, 1.05, 3)
    return np.clip(lit + rng.normal(0, own.uniform(1.5, 4), scene.shape), 0, 255).astype(np.uint8)


def jpeg(picture: Picture, quality: int = 88) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def perspective(picture: Picture, strength: float, seed: int, border: int = cv2.BORDER_REFLECT) -> Picture:
    """Each corner drawn inwards by up to `strength` of the side: the picture's plane from another place."""
    rng = np.random.default_rng((6, seed))
    high, wide = picture.shape[:2]
    corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    aim = corners + inward * rng.uniform(0.3, 1.0, (4, 2)).astype(np.float32) * strength * np.array([wide, high], np.float32)
    return cv2.warpPerspective(picture, cv2.getPerspectiveTransform(corners, aim.astype(np.float32)), (wide, high), borderMode=border)


def rotate(picture: Picture, degrees: float) -> Picture:
    high, wide = picture.shape[:2]
    return cv2.warpAffine(picture, cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0), (wide, high), borderValue=(255, 255, 255))


def crop(picture: Picture, share: float, rng: np.random.Generator) -> Picture:
    """`share` of each side is cut away."""
    high, wide = picture.shape[:2]
    h, w = int(high * (1 - share)), int(wide * (1 - share))
    y, x = int(rng.integers(0, high - h + 1)), int(rng.integers(0, wide - w + 1))
    if share >= 0.4:
        y, x = (high - h) // 2 + int(rng.integers(-30, 31)), (wide - w) // 2 + int(rng.integers(-30, 31))
    return picture[y : y + h, x : x + w]


def sticker(picture: Picture, rng: np.random.Generator) -> Picture:
    out = picture.copy()
    high, wide = out.shape[:2]
    at, size = _spot(rng, wide, high), int(wide * rng.uniform(0.05, 0.1))
    cv2.circle(out, at, size, rng.integers(0, 255, 3).tolist(), -1)
    cv2.putText(out, "OK", (at[0] - size // 2, at[1]), cv2.FONT_HERSHEY_DUPLEX, size / 45, (255, 255, 255), 3)
    return out


def watermark(picture: Picture, rng: np.random.Generator) -> Picture:
    over = picture.copy()
    high, wide = over.shape[:2]
    for y in range(int(rng.integers(40, 120)), high, int(high * rng.uniform(0.22, 0.4))):
        cv2.putText(
            over, "FICTION SHOP 2026", (int(rng.integers(0, wide // 3)), y), cv2.FONT_HERSHEY_DUPLEX, wide / 700, (255, 255, 255), 4
        )
    return cv2.addWeighted(over, rng.uniform(0.35, 0.6), picture, 1 - 0.5, 0)


def saturation(picture: Picture, rng: np.random.Generator) -> Picture:
    hsv = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV).astype(np.float32)
    hsv[..., 1] *= rng.uniform(1.3, 1.8)
    bright = np.clip(cv2.cvtColor(np.clip(hsv, 0, 255).astype(np.uint8), cv2.COLOR_HSV2BGR).astype(np.float32), 0, 255)
    return np.clip((bright - 128) * rng.uniform(1.2, 1.6) + 128, 0, 255).astype(np.uint8)


def border(picture: Picture, rng: np.random.Generator) -> Picture:
    wide = int(picture.shape[1] * rng.uniform(0.05, 0.14))
    return cv2.copyMakeBorder(picture, wide, wide, wide, wide, cv2.BORDER_CONSTANT, value=rng.integers(0, 255, 3).tolist())


type Edit = Callable[[Picture, np.random.Generator], Picture]

EDITS: dict[str, Edit] = {
    "jpeg": lambda p, r: cv2.imdecode(np.frombuffer(jpeg(p, int(r.integers(20, 45))), np.uint8), cv2.IMREAD_COLOR),
    "resize": lambda p, r: cv2.resize(p, None, fx=(f := r.uniform(0.16, 0.4)), fy=f, interpolation=cv2.INTER_AREA),
    "brightness": lambda p, r: np.clip(p.astype(np.float32) * r.choice([0.6, 0.75, 1.3]) + r.uniform(-15, 25), 0, 255).astype(np.uint8),
    "contrast": saturation,
    "watermark": lambda p, r: watermark(p, r) if r.random() < 0.5 else sticker(p, r),
    "mirror": lambda p, r: cv2.flip(p, 1),
    "rot90": lambda p, r: cv2.rotate(p, int(r.choice([cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_90_COUNTERCLOCKWISE]))),
    "crop": lambda p, r: crop(p, float(r.choice([0.1, 0.3])), r),
    "crop50": lambda p, r: crop(p, 0.5, r),
    "border": border,
    "rotate": lambda p, r: rotate(p, float(r.choice([-30, -10, 10, 30]))),
    "perspective": lambda p, r: perspective(p, r.uniform(0.1, 0.25), int(r.integers(1 << 30)), cv2.BORDER_CONSTANT),
    "blur": lambda p, r: cv2.GaussianBlur(p, (0, 0), r.uniform(1.5, 3.5)),
}

COMBINED = (("crop", "jpeg"), ("mirror", "rotate"), ("perspective", "brightness"), ("border", "resize"), ("mirror", "crop", "jpeg"))


def edited(picture: Picture, name: str, seed: int) -> Picture:
    """One edit by its name, or several joined by «+»."""
    rng = np.random.default_rng((8, seed))
    for one in name.split("+"):
        picture = EDITS[one](picture, rng)
    return np.ascontiguousarray(picture)


def another_view(shot: Shot, seed: int) -> Shot:
    """The same broken thing on the same table, from another place, in another light."""
    rng = np.random.default_rng((9, seed))
    return replace(shot, camera=seed, light=int(rng.integers(1, 1 << 20)), tilt=float(rng.uniform(0.1, 0.25)))


def _soft(rng: np.random.Generator, sigma: float, high: int = HIGH, wide: int = WIDE) -> Any:
    noise = cv2.GaussianBlur(rng.standard_normal((high, wide)).astype(np.float32), (0, 0), sigma)
    return noise / max(float(noise.std()), 1e-6)


def _spot(rng: np.random.Generator, wide: int = WIDE, high: int = HIGH) -> tuple[int, int]:
    return int(rng.integers(0, wide)), int(rng.integers(0, high))


def _flower(canvas: Any, at: tuple[int, int], size: int, rng: np.random.Generator) -> None:
    colour = rng.integers(10, 250, 3).tolist()
    for turn in np.linspace(0, 2 * np.pi, int(rng.integers(4, 8)), endpoint=False):
        leaf = (int(at[0] + size * np.cos(turn)), int(at[1] + size * np.sin(turn)))
        cv2.circle(canvas, leaf, max(size // 2, 2), colour, -1)
    cv2.circle(canvas, at, max(size // 2, 2), rng.integers(10, 250, 3).tolist(), -1)
