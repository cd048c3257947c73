"""Wishes beside goods coming back or money for goods: sending again, compensation, goodwill, disputes, adverse reactions. Pure.

None of them brings money by itself: a person decides what it comes to. Opening one is never refused for its reason alone.
"""

from typing import Protocol

from xinfu.aftersales.contracts import Facts, Kind, Reason, Verdict, Wish
from xinfu.aftersales.packs import Pack

SENT_AGAIN: frozenset[Reason] = frozenset({"missing", "wrong_item", "damaged", "quality", "not_received"})
OF_THE_WHOLE: frozenset[Kind] = frozenset({"compensation", "goodwill", "dispute", "adverse_reaction"})
"""Kinds about the order or the service: they hold no line, so that anything else can be asked for beside them."""


class Says(Protocol):
    """Where a judgement is gathered: policy's."""

    basis: str

    def say(self, code: str, clause: str, zh: str, en: str, verdict: Verdict = "allowed") -> None: ...


def reissue(wish: Wish, facts: Facts, pack: Pack, found: Says) -> None:
    found.basis = "reissue"
    if wish.reason not in SENT_AGAIN:
        found.say("reason_mismatch", "", "这个原因不适用于补发。", "This is no reason to send goods again.", "refused")
        return
    if wish.reason != "not_received" and facts.status not in ("delivered", "completed"):
        found.say(
            "not_arrived", "", "包裹还在路上，收到后再核对。", "The parcel is still on its way; look again once it arrived.", "refused"
        )
        return
    found.say("sent_again", pack.freight.clause_fault, "核实后免费补发。", "Once checked, it is sent again free of charge.", "person")
    if wish.reason in pack.quality.photo_reasons and not wish.photos:
        found.say("photo_wanted", pack.quality.clause, "请补一张能看清问题的照片。", "A photo of what is wrong is asked for.", "person")


def compensation(wish: Wish, facts: Facts, pack: Pack, found: Says) -> None:
    found.basis = wish.kind
    clause = pack.compensation.clause if wish.kind == "compensation" else pack.goodwill.clause
    if wish.kind == "compensation" and wish.reason == "no_reason":
        found.say("reason_mismatch", "", "请说明是哪里没做好。", "Tell what went wrong.", "refused")
        return
    found.say(
        "by_person",
        clause,
        "由专人核实后决定给积分、优惠券还是现金。",
        "A person looks at it and decides on points, a coupon or cash.",
        "person",
    )


def dispute(wish: Wish, facts: Facts, pack: Pack, found: Says) -> None:
    found.basis = "dispute"
    hours = pack.dispute.respond
    found.say(
        "dispute",
        "",
        f"{hours} 小时内有专人联系您，每一步都会告诉您。",
        f"A person contacts you within {hours} h and tells every step.",
        "person",
    )


def adverse_reaction(wish: Wish, facts: Facts, pack: Pack, found: Says) -> None:
    found.basis = "adverse_reaction"
    if facts.status not in ("delivered", "completed"):
        found.say("not_delivered", "", "包裹还没有签收。", "The parcel has not arrived yet.", "refused")
        return
    found.say("stop_using", "", "请先停用，保留好商品。", "Please stop using it and keep it.")
    found.say("doctor", "", "不舒服请尽快就医，留好病历和票据。", "If you feel unwell see a doctor soon, and keep the papers.")
    found.say(
        "follow_up",
        "",
        "由专人马上跟进，费用和赔付之后再谈，不用担心。",
        "A person follows up at once; costs are spoken of later, do not worry.",
        "person",
    )
