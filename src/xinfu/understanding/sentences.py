"""The written sentences behind the model, and what training makes of them: alternatives chosen, slots filled, the noise of real typing added.

A line in data/*.tsv may hold (one|another), [left out or not] and {slot}; slots are in data/slots.tsv.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from xinfu.understanding.contracts import Emotion
from xinfu.understanding.taxonomy import EMOTIONS, STAGE_OF

_DATA = files("xinfu.understanding") / "data"
_CHOICE = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Written:
    """One line as written: its intent, or its emotion and intensity."""

    label: str
    intensity: int
    text: str


def _lines(name: str) -> Iterator[list[str]]:
    for line in (_DATA / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def slots() -> dict[str, list[str]]:
    return {name: values.split("|") for name, values in _lines("slots.tsv")}


def intents() -> list[Written]:
    found = [Written(label, 0, text) for label, text in _lines("intents.tsv")]
    strange = {line.label for line in found} - set(STAGE_OF)
    if strange:
        raise ValueError(f"not in the taxonomy: {sorted(strange)}")
    return found


def emotions() -> list[Written]:
    found = [Written(label, int(intensity), text) for label, intensity, text in _lines("emotions.tsv")]
    if any(line.label not in EMOTIONS for line in found):
        raise ValueError("a line of emotions.tsv has no known emotion")
    return found


def as_emotion(label: str) -> Emotion:
    return EMOTIONS[EMOTIONS.index(label)]  # type: ignore[arg-type]


def expand(template: str, filling: dict[str, list[str]], rng: random.Random) -> str:
    """One of the sentences the line stands for."""

    def choose(m: re.Match[str]) -> str:
        if m[1] is not None:
            return rng.choice(m[1].split("|"))
        return rng.choice(m[2].split("|")) if rng.random() < 0.5 else ""

    while True:
        template, chosen = _CHOICE.subn(choose, template)
        if not chosen:
            break
    return _SLOT.sub(lambda m: rng.choice(filling[m[1]]), template)


_LEADS = (
    "你好", "您好，", "你好，", "亲，", "亲 ", "请问", "请问一下", "请问下", "想问一下", "我想问下", "问一下", "问下", "那个", "那", "麻烦问一下", "咨询一下",
    "在吗，", "您好 请问", "我想咨询一下", "哎", "嗯", "就是", "还有", "另外", "还有就是", "帮我看看", "帮我看下", "麻烦帮我看下", "老板", "那我", "所以", "不好意思，", "但是", "我的意思是",
    "hi ", "hello, ", "客服你好，", "再问一下", "然后", "哦 ", "好的 ", "我是说", "可是", "因为", "现在", "其实", "我刚才问的是",
)  # fmt: skip
_TAILS = (
    "啊", "呢", "呀", "哦", "吧", "哈", "谢谢", "，谢谢", "，急", "？", "?", "！", "。", "～", "...", "？？", " 谢谢", "，麻烦了", "亲", "嘛", "的", "了", "，在线等", "😊", "🙏", "，怎么弄", "，帮忙看下",
    "，可以吗", "？谢谢", "呐", "诶", "是吗", "，是不是", "，我想知道", "，麻烦看下",
)  # fmt: skip
_EN_LEADS = ("hi, ", "hello ", "hey ", "excuse me, ", "quick question: ", "so ", "um ", "also ", "please ", "good morning, ")
_EN_TAILS = (" please", " thanks", "?", "!", " thank you", " asap", "...", " pls")
_SWAPS = (
    ("吗", "么"), ("吗", "嘛"), ("怎么", "咋"), ("怎么", "怎样"), ("怎么", "如何"), ("什么时候", "啥时候"), ("什么时候", "几时"), ("什么", "啥"), ("什么", "神马"), ("没有", "木有"), ("没有", "没"),
    ("为什么", "为啥"), ("为什么", "怎么"), ("为什么", "为何"), ("的", "滴"), ("在", "再"), ("可以", "能"), ("能", "可以"), ("能不能", "可不可以"), ("你们", "你家"), ("你们", "咱们"), ("我", "俺"), ("哪里", "哪儿"), ("哪里", "哪"),
    ("知道", "造"), ("多少", "多小"), ("已经", "已"), ("不", "木"), ("退", "腿"), ("订单", "定单"), ("账", "帐"), ("快递", "物流"), ("物流", "快递"), ("这个", "这"), ("给我", "帮我"), ("帮我", "给我"), ("需要", "要"),
    ("货", "东西"), ("东西", "商品"), ("商品", "产品"), ("收到", "拿到"), ("买", "拍"), ("买", "购买"), ("下单", "拍下"), ("现在", "目前"), ("是不是", "是否"), ("有没有", "有"), ("怎么回事", "什么情况"), ("怎么回事", "咋回事"),
    ("一下", "下"), ("你", "您"), ("想", "想要"), ("您", "你"), ("电话", "手机号"), ("查", "查询"), ("，", " "), ("，", ""), ("？", ""), ("吗", ""), ("呢", ""), ("的", ""), ("了", ""), ("多久", "多长时间"), ("多久", "几天"),
)  # fmt: skip


def noisy(text: str, rng: random.Random) -> str:
    """The sentence as somebody in a hurry would type it: another word for the same, an opening, an ending, a lost or doubled character."""
    if text.isascii():
        return _noisy_english(text, rng)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        old, new = rng.choice(_SWAPS)
        text = text.replace(old, new, 1)
    if rng.random() < 0.35:
        text = rng.choice(_LEADS) + text
    if rng.random() < 0.35:
        text = text.rstrip("？?。") + rng.choice(_TAILS)
    if len(text) > 5 and rng.random() < 0.2:
        text = _slip(text, rng)
    return text


def _noisy_english(text: str, rng: random.Random) -> str:
    if rng.random() < 0.3:
        text = rng.choice(_EN_LEADS) + text
    if rng.random() < 0.3:
        text = text.rstrip("?!.") + rng.choice(_EN_TAILS)
    if rng.random() < 0.2:
        text = text.replace("'", "").replace(" you ", " u ").replace(" are ", " r ")
    return _slip(text, rng) if len(text) > 12 and rng.random() < 0.2 else text


def _slip(text: str, rng: random.Random) -> str:
    at = rng.randrange(len(text) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + text[at] + text[at:]
