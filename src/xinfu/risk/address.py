"""Chinese addresses written by people, brought to one form: same door, same key, however it was typed."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_REMARK = re.compile(r"[((【\[].*?[))】\]]")
_ADMIN = re.compile(
    r"^(?:中国)?(?:[^\W\d]{2,8}?(?:省|自治区|特别行政区))?(?:[^\W\d]{2,8}?(?:市|自治州|地区|盟))?(?:[^\W\d]{1,6}?(?:(?<![小社园校厂厢])区|县|旗|市))?"
)
_STREET_OFFICE = re.compile(r"^[^\W\d]{2,8}?(?:街道办事处|街道|镇|乡)(?=[^\W\d])")
_CHINESE_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百]+(?=号|栋|幢|座|楼|单元|室|层|房|户|弄|巷|期|区|排)")
_UNITS = re.compile(r"(?:号楼|号院|栋楼|单元|号|栋|幢|座|楼|室|房间|房|户|层|弄|#|门)")
_NOISE = re.compile(r"(?:放门口|放前台|快递柜|丰巢|菜鸟驿站|驿站|代收点|代收|请打电话|请电联|到了打电话|电联|自提|附近|对面|旁边|旁)")
_TOKEN = re.compile(r"\d+|[a-z]+|[^\W\d_a-z]+")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


@dataclass(frozen=True, slots=True)
class Place:
    """`door` is one household's door, `building` what its neighbours share. Empty where the text does not say."""

    door: str
    building: str


@lru_cache(maxsize=65536)
def place(text: str) -> Place:
    """Words and numbers apart: provinces, districts, remarks and unit words are dropped, numbers keep their order."""
    folded = _REMARK.sub("", unicodedata.normalize("NFKC", text).lower())
    folded = _NOISE.sub("", re.sub(r"[\s,，。.;；、/\\]+", "", folded))
    folded = _CHINESE_NUMBER.sub(lambda m: str(_number(m.group())), folded)
    folded = _STREET_OFFICE.sub("", _ADMIN.sub("", folded, count=1))
    folded = _UNITS.sub("-", folded)
    tokens = _TOKEN.findall(folded)
    words = "".join(t for t in tokens if not t.isdigit())
    numbers = [t.lstrip("0") or "0" for t in tokens if t.isdigit()]
    if not words and len(numbers) < 2:
        return Place("", "")
    building = words + "|" + "-".join(numbers[:-1]) if numbers else words
    # Without at least two numbers the text names a place many share, not a door.
    door = words + "|" + "-".join(numbers) if len(numbers) >= 2 else ""
    return Place(door, building)


def _number(text: str) -> int:
    total = current = 0
    if "十" not in text and "百" not in text:
        return int("".join(str(_DIGITS[c]) for c in text))
    for char in text:
        if char == "百":
            total, current = total + (current or 1) * 100, 0
        elif char == "十":
            total, current = total + (current or 1) * 10, 0
        else:
            current = _DIGITS[char]
    return total + current
