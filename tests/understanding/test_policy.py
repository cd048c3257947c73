"""The rules above the model: what must never be missed, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinfu.kit.text import fold
from xinfu.understanding import policy
from xinfu.understanding.taxonomy import EMOTIONS


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我想死", "self_harm"),
        ("不想活了", "self_harm"),
        ("真的活不下去了", "self_harm"),
        ("活着没意思", "self_harm"),
        ("再不退钱我就自杀", "self_harm"),
        ("我站在楼顶要跳楼", "self_harm"),
        ("死给你们看", "self_harm"),
        ("i want to die", "self_harm"),
        ("I'm going to kill myself", "self_harm"),
        ("我要弄死你们客服", "threat"),
        ("信不信我砍死你", "threat"),
        ("你给我等着", "threat"),
        ("我知道你家住哪", "threat"),
        ("明天去你们公司放火", "threat"),
        ("i will kill you", "threat"),
        ("I know where you live", "threat"),
        ("浑身起疹子呼吸困难", "allergy"),
        ("用了面霜脸肿了", "allergy"),
        ("孩子吃了以后过敏很严重", "allergy"),
        ("涂完过敏了", "allergy"),
        ("喉咙肿了喘不过气", "allergy"),
        ("I had a severe allergic reaction", "allergy"),
        ("i can't breathe", "allergy"),
        ("充电宝爆炸了", "injury"),
        ("插座着火了", "injury"),
        ("杯子炸裂把孩子手割破了", "injury"),
        ("孩子被烫伤了", "injury"),
        ("老人触电了", "injury"),
        ("吃了以后上吐下泻", "injury"),
        ("已经送医院了", "injury"),
        ("手被划出血了，手流血了", "injury"),
        ("the charger exploded and burned my hand", "injury"),
        ("快递员动手打我", "violence"),
        ("安装师傅推了我", "violence"),
        ("我被快递员打了", "violence"),
        ("送货员骚扰我", "violence"),
        ("the driver pushed me", "violence"),
    ],
)
def test_danger_to_life_or_person_is_recognised(text: str, kind: str) -> None:
    assert policy.danger_in(fold(text)) == kind


@pytest.mark.parametrize(
    "text",
    [
        "笑死我了", "累死了", "气死我了", "急死人了", "热死了快发货", "丑死了", "慢死了", "手机死机了", "死活打不开", "打死我也不买了", "笑得我想死", "想死你们了", "跳楼价吗", "秒杀几点开始",
        "能砍价吗", "好吃到爆炸", "心态炸了", "会不会过敏", "敏感肌会过敏吗", "防过敏的有吗", "抗过敏的枕头", "充电会爆炸吗", "怕触电", "有漏电保护吗", "包装破了", "屏幕划伤了", "外壳摔坏了", "杀菌功能有吗",
        "等着用呢快点", "我等着你们回复", "没有受伤", "不会自杀", "打电话给我", "活动什么时候结束", "烟灶套装", "杀毒软件怎么装", "万一孩子受伤了怎么办", "这个价格要人命啊便宜点", "the battery is dead", "a killer deal",
        "dying to get it", "will it cause an allergic reaction?", "is it hypoallergenic", "给孩子打的毛衣", "医用棉签多少钱", "送医院用的可以吗",
    ],
)  # fmt: skip
def test_figures_of_speech_and_questions_are_no_danger(text: str) -> None:
    assert policy.danger_in(fold(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "傻逼客服", "你是傻b吗", "傻*逼", "煞笔", "沙 比", "脑残", "你们这群废物", "客服都是猪", "滚蛋", "给我滚", "去死吧", "操你妈", "草泥马", "ｎｍｓｌ", "sb客服", "你有病吧", "不要脸的东西", "王八蛋", "智 障",
        "你算什么东西", "狗东西", "畜生", "fuck you", "you are such an idiot", "you stupid bot", "asshole", "傻、逼", "垃圾客服你就是垃圾",
    ],
)  # fmt: skip
def test_insults_against_the_person_are_abuse(text: str) -> None:
    assert policy.insults(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "垃圾产品", "什么破快递", "你们太过分了", "气死我了", "我要投诉你们", "骗子公司", "垃圾桶多少钱", "滚筒洗衣机", "给你妈妈买一件", "买给我妈的", "废物利用", "usb接口", "猪肉多少钱", "狗粮有吗", "比较一下", "必须今天发",
        "沙发比较大", "你们家垃圾袋", "脑白金", "草莓多少钱", "this is a stupid product", "the scanner is crap", "质量太差了", "麻烦你", "笨重吗", "你们的猪蹄好吃吗",
    ],
)  # fmt: skip
def test_anger_at_a_fault_is_no_abuse(text: str) -> None:
    assert not policy.insults(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "转人工",
        "人工客服",
        "我要人工",
        "人工",
        "找个真人",
        "不要机器人",
        "叫你们领导来",
        "给我换个人来处理",
        "有人工吗",
        "I want to talk to a human",
        "real person please",
        "agent",
        "can I speak to a manager",
        "transfer me to an agent",
    ],
)
def test_the_wish_for_a_person_is_heard(text: str) -> None:
    assert policy.wants_person(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "人工费多少",
        "人工智能音箱",
        "安装要人工费吗",
        "不用转人工",
        "不需要人工",
        "这个适合几个人用",
        "送人的",
        "扫地机器人多少钱",
        "机器人不动了",
        "没人收货",
        "收货人改一下",
        "i don't need an agent",
        "is it a person sized bag",
    ],
)
def test_people_in_other_senses_are_no_wish(text: str) -> None:
    assert not policy.wants_person(fold(text))


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("你好", "greeting"),
        ("在吗？", "greeting"),
        ("hello there", "greeting"),
        ("谢谢啦", "thanks_bye"),
        ("Thank you so much!", "thanks_bye"),
        ("是的", "confirm"),
        ("嗯嗯，对的", "confirm"),
        ("ok", "confirm"),
        ("不是", "deny"),
        ("no", "deny"),
        ("你好，什么时候发货", None),
        ("没有收到", None),
    ],
)
def test_a_message_that_is_only_a_courtesy_or_an_answer(text: str, intent: str | None) -> None:
    assert policy.whole_message(fold(text)) == intent


def test_intensity_rises_with_degree_and_is_nothing_when_calm() -> None:
    assert policy.strength("calm", "什么时候发货!!!!", 2.0, False) == 0
    assert policy.strength("anger", "差评", 1.6, False) < policy.strength("anger", "太差了他妈的!!!!", 1.6, False)
    assert policy.strength("anger", "你", 0.0, True) == 3


@given(st.text(max_size=200), st.sampled_from(EMOTIONS), st.floats(-10, 10), st.booleans())
def test_no_text_makes_a_rule_fail(text: str, emotion: str, felt: float, abuse: bool) -> None:
    folded = fold(text)
    policy.danger_in(folded)
    policy.insults(folded)
    policy.wants_person(folded)
    policy.whole_message(folded)
    assert policy.strength(emotion, folded, felt, abuse) in (0, 1, 2, 3)


@pytest.mark.parametrize("said", ["帮我把订单取消了", "麻烦把这个订单取消掉吧", "把刚拍的单子撤了", "请把它取消"])
def test_a_request_to_cancel_is_no_question_why(said: str) -> None:
    assert policy.whole_message(fold(said)) == "order_cancel"


@pytest.mark.parametrize("said", ["订单怎么被取消了", "谁把我的订单取消了", "把售后取消了"])
def test_other_words_about_cancelling_are_left_to_the_model(said: str) -> None:
    assert policy.whole_message(fold(said)) is None
