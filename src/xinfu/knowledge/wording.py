"""What customers say and what articles say: the words of a question that find nothing, and everyday words for what shops write.

Plain tables, read top to bottom; nothing is learned. A word of a question is never replaced, only joined by the shop's word for it.
"""

import re

from xinfu.kit.text import fold

_EMPTY = re.compile(
    r"你好|您好|在吗|请问|麻烦|谢谢|想问一下|问一下|一下|想知道|就是|那个|这个|可不可以|能不能|是不是|有没有|会不会|要不要|行不行|可以|能否|"
    r"是否|怎么样|怎么办|怎么|怎样|如何|为什么|什么|哪个|哪里|还能|不能|不是|没有|还有|你们|我们|咱们|我的|你的|的话|一点|有点|了吗|的吗|吗|嘛|"
    r"么|呢|吧|啊|呀|哦|哈|给我|帮我|我要|我想|现在|已经"
)
_EMPTY_ENGLISH = frozenset(
    {
        "a", "an", "the", "is", "are", "am", "do", "does", "did", "will", "would", "can", "could", "you", "your", "i", "my", "me", "it",
        "to", "of", "in", "on", "be", "have", "has", "need", "want", "please", "when", "what", "how", "than", "now", "with", "or", "and",
        "there",
    }
)  # fmt: skip
# said by customers → written by shops
_MEANS: tuple[tuple[str, str], ...] = (
    (r"邮费|快递费|包邮|免邮", "运费 包邮"),
    (r"寄出|发出|拍下|几时发|哪天发|什么时候发|能发(?!票)|没发", "发货 当天发出"),
    (r"尿不湿|纸尿布", "纸尿裤"),
    (r"假货|真货|真假|真伪|正版|仿的|高仿", "正品 授权"),
    (r"怀孕|孕妇|哺乳", "孕 哺乳期"),
    (r"(退|返)的?钱|钱.{0,3}退|退.{0,4}(到账|到卡)|钱.{0,4}到账|钱呢", "退款 到账"),
    (r"不喜欢|不想要|不合适|后悔", "退货 无理由"),
    (r"换(大|小|一|个|件|码|色)|(大|小)一(码|号)", "换货 尺码"),
    (r"降价|便宜了|买贵|差的钱|价保|保价", "差价 价保 买贵"),
    (r"报销|开票|要票|专票|税号|抬头", "发票"),
    (r"保几年|保多久|质保|三包", "保修"),
    (r"(给|来|上门|帮)装|装机师傅|打孔", "安装 师傅"),
    (r"(送|寄|发)到|能(送|寄)|乡下|村里|香港|国外|海外", "能送 哪些地方 港澳台 海外"),
    (r"(怎么|可以|能|用).{0,3}付(?!款)|花呗|云闪付|货到付款", "付款方式"),
    (r"vip|特权|权益", "会员 等级"),
    (r"(两|几|多)张券|用券|代金券|红包|满减|券", "优惠券"),
    (r"(退|撤|取消)掉?.{0,3}单|取消", "取消订单"),
    (r"改地址|换地址|地址.{0,2}(写|填)?错|搬家", "地址填错 改"),
    (r"几点|上班|半夜|晚上.{0,6}(人|客服)|人工", "客服 上班时间"),
    (r"碎|裂|压扁|压坏|摔坏|磕", "破损"),
    (r"红疹|过敏|发痒|又痒|发红|刺痛|烂脸", "过敏 不舒服 起疹"),
    (r"送人|送朋友|送礼|礼物|卡片|祝福", "送礼 贺卡 价格单"),
    (r"哪年|哪月|几月.{0,2}产|保质期|新鲜|临期", "生产日期"),
    (r"补货|缺货|断货|卖完", "没货"),
    (r"(一|几|两)个包裹|分开寄|分批", "分开发货"),
    (r"不签收|不收|不要.{0,2}快递", "拒收"),
    (r"(退|寄)回.{0,6}(哪|地址|地方)|退.{0,4}往哪", "退货 寄到哪里 退货地址"),
    (r"(找|来|派)人修|修理|维修|坏了.{0,4}修", "报修"),
    (r"折价|折旧|抵一?点|旧.{0,4}换新|卖旧", "旧机 回收 以旧换新"),
    (r"双十一|618|双11|店庆|年货", "大促"),
    (r"换.{0,3}手机号|换号|验证码|登不上", "账户 手机号 验证码"),
    (r"隐私|卖给|骗子|骗|转账|加好友", "信息 泄露 骗子"),
    (r"差评|好评|骚扰", "评价 晒单"),
    (r"发错|不是我(要|买)的|少了|少发|漏发|缺了", "发错 少发"),
    (r"(周|上午|下午|晚上|几点).{0,5}送", "指定送货时间"),
    (r"没更新|不动了|不更新|丢了|卡住", "物流 没动 丢件"),
    (r"柜子|代收点|丰巢|菜鸟|没打电话", "驿站 柜子"),
    (r"哪张卡|打游戏|2k|4k", "显卡 怎么选"),
    (r"(插|装)了?卡|激活|开机了", "激活"),
    (r"(一米|斤|穿).{0,8}码", "身高体重 尺码表 选尺码"),
    (r"短了|变小|褪色|染色", "缩水 掉色"),
    (r"泛红|敏感|刺激", "敏感肌 护肤品"),
    (r"面霜|乳液|护肤", "护肤品"),
    (r"推车|宝宝车|童车", "婴儿车"),
    (r"乱收费|多收|加钱|要红包", "多要钱"),
    (r"嗡嗡|很吵|噪音|异响", "响声"),
    (r"小样|送的", "赠品"),
    (r"箱子|盒子|纸箱", "外箱 包装"),
    (r"第三方|代理商|商家", "自营 第三方"),
    (r"欠着|赊|月付|先用后付", "赊账 分期"),
    (r"购物卡|充值卡|储值", "礼品卡 余额"),
    (r"供货|代理|加盟|进货", "供货 合作"),
    (r"话费|流量|点卡", "充话费"),
    (r"高铁|火车|飞机票|宾馆", "机票 酒店 火车票"),
    (r"\b(sent|send|dispatch|leave)\b(?!.*back)", "ship"),
    (r"\b(delivery|postage|freight)\b.*\b(free|cost|fee)\b|\bfree\b.*\bdelivery\b", "shipping cost"),
    (r"\bsend\b.*\bback\b|\bgive\b.*\bback\b", "return"),
    (r"\bmoney\b.*\bback\b|\brefund", "refund"),
    (r"\bswap\b|\bwrong size\b|\bbigger\b|\bsmaller\b", "exchange"),
    (r"\bcheaper\b|\bprice\b.*\b(drop|lower|down)", "price dropped"),
    (r"\breceipt\b|\btax\b", "invoice"),
    (r"\bguarantee\b|\brepair", "warranty"),
    (r"\bset up\b|\bfit\b|\bput up\b", "install"),
    (r"\b(broken|smashed|cracked|damaged|pieces)\b", "arrived broken"),
    (r"\b(rash|itch|itchy|allergic|allergy)\b", "skin reacts"),
    (r"\b(pay|card|paypal|cash)\b", "pay"),
    (r"\babroad\b|\boverseas\b|\binternational", "deliver"),
)
_MEANINGS = tuple((re.compile(said), written) for said, written in _MEANS)
_ENGLISH_WORD = re.compile(r"[a-z]+")


def sought(question: str) -> str:
    """The words of a question worth looking for, and the shop's own words for what it asks. The question itself if nothing is left."""
    folded = fold(question)
    shops = " ".join(written for said, written in _MEANINGS if said.search(folded))
    kept = _EMPTY.sub(" ", folded)
    kept = _ENGLISH_WORD.sub(lambda word: "" if word[0] in _EMPTY_ENGLISH else word[0], kept)
    found = " ".join(f"{kept} {shops}".split())
    return found or folded
