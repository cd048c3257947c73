"""Whether a found article really answers: a search always finds something, and saying the wrong rule is worse than asking. Pure."""

from collections.abc import Sequence

from xinfu.knowledge.contracts import Hit
from xinfu.reception.choosing import tokens

SCORE_FLOOR = 2.0  # BM25 over bigrams; below it a found article is about something else

_SAYS_NOTHING = frozenset(
    (
        *("怎么", "么样", "怎样", "什么", "可以", "能不", "不能", "是不", "不是", "多少", "多久", "如何", "请问", "我想", "想问"),
        *("问一", "一下", "你们", "咱们", "我们", "你好", "您好", "有没", "没有", "这个", "那个", "为什", "就是", "如果", "时候"),
        *("how", "much", "is", "are", "the", "what", "do", "does", "i", "can", "could", "my", "a", "an", "to", "you", "your", "it"),
        *("of", "for", "in", "on", "and", "or", "me", "we", "please", "there", "this", "that", "have", "want", "about"),
    )
)
_ENDINGS = frozenset("吗呢啊吧呀嘛么的了")


def best_hit(hits: Sequence[Hit], text: str) -> Hit | None:
    """The first found article that is really about the question, or None."""
    return next((hit for hit in hits if relevant(hit, text)), None)


def relevant(hit: Hit, text: str) -> bool:
    """Whether more than half of what the question says occurs in the article; words of the title count double.

    Words that any question has (怎么, 可以, how) say nothing and are left out: 今天天气怎么样 finds no 显卡怎么样.
    """
    if hit.score < SCORE_FLOOR:
        return False
    words = [word for word in tokens(text) if word not in _SAYS_NOTHING and word[-1] not in _ENDINGS]
    title, body = tokens(hit.title), tokens(hit.body)
    return sum(2 if word in title else word in body for word in words) * 2 > len(words)
