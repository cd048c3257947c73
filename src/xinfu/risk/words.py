"""What customers and warehouses write, as signs. Free text is no closed list, so roots of words are looked for."""

import re

_HEAVY_USE = re.compile(r"通电|超.{0,3}(?:百|\d{2,}).{0,2}(?:小时|时)|明显|严重磨损|长期使用|高负荷|矿|拆修|磨损严重|大量使用|深度使用")
_LIGHT_USE = re.compile(r"使用|磨损|划痕|污渍|穿过|洗过|用过|有痕|异味|二手|激活|非新|香水味|旧")
_NOT_USED = re.compile(r"无使用|未使用|没有使用|没使用|无.{0,2}痕|未激活|未穿|没用过|无磨损|无划痕")
_MISMATCH = re.compile(r"不符|不一致|非原|掉包|调包|假|仿|不是原|换过|序列号不|非本店|非我司")
_DAMAGE = re.compile(r"破|碎|裂|漏|坏|摔|压|变形|撒|洒|缺口|损(?!失)|烂|瘪")
_FREIGHT = re.compile(r"运费|邮费|快递费|自己寄|自寄|寄回.{0,3}费|垫付|邮资|物流费")
_DEMAND = re.compile(r"误工|精神|赔偿|赔钱|十倍|三倍|假一|索赔|曝光|举报|12315|投诉|起诉|媒体|补偿费|消协|工商")
_FRAGILE = re.compile(r"陶瓷|瓷|玻璃|鸡蛋|蛋|镜|杯|碗|盘|花瓶|酒|灯|易碎|水果|盆栽|多肉|豆腐|果冻|屏")
_COSTLY = re.compile(
    r"显卡|手机|相机|镜头|电脑|笔记本|平板|无人机|主板|处理器|cpu|gpu|礼服|西装|婚纱|投影|矿机|游戏机|耳机|手表|硬盘", re.IGNORECASE
)
_HEAVY = re.compile(r"水|米|面粉|油|家具|冰箱|洗衣机|沙发|床|柜|跑步机|哑铃|杠铃|煤|瓷砖|地板|猫砂|饮料|啤酒|轮胎")
_REFUSED = re.compile(r"拒收|拒签|不收了|没收")


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
