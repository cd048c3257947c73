"""Whether words are a yes to the very thing that was shown, a no, or something else. Only a plain yes lets anything happen. Pure."""

import re
from functools import cache
from typing import Literal

from xinfu.kit.text import fold

type Answer = Literal["yes", "no", "other"]

# The verb of a yes must be the action's own: 退吧 is no yes to a new address.
_VERBS = {
    "cancel": "取消|退款?",
    "change_address": "改",
    "change_note": "改|备注",
    "urge_parcel": "催(?:一下|一催|催)?",
    "invoice": "开(?:票|发票)?",
    "return": "退(?:货|款)?",
    "exchange": "换(?:货)?",
    "repair": "修|报修",
    "refund_only": "退(?:款|钱)?",
    "price_protection": "退(?:差价)?|申请|保价|价保",
    "withdraw": "撤(?:销|回)?|取消",
}
_MARKS = re.compile(r"[\s,，。.!！~～、…]+")
_YES = (
    "没问题|就这么办|就这样办|就这样|这样办|确认办理|确认|确定|同意|可以的|可以|好的|好吧|好呀|好啊|好滴|好嘞|行的|行吧|是的|对的|没错|要的|要得|办理|办吧"
    "|提交吧|提交|okk|okay|ok|嗯|恩|好|行|是|对|成|中|要|办"
)
_FILLERS = (
    "麻烦你了|麻烦您了|麻烦了|麻烦你|麻烦您|麻烦|辛苦了|谢谢你|谢谢您|谢谢|谢了|多谢|请|帮我|给我|帮忙"
    "|直接|马上|现在|快点|尽快|那就|那|就|先|亲|啊|呀|哈|吧|的|哦|呢"
)
_OPENINGS = re.compile(r"对了|好了|行了|是了|要了")  # by the way, enough: said to go on, not to agree
_NO = re.compile(
    r"(?:不|别|先不|先别|暂时不|算了|不用|不要|不必|不了|不是|取消吧?不|等等"
    r"|等一?下|再想想|考虑|no\b|nope|don'?t|do not|not now|wait|never ?mind|stop)"
)
_CANCEL_IS_NO = re.compile(r"^(?:那?还?是?)?(?:算了吧?|取消吧?)$")
_CALLS_OFF = re.compile(r"取消.*(?:不要|不买|不想要|订单|这单)|(?:不要|不买|不想要|订单|这单).*取消")  # the order, not what was shown
_YES_EN = re.compile(
    r"(?>(?>yes|yeah|yep|yup|okay|ok|sure|right|correct|confirmed|confirm|i confirm|go ahead|go for it|please do|please|do it|do that"
    r"|that'?s right|that'?s fine|fine|agreed|i agree|proceed|thanks|thank you)(?> |$))++"
)
_LONGEST = 24


def answer_to(op: str, text: str) -> Answer:
    """How a message answers 'shall I do this?' about the action `op`. A question, a condition or anything more than a yes is other."""
    folded = _MARKS.sub(" ", fold(text)).strip()
    if not folded or len(folded) > 2 * _LONGEST:
        return "other"
    if any(mark in folded for mark in "?？") or re.search(r"[吗么嘛]|多少|什么|怎么|为啥|几|(.)不\1", folded):
        return "other"
    bare = folded.replace(" ", "")
    if op not in ("cancel", "withdraw") and _CALLS_OFF.search(bare):
        return "other"
    if _CANCEL_IS_NO.match(bare) and op not in ("cancel", "withdraw"):
        return "no"
    if len(bare) <= _LONGEST and _is_yes(op, folded, bare):
        return "yes"
    return "no" if _NO.search(folded) and len(bare) <= 16 else "other"


def _is_yes(op: str, folded: str, bare: str) -> bool:
    if _YES_EN.fullmatch(folded):
        return folded not in ("please", "thanks", "thank you", "right")
    if _OPENINGS.match(bare):
        return False
    agreeing, said = _patterns(op)
    return said.fullmatch(bare) is not None and agreeing.search(bare) is not None


@cache
def _patterns(op: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A word that agrees, and a message of nothing but such words and courtesies. Words are taken whole, so that matching is linear."""
    agrees = rf"(?:{_VERBS.get(op, '办')})(?:了|吧|掉|一下)?|{_YES}"
    return re.compile(agrees), re.compile(rf"(?>(?>{agrees}|{_FILLERS}))++")
