"""Things named in a message: order numbers, phones, amounts, dates, sizes, addresses. Exact spans, normalised values, no model.

Each kind has one finder; earlier finders in `_FINDERS` win where two would claim the same characters.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from xinfu.understanding.contracts import Entity, EntityKind

type Found = tuple[int, int, str]
type Finder = Callable[[str, date], Iterator[Found]]

_LONGEST = 4_000
_MOST = 40  # nobody names more things in one message; a pasted table is not read to its end
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xFFE5: 0xA5}
# Most messages name nothing. The class at the front says with which characters anything below begins: most are no such and end there.
_HINT = re.compile(
    r"(?=[0-9０-９@＠¥￥$€£一二两三四五六七八九十百千半今明昨后前周末星礼双国元大中小均省区县路街镇A-Zxsmltyfw])(?:"
    r"[0-9０-９@＠¥￥$€£]|[一二两三四五六七八九十百千半][块元万千百十斤公米件个台瓶箱双套包盒只袋条本支部张份桶码月号天周点]"
    r"|[今明昨后前][天日晚早儿]|[周末][一二三四五六日天末]|星期|礼拜|双十|国庆|元旦|五一|[大中小均]码|[大中小]号"
    r"|(?<![A-Za-z])[XxSMLl]{1,4}(?![A-Za-z])|省|区|县|路|街|镇|小区|[Tt]oday|[Tt]omorrow|[Yy]esterday|[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri"
    r"|[Ss]at|[Ss]un|[A-Z]{2})"
)
_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5}
_UNIT = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_CN = r"[零〇一二两三四五六七八九十百千万]"


def entities_in(text: str, today: date) -> tuple[Entity, ...]:
    """What is named in the text, in order of appearance, none overlapping another."""
    if not _HINT.search(text):
        return ()
    flat = text[:_LONGEST].translate(_HALF_WIDTH)  # one character for one character, so that positions stay those of the text
    taken = bytearray(len(flat))
    found: list[Entity] = []
    for kind, needs, finder in _FINDERS:
        if needs is not None and not needs.search(flat):
            continue
        for start, end, value in finder(flat, today):
            if start < end and not any(taken[start:end]):
                taken[start:end] = b"\x01" * (end - start)
                found.append(Entity(kind, value, start, end))
    found.sort(key=lambda entity: entity.start)
    return tuple(found[:_MOST])


def number(text: str) -> Decimal | None:
    """'1,299.5', '三百二' (320), '两千零五', '十二' as a number; None for what is none."""
    plain = text.replace(",", "")
    if plain[:1].isascii():
        try:
            return Decimal(plain)
        except InvalidOperation:
            return None
    return _chinese(plain)


def _chinese(text: str) -> Decimal | None:
    if not text or any(c not in _DIGIT and c not in _UNIT for c in text):
        return None
    if len(text) > 1 and all(c in _DIGIT for c in text):
        return Decimal("".join(str(_DIGIT[c]) for c in text))
    total, section, digit, last = 0, 0, 0, 0
    for c in text:
        if c in _DIGIT:
            digit = _DIGIT[c]
            last = 1 if c in "零〇" else last
        else:
            unit = _UNIT[c]
            if unit == 10_000:
                total += (section + digit) * unit
                section = 0
            else:
                section += (digit or 1) * unit
            digit, last = 0, unit
    # 三百二 is 320, 三百零二 is 302
    return Decimal(total + section + (digit * last // 10 if digit and last >= 100 else digit))


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")


_EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,3}", re.ASCII)


def _emails(flat: str, _: date) -> Iterator[Found]:
    for m in _EMAIL.finditer(flat):
        yield m.start(), m.end(), m[0].lower()


_TRACKING = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:YC|QN|SH)\d{12}|(?:SF|YT|JT|JD[A-Z]{0,3}|ZT|ZTO|STO|YD|DB|DPK|HT|EMS|YZ|KY|TT|UC|LP"
    r"|1Z)-?[A-Z0-9]{0,4}\d{8,18}(?:-\d{1,3}-\d{1,3}-?)?|[A-Z]{2}\d{9}[A-Z]{2})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_TRACKING_NAMED = re.compile(
    r"(?:运单|快递单|物流单|快递|单号查询|(?:顺丰|中通|圆通|申通|韵达|极兔|邮政|德邦|百世|丹鸟|京东物流)(?:速运|快运|包裹|单)?"
    r"|tracking(?: number| no\.?| #)?|waybill)(?:编?号码?)?(?: ?(?:是|为|is|[:#]))? ?"
    r"((?!XF\d{12}(?!\d))(?!1[3-9]\d{9}(?!\d))[A-Za-z]{0,4}\d[A-Za-z0-9-]{7,21})",
    re.IGNORECASE,
)


def _tracking(flat: str, _: date) -> Iterator[Found]:
    for m in _TRACKING_NAMED.finditer(flat):
        yield m.start(1), m.end(1), m[1].upper()
    for m in _TRACKING.finditer(flat):
        yield m.start(), m.end(), m[0].upper()


_PHONE = re.compile(
    r"(?<![\dA-Za-z])(?:\+?86[- ]?)?(1[3-9]\d[- ]?[\d*xX]{4}[- ]?[\d*xX]{4}|1[3-9]\d\*{2,6}\d{2,4}|199-0000-\d{4})(?![\dA-Za-z*])"
    r"|(?<!\d)(0\d{2,3}[- ]\d{7,8}|400[- ]?\d{3}[- ]?\d{4})(?!\d)"
)


def _phones(flat: str, _: date) -> Iterator[Found]:
    for m in _PHONE.finditer(flat):
        yield m.start(), m.end(), re.sub(r"[- ]", "", m[1] or m[2]).replace("x", "*").replace("X", "*")


_ORDER = re.compile(r"(?<![A-Za-z0-9#])(?:#?[A-Za-z]{1,4}-?\d{6,24}|#\d{4,24}|\d{10,24})(?![A-Za-z0-9])")
_ORDER_NAMED = re.compile(
    r"(?:[订定]单|单号|order(?: number| no\.?| id)?)(?:编?号码?)?(?: ?(?:是|为|is"
    r"|[:]))? ?(#?[A-Za-z]{0,4}-?\d[A-Za-z0-9-]{4,23})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


def _orders(flat: str, _: date) -> Iterator[Found]:
    for pattern, group in ((_ORDER_NAMED, 1), (_ORDER, 0)):
        for m in pattern.finditer(flat):
            yield m.start(group), m.end(group), m[group].upper()


_AMOUNT = re.compile(
    rf"(?:¥|\$|€|£|RMB ?|CNY ?|USD ?) ?(\d[\d,]{{0,12}}(?:\.\d{{1,2}})?)(?!\d)|(?<![\d.])(\d[\d,]{{0,12}}(?:\.\d{{1,2}})?) ?(万|千"
    rf"|百)?(?:多|几)?(?:块钱|块|元|圆|rmb|usd|yuan|dollars?|bucks)(?:(\d)(?:毛|角|(?![\d个件年月天])))?"
    rf"|({_CN}{{1,9}})(?:多|几)?(?:块钱|元(?!素|件|旦|器|气)|(?<!一块)块)"
    rf"(?:([一二三四五六七八九])(?:毛|角|(?=[\s,。!?的吧了吗呢]|$)))?",
    re.IGNORECASE,
)
_TIMES = {"万": 10_000, "千": 1000, "百": 100, None: 1}
_PIECES = 100  # 三块面包 are pieces; nobody counts pieces by the hundred
# After a few 块 this speaks of money.
_PAID = re.compile(
    r"[\s,。!?的吧了吗呢就不能行可买卖]|$|以[内下上]|左右|上下|不到|出头|运费|邮费|差价|优惠|红包|券|话费|补偿|封顶|包邮|打发|一[个件包斤瓶双]"
)


def _amounts(flat: str, _: date) -> Iterator[Found]:
    for m in _AMOUNT.finditer(flat):
        value = number(m[1] or m[2] or m[5])
        if value is None or (m[5] and not _is_money(m, value, flat)):
            continue
        value = value * _TIMES[m[3]]
        tenth = m[4] or m[6]
        if tenth:
            value += Decimal(int(tenth) if tenth.isascii() else _DIGIT[tenth]) / 10
        yield m.start(), m.end(), f"{value:.2f}"


def _is_money(m: re.Match[str], value: Decimal, flat: str) -> bool:
    """一块买 is "together", 三块面包 are pieces; 三块五, 三百块 and 十块左右 are money."""
    if "块" not in m[0] or "钱" in m[0] or m[6]:
        return True
    return value >= _PIECES or (m[5] != "一" and _PAID.match(flat, m.end()) is not None)


_NEAR = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_WEEKDAY = {c: i % 7 for i, c in enumerate("一二三四五六日")} | {"天": 6} | {str(i + 1): i for i in range(7)}
_FEASTS = {
    "元旦": (1, 1),
    "五一": (5, 1),
    "六一八": (6, 18),
    "618": (6, 18),
    "国庆": (10, 1),
    "双十一": (11, 11),
    "双11": (11, 11),
    "双十二": (12, 12),
    "双12": (12, 12),
}
_MONTHS = {m: i + 1 for i, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))}
_DAYS = {d: i for i, d in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_MONTH_WORD = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:[a-z]{0,6})\.?"
_DATE = re.compile(
    rf"(?P<y>20\d{{2}})(?:年|-|/|\.)(?P<m>\d{{1,2}})(?:月|-|/|\.)(?P<d>\d{{1,2}})(?:日|号)?(?!\d)|(?<![\d.])(?P<m2>\d{{1,2}}"
    rf"|{_CN}{{1,3}})月(?:份)?(?P<d2>\d{{1,2}}|{_CN}{{1,3}})(?:日|号)?(?![\d个])"
    r"|(?<![\d/])(?P<m3>\d{1,2})/(?P<d3>\d{1,2})(?![\d/])|(?P<near>大前|大后|前|昨|今|明|后)(?:天|日(?!期)|晚(?!上?辈)|早|儿)"
    r"|(?P<week>下下|下个?|上上|上个?|这个?|本)?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天1-7])(?![0-9年])|(?P<wkd>下下?|上|这个?|本)?周末"
    rf"|(?P<feast>元旦|五一(?!路|街)|国庆(?!路|街)|双十一|双11|双十二|双12|(?<!\d)618(?!\d)|六一八)|(?P<n>\d{{1,3}}|{_CN}{{1,3}})天(?:之"
    rf"|以)?(?P<way>前(?!天)|后)|(?<![\d.#])(?P<d4>\d{{1,2}})(?:号|日)(?![楼门线店仓柜电机链码色字院铁口球库\d])"
    rf"|(?i:\b(?P<en>day after tomorrow|day before yesterday|today|tonight|tomorrow|yesterday)\b|\b(?:(?P<enw>next|last"
    rf"|this) )?(?P<end>mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)day\b|\b{_MONTH_WORD} ?(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?\b"
    rf"|\b(?P<d6>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH_WORD.replace('(jan', '(?P<mw>jan', 1)}\b)"
)
# Where a house is named, 5号 is its number unless something happens on it.
_HOUSE = re.compile(r"[路街巷村道弄区][0-9一二三四五六七八九十]{1,5}号")
_ON_THAT_DAY = re.compile(
    r"(?:那天|当天|之?[前后]|以[前后]|左右|[上下中]午|早|晚|白天|就|才|再|会|能|可以)*(?:[送到收发来取装寄买拍付退签走下搬]|[前后上下中早晚左]|那天)"
)
_EN_NEAR = {"day before yesterday": -2, "yesterday": -1, "today": 0, "tonight": 0, "tomorrow": 1, "day after tomorrow": 2}


def _dates(flat: str, today: date) -> Iterator[Found]:
    for m in _DATE.finditer(flat):
        day = _day_of(m, today)
        if day is not None and not (m["d4"] and _HOUSE.search(flat) and not _ON_THAT_DAY.match(flat, m.end())):
            yield m.start(), m.end(), day.isoformat()


def _day_of(m: re.Match[str], today: date) -> date | None:
    g = m.groupdict()
    if g["y"]:
        return _make(int(g["y"]), int(g["m"]), int(g["d"]))
    if g["m2"] or g["m3"]:
        return _nearest(_small(g["m2"] or g["m3"]), _small(g["d2"] or g["d3"]), today)
    if g["near"]:
        return today + timedelta(days=_NEAR[g["near"]])
    if g["wd"]:
        return _weekday(today, _WEEKDAY[g["wd"]], g["week"])
    if m[0].endswith("周末"):
        return _weekday(today, 5, g["wkd"])
    if g["feast"]:
        return _nearest(*_FEASTS[g["feast"]], today)
    if g["n"]:
        return today + timedelta(days=_small(g["n"]) * (-1 if g["way"] == "前" else 1))
    if g["d4"]:
        return _make(today.year, today.month, int(g["d4"]))
    return _english_day(g, m, today)


def _english_day(g: dict[str, str | None], m: re.Match[str], today: date) -> date | None:
    if g["en"]:
        return today + timedelta(days=_EN_NEAR[g["en"].lower()])
    if g["end"]:
        return _weekday(today, _DAYS[g["end"][:3].lower()], {"next": "下", "last": "上"}.get((g["enw"] or "").lower()))
    month = re.search(r"[A-Za-z]{3}", m[0] if g["d5"] else (g["mw"] or ""))
    day = g["d5"] or g["d6"]
    return _nearest(_MONTHS[month[0].lower()], int(day), today) if month and day else None


def _small(text: str | None) -> int:
    value = number(text or "")
    return int(value) if value is not None else 0


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _nearest(month: int, day: int, today: date) -> date | None:
    """The year left out is the one that makes the day nearest to today."""
    days = [found for year in (today.year - 1, today.year, today.year + 1) if (found := _make(year, month, day))]
    return min(days, key=lambda found: abs(found - today), default=None)


def _weekday(today: date, weekday: int, which: str | None) -> date:
    """周三 without a word before it is the coming one (today counts); 这/本 this week's; 上 and 下 the week before and after."""
    monday = today - timedelta(days=today.weekday())
    if not which:
        return today + timedelta(days=(weekday - today.weekday()) % 7)
    weeks = which.count("下") - which.count("上")
    return monday + timedelta(days=weekday + 7 * weeks)


_SIZE = re.compile(
    r"(?<![A-Za-z0-9])(XXXXL|XXXL|XXL|XXS|XL|XS|[2-6]XL)(?:码|号)?(?![A-Za-z0-9])|(?<![A-Za-z0-9])([SsMmLl]|xl|xxl|xxxl)(?:码|号)"
    r"|(?<![A-Za-z0-9])size ?([SML]|\d{1,2})(?![A-Za-z0-9])|(?<=[\u4e00-\u9fff])([SML])(?=[\u4e00-\u9fff,。!?]|$)(?!型)"
    r"|(?<![A-Za-z0-9])([SML])(?= ?(?:or|and|to|/|,|还是|或者?|和|跟|换成?) ?[2-6]?X{0,4}[SML](?![A-Za-z0-9]))"
    r"|(?:(?<=or )|(?<=and )|(?<=还是)|(?<=[SMLX]/))([SML])(?![A-Za-z0-9])"
    r"|(?<!\d)(1[2-9]\d/\d{2,3}[ABCY]?)(?!\d)|(?<![\d.])(\d{2}(?:\.5)?|[12]\d[05])(?:码|号鞋)|(均码|加大码|大码|中码|小码|[大中小]号(?![机楼]))"
)


def _sizes(flat: str, _: date) -> Iterator[Found]:
    for m in _SIZE.finditer(flat):
        value = next(group for group in m.groups() if group)
        yield m.start(), m.end(), value.upper()


_WHO = "|".join(
    f"(?<={who})" for who in ("我", "他", "她", "男", "女", "人", "妈", "爸", "公", "婆", "娃", "宝", "孩子", "儿子", "妻子", " ", ",")
)
_HEIGHT = re.compile(
    rf"(?<![\d.])(1\.\d{{1,2}})(?:米|m\b)|(?<![\d.])(1|一)(?:米|m)([{''.join(_DIGIT)}\d]{{1,2}})(?!\d)|(?:身高|净高|(?:^|{_WHO})高)(?:是"
    rf"|为|:|大概|约)? ?(1\d{{2}})(?: ?cm|厘米|公分)?(?!\d)|(?<![长宽深高径距\d.×*x])(1[4-9]\d|20\d)(?: ?cm|厘米|公分)"
    rf"|(?<![\d.])(1[4-9]\d)(?=[,/\s、]{{0,2}}(?:\d{{2,3}} ?(?:斤|公斤|kg)|体重))",
    re.IGNORECASE,
)
_FURNITURE = re.compile(r"[柜床桌椅架窗门墙屏幕箱毯布绳杆伞板]|沙发|电视|[长宽深]")
_WORN = re.compile(r"身高|体重|斤|kg|穿|码|净高|tall", re.IGNORECASE)


def _heights(flat: str, _: date) -> Iterator[Found]:
    of_things = _FURNITURE.search(flat) is not None and not _WORN.search(flat)
    for m in _HEIGHT.finditer(flat):
        if of_things and not m[4]:
            continue  # 180cm的柜子
        if m[1]:
            cm = int(Decimal(m[1]) * 100)
        elif m[2]:
            digits = "".join(c if c.isascii() else str(_DIGIT[c]) for c in m[3])
            cm = 100 + int(digits.ljust(2, "0"))
        else:
            cm = int(m[4] or m[5] or m[6])
        if 50 <= cm <= 230:
            yield m.start(), m.end(), str(cm)


_WEIGHT = re.compile(
    rf"(?<![\d.])(\d{{2,3}}(?:\.\d{{1,2}})?|{_CN}{{2,6}})(?:多)? ?(斤|公斤|千克|kgs?|lbs?|磅|pounds)(?![A-Za-z])"
    r"|体重(?:是|为|:|大概|约)? ?(\d{2,3}(?:\.\d)?)(?![\d.A-Za-z斤公千磅多])(?! [斤公千磅k])",
    re.IGNORECASE,
)
_LOAD = re.compile(r"(?:承重|载重|承载|承受|限重|净重|毛重|额定)[^,。?!\s吗]{0,4}$")  # what a thing weighs or carries
_TO_KG = {"斤": Decimal("0.5"), "磅": Decimal("0.4536"), "lb": Decimal("0.4536"), "lbs": Decimal("0.4536"), "pounds": Decimal("0.4536")}
_SURELY_JIN = 80  # 体重130 without a unit is counted in 斤, 体重60 in kilograms


def _weights(flat: str, _: date) -> Iterator[Found]:
    for m in _WEIGHT.finditer(flat):
        value = number(m[1] or m[3])
        if value is None or _LOAD.search(flat, max(0, m.start() - 8), m.start()):
            continue
        unit = m[2].lower() if m[2] else "斤" if value >= _SURELY_JIN else "kg"
        kg = (value * _TO_KG.get(unit, Decimal(1))).quantize(Decimal("0.1"))
        if 30 <= kg <= 200:
            yield m.start(3 if m[3] else 0), m.end(), _plain(kg)


_SKU_NAMED = re.compile(
    r"(?<![A-Za-z0-9])(?:sku|[货款]号|型号|[商产货]品(?:编?[号码]|编码|id|条码)|商品代码"
    r"|item(?: number| no\.?| code)?)(?: ?(?:是|为|[:#]))? ?"
    r"([A-Za-z0-9][A-Za-z0-9-]{2,23})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_SKU = re.compile(r"(?<![A-Za-z0-9-])([A-Z]{2,6}-[A-Z0-9]{2,8}(?:-[A-Z0-9]{1,8}){0,3})(?![A-Za-z0-9-])", re.IGNORECASE)


def _skus_of(pattern: re.Pattern[str]) -> Finder:
    def found(flat: str, _: date) -> Iterator[Found]:
        for m in pattern.finditer(flat):
            if any(c.isdigit() for c in m[1]):
                yield m.start(1), m.end(1), m[1].upper()

    return found


_WANT = r"(?:买|要|拍|订|定|来|下单|加|给我|换|退|各|少|缺|漏|差|坏|碎|破|剩|补|赔|寄|收到|其中|里面?有?|只有|就)了?"
_MEASURE = (
    r"(?:件|个(?!月|小时|工作日|星期|礼拜|人|问题|客服|地址|电话|快递|订单|多|半|钟|字|评|月|颜色|区别|型号|意思|办法|说法|说明|交代|解释|答复|回复|结果|理由|机会|面子|准信|准话|时间|方案|承诺|保证|道歉|公道|明确|满意|合理"
    r"|建议|参考|链接|优惠|红包|好评|忙|朋友|东西|样|价)|台|瓶|箱|双(?!十)"
    r"|套|包(?!裹)|盒|只(?!能|有|是|要)|袋|条|本|支|部|张|份|桶|罐|提|板|对|副|把|顶|床|pcs|pieces?|items?|units?)"
)
_QUANTITY = re.compile(
    rf"(?<![\d.第])(\d{{1,4}}) ?{_MEASURE}|{_WANT}(?P<cn>{_CN}{{1,4}}){_MEASURE}|(?<!第)(?P<some>[二两三四五六七八九十]{{1,3}}){_MEASURE}"
    rf"|(?<!\d)(?:(?<![A-Za-z])x|[×*]) ?(\d{{1,3}})(?![\d.])",
    re.IGNORECASE,
)


def _quantities(flat: str, _: date) -> Iterator[Found]:
    for m in _QUANTITY.finditer(flat):
        written = m[1] or m["cn"] or m["some"] or m[4]
        value = number(written)
        if value is not None and value > 0:
            yield (m.start("cn") if m["cn"] else m.start()), m.end(), _plain(value)


_PLACE = r"[\u4e00-\u9fff]"
_ADDRESS = re.compile(
    rf"(?:{_PLACE}{{2,7}}?(?:省|自治区))?(?:{_PLACE}{{2,8}}?(?:市|自治州))?(?:{_PLACE}{{1,8}}?(?:区(?!别)|县"
    rf"|旗))?(?:{_PLACE}{{1,8}}?(?:镇|乡|街道))?"
    rf"(?:[\u4e00-\u9fff0-9]{{1,14}}?(?:大道|路(?!上|由|过)|街(?!道)|巷|弄|胡同|村|小区|花园|新村|大厦|广场|公寓|苑|学院|大学|工业园"
    rf"|产业园))"
    r"(?:[0-9一二三四五六七八九十]{1,5}(?:弄|号院?(?!楼)|巷))?(?:[\u4e00-\u9fffA-Za-z0-9]{0,10}?(?:小区|大厦|广场|公寓|花园|苑"
    r"|城))?(?:[0-9A-Za-z一二三四五六七八九十-]{1,6}(?:号楼|栋|幢|座|号|楼|单元|层|室|房)){0,5}(?:[0-9]{2,5}室?)?"
)
_ADDRESS_LEAD = re.compile(
    r"^.*(?:地址|收货|改到|改成|改为|换到|换成|送到|寄到|发到|发往|寄往|送去|到|是|在|为|往|成(?![都安武])|改|我家|我住|的)了?(?=[\u4e00-\u9fff0-9])"
)
_ADDRESS_MARK = re.compile(r"省|市|区|县|镇|乡|街道|路|街|大道|巷|弄|村|号|栋|幢|单元|室|小区|楼|花园|广场|大厦|苑")


def _addresses(flat: str, _: date) -> Iterator[Found]:
    for m in _ADDRESS.finditer(flat):
        start, written = m.start(), m[0]
        lead = _ADDRESS_LEAD.match(written)
        if lead:
            start += lead.end()
            written = written[lead.end() :]
        if len(_ADDRESS_MARK.findall(written)) >= 2 and len(written) >= 6:
            yield start, m.end(), written


_FINDERS: tuple[tuple[EntityKind, re.Pattern[str] | None, Finder], ...] = (
    ("email", re.compile("@"), _emails),
    ("tracking_no", re.compile(r"\d{8}|\d[A-Za-z0-9-]{7}"), _tracking),
    ("phone", re.compile(r"\d{3}"), _phones),
    ("sku", re.compile(r"sku|[号码型]|品id|item", re.IGNORECASE), _skus_of(_SKU_NAMED)),  # its name says more than its form
    ("order_no", re.compile(r"\d{4}|\d[A-Za-z0-9-]{4}"), _orders),
    ("sku", re.compile(r"[A-Za-z]-"), _skus_of(_SKU)),
    ("address", re.compile(r"省|市|区|县|路|街|道|巷|村|小区|大厦|花园|苑|广场|公寓"), _addresses),
    ("height_cm", re.compile(r"米|\dm|cm|[身净]高|高\d|公分|斤|kg", re.IGNORECASE), _heights),
    ("weight_kg", re.compile(r"斤|千克|kg|lb|磅|pounds|体重", re.IGNORECASE), _weights),
    ("size", re.compile(r"码|号|[SMLX]|size|\d/\d|xl"), _sizes),
    ("amount", re.compile(r"[块元圆¥$€£]|rmb|yuan|dollar|bucks|usd|cny", re.IGNORECASE), _amounts),
    ("date", re.compile(r"[天日晚早儿月号周末期拜旦庆双]|五一|618|六一八|\d[/.-]\d|[A-Za-z]{3}"), _dates),
    (
        "quantity",
        re.compile(
            rf"(?:\d|{_CN}) ?(?:[件个台瓶箱双套包盒只袋条本支部张份桶罐提板对副把顶床]|pcs|piece|item|unit)|[x×*] ?\d", re.IGNORECASE
        ),
        _quantities,
    ),
)
