"""Rules on top of the model, pure: danger to life, abuse of people, the wish for a person, and how strong a feeling is.

What must not be missed is not left to probabilities. Each rule says what the words mean, and what looks like them but does not count.
"""

import re
from collections.abc import Sequence
from typing import cast

import ahocorasick

from xinfu.understanding.contracts import Danger, Emotion
from xinfu.understanding.taxonomy import DANGERS, EMOTIONS

# From which chance on the model's word counts: found on written sentences the model had not seen (python -m xinfu.understanding.train).
_DANGER_FROM = 0.04
_DANGER_SURE = 0.35
_ABUSE_FROM = 0.5
_INSULT_NEEDS = 0.1
_ANGER_FROM = 0.13
_ANGER = EMOTIONS.index("anger")

_NOT = r"(?<!不)(?<!没)(?<!别)(?<!无)(?<!防)(?<!没有)(?<!不会)(?<!不是)(?<!未)(?<!勿)"
_BODY = (
    r"(?:手|脸|脚|腿|眼|头|嘴|胳膊|身上|皮肤|舌|牙|腰|背|膝|脖|喉|(?:小)?孩子?"
    r"|宝宝|娃|老人|老婆|老公|爸|妈|奶奶|爷爷|儿子|女儿|人|我|他|她)"
)
_WORKER = r"(?:快递员?|快递小哥|小哥|送货员?|送货的|司机|师傅|安装工?|安装的|配送员?|骑手|客服|店员|你们的?人|员工)"

# What only sounds like dying or blowing up: taken out before the rules look.
_FIGURATIVE = re.compile(
    r"[笑累气烦急热冷饿困渴丑美爱吓闷慢贵坑羡慕尬愁难受疼痛恶心腻臭香甜咸辣喜欢担心郁闷无聊吵挤恨念馋后悔坏怄憋冻晒亏磨墨]死(?:我|个?人"
    r"|宝宝|姐|哥|爹|老子|你们?)?了?|[累热困笑丑烦气急]得(?:我)?(?:都|真|快)?(?:要|想)死"
    r"|死机|死循环|死活|死慢|死贵|死沉|死板|死角|死扣|死锁|死心|死线|死党|死鱼|该死|打死(?:我)?[都也]?不|要死要活|死皮赖脸"
    r"|[卡堵钉封锁焊焖]死|死磕|死撑|死结|半死|死难|死命|死角|死重"
    r"|等死我?了?|想死你们?了?|跳楼(?:价|大?甩卖|促销|清仓)|自杀式|到爆炸?|[气肺心态头脑]+都?(?:要|快)?(?:炸"
    r"|爆炸?)了?|信息爆炸|爆炸(?:好|多|贵|便宜|性|盐)"
    r"|(?:没有?|无)(?:任何)?人?(?:受伤|伤着|伤到|伤亡)|人都?没事|没有?(?:真的?)?(?:动手|打人|打起来)|不是(?:真的?|说真的?)?(?:想|要|去)*(?:自杀|寻死|砍|杀|打|捅)"
    r"|(?:低音|音质|音效|画质|味道|颜值|口感)[^,。]{0,2}炸裂"
    r"|不想买了|伤心|伤脑筋|伤感情|杀毒|杀菌|杀价|杀虫|杀手锏|秒杀|抹杀|扼杀|砍价|砍单|砍一?刀|杀熟|dying to|to die for|die ?laughing"
    r"|killer|killing it|dead (?:link|pixel|battery|slow)|kill(?:s|ing)? (?:time|the battery|bacteria|germs)"
)
# A look at single words first: the rules themselves are long, and almost no message needs them.
_DANGER_HINTS: dict[Danger, re.Pattern[str]] = {
    "self_harm": re.compile(
        r"死|杀|活不|活够|活着|不想再?活|自残|自尽|割腕|轻生|上吊|跳楼|跳河|跳江|跳海|跳桥|寻短|想不开|生命|性命|一生|自己|遗书|农药"
        r"|百草枯|敌敌畏|安眠药"
        r"|世界|人世|kill|my life|it all|die|suicid|to live|be alive|myself"
    ),
    "threat": re.compile(
        r"死|杀|砍|捅|干掉|打断|打爆|废了|剁|揍|灭|等着|小心|走着瞧|见血|偿命|好看|后悔|全家|同归|拼了|拼命|知道|查到|找到|人肉|上门|砸"
        r"|烧|炸|放火|泼|闹事"
        r"|带刀|带着|带人|带汽油|收拾|弄你|kill|stab|shoot|beat|hurt|strangle|hunt|burn|blow|where you|pay with|dead|die|bomb"
    ),
    "violence": re.compile(
        r"打|动手|推|踹|掐|刀|威胁|骚扰|非礼|猥亵|摸|揍|扇我|砸|闯进|强行|骂哭|捅|砍|hit|punch|assault|push|threat|grop|attack|touch|slap"
        r"|harass|beaten"
    ),
    "allergy": re.compile(
        r"呼吸|喘|透不过|休克|肿|紧|疹|痒|疙瘩|红点|水泡|烂|过敏|包|anaphyla|breath|swell|swollen|closing|allerg|hives|rash"
    ),
    "injury": re.compile(
        r"伤|破|烂|血|断|割|烫|烧|刺|扎|炸|砸|夹|电|骨折|针|中毒|昏迷|晕|噎|窒息|抽搐|休克|一氧化碳|泄漏|误食|误吞|吐|拉肚子|洗胃|住院"
        r"|医院|急诊|火|icu|抢救"
        r"|重症|120|救|人命|命|致残|毁容|burn|cut|injur|hurt|shock|electroc|scald|poison|chok|bit|bleed|hospital|unconsc|fire|explod|blew"
        r"|emergency|ambulance"
    ),
}
# What the words of a danger are: with one of them a low chance is enough. Wide on purpose, the model has the last word.
_DANGER_WORDS_OF: dict[Danger, re.Pattern[str]] = {
    "self_harm": re.compile(
        r"死|杀|活|命|轻生|割|跳|吊|药|遗|解脱|世界|人世|撑不|熬不|扛不|没意[思义]|没有意[思义]|绝望|结束|消失|尽头|想不开|告别|永别|来生|下辈子|天堂|太累|走了算|不在了|天台|桥|炭|安眠"
        r"|kill|die|dying|live|alive|life|suicid|end it|myself|give up|goodbye"
    ),
    "threat": re.compile(
        r"死|杀|砍|捅|打|揍|弄|废|剁|烧|炸|砸|泼|刀|命|等着|等你|堵|小心|后果|血|拼|收拾|瞧|下班|家住|住哪|全家|孩子|学校|汽油|家伙|腿|手|教训|好看|报复|kill|stab|shoot"
        r"|beat|hurt|burn|bomb|gun|knife|find you|watch your|pay for"
    ),
    "violence": re.compile(
        r"打|推|拽|拉|扯|踹|踢|掐|刀|威胁|骚扰|摸|搂|抱|亲|揍|扇|砸|闯|堵|锁|强|骂|吼|动手|跟踪|尾随|下流|流氓|非礼|猥|脱|裸|逼|吓|报警|hit|punch|push|threat|grop"
        r"|touch|attack|grab|slap|follow|harass|assault|shov|kick|yell|scream"
    ),
    "allergy": re.compile(
        r"过敏|肿|疹|痒|喘|呼吸|红|疙瘩|包|泡|烂|休克|喉|嗓|嘴|脸|皮|皴|脱皮|辣|疼|痛|刺|发麻|起|breath|swell|swollen|rash|hive|itch|allerg|throat"
        r"|face|lips|burn"
    ),
    "injury": re.compile(
        r"伤|破|血|断|割|烫|烧|刺|扎|炸|爆|砸|夹|电|骨|毒|昏|晕|噎|窒|抽|休克|漏|吞|吐|泻|拉肚|医院|急诊|救|火|燃|烟|咬|摔|划|戳|麻|疼|痛|肿|泡|眼|瞎|聋|120|icu|burn"
        r"|cut|injur|hurt|shock|electr|scald|poison|chok|bleed|blood|hospital|unconsc|fire|explod|emergency"
        r"|ambulance|vomit|smoke|swallow"
    ),
}
_DANGER_WORDS: tuple[tuple[Danger, str], ...] = (
    (
        "self_harm",
        r"(?<!不)(?<!没)想(?:要|去)?死(?![你他她它我心])|(?:我|真|都|就|只)要去死(?!吧)|不如死了|死了算了|死了得了|一死了之"
        r"|死给你们?看|我(?:去|就)死|不想(?:再)?活(?!动|泼|跃|儿|页|塞)|活不下去|活够了"
        r"|活着(?:还有|有|真|也|都|就)?(?:什么|啥)?没?(?:意思|意义)"
        rf"|{_NOT}(?:自杀(?!小队|兔|论|式|率|岛|森林)|自残|自尽|割腕|轻生|寻死|上吊|跳楼|跳河|跳江|跳海|跳桥|寻短见|想不开)"
        r"|(?:结束|了结|了断)(?:掉)?(?:我"
        rf"|自己)?的?(?:生命|性命|一生|自己(?!的?(?:会员|订单|订阅|账号|帐号|服务|合同|套餐)))"
        rf"|遗[书嘱](?!公证|继承|模板|小说|怎么写)"
        rf"|(?:开|拧开)(?:了)?(?:煤气|天然气)[^,。?]{{0,8}}(?:就|了)|烧炭自?杀?(?=[^,。]{{0,6}}(?:死|走|解脱))"
        r"|喝(?:了)?(?:农药|百草枯|敌敌畏)"
        r"|(?:吞|吃了?)(?:一?整?[瓶把大堆]+)安眠药|离开(?:这个)?(?:世界|人世)"
        r"|(?:took|swallowed) (?:all (?:of )?)?(?:the|my|a (?:whole )?bottle of) pills"
        r"|kill(?:ing)? myself|end(?:ing)? (?:my life|it all)|(?:want|wanna|going|rather) (?:to )?die\b|suicid(?!e squad)"
        r"|don'?t want to (?:live|be alive)|hurt(?:ing)? myself|cut(?:ting)? myself\b(?! on)|no reason to live",
    ),
    (
        "threat",
        r"(?:弄死|打死|杀了?|砍死?了?|捅死?了?|干掉|搞死|整死|打断|打爆|废了|剁了?|掐死|揍死?|灭了?)(?:你|他妈|这个?|那个?|你们)(?:们"
        r"|全家|个|的|客服|老板|卖家|快递)?|(?:杀|砍|捅|揍)(?:了)?(?:客服|老板|卖家|快递|送货)"
        r"|给(?:我|老子)(?:等着|小心)|你们?(?:就)?等着(?:瞧|吧|$|[,!。])|走着瞧|(?:让|叫|要)你们?(?:见血|不得好死|好看|偿命"
        r"|后悔一辈子|全家)|同归于尽|跟你们?拼(?:了|命)|和你们?拼(?:了|命)"
        r"|(?:知道|查到|找到)(?:了)?你们?(?:家(?!的|店)|住|人在哪)|人肉你|上门(?:砍|打|弄|揍|收拾|找)你|(?:去|到|来)你们?(?:的)?(?:公司"
        r"|店|店里|仓库|家|家里|总部)(?:去)?[^,。?]{0,4}(?:砸|烧|炸|拼|放火|泼|砍|闹事)"
        r"|(?:烧|炸|砸)(?:了|掉)?(?:你|你们)(?:的|家)?(?:店|公司|仓库|房)|带(?:着)?(?:刀|汽油|人)(?:去|来|上)|收拾你|弄你全家|泼硫酸"
        r"|(?:i will|i'll|gonna|going to|i want to) (?:kill|stab|shoot|beat|hurt|strangle|hunt) (?:you|him|her|them|the (?:driver"
        r"|courier|agent))|(?:burn|blow) (?:down |up )?your (?:store|office|warehouse|house)"
        r"|(?:i )?know where you (?:live|work)|you(?:'ll| will) (?:pay with|be dead|die)|bomb (?:your|the) ",
    ),
    (
        "violence",
        rf"{_WORKER}[^,。?!]{{0,8}}(?:打人|打了?我(?!的?电话|手机)|打了?人(?!家|工)|动手(?!能力|术|安装|拆|做)|推了?我|踹了?|殴打|掐|持刀|拿刀(?!划|拆|开|割|切|裁)|威胁(?:我|要)|骚扰|非礼|猥亵|摸了?我"
        rf"|揍我|扇我|砸我家|闯进|强行进)|{_NOT}被(?:你们?的?)?{_WORKER}(?:给)?(?:打|揍|殴打|推|威胁|骚扰|猥亵|非礼|骂哭)"
        rf"|(?:跟|和|把|与){_WORKER}(?:给)?(?:打起来|打架|动手|打了|打伤)|动手打人|{_NOT}(?<!单)(?<!价)被(?:打|揍|殴打|捅|砍)了(?!折|单|价)"
        rf"|报警了?[^,。]{{0,6}}打人"
        r"|(?:driver|courier|installer|staff|agent|delivery (?:man|guy|person)|employee|technician)[^.?!]{0,20}(?:hit|punched"
        r"|assaulted|pushed|threatened|groped|attacked|touched|slapped|harassed) (?:me|my)"
        r"|(?:was|got) (?:assaulted|attacked|punched|groped|beaten)",
    ),
    (
        "allergy",
        r"(?:呼吸(?:很|好|特别|有点)?困难|喘不(?:过|上)(?:来)?气|透不过气|过敏性?休克|(?:喉咙|嗓子|气管|舌头|嘴唇?|嘴巴|眼睛|脸|全脸"
        r"|眼皮)(?:都|也|全|又|已经|就|开始|整个)*(?:红)?(?:肿|发紧)(?!消))"
        r"|(?:浑身|全身|满身|满脸|脸上|身上|一身|一脸|胳膊上|脖子上|手上|整个脸|宝宝|孩子)[^,。?!吗]{0,8}(?:疹|红肿|发痒|痒得|痒死"
        r"|起(?:了)?(?:很多|好多|一片|大片|小)*(?:包|疙瘩|红点|水泡)|溃烂|烂了)|起(?:了)?(?:一身|一脸|满脸|很多|好多|大片"
        r"|全是)?(?:的)?(?:红)?疹"
        r"|(?<!不)(?<!没)(?<!没有)(?<!会)(?<!防)(?<!抗)(?<!低)(?<!易)(?<!怕)(?<!不会)(?<!致)(?<!是)过敏(?:了(?!吗|怎么退|能退|可以退"
        r"|的话|怎么)|(?:的)?(?:很|好|非常|特别|太|超)?(?:严重|厉害)|反应(?:很|严重|特别)|进医院|送医|住院|去医院|到医院)"
        r"|anaphyla|can'?t breathe|(?:trouble|difficulty|hard|struggling) (?:to )?breath|(?:throat|tongue|lips?|face) (?:is |are "
        r"|has |have )?(?:all )?(?:swelling|swollen|swelled|closing)|(?:had|having|got|bad|severe|serious) (?:an? )?(?:bad |severe "
        r"|serious )?allergic reaction|(?:hives|rash) (?:all over|everywhere)|broke out in (?:hives|a rash)",
    ),
    (
        "injury",
        rf"{_BODY}[^,。?!]{{0,8}}(?:受伤|(?:划|割|烫|烧|炸|砸|刺|扎|夹|磕|电|压|摔|咬|灼|戳|崩)(?:伤|破|烂|出血|断|得流血|到手"
        rf"|到了(?:手|眼))|流血|出血(?!糖)|骨折|缝了?\d*[一二三四五六七八九十]*针|中毒|昏迷|晕倒|晕过去|触电|被电|噎住|窒息|抽搐|休克"
        rf"|[一二三]度(?:烫|烧)伤"
        rf"|(?:孩子|宝宝|娃|小孩|儿子|女儿|狗|猫)[^,。?!没]{{0,4}}(?:吞|咽|误食)(?:了|下去?了?)[^,。?!]{{0,10}}(?:电池|硬币|磁|珠|干燥剂|螺丝|扣|钉|药|洗衣)"
        rf"|烫起(?:了)?泡|烫了?(?:个|一个)?大?泡)"
        rf"|(?:划|割|烫|烧|炸|砸|刺|扎|夹|电|崩)(?:伤|破|到|着|断)(?:了)?(?:我|我的|孩子|宝宝|小孩|老人|人|手|脸|眼|脚|腿|我家)"
        rf"|{_NOT}(?:食物中毒|煤气中毒|一氧化碳|煤气泄漏|燃气泄漏|触电|误食|误吞)(?!怎么办[?]?$|保护)|(?:吃|喝)(?:了|完"
        rf"|坏)[^,。?]{{0,14}}(?:上吐下泻|拉肚子|中毒|洗胃|住院|进医院|吐血|呕吐|急诊)"
        r"|(?:充电|电池|手机|插座|插头|电热毯|锅|瓶|热水器|空调|充电宝|充电器|取暖器|电器|灯|机器|烤箱|电视|冰箱|电线|耳机|电动车"
        r"|水壶|玻璃|它|突然|直接|自己)[^,。?!吗会怕]{0,8}(?:爆炸|炸了|炸开|炸裂|起火|着火|烧起来|冒火|自燃|漏电(?!保护))(?!吗"
        r"|怎么办[?])"
        rf"|{_NOT}(?<!会)(?<!怕)(?:送|进|住)(?:了)?(?:医院|急诊|icu|抢救|重症)(?!用|的吗|吗|买|里?(?:上班|工作|的护士))|{_NOT}在(?:急诊|抢救|icu|重症)|{_NOT}打(?:了)?120(?!斤|块|元|个|米|岁|分|克|瓦|\d)"
        rf"|叫(?:了)?救护车|救命(?:[啊!](?!这|也|太|好))|出人命|(?:快|要|会)(?:没|丢)命|致残|毁容了"
        r"|(?:burn(?:ed|t)|cut|injured|hurt|shocked|electrocuted|scalded|poisoned|choked|bit) (?:my|me|his|her|our|the baby"
        r"|a child)\b|(?:my|his|her) (?:son|daughter|baby|child|kid|hand|finger|face|eye|mom|wife|husband)[^.?!]{0,20}(?:bleeding"
        r"|burn(?:ed|t)|injured|cut|hurt|hospital|choking|unconscious|electrocuted)"
        r"|(?:caught|on|catch(?:es)?) fire\b|(?:battery|charger|phone|it) (?:just )?(?:exploded|blew up)|emergency room"
        r"|in (?:the )?hospital|food poisoning|electric shock|i(?:'m| am) bleeding|ambulance",
    ),
)
_DANGER: tuple[tuple[Danger, re.Pattern[str]], ...] = tuple((kind, re.compile(words)) for kind, words in _DANGER_WORDS)
_HYPOTHETICAL = re.compile(
    r"会不会|会.{0,6}[吗么]|如果|万一|要是|假如|怕.{0,6}(?:伤|敏|炸|火|电)|容易.{0,6}[吗么]|避免|以免|免得|防止|防.{0,3}[伤敏火爆电烫]"
    r"|有没有(?:人)?.{0,6}(?:过敏|受伤|炸)|能不能治|什么人会|will (?:it|this)|could (?:it|this)|does (?:it|this)|is it safe"
    r"|hypoallergenic|prevent|what if|in case"
)
_GUARDED: frozenset[Danger] = frozenset({"allergy", "injury"})


def danger(folded: str, chances: Sequence[float]) -> Danger | None:
    """Rules and model together, `chances` in the order of taxonomy.DANGERS: what a rule finds always counts; what no rule foresees
    counts from a low chance on if the words of such a danger are there, else only when the model is rather sure."""
    if found := danger_in(folded):
        return found
    chance = 1 - chances[0]
    if chance < _DANGER_FROM:
        return None
    kind = cast("Danger", DANGERS[max(range(1, len(chances)), key=chances.__getitem__)])
    plain = _FIGURATIVE.sub("", folded)
    if _DANGER_WORDS_OF[kind].search(plain):
        return kind
    return kind if chance >= _DANGER_SURE and plain == folded else None


def is_abuse(insult: bool, chance: float) -> bool:
    """Words known as insults, or what the model takes for abuse of a person."""
    return chance >= (_INSULT_NEEDS if insult else _ABUSE_FROM)


def emotion(chances: Sequence[float]) -> tuple[Emotion, float]:
    """The likeliest emotion, `chances` in the order of taxonomy.EMOTIONS; anger already from a lower chance, because answering an angry
    customer as if nothing were the matter costs more than soothing a calm one."""
    anger = chances[_ANGER]
    best = max(range(len(chances)), key=chances.__getitem__)
    if best != _ANGER and anger >= _ANGER_FROM:
        return "anger", anger
    return EMOTIONS[best], chances[best]


def danger_in(folded: str) -> Danger | None:
    """The danger to life or person the text speaks of as real.

    Asking what might happen with goods is no danger; words against a life always are.
    """
    hinted = [(kind, pattern) for kind, pattern in _DANGER if _DANGER_HINTS[kind].search(folded)]
    if not hinted:
        return None
    plain = _FIGURATIVE.sub("", folded)
    for kind, pattern in hinted:
        found = pattern.search(plain)
        if found and not (kind in _GUARDED and _HYPOTHETICAL.search(plain)):
            return kind
    return None


_INSULTING = re.compile(
    r"[傻儍煞沙莎逼屄笔比币必脑腦智弱白蠢猪狗王混贱賤婊畜杂渣败死断操肏艹草曹日妈媽玛麻马馬爷屎滚滾脸心养没病瞎聋算东废廢垃饭笨窝哑机眼]"
    r"|[a-z]"
)
_NOISE = re.compile(r"[\W_]+")
_SPELLINGS = str.maketrans(
    {
        "妳": "你",
        "祢": "你",
        "媽": "妈",
        "嗎": "吗",
        "馬": "马",
        "滾": "滚",
        "廢": "废",
        "腦": "脑",
        "殘": "残",
        "賤": "贱",
        "傻": "傻",
        "儍": "傻",
        "煞": "傻",
        "沙": "傻",
        "莎": "傻",
        "笔": "逼",
        "比": "逼",
        "币": "逼",
        "屄": "逼",
        "必": "逼",
        "b": "逼",
        "艹": "操",
        "肏": "操",
        "草": "操",
        "曹": "操",
        "泥": "你",
        "尼": "你",
        "玛": "妈",
        "麻": "妈",
    }
)
# Aimed at a person by nature.
_INSULT = re.compile(
    r"傻逼(?!较|如|例|赛|特)|大傻|傻叉|傻缺|傻吊|傻屌|二逼(?!较|例)|装逼(?!较)|脑残|智障|弱智|白痴|蠢货|蠢猪|蠢驴|猪脑子|狗东西|狗杂|狗日"
    r"|狗娘|狗腿子|走狗|王八|混蛋|混账|贱人|贱货|婊子|畜生|畜牲|杂种|人渣|败类|死全家|全家死|断子绝孙|不得好死"
    r"|操你|日你|去你妈|你妈(?:的|逼|死)|他妈你|你大爷的|狗屎客服|吃屎|滚蛋|滚吧|滚开|滚远|给我滚|快滚|滚你|去死吧|死一?边|不要脸"
    r"|臭不要脸|恶心的(?:客服|东西)|没教养|没脑子|长没长脑子|有病吧|有毛病吧|神经病|(?:你|客服)(?:是不是)?(?:脑子|眼睛?)(?:有病|有问题"
    r"|进水|瞎|坏)|瞎了你|你瞎|你聋|你是猪|你是狗|你算(?:什么|个)?(?:东西|屁|老几)|什么东西你"
)
_AIMED = re.compile(
    r"(?:你|你们|客服|这客服|那个客服|人工)(?:们|这|个|群|帮|些|种|就是|真是|真的|都是|全是|全都|都|是|简直|他妈|的|一|不过|只|那|帮人"
    r"|家)*(?:废物|垃圾(?!桶|袋|箱|处理|产品|东西|质量|货|手机|短信|邮件|店|平台|软件|物流|快递)|饭桶|猪(?![蹄肉脚肝排油年])|狗(?!粮|窝"
    r"|狗|绳)|蠢|笨(?!重)|贱"
    r"|窝囊废|死人|哑巴|聋子|瞎子|骗子客服|吃干饭|机器人都不如)"
)
_LATIN_INSULT = re.compile(
    r"(?<![a-z])(?:sb|s\.b|nmsl|cnm|rnm|nmb|wcnm|zz|f+u+c+k+ ?(?:you|off|u)|(?:you|u|ur|you're|you are|such an?|bunch of|stupid"
    r"|f+u+c+king|what an?)[a-z' ]{0,14}(?:idiots?|morons?|assholes?|bitch(?:es)?|bastards?|retards?|scum|stupid|dumb|useless|pathetic"
    r"|imbeciles?|trash|worthless)|idiots?|morons?|asshole|bitch|retard|son of a bitch|go to hell|shut up|screw you|piece of (?:shit"
    r"|crap) (?:agent|staff|support))(?![a-z])"
)


def _automaton(words: str) -> ahocorasick.Automaton:
    found = ahocorasick.Automaton()
    for word in words.split():
        found.add_word(word, True)
    found.make_automaton()
    return found


# One pass over the respelled text decides whether the patterns above need to look at all: every insult holds one of these.
_HINTS = _automaton(
    "傻 逼 脑残 智障 弱智 白痴 蠢 猪 狗 王八 混蛋 混账 贱 婊 畜生 畜牲 杂种 人渣 败类 死 断子 操 "
    "日你 妈 大爷 吃屎 滚 不要脸 恶心的 教养 没脑 长没 "
    "有病 毛病 神经 瞎 聋 你算 东西你 废物 垃圾 饭桶 笨 窝囊 哑 吃干饭 机器人都 脑子 眼 "
    "s nm cn rn wc zz f idio moron asshole itch tard tupid crap hit scum dum usel path trash wort hell shut"
)
_OATH = re.compile(
    r"他妈|他吗的|妈的|tmd|我操|卧槽|我靠|尼玛|你妹|特么|踏马|什么鬼|狗屁|放屁|坑爹|奇葩|无耻|wtf|f+u+c+k|damn|bullshit|crap|shit"
)


def insults(folded: str) -> bool:
    """Words against the person who reads them. Swearing at a parcel, or calling goods rubbish, is anger and not abuse."""
    if folded.isascii():
        return _LATIN_INSULT.search(folded) is not None
    if not _INSULTING.search(folded):
        return False
    bare = _NOISE.sub("", folded)
    respelled = bare.translate(_SPELLINGS)
    if not any(True for _ in _HINTS.iter(respelled)):
        return False
    return bool(_INSULT.search(bare) or _INSULT.search(respelled) or _AIMED.search(bare) or _LATIN_INSULT.search(folded))


_HUMAN_HINT = re.compile(r"人|客服|经理|领导|主管|机器|agent|human|person|someone|representative|operator|manager|supervisor|staff|bot")
_HUMAN = re.compile(
    r"(?:转|找|要|接|换|叫|呼|需要|联系|请|进|求|给我|帮我|有|没)[^,。?!]{0,4}人工(?!费|智能|成本|湖|草|降噪)|人工(?:在线)?(?:客服|服务"
    r"|坐席|座席|处理|接待|回复|在线|在吗|在不在|呢|啊|呀|吧|!|。|\?|$)|^人工(?!费|智能|成本|草|降噪)"
    r"|真人|活人|(?:找|要|换|叫|转|喊|派|来|有没有|给我)(?:个|一个|一下|你们的?|个能?)?(?:能)?(?:管事|负责|做主|说话|会说话|懂"
    r"|活)?的?(?:人|客服|领导|主管|经理|负责人|上级)(?:来|跟我|和我|说|聊|处理|解决|谈|接|吧|行吗|可以吗|出来|!|。|$)"
    r"|(?:不要|别|不想|不跟|不和|别让|讨厌|受够)[^,。]{0,6}机器(?:人)?(?:回|聊|说|$|[,。!了])"
    r"|(?:speak|talk|chat|connect|transfer|put)[^.?!]{0,24}(?:human|person|agent|representative|\brep\b|someone|operator|manager"
    r"|supervisor|staff)|(?:real|live|actual) (?:person|human|agent)|human (?:agent|being|please|support|help)|^(?:an? )?(?:agent|human"
    r"|representative|operator|person|customer service)(?: please| now)?[.! ]*$"
    r"|(?:want|need|get me|give me) (?:an? |the |your )?(?:human|person|agent|representative|manager|supervisor|real)"
)
_NO_HUMAN = re.compile(
    r"(?:不用|不要|别|不需要|无需|不想|不必|没必要)(?:再|给我|帮我)*(?:转|找|接|换|叫)?(?:到)?人工|(?:don'?t|do not|no) (?:need"
    r"|want) (?:an? |to (?:talk|speak) to )"
)


def wants_person(folded: str) -> bool:
    return bool(_HUMAN_HINT.search(folded) and _HUMAN.search(folded) and not _NO_HUMAN.search(folded))


_TAIL = r"(?:[,。!?~ ]|呀|啊|哦|呢|哈|哟|喔|了|啦|吗|嘛|吧|的|亲+|老板|客服|店家|各位|小姐姐|掌柜|there|everyone)*"
_WHOLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (intent, re.compile(rf"(?:{words}){_TAIL}(?:(?:{words}){_TAIL})*"))
    for intent, words in (
        (
            "greeting",
            r"亲+|你好|您好|妳好|泥嚎|嗨+|哈喽|哈罗|hello+|hi+|hey+|在吗|在么|在嘛|在不在?|在没|有人(?:在)?(?:吗|么|嘛|没)?|早|早上好"
            r"|早安|上午好|中午好|下午好|晚上好|晚安好|good (?:morning|afternoon|evening)|anyone|anybody|is anyone|喂+|老板在|客服在|掌柜",
        ),
        (
            "thanks_bye",
            r"(?:好的?|好吧|嗯+|行吧?|哦|那|知道了|明白了|收到|ok)[,。 ]*(?:那)?(?:就)?"
            r"(?:谢谢|多谢|谢了|感谢|辛苦|麻烦|thanks?|thank you)[你您]?们?"
            r"|谢+|谢谢你?您?们?"
            r"|多谢|感谢|非常感谢|十分感谢|蟹蟹|3q|thx|thanks?(?: you)?(?: (?:so|very) much| a lot)?|thank u|再见|拜+"
            r"|不错|挺好|挺不错|很好|真好|太好了|真不错|很不错"
            r"|拜拜|拜了|bye+|goodbye|辛苦|辛苦你|辛苦您|麻烦你|麻烦您|麻烦|没事|没有别的问题|没别的事|see you|cheers",
        ),
        (
            "confirm",
            r"是|是的|对|对的|对头|嗯+|恩+|恩恩|好|好的|好滴|好嘞|行|可以|可以的|没错|没问题|确认办理|办理吧?|ok+|okay|okk|yes|yep|yeah|yup|sure|right"
            r"|correct|就是这个|就是它|就这个|确认|确定|同意|成|中|要得|嗯嗯|哦+|知道|明白|收到|了解|that'?s (?:right|it|the one|correct)"
            r"|那?(?:我|咱)们?(?:就|先|再|在这|慢慢|继续)*等(?:着|等看?|一?会儿?|一下|一等|看|通知|消息|你们?消息|收货)|那?(?:就|先|再)等(?:着|等|一等|等看)"
            r"|那?我(?:先|再|自己|回去|回头|这就|去|就|把它|给)+[^,。?!吗么嘛呢怎]{0,6}(?:试试看?|看看|想想|问问|考虑一?下?|再说|试一[下试]|看一[下看]|研究一?下?|对比一?下)"
            r"|i(?:'ll| will) (?:wait|try(?: it| that)?|have a look|think about it)",
        ),
        (
            "deny",
            r"先不办|不办了?"
            r"|不是|不对|不用|不要|不行|不|没有|没|错|no+|nope|not (?:that|this|really)(?: one)?|不是这个|不是那个|不是它|都不是|不可以"
            r"|不同意|不了|算|算了|不需要|no thanks|none of (?:them|these)|wrong|别",
        ),
    )
)


# 显卡能退吗: goods, and whether they go back. Money, cards and coupons that go back are other matters.
_RETURNABLE = re.compile(
    r"(?:(?![券卡钱款费税价金额保票分运余](?<!显卡)(?<!内存卡)(?<!存储卡)|充值|会员|发票|流量|话费|套餐)[^,。?!\d]){1,10}?"
    r"(?:还)?(?:能不能|可不可以|可以|能|支持)(?:无理由)?(?:退|退货|退换|退换货|换货)(?:吗|么|嘛|不|呢)?[?~ ]*"
)


# 帮我把订单取消了 asks for it; 订单怎么取消了 asks why it happened. The 了 of a request misleads the model.
_CANCEL_IT = re.compile(
    r"(?:请|麻烦|劳驾)?[你您]?(?:帮我|给我|替我|帮忙)?(?:把|将)我?(?:这|那|刚才?|刚刚|昨天|今天)?[一个笔下拍买的]{0,4}"
    r"(?:订单|单子?|它)(?:给我|帮我|直接|先)?(?:取消|撤销?)(?:掉|了|一下)?(?:吧|呗|啊)?[!。~ ]*"
)

# The characters such a message can begin with: one look at the first spares the rest for nearly all.
_OPENINGS = frozenset(
    "我那咱亲你您妳泥嗨哈在有早上中下晚喂老客掌谢多感非十蟹3再拜辛麻没是对嗯恩好行可确定同成要哦知明收了就不错都算别"  # and in English:
    "hegaistbcoynrw"
)


def whole_message(folded: str) -> str | None:
    """The intent of a message that is nothing but a greeting, thanks, a yes, a no, whether some goods go back, or to cancel an order."""
    if "退" in folded and _RETURNABLE.fullmatch(folded):
        return "after_sales_policy"
    if "把" in folded and _CANCEL_IT.fullmatch(folded):
        return "order_cancel"
    if len(folded) > 24 or folded[:1] not in _OPENINGS:
        return None
    for intent, pattern in _WHOLE:
        if pattern.fullmatch(folded):
            return intent
    return None


_DEGREE = re.compile(
    r"非常|特别|极其|极度|超级|实在|太|真的|简直|到底|究竟|死了|透了|再也|永远|绝对|彻底|万分|十分|!!|\?\?|very|really|extremely|so "
    r"|never|ever|absolutely|totally|ridiculous"
)
_REPEAT = re.compile(r"(.)\1{3,}|!{3,}|\?{3,}")


def strength(emotion: Emotion, folded: str, felt: float, abuse: bool) -> int:
    """Intensity 0..3: what the model feels, moved by degree words, oaths, exclamation and repetition."""
    if emotion == "calm":
        return 0
    felt += 0.35 * (_DEGREE.search(folded) is not None) + 0.3 * (_REPEAT.search(folded) is not None)
    if emotion == "anger":
        if abuse:
            return 3
        felt += 0.6 * (_OATH.search(folded) is not None)
    return max(1, min(3, round(felt)))


def swears(folded: str) -> bool:
    return _OATH.search(folded) is not None
