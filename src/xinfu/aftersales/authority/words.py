"""The names of actions, states and roles, in both languages."""

from collections.abc import Iterable

from xinfu.aftersales.authority.contracts import Action, ApprovalState

ACTION_WORDS: dict[Action, tuple[str, str]] = {
    "refund": ("退款", "refund"),
    "refund_only": ("仅退款", "refund without return"),
    "late_return": ("超期退货", "late return"),
    "compensation_cash": ("现金补偿", "compensation in cash"),
    "compensation_coupon": ("优惠券补偿", "compensation by coupon"),
    "compensation_points": ("积分补偿", "compensation in points"),
    "goodwill": ("人情通融", "goodwill"),
    "reissue": ("补发", "reissue"),
    "price_protection": ("价保", "price protection"),
    "freight": ("运费", "freight"),
}
STATE_WORDS: dict[ApprovalState, tuple[str, str]] = {
    "waiting": ("待审批", "waiting"),
    "approved": ("已同意", "approved"),
    "declined": ("已拒绝", "declined"),
    "expired": ("已过期", "expired"),
    "withdrawn": ("已撤回", "withdrawn"),
}
_ROLES: dict[str, tuple[str, str]] = {
    "agent": ("客服", "agent"),
    "specialist": ("专员", "specialist"),
    "lead": ("组长", "lead"),
    "trainer": ("培训师", "trainer"),
    "inspector": ("质检员", "inspector"),
    "planner": ("排班员", "planner"),
    "owner": ("店主", "owner"),
    "ai": ("AI", "AI"),
}


def role_words(role: str) -> tuple[str, str]:
    """A role of the shop's own is called what it is called."""
    return _ROLES.get(role, (role, role))


def listed(roles: Iterable[str]) -> tuple[str, str]:
    named = [role_words(role) for role in roles]
    return "、".join(zh for zh, _ in named), ", ".join(en for _, en in named)
