"""Which article answers: the one on the very goods before the general rule, and none rather than one about something else."""

import pytest

from tests.reception.desk import Desk, sources
from xinfu.knowledge.contracts import Hit
from xinfu.reception.relevance import best_hit, particular

RULE = Hit("rule", "七天无理由退货", "policy.returns", "签收后 7 天内，不影响二次销售可以退货。", 1, 5.0)
PICKUP = Hit("pickup", "自提与驿站", "policy.pickup", "可以改送到驿站，凭取件码领取。", 1, 5.0)
CARDS = Hit("cards", "显卡退货要点", "product.gpu_return", "贴纸没撕、配件齐全，七天内可以退。", 1, 5.0)
PHONE = Hit("phone", "手机激活以后还能退吗", "product.phone_activate", "激活以后不支持无理由退。", 1, 9.0)
WATER = Hit("water", "桶装水要押金吗", "product.water_barrel", "不收押金。没有电梯三楼以上每层每桶加 1 元。", 1, 5.0)
FOUND = (PHONE, CARDS, WATER)


@pytest.mark.parametrize(
    ("asked", "rule", "answer"),
    [
        ("显卡能退吗", RULE, CARDS),
        ("手机激活了能退吗", RULE, PHONE),
        ("衣服能退吗", RULE, RULE),
        ("怎么退货", RULE, RULE),
        ("水能送上楼不", PICKUP, WATER),
        ("冰箱能送上楼吗", PICKUP, PICKUP),
        ("可以放驿站吗", PICKUP, PICKUP),
    ],
)
def test_the_rule_for_the_very_goods_comes_before_the_general_one(asked: str, rule: Hit, answer: Hit) -> None:
    assert particular(FOUND, rule, asked) is answer


def test_without_a_rule_nothing_particular_is_claimed() -> None:
    assert particular(FOUND, None, "显卡能退吗") is None


def test_the_article_that_says_most_of_the_question_wins_over_one_the_search_liked_better() -> None:
    assert best_hit((PHONE, CARDS), "显卡能退吗") is CARDS
    assert best_hit((PHONE, CARDS), "今天天气怎么样") is None


@pytest.mark.parametrize(("intent", "asked"), [("after_sales_policy", "显卡能退吗"), ("gift_card_balance", "显卡能退吗")])
async def test_a_customer_asking_about_graphics_cards_hears_about_graphics_cards(intent: str, asked: str) -> None:
    desk = Desk(articles=(RULE, PHONE, CARDS))
    assert ("article", "cards") in sources(await desk.say(asked, intent))
