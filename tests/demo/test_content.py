"""The demo shop's written content: complete, and in the forms the other folders accept."""

import re
from collections import Counter
from string import Formatter

import pytest

from xinfu.commerce import ATTRIBUTES
from xinfu.demo import DEMO_PASSWORD, OWNER, catalogue, content, logins
from xinfu.demo.catalogue import Department
from xinfu.demo.sagas import SAGAS
from xinfu.demo.stories import stories
from xinfu.identity.policy import SEEDED_ROLES, check_login, check_password
from xinfu.kit.text import clean

DEPARTMENTS = catalogue.departments()
WANTED_TOPICS = {
    *("shipping", "freight", "returns", "exchange", "refund_time", "price_protection", "invoice", "warranty", "installation"),
    *("delivery_area", "payment", "membership", "coupon", "cancel", "address_change", "hours", "damage", "allergy", "gift", "packaging"),
    *("promotion", "seller", "purchase", "credit", "gift_card", "account", "partner", "delivery_time", "pickup", "order_split", "reject"),
    *("return_address", "wrong_item", "review", "trade_in", "top_up", "travel", "authenticity"),
}


def test_there_are_enough_departments_products_and_variants() -> None:
    products = catalogue.products()
    assert len(DEPARTMENTS) >= 8
    assert len(products) >= 60
    assert sum(len(p.variants) for p in products) >= 120


@pytest.mark.parametrize("department", DEPARTMENTS, ids=lambda d: d.key)
def test_every_product_answers_what_its_department_needs(department: Department) -> None:
    for product in department.products:
        assert department.needs <= product.attributes.keys(), product.name
        assert product.attributes.keys() <= ATTRIBUTES.keys(), product.name
        assert all(len(text) >= 4 for text in product.attributes.values()), product.name
        assert product.summary
        assert product.category == department.category


def test_numbers_skus_and_names_are_unique_and_prices_positive() -> None:
    products = catalogue.products()
    variants = [v for p in products for v in p.variants]
    for keys in ([p.number for p in products], [p.name for p in products], [v.sku for v in variants]):
        assert [k for k, n in Counter(keys).items() if n > 1] == []
    assert all(v.price.minor > 0 and v.stock >= 0 for v in variants)
    assert {v.stock == 0 for v in variants} == {True, False}  # something is always sold out


def test_every_size_of_a_garment_stands_in_its_size_chart() -> None:
    apparel = next(d for d in DEPARTMENTS if d.key == "apparel")
    for product in apparel.products:
        for variant in product.variants:
            size = dict(variant.options).get("尺码")
            assert size is None or size in product.attributes["size_chart"], (product.name, size)


def test_chinese_texts_are_written_with_full_width_punctuation() -> None:
    texts = [text for p in catalogue.products() for text in (p.name, p.summary, *p.attributes.values())]
    texts += [text for a in content.articles() for text in (a.title, a.body)] + [s.body for s in content.scripts()]
    assert [t for t in texts if re.search(r"[\u4e00-\u9fff][,;:!?]", t)] == []


def test_articles_cover_every_policy_the_front_desk_looks_up() -> None:
    articles = content.articles()
    topics = [a.topic for a in articles]
    assert len(articles) >= 60
    assert len(set(topics)) == len(topics)
    assert {f"policy.{t}" for t in WANTED_TOPICS} <= {a.topic for a in articles if a.audience == "customer"}
    assert sum(a.audience == "staff" for a in articles) >= 10
    assert {t.removesuffix(".en") for t in topics if t.endswith(".en")} <= set(topics)


def test_scripts_are_many_unique_and_use_known_variables_only() -> None:
    scripts = content.scripts()
    assert len(scripts) >= 60
    assert len({(s.group, s.title) for s in scripts}) == len(scripts)
    used = {name for s in scripts for _, name, _, _ in Formatter().parse(s.body) if name}
    assert used == {"客户", "订单号", "物流", "客服"}


def test_samples_show_a_rehearsal_with_and_without_a_missing_variable() -> None:
    samples = content.samples()
    assert len({s.title for s in samples}) == len(samples) >= 3
    assert all(any(line.sender == "customer" for line in s.lines) for s in samples)
    assert {len(s.variables) for s in samples} > {4}


def test_everyone_at_the_demo_can_be_hired() -> None:
    people = logins()
    assert people[0] is OWNER
    assert Counter(p.role for p in people) >= Counter(owner=1, lead=2, agent=6, trainer=1, inspector=1)
    assert any(p.locale == "en" for p in people)
    assert len({p.login for p in people}) == len({p.name for p in people}) == len(people)
    for person in people:
        assert person.role in SEEDED_ROLES
        assert check_login(person.login) == person.login
        check_password(person.login, DEMO_PASSWORD)


def test_sagas_order_what_the_shop_sells() -> None:
    skus = {v.sku for p in catalogue.products() for v in p.variants}
    assert {sku for saga in SAGAS for errand in saga.errands for sku in errand.skus} <= skus


def test_stories_are_many_and_every_step_says_or_does_something() -> None:
    assert len(stories()) >= 40
    assert sum(s.needs == "english" for s in stories()) >= 3
    assert len({s.key for s in stories()}) == len(stories())
    for story in stories():
        for step in story.steps:
            assert step.ways or step.human, story.key
            assert all(clean(text) and len(text) <= 4000 for way in step.ways for text in way), story.key
