"""From a customer's words to the shop's: what is looked for, and that the demo shop's articles are found by it."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.knowledge.builders import SHOP, an_article
from xinfu.demo import content
from xinfu.kit.auth import system_actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.text import fold
from xinfu.knowledge import Knowledge
from xinfu.knowledge.wording import sought


@pytest.fixture
async def knowledge(database: Database, clock: FixedClock) -> AsyncIterator[Knowledge]:
    knowledge = Knowledge(database, clock)
    await knowledge.start()
    yield knowledge
    knowledge.stop()


def test_question_words_are_left_out_and_the_shops_words_joined() -> None:
    assert "怎么" not in sought("请问邮费怎么算")
    assert "运费" in sought("请问邮费怎么算").split()
    assert {"邮费", "寄回"} <= {word[:2] for word in sought("邮费 寄回").split()}
    assert "invoice" in sought("Can I have a receipt")


def test_a_question_of_nothing_but_question_words_is_looked_for_as_it_is() -> None:
    assert sought("怎么办") == "怎么办"
    assert sought("How is it?") == "?"
    assert sought("") == ""


@given(st.text(max_size=60))
def test_nothing_a_customer_types_breaks_the_search_or_is_lost_whole(text: str) -> None:
    assert bool(sought(text)) == bool(fold(text))


async def test_customers_find_the_demo_shops_articles_in_their_own_words(knowledge: Knowledge) -> None:
    await knowledge.load_articles(system_actor(SHOP), SHOP, content.articles())
    for question, title in (
        ("邮费谁出啊多少钱包邮", "运费怎么算"),
        ("宝宝二十斤穿多大的尿不湿", "纸尿裤选多大"),
        ("两张券能一起用吗", "优惠券怎么用"),
        ("会不会是假货", "是正品吗"),
        ("when do I get my money back", "How long does a refund take?"),
    ):
        assert title in [hit.title for hit in knowledge.search(SHOP, question, "customer", 3)], question


async def test_of_articles_that_share_a_word_the_one_that_shares_more_characters_is_first(knowledge: Knowledge) -> None:
    await knowledge.load_articles(
        system_actor(SHOP), SHOP, [an_article("积分抵扣", "积分可以抵现金。"), an_article("现金退回", "退款原路返回。")]
    )
    assert next(hit.title for hit in knowledge.search(SHOP, "积分抵不抵现金")) == "积分抵扣"
