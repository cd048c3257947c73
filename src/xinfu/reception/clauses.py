"""Where one message says several things, where several messages say one, and where a message is not finished yet. Pure."""

import re
from collections.abc import Sequence

from xinfu.conversations.contracts import Incoming, Message
from xinfu.kit.text import fold

PATIENCE_S = 2.5  # how long someone who seems to be still writing is given
TOGETHER_MS = 60_000  # fragments further apart than this are not one thought
MOST_CLAUSES = 4
_SHORTEST = 4

_MARKS = re.compile(
    r"[。？?！!；;\n]|[,，]\s*(?:另外|还有|顺便|再问|对了|然后|以及|同时|and\b|also\b)|另外|还有(?!货|吗|没|优惠|活动)|顺便|\balso\b"
)
_SPLIT = re.compile(
    r"[。？?！!；;\n]+|[,，]?\s*(?:另外(?!一)|还有(?!货|吗|没|优惠|活动|多)|顺便(?:问一?下)?|再问(?:一?下|个)|对了)[,，]?"
    r"|[,，.]?\s*\b(?:and )?also\b[,，]?",
    re.IGNORECASE,
)
_LAST_WORDS = re.compile(r"[…、，,:：]$|\.\.\.$|。。。$|(?:然后|就是|因为|但是|那个|比如)$")
_OPENING = re.compile(
    r"(?:(?:你好|您好|在吗|亲|哈喽|hi|hello|客服)[呀啊吗,，。!！~ ]*)?"
    r"(?:请问(?:一?下)?|我?想(?:问|咨询)(?:一?下|个问题|个事|点事)?|问(?:一?下|个问题|个事)|麻烦(?:问|看|查)?(?:一?下|你)?|是这样的?|我?那个|就是"
    r"|帮我?(?:看|查)(?:一?下|看)?|我(?:跟你)?说(?:一?下|个事)|情况是这样的?|有(?:个|一个)(?:问题|事)"
    r"|i (?:want|wanted|would like|'d like) to ask(?: you)?|i have a question|quick question|so|well|um+|excuse me)"
    r"[呀啊哈的,，。:：~ ]*"
)
_ABOUT = re.compile(
    r"我(?:上次|昨天|前天|今天|之前|刚才?|刚刚|上周|前几天|那天|在你们?家?)?(?:在你们?家?(?:这|店里)?)?(?:买|拍|下单|订)(?:了|的)?(?:那?一?[个件双条台款只瓶箱])?(?:的)?[\u4e00-\u9fffa-z0-9]{0,6}"
    r"|(?:我(?:的)?)?(?:那个|这个|那笔|这笔)(?:订单|快递|包裹|东西|衣服|鞋|商品)|(?:about )?my (?:last |recent )?(?:order|parcel|purchase)"
)
_ENDS = frozenset("吗呢吧么嘛?？!！了呀")


def clauses(text: str) -> list[str]:
    """The parts of a message that may each want something; [] when it says one thing. Cheap for the messages that do."""
    if len(text) < 2 * _SHORTEST or not _MARKS.search(text):
        return []
    parts = [part.strip(" ,，、") for part in _SPLIT.split(text)]
    parts = [part for part in parts if len(part) >= _SHORTEST]
    return parts[:MOST_CLAUSES] if len(parts) > 1 else []


def unfinished(text: str) -> bool:
    """Whether a customer seems to be still writing: an opening without a question, a thing without what about it, a comma at the end."""
    if not text or len(text) > 40 or text[-1] in _ENDS:
        return False
    folded = fold(text)
    if not folded:
        return False
    if _LAST_WORDS.search(text.rstrip()) or _OPENING.fullmatch(folded):
        return True
    return len(folded) <= 24 and _ABOUT.fullmatch(folded) is not None


def unanswered(incoming: Incoming) -> list[Message]:
    """The customer's own texts just before this one that got no answer, oldest first: the pieces of one thought."""
    pieces: list[Message] = []
    for message in reversed(incoming.recent):
        if message.sender == "system":
            continue
        if message.sender != "customer" or message.kind != "text" or incoming.message.at - message.at > TOGETHER_MS:
            break
        pieces.append(message)
    pieces.reverse()
    return pieces


def joined(texts: Sequence[str]) -> str:
    """Fragments as one sentence: Chinese ones flow on, others get a space."""
    out = ""
    for text in texts:
        text = text.strip(" ,，…")
        between = " " if out and out[-1].isascii() and text[:1].isascii() else "，" if out else ""
        out += between + text
    return out
