"""What a message can be read as. The keys are ours and stable: settings, reports and the API speak of them."""

from typing import Literal, NamedTuple

from xinfu.understanding.contracts import Danger, Demand, Emotion, Stage


class Intent(NamedTuple):
    key: str
    zh: str
    stage: Stage


INTENTS: tuple[Intent, ...] = (
    Intent("product_attribute", "商品属性", "pre"),
    Intent("product_compare", "商品比较", "pre"),
    Intent("product_search", "找商品", "pre"),
    Intent("product_usage", "使用方法", "any"),
    Intent("authenticity", "正品与质量", "pre"),
    Intent("production_date", "生产日期", "pre"),
    Intent("package_contents", "包装清单", "pre"),
    Intent("packaging", "外包装", "any"),
    Intent("price", "价格与议价", "pre"),
    Intent("promotion", "活动", "pre"),
    Intent("coupon", "优惠券", "any"),
    Intent("gift_item", "赠品", "any"),
    Intent("stock", "库存与补货", "pre"),
    Intent("delivery_area", "能否配送", "pre"),
    Intent("delivery_fee", "运费", "pre"),
    Intent("seller_type", "自营与第三方", "pre"),
    Intent("purchase_process", "购物流程", "pre"),
    Intent("payment", "支付", "mid"),
    Intent("credit", "白条", "any"),
    Intent("gift_card_balance", "礼品卡与余额", "any"),
    Intent("membership", "会员", "any"),
    Intent("account", "账户", "any"),
    Intent("merchant_partner", "商家合作", "any"),
    Intent("order_status", "订单状态", "mid"),
    Intent("dispatch_time", "发货时间", "mid"),
    Intent("logistics_tracking", "物流跟踪", "mid"),
    Intent("delivery_schedule", "配送时间", "mid"),
    Intent("delivery_method", "配送方式", "mid"),
    Intent("logistics_exception", "物流异常", "mid"),
    Intent("order_modify", "修改订单", "mid"),
    Intent("order_split_merge", "拆单合单", "mid"),
    Intent("order_cancel", "取消订单", "mid"),
    Intent("order_restore", "恢复订单", "mid"),
    Intent("reject_parcel", "拒收", "mid"),
    Intent("installation", "安装", "after"),
    Intent("invoice", "发票", "any"),
    Intent("after_sales_policy", "退换政策", "after"),
    Intent("warranty_repair", "保修维修", "after"),
    Intent("refund_request", "申请退款", "after"),
    Intent("refund_progress", "退款进度", "after"),
    Intent("after_sales_withdraw", "取消售后", "after"),
    Intent("service_ticket", "服务单", "after"),
    Intent("return_logistics", "退货物流", "after"),
    Intent("wrong_missing", "错发漏发", "after"),
    Intent("transport_damage", "物流损坏", "after"),
    Intent("price_protection", "价保", "after"),
    Intent("dispute", "纠纷", "after"),
    Intent("review", "评价", "after"),
    Intent("trade_in", "回收换新", "any"),
    Intent("contact_someone", "联系某人", "any"),
    Intent("top_up", "充值", "any"),
    Intent("travel_ticket", "机票旅行", "any"),
    Intent("greeting", "问候", "any"),
    Intent("thanks_bye", "感谢告别", "any"),
    Intent("confirm", "确认", "any"),
    Intent("deny", "否认", "any"),
    Intent("human_request", "转人工", "any"),
    Intent("complaint", "投诉", "any"),
    Intent("chitchat", "闲聊", "any"),
    Intent("unknown", "未知", "any"),
)
INTENT_KEYS: tuple[str, ...] = tuple(intent.key for intent in INTENTS)
STAGE_OF: dict[str, Stage] = {intent.key: intent.stage for intent in INTENTS}
EMOTIONS: tuple[Emotion, ...] = ("anger", "anxiety", "worry", "loss", "confusion", "happiness", "calm")
DEMANDS: tuple[Demand, ...] = ("information", "action", "refund", "compensation", "apology", "fairness", "none")
MANNERS: tuple[str, ...] = ("clean", "heated", "abuse")  # heated: anger at a fault, which is no abuse of a person
DANGERS: tuple[Danger | Literal["none"], ...] = ("none", "self_harm", "threat", "violence", "injury", "allergy")

# What the model decides about each message, in the order of its columns.
HEADS: dict[str, tuple[str, ...]] = {
    "intent": INTENT_KEYS,
    "emotion": EMOTIONS,
    "demand": DEMANDS,
    "manner": MANNERS,
    "danger": DANGERS,
}
