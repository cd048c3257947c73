"""What customers and warehouses write, as signs. Free text is no closed list, so roots of words are looked for."""

import re

_HEAVY_USE = re.compile(
    r"通电|超.{0,3}(?:百|\d{2,}).{0,2}(?:小时|时)"
    r"|\d{2,}\s*(?:多|余)?(?:个)?(?:小时|h\b)"
    # counters of machines: cycles, starts, pages, shutter, distance
    r"|(?:循环|充放电|快门|开机|启动|打印|里程|行驶|拍摄|写入|运行|记录).{0,6}?\d{2,}"
    r"|\d{2,}\s*(?:多|余)?(?:次|页|公里|km\b|张)(?!试)"
    r"|明显|严重|长期使用|高负荷|矿|拆修|大量使用|深度使用|天天用|用了(?:很久|好久|多次|[^没未]{0,3}[天周月])"
    r"|积灰|积尘|老化|变色|发[黄黑霉]|泛黄|打油|包浆|磨平|磨穿|磨白|磨破|烧屏|残影|鼓包|水垢|油垢|油污|焦|烟味|汗[渍味臭]|体味|狐臭"
    r"|起球|缩水|走形|松垮|褪色|掉色|脱胶|开胶|霉|锈|泥|污垢|结垢|残渣|残留|毛发|宠物毛|猫毛|狗毛"
    r"|过千|成色旧|非全新|长时间|累计(?:运行|使用)"
    r"|使用(?:.{0,2})?(?:\d{1,3}|[一二三四五六七八九十两]+).{0,2}(?:天|周|个月)|洗过|水洗|穿洗|洗涤|下过水|[C-F]级",
    re.IGNORECASE,
)
_LIGHT_USE = re.compile(
    r"使用|磨损|划痕|划伤|污渍|污迹|粉底|油渍|[^无没]渍|指[纹印]|手印|贴过|试用|试穿|掉漆|毛边|折痕|穿过|洗过|用过|有痕|异味|二手|激活|非新"
    r"|香水味|旧|吊牌.{0,3}(?:剪|掉|没了|缺|不在)|脏|磕|蹭|开封用"
)
_NOT_USED = re.compile(
    r"无使用|未使用|没有使用|没使用|全新(?<!非全新)|无明显|不明显|没有?.{0,4}痕|未通电|不影响|无.{0,2}痕|未激活|未穿|没用过|没穿过|未洗|没洗|无磨损|无划痕"
    r"|[无没]有?(?:任何)?(?:异味|污|脏|磕|油|渍|锈|霉)|干净"
)
_MISMATCH = re.compile(
    r"不符|不一致|非原|掉包|调包|调换|替换|假|仿|不是原|不是我|换过"
    r"|序列号不|核对失败|对不上|不对板|货不对|非本店|非我司|非同一|旧换新|空盒|空箱|少件"
)
_DAMAGE = re.compile(r"破|碎|裂|漏|坏|摔|压|变形|撒|洒|缺口|缺了|缺角|缺块|掉了?[块瓷]|豁|流了|流出|炸|渣|碴|断(?!货|码)|损(?!失)|烂|瘪")
_FREIGHT = re.compile(r"运费|邮费|快递费|自己寄|自寄|寄回.{0,5}[费钱]|寄.{0,3}花|垫付|我垫|先垫|邮资|物流费|自.{0,2}快递|叫的快递|自付")
_DEMAND = re.compile(
    r"误工|工钱|精神|赔偿|赔钱|赔我|要赔|补偿|要说法|不给钱|给钱|十倍|三倍|假一|索赔|曝光|举报|12315|投诉|起诉|媒体|补偿费|消协|工商"
)
_FRAGILE = re.compile(r"陶瓷|瓷|玻璃|鸡蛋|蛋|镜|杯|碗|盘|花瓶|酒|灯|易碎|水果|盆栽|多肉|豆腐|果冻|屏")
_COSTLY = re.compile(
    r"显卡|手机|相机|镜头|电脑|笔记本|平板|无人机|主板|处理器|cpu|gpu|礼服|西装|婚纱|投影|矿机|游戏机|耳机|手表|硬盘", re.IGNORECASE
)
_HEAVY = re.compile(r"水|米|面粉|油|家具|冰箱|洗衣机|沙发|床|柜|跑步机|哑铃|杠铃|煤|瓷砖|地板|猫砂|饮料|啤酒|轮胎")
_REFUSED = re.compile(r"拒收|拒签|不收了|没收|没要|(?:送|当面|上门|门口).{0,6}不要|派送失败")


def use(condition: str) -> int:
    """0 nothing said of use, 1 some traces, 2 heavy use."""
    if not condition or _NOT_USED.search(condition):
        return 0
    if _HEAVY_USE.search(condition):
        return 2
    return 1 if _LIGHT_USE.search(condition) else 0


def mismatch(condition: str) -> bool:
    return bool(_MISMATCH.search(condition))


def damage(reason: str) -> bool:
    return bool(_DAMAGE.search(reason))


def freight(reason: str) -> bool:
    return bool(_FREIGHT.search(reason))


def demand(reason: str) -> bool:
    return bool(_DEMAND.search(reason))


def breakable(category: str) -> bool:
    return bool(_FRAGILE.search(category))


def heavy(category: str) -> bool:
    return bool(_HEAVY.search(category))


def costly(category: str) -> bool:
    return bool(_COSTLY.search(category))


def refused(reason: str) -> bool:
    return bool(_REFUSED.search(reason))
