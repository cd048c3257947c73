"""Chinese typed in Latin letters: the few dozen words customers write so, as characters, so that they are read as Chinese. Pure."""

import re

_WORDS = {
    "zai": "在", "ma": "吗", "zaima": "在吗", "zaibu": "在不", "zaibuzai": "在不在", "nihao": "你好", "ninhao": "您好",
    "qingwen": "请问", "kefu": "客服", "rengong": "人工", "zhuanrengong": "转人工", "kuaidi": "快递", "wuliu": "物流",
    "baoguo": "包裹", "dingdan": "订单", "fahuo": "发货", "shouhuo": "收货", "tuikuan": "退款", "tuihuo": "退货",
    "tuiqian": "退钱", "huanhuo": "换货", "tui": "退", "quxiao": "取消", "fapiao": "发票", "kaifapiao": "开发票",
    "youhuiquan": "优惠券", "baoyou": "包邮", "yunfei": "运费", "dizhi": "地址", "gai": "改", "gaidizhi": "改地址",
    "duoshao": "多少", "qian": "钱", "duoshaoqian": "多少钱", "zenme": "怎么", "weishenme": "为什么", "shenme": "什么",
    "shihou": "时候", "shenmeshihou": "什么时候", "daonale": "到哪了", "daonalile": "到哪里了", "daole": "到了", "meiyou": "没有",
    "youma": "有吗", "you": "有", "huo": "货", "youhuo": "有货", "ban": "办", "zenmeban": "怎么办", "wo": "我", "de": "的",
    "wode": "我的", "yao": "要", "woyao": "我要", "xiang": "想", "le": "了", "hai": "还", "mei": "没", "dao": "到",
    "haimeidao": "还没到", "xiexie": "谢谢", "hao": "好", "haode": "好的", "keyi": "可以", "bu": "不", "buyao": "不要",
    "neng": "能", "kuai": "快", "dian": "点", "kuaidian": "快点", "chima": "尺码", "zhiliang": "质量", "jiage": "价格",
    "nar": "哪儿", "nali": "哪里", "na": "哪", "ne": "呢", "a": "啊",
}  # fmt: skip
_ENGLISH = frozenset(("a", "you", "hai", "ban", "bu", "na", "ma", "de", "le", "dian", "hao", "mei", "ne", "tui", "gai", "dao", "wo"))
_LETTERS = re.compile(r"[a-z' ]{2,60}[?!.~]*", re.IGNORECASE)
_RUN = re.compile("[a-z]+")
_LONGEST_WORD = max(map(len, _WORDS))


def in_characters(text: str) -> str:
    """The message in Chinese characters when all of it is known pinyin and one word of it is surely no English; else as it is."""
    if not text.isascii() or len(text) > 64 or not _LETTERS.fullmatch(text):
        return text
    together = "".join(_RUN.findall(text.lower()))
    told = _split(together)
    if told is None:
        return text
    sure = any(word not in _ENGLISH for word in told)
    return "".join(_WORDS[word] for word in told) if sure else text


def _split(letters: str) -> list[str] | None:
    """The known words a run of letters is made of, longest first; None when a letter is left over."""
    if not letters:
        return []
    for end in range(min(_LONGEST_WORD, len(letters)), 0, -1):
        if letters[:end] in _WORDS and (rest := _split(letters[end:])) is not None:
            return [letters[:end], *rest]
    return None
