"""Which questions a product's attributes answer: keys, their names in both languages, and the words customers ask with. Pure data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Attribute:
    """One kind of fact about a product. `words` are folded; the longest one found in a question decides."""

    key: str
    zh: str
    en: str
    words: tuple[str, ...]


def _attribute(key: str, zh: str, en: str, zh_words: str, en_words: str) -> Attribute:
    return Attribute(key, zh, en, tuple(dict.fromkeys((zh, en.lower(), *zh_words.split("|"), *en_words.split("|")))))


# fmt: off
ATTRIBUTES: dict[str, Attribute] = {
    a.key: a
    for a in (
        _attribute("material", "材质", "material",
            "面料|料子|布料|什么料|什么做的|成分|纯棉|真皮|含棉量|材料",
            "fabric|made of|what is it made|cotton"),
        _attribute("size_chart", "尺码", "size chart",
            "尺寸|码数|多大码|什么码|哪个码|穿多大|选多大|大小|偏大|偏小|胸围|腰围|衣长|身高|体重|怎么选码|多长|多宽|多高",
            "sizing|what size|which size|true to size|fit|dimensions|how big|measurements"),
        _attribute("use", "使用方法", "how to use",
            "怎么用|如何用|如何使用|怎么使用|用法|用量|使用说明|操作|说明书",
            "instructions|directions|how do i use|manual"),
        _attribute("care", "保养", "care",
            "保养方法|怎么保养|养护|怎么护理|护理|存放|怎么放",
            "maintain|maintenance|look after|storage"),
        _attribute("washing", "洗涤", "washing",
            "怎么洗|能洗吗|机洗|手洗|水洗|干洗|清洗|褪色|掉色|缩水|起球",
            "wash|dry clean|shrink|fade|bleed"),
        _attribute("repair", "维修", "repair",
            "怎么修|能修|报修|修理|坏了怎么办|售后点",
            "fix|broken|service center|service centre"),
        _attribute("cautions", "注意事项", "cautions",
            "注意什么|禁忌|过敏|孕妇|敏感肌|副作用|安全吗|小孩能用",
            "warnings|side effects|allergic|pregnant|is it safe|sensitive skin"),
        _attribute("brand_story", "品牌故事", "brand story",
            "品牌|什么牌子|牌子|哪个国家的品牌|正品|是正品吗",
            "about the brand|which brand|authentic|genuine"),
        _attribute("colour_notes", "颜色说明", "colour notes",
            "颜色|色差|什么颜色|有几种颜色|偏色|显白",
            "color|colour|shade|tint"),
        _attribute("specs", "规格参数", "specifications",
            "参数|规格|配置|功率|容量|重量|多重|毫升|像素|电池|内存|显存|频率|多少瓦|接口",
            "specs|spec|power|wattage|capacity|battery|memory|weight|how heavy"),
        _attribute("compatibility", "兼容", "compatibility",
            "适配|兼容吗|支持吗|能配|适用|通用吗|能不能用在|插槽",
            "compatible|works with|work with|supports|does it fit my"),
        _attribute("package", "包装清单", "what is in the box",
            "清单|配件|有什么配件|送什么|带不带|包装里|盒子里|包装|赠品",
            "in the box|included|accessories|comes with|packaging"),
        _attribute("origin", "产地", "origin",
            "哪里产|哪里生产|哪产的|生产地|进口|国产|厂家",
            "made in|where is it made|country of origin|imported"),
        _attribute("shelf_life", "保质期", "shelf life",
            "有效期|过期|生产日期|能放多久|保质|开封后|临期",
            "expire|expiry|expiration|best before|how long does it keep"),
        _attribute("warranty", "质保", "warranty",
            "保修|保修期|保多久|质保多久|三包|联保|包换",
            "guarantee|guaranteed|covered"),
        _attribute("installation", "安装", "installation",
            "怎么装|上门安装|包安装|安装费|装机|打孔|怎么安装|能装吗",
            "install|installed|set up|setup|assembly|assemble|mount"),
        _attribute("suitable_for", "适合人群", "suitable for",
            "适合谁|适合什么人|适合多大|几岁|多大孩子|男女|适合什么肤质|什么季节",
            "what age|who is it for|suitable|skin type"),
        _attribute("taste", "口味", "taste",
            "味道|什么味|好吃吗|甜不甜|香味|气味|香型",
            "flavour|flavor|scent|smell"),
        _attribute("energy", "能效与噪音", "energy and noise",
            "能效|几级能效|耗电|费电|噪音|声音大吗|分贝",
            "energy|electricity|noise|noisy|loud|decibel"),
    )
}
