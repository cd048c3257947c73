"""Whether a found article really answers: a search always finds something, and saying the wrong rule is worse than asking. Pure."""

import re
from collections.abc import Sequence

from xinfu.knowledge.contracts import Hit
from xinfu.reception.words import tokens

SCORE_FLOOR = 2.0  # BM25 over bigrams; below it a found article is about something else

_SAYS_NOTHING = frozenset(
    (
        *("怎么", "么样", "怎样", "什么", "可以", "能不", "不能", "是不", "不是", "多少", "多久", "如何", "请问", "我想", "想问"),
        *("问一", "一下", "你们", "咱们", "我们", "你好", "您好", "有没", "没有", "这个", "那个", "为什", "就是", "如果", "时候"),
        *("how", "much", "is", "are", "the", "what", "do", "does", "i", "can", "could", "my", "a", "an", "to", "you", "your", "it"),
        *("of", "for", "in", "on", "and", "or", "me", "we", "please", "there", "this", "that", "have", "want", "about"),
    )
)
_ENDINGS = frozenset("吗呢啊吧呀嘛么的了不")
_ABLE = frozenset("能可会要还怎多退换")  # 能退 in a title names no goods
_WRITTEN = (
    (re.compile(r"[上下][\d一二两三四五六七八九十几]*楼"), "电梯"),
    (re.compile(r"(?:^|[送买订叫换喝桶]|这个?|你们的?|你家的?)水(?!果|管|杯|壶|费|洗|龙|乳|质|温|槽|印)|几桶"), "桶装水"),
)

_SENTENCE = re.compile(r"(?<=[。！？!?\n])|(?<=[.;])(?=\s)")
_TELLING = re.compile(
    r"[^\u4e00-\u9fff]|[的了吗呢啊吧还能可以会要不那这我你他她它是有没就也都在和跟给到退换货买卖想请问个]"
)  # leaves what names something
_COSTS = re.compile(  # asking for a price, and speaking of one
    r"要钱|收费|收钱|花钱|付钱|免费|费用|报价|自费|(?:另|额外|再)(?:收|付|加)|[多加]少?钱|费是|运费|[¥￥]|\d\s?元|\bfee\b|\bfree\b|\bcost|charge|pay\b"
)

# Rules that often differ from goods to goods, so that an article on the very goods comes before them.
GOODS_DIFFER = frozenset(
    ("policy.returns", "policy.exchange", "policy.warranty", "policy.pickup", "policy.installation", "policy.shipping", "policy.freight")
)


def best_hit(hits: Sequence[Hit], text: str) -> Hit | None:
    """The found article that says most of what the question says, the first of equals; None when none is really about it."""
    words = _words(text)
    best, most = None, len(words) / 2
    for hit in hits:
        if hit.score >= SCORE_FLOOR and (share := _shared(hit, words)) > most:
            best, most = hit, share
    return best


def particular(hits: Sequence[Hit], rule: Hit | None, text: str) -> Hit | None:
    """The article on the very goods asked about in place of the shop's general rule; the rule when there is none.

    It has to be titled with something the question names and the rule does not: 显卡能退吗 is told what holds for graphics cards.
    """
    if rule is None:
        return None
    named = _words(text) - tokens(rule.title) - tokens(rule.body)
    about = [hit for hit in hits if hit.topic.startswith("product.") and _names(hit, named)]
    return best_hit(about, text) or rule


def passage(body: str, text: str) -> str:
    """The sentences of an article that speak of what is asked, when that is not nearly all of it; '' when none does."""
    sentences = [s for s in _SENTENCE.split(body) if s.strip()]
    words = _words(text)
    costs = _COSTS.search(text) is not None
    fitting = [s for s in sentences if (costs and _COSTS.search(s)) or (not costs and len(words & tokens(s)) >= max(1, len(words) / 3))]
    if not fitting and (telling := set(_TELLING.sub("", text))):
        fitting = [s for s in sentences if len(telling & set(s)) * 2 >= len(telling)]
    if len(fitting) == len(sentences):
        fitting = [s for s in sentences if words & tokens(s)]
    return "".join(fitting).strip() if fitting and len(fitting) < len(sentences) else ""


def speaks_of(hit: Hit, text: str) -> bool:
    """Whether an article has any of the words that a question is about."""
    return _shared(hit, _words(text)) > 0


def written(text: str) -> str:
    """The question with the words articles use for what people say: nobody asks about 桶装水, they ask whether 水 comes up the stairs."""
    return text + "".join(f" {words}" for spoken, words in _WRITTEN if spoken.search(text))


def _words(text: str) -> frozenset[str]:
    """What a question says. Words that any question has (怎么, 可以, how) say nothing: 今天天气怎么样 finds no 显卡怎么样."""
    return frozenset(word for word in tokens(written(text)) if word not in _SAYS_NOTHING and word[-1] not in _ENDINGS)


def _shared(hit: Hit, words: frozenset[str]) -> int:
    """How much of what is said occurs in the article; words of the title count double when they name something."""
    title, body = tokens(hit.title), tokens(hit.body)
    return sum(2 if word in title and word[0] not in _ABLE else word in title or word in body for word in words)


def _names(hit: Hit, named: frozenset[str]) -> bool:
    return any(word[0] not in _ABLE for word in named & tokens(hit.title))
