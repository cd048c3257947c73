"""The names of actions and states, in both languages."""

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
