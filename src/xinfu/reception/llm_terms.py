"""Words a model may only use when the material of the turn uses them too. Pure.

Claims and deeds have shapes that can be recognised; this is the net under them: a closed list of matters on which a shop's word counts.
Each term has one name in both languages, so that a translation of the material stays sayable.
"""

import re
from typing import Literal

# whose word is good enough: `own` our own words of this turn, `shop` also its articles and order records, `any` also its catalogue
type Standing = Literal["own", "shop", "any"]

_TERMS: tuple[tuple[Standing, str, str], ...] = (
    ("own", "secret", r"验证码|密码|口令|银行卡|卡号|身份证|二维码|扫码|扫一扫|password|passcode|card number"
     r"|verification code|\botp\b|\bpin\b|\bcvv\b"),
    ("own", "contact", r"微信|加我|加群|支付宝|\bqq\b|私聊|私信|whatsapp|telegram|wechat|click|\blink\b|点击|链接|网址"),
    ("own", "rude", r"滚|烦人|傻|蠢|笨蛋|白痴|神经病|活该|没道理|没有道理|无理取闹|闭嘴|有病|爱买不买"
     r"|stupid|idiot|shut up|ridiculous|nonsense"),
    ("own", "threat", r"律师|法院|起诉|报警|拉黑|封号|黑名单|lawyer|\bsue\b|police|court|blacklist"),
    ("own", "boss", r"老板|经理|领导|主管|总监|店长|manager|\bboss\b|supervisor|\bowner\b"),
    ("own", "call", r"打电话|致电|来电|回电|电话联系|call you|phone you|give you a call"),
    ("own", "person", r"人工|专人|同事|转接|human agent|colleague|representative"),
    ("shop", "refund", r"退款|退货|退钱|退回|退还|可退|能退|退您|退你|退给|退一|原路退|refund|return(?:s|ed|ing)?\b|money back|your money"),
    ("shop", "pay", r"赔|补偿|打款|转账|汇款|到账|返现|账户|compensat|reimburs|\bcredit|transfer"),
    ("shop", "gift", r"红包|券|优惠|折扣|打折|\d折|[一二三四五六七八九]折|半价|减免|免单"
     r"|立减|满减|特价|赠品|赠送|送您|送你|白送|coupon|voucher|discount|% off|half price|\bgift"),
    ("shop", "free", r"免费|不收|不用付|不要钱|无需付|白拿|免运|包邮"
     r"|for free|free of charge|\bfree\b|no charge|waive|don't pay|no need to pay"),
    ("shop", "freight", r"运费|邮费|包邮|免邮|shipping (?:fee|cost|charge)|postage|freight|cover the shipping|free shipping"),
    ("shop", "terms", r"终身|永久|无条件|无理由|假一|退一赔|全额|随时退|lifetime|unconditional|no questions asked|anytime"),
    ("shop", "approve", r"同意|批准|审核|通过|approv|accept(?:ed)? your|granted"),
    ("shop", "day", r"今天|今日|今晚|今早|明天|明日|明早|明晚|后天|下周|这周|本周|周[一二三四五六日天末]|星期[一二三四五六日天]|月底|月初|"
                    r"\btoday\b|\btomorrow\b|\btonight\b|next week|this week|weekend|(?:mon|tues|wednes|thurs|fri|satur|sun)day"),
    ("shop", "soon", r"马上|立刻|立即|很快|尽快|即刻|秒|immediately|right away|very soon|shortly|at once|asap"),
    ("shop", "arrived", r"签收|到门口|已到|到货|到了|送到了|送达|delivered|arrived|has come"),
    ("shop", "delivering", r"派送|派件|快递员|配送员|骑手|courier|out for delivery"),
    ("shop", "lost", r"丢件|丢失|遗失|破损|损坏|\blost\b|damaged"),
    ("shop", "exchange", r"换货|换一|换新|换个|调换|exchange|replacement|new one"),
    ("any", "warranty", r"保修|质保|三包|维修|warrant|repair"),
    ("any", "genuine", r"正品|专柜|授权|genuine|authentic|original"),
    ("any", "health", r"治疗|疗效|治愈|副作用|过敏|孕妇|婴儿|药|cure|heal|side effect|allerg|pregnan"),
    ("any", "best", r"最好|最低价|第一|唯一|全网|国家级|best price|lowest|number one|the only"),
)  # fmt: skip
_FINDERS = tuple((standing, name, re.compile(pattern, re.IGNORECASE)) for standing, name, pattern in _TERMS)


def ungrounded(text: str, own: str, shop: str, wares: str) -> frozenset[str]:
    """The matters a text speaks of on nobody's word."""
    grounds: dict[Standing, str] = {"own": own, "shop": f"{own}\n{shop}", "any": f"{own}\n{shop}\n{wares}"}
    return frozenset(name for standing, name, finder in _FINDERS if finder.search(text) and not finder.search(grounds[standing]))
