"""What stands between a language model's words and anyone who reads them. Pure.

A text passes only if it says nothing that the facts of the turn do not say: no number, date, amount or promise (check.Facts), no deed
that was not done, no permission or prohibition that is not in the texts it was given, no link, no markup, none of its instructions.
Refusing too much is cheap, because the built-in words are said instead.
"""

import re
from dataclasses import dataclass
from typing import Literal

from xinfu.kit.text import bigrams, clean
from xinfu.reception.check import Facts, claims_in
from xinfu.reception.llm_terms import ungrounded
from xinfu.understanding.contracts import Language

type Refused = Literal["empty", "too_long", "format", "nonsense", "language", "leak", "unsupported", "deed", "policy", "dropped"]

CUSTOMER_LIMIT = 600
DRAFT_LIMIT = 1200
_PROCESS = frozenset({"dispatch"})  # what a shop text may say the shop does for everyone
_HARD = frozenset({"amount", "date", "time", "span", "share", "n"})  # claims with only one way of saying them
_LEAK = 18  # so many characters in a row of the instructions are no accident
_NEAR = 0.2  # of the built-in words' bigrams a rewriting keeps at least so many

_FORMAT = re.compile(
    r"<\s*/?[a-zA-Z!]|```|\]\(|javascript:|data:text|&#|&lt;|\{\{|\[\[|^\s*[{\[]\s*[\"{\[]|(?:https?|ftp)://|www\."
    r"|[\w-]+\.(?:com|cn|net|org|top|xyz|io|info|shop|vip|cc|ru)(?![\w])",
    re.IGNORECASE,
)
_RUN = re.compile(r"(.{1,4}?)\1{7,}")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")
_MARKDOWN = re.compile(r"\*\*|__|^#{1,4} ", re.MULTILINE)

# What can be done to an order, in one word each, as both languages say it. Longer words first.
_DEEDS: tuple[tuple[str, str], ...] = (
    ("pay", "补偿|赔偿|赔付|赔|到账|打款|转账|返现|免单|减免|优惠券|红包|发券|立减"),
    ("resend", "补发|重发|再发一"),
    ("refund", "退款|退货|退钱|退换|退回|退"),
    ("exchange", "换货|更换|调换|换"),
    ("cancel", "取消|撤销|撤回"),
    ("intercept", "拦截|召回"),
    ("change", "修改|更改|改成|改为|改好|改"),
    ("urge", "催促|催"),
    ("gift", "赠送|赠|白送"),
    ("hand", "转人工|转接|转给|转交"),
    ("arrange", "登记|申请|安排|办理|处理|审核|通过|批准|同意|升级|延长|预留|保留|联系|核实|反馈"),
    ("dispatch", "发货|发出|寄出|配送|送达|送到|到货"),
)
_DEEDS_EN: tuple[tuple[str, str], ...] = (
    ("pay", "compensat|credit|coupon|voucher|discount|waiv|paid|pay|reimburs"),
    ("resend", "resen[dt]|reship|replac"),
    ("refund", "refund|return"),
    ("exchange", "exchang|swap"),
    ("cancel", "cancel"),
    ("intercept", "intercept|recall"),
    ("change", "chang|updat|modif|edit"),
    ("urge", "urg|expedit|chas"),
    ("gift", "gift|free"),
    ("hand", "transfer|connect|hand"),
    ("arrange", "arrang|process|approv|regist|submit|escalat|book|issu|contact|verif|report"),
    ("dispatch", "ship|dispatch|deliver|sen[dt]"),
)
_DEED_NAMES = frozenset(name for name, _ in _DEEDS)
_ZH_VERB = "|".join(words for _, words in _DEEDS)
_EN_VERB = "(?:" + "|".join(words for _, words in _DEEDS_EN) + ")\\w*"
_DEED = re.compile(
    rf"(?:已经|已|刚刚|刚才|刚|这就|马上|立即|立刻|现在就|稍后|同意|批准|准许|我来|我会|我们会|我们将|将会|将|帮您|给您|为您|替您|帮你|给你|为你)"
    rf"[^。！？!?\n]{{0,10}}?(?P<zh>{_ZH_VERB})"
    rf"|(?P<zh2>{_ZH_VERB})(?:成功|好了|完成|完毕|申请已|我来|由我|我帮|给您办|帮您办|为您办|批了|通过|了(?!解|吗|么|没))"
    rf"|\b(?:i|we|it|they|order|money|refund|parcel)(?:'ve|'ll|'m|'re|'s| have| has| will| am| are| is| was| were| can)?"
    rf"(?: (?!not)[a-z]+){{0,3}}? (?P<en>{_EN_VERB})"
    rf"|\b(?:been|being|was|were|is|are|be) (?:\w+ )?(?P<en2>{_EN_VERB})",
    re.IGNORECASE,
)
_ZH_MAY = rf"{_ZH_VERB}|使用|机洗|保修|维修|开票|发票"
_EN_MAY = rf"{_EN_VERB}|use|wash\w*"
_MAY = re.compile(
    rf"(?:不能|不可以|不可|无法|不支持|不予|没法|不允许|不得|不用|无需|不需要|不会)[\u3400-\u9fff]{{0,5}}?(?P<znov>{_ZH_MAY})"
    rf"|(?<![不无就才])(?:可以|能够|支持|允许|能|可|免费|无条件|随时)[\u3400-\u9fff]{{0,5}}?(?P<zyesv>{_ZH_MAY})"
    r"|\b(?:can ?not|can't|may not|not (?:be )?(?:able|allowed|possible|eligible)|won't|don't need)\b(?: \w+){0,3}?"
    rf" (?P<enov>{_EN_MAY})"
    rf"|\b(?:can|may|able to|allowed to|eligible for|free to|entitled to)\b(?! ?not)(?: (?!not)\w+){{0,3}}? (?P<eyesv>{_EN_MAY})",
    re.IGNORECASE,
)


def tidy(text: str) -> str:
    """The model's words without the decoration chat models like."""
    return _MARKDOWN.sub("", clean(text)).strip().strip('"“”').strip()


@dataclass(frozen=True, slots=True)
class Ground:
    """What a text stands on.

    `told`: our own words of this turn, which alone may hold promises and deeds. `given`: the shop's articles and the order's records.
    `wares`: the catalogue, in which many people write. `deeds`: what records say was done. `rewriting`: what has to be said again.
    """

    facts: Facts
    language: Language
    instructions: str
    told: str = ""
    given: str = ""
    wares: str = ""
    deeds: frozenset[str] = frozenset()
    rewriting: str = ""
    limit: int = CUSTOMER_LIMIT


def refusal(text: str, ground: Ground) -> Refused | None:
    """Why `text` may not be said, or None."""
    return _unfit(text, ground) or untrue(text, ground) or _unfaithful(text, ground.rewriting)


def _unfit(text: str, ground: Ground) -> Refused | None:
    language, instructions = ground.language, ground.instructions
    letters = len(_HAN.findall(text)) + len(_LATIN.findall(text))
    if letters < 2:
        return "empty"
    if len(text) > ground.limit:
        return "too_long"
    if any(m.group() not in ground.told for m in _FORMAT.finditer(text)):
        return "format"
    if _RUN.search(text):
        return "nonsense"
    han = len(_HAN.findall(text))
    if (language == "zh" and han * 4 < letters) or (language == "en" and han * 4 > letters):
        return "language"
    if any(text[i : i + _LEAK] in instructions for i in range(max(1, len(text) - _LEAK + 1))) and len(text) >= _LEAK:
        return "leak"
    return None


def untrue(text: str, ground: Ground) -> Refused | None:
    """Why a text, whatever its form, says more than is known; None when it does not."""
    promises = {claim for claim in claims_in(text) if claim.startswith("promise:")}
    if ground.facts.unsupported(text) or promises - claims_in(ground.told):
        return "unsupported"
    if deeds_in(text) - deeds_in(ground.told) - ground.deeds - (deeds_in(ground.given) & _PROCESS):
        return "deed"
    stated = statements_in(f"{ground.told}\n{ground.given}") | {
        s for s in statements_in(ground.wares) if s.partition(":")[2] not in _DEED_NAMES
    }
    if statements_in(text) - stated or ungrounded(text, ground.told, ground.given, ground.wares):
        return "policy"
    return None


def _unfaithful(text: str, rewriting: str) -> Refused | None:
    """A rewriting loses no fact, and is about the same thing."""
    if not rewriting:
        return None
    hard = {claim for claim in claims_in(rewriting) if claim.partition(":")[0] in _HARD}
    if hard - claims_in(text) or statements_in(rewriting) - statements_in(text):
        return "dropped"
    wanted = _words(rewriting)
    return "nonsense" if len(wanted & _words(text)) < _NEAR * len(wanted) else None


def _words(text: str) -> frozenset[str]:
    """What a text is about: numbers and single characters left out."""
    return frozenset(w for w in bigrams(text) if len(w) > 1 and not any(c.isdigit() for c in w))


def deeds_in(text: str) -> frozenset[str]:
    """What a text says was or will be done by the shop: refund, cancel, pay …"""
    return frozenset(_canonical(next(filter(None, m.groups()))) for m in _DEED.finditer(text))


def statements_in(text: str) -> frozenset[str]:
    """What a text allows or rules out: may:refund, may_not:exchange …"""
    found: set[str] = set()
    for m in _MAY.finditer(text):
        no = m["znov"] or m["enov"]
        yes = m["zyesv"] or m["eyesv"]
        found.add(f"may_not:{_canonical(no)}" if no else f"may:{_canonical(yes)}")
    return frozenset(found)


def _canonical(verb: str) -> str:
    lowered = verb.lower()
    for name, words in (*_DEEDS, *_DEEDS_EN):
        if re.match(rf"(?:{words})", lowered):
            return name
    return lowered
