"""After-sales in a real browser: what a customer asks for in the chat is decided, approved, appealed and paid, and both sides see it move."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.demo_centre import DemoCentre
from tests.e2e.people import PHONE, Colleague, Customer

pytestmark = pytest.mark.e2e

SHATTERED, ALLERGIC = "孟知瓷", "何安然"
NUMBER = re.compile(r"AS\d{6}-\d{4}")


def asked(customer: Customer, words: str) -> str:
    """The customer asks the AI, says yes to what it shows, and has a case."""
    customer.write(words)
    customer.page.get_by_role("button", name="确认办理").click()
    told = customer.page.locator(".line.ai .bubble", has_text="申请提交好了")
    expect(told).to_be_visible()
    number = NUMBER.search(told.last.inner_text())
    assert number
    return number.group()


def opened(someone: Colleague, number: str) -> Page:
    someone.go(f"aftersales/cases/{number}")
    expect(someone.page.locator("article header .no")).to_have_text(number)
    return someone.page


def step(page: Page, name: str, **fields: str) -> None:
    """One step of the case, its form filled in by label."""
    page.locator(".steps").get_by_role("button", name=name, exact=True).click()
    form = page.locator(".steps form")
    for label, text in fields.items():
        form.get_by_label(label).fill(text)
    form.get_by_role("button", name=f"确认{name}").click()
    expect(form).to_have_count(0)


def state(page: Page) -> Locator:
    return page.locator("article header .chip")


def followed(customer: Customer) -> Locator:
    """The customer's own page of the only case they have."""
    customer.page.get_by_role("button", name="售后进度").click()
    drawer = customer.page.locator(".drawer")
    expect(drawer.locator(".way")).to_be_visible()
    return drawer


def test_a_return_asked_for_in_the_chat_goes_to_its_end_and_both_sides_see_every_step(
    known: Callable[[str], Customer], colleague: Callable[..., Colleague]
) -> None:
    customer, specialist = known(SHATTERED), colleague("specialist1")
    number = asked(customer, "收到的茶具碎了一只杯子，我要退货")
    page, drawer = opened(specialist, number), followed(customer)
    step(page, "同意")
    expect(state(page)).to_have_text("待寄回")
    expect(drawer.locator(".way .now")).to_have_text("待寄回")
    drawer.get_by_role("button", name="填寄回单号").click()
    drawer.get_by_label("快递公司").fill("顺丰")
    drawer.get_by_label("快递单号").fill("SF0000000001")
    drawer.locator(".acts .primary").click()
    expect(page.locator("article")).to_contain_text("SF0000000001")
    step(page, "包裹到了")
    step(page, "验货")
    expect(state(page)).to_have_text("已完成")
    expect(drawer.locator(".way .now")).to_have_text("已完成")
    expect(drawer.locator(".past-steps")).to_contain_text("¥398.00 已退回")


def test_more_than_one_may_give_alone_is_approved_by_another_and_then_moves_by_itself(
    centre: DemoCentre, colleague: Callable[..., Colleague]
) -> None:
    specialist, lead = colleague("specialist1"), colleague("lead2")
    headers = centre.sign_in("specialist1", centre.password)
    _, waiting, _ = centre.call("GET", "/api/v1/aftersales/cases?queue=open&kind=compensation", headers=headers)
    number = waiting["items"][0]["number"]
    page = opened(specialist, number)
    page.locator(".steps").get_by_role("button", name="同意", exact=True).click()
    page.locator(".steps").get_by_label("给什么").select_option("cash")
    page.locator(".steps").get_by_label("金额").fill("30.00")
    page.locator(".steps").get_by_role("button", name="确认同意").click()
    expect(state(page)).to_have_text("待审批")
    lead.page.get_by_role("button", name="去看看").click()
    row = lead.page.locator("main, .frame").get_by_role("button", name="同意", exact=True)
    expect(lead.page.get_by_role("link", name=number)).to_be_visible()
    row.click()
    expect(state(page)).to_have_text("已完成")


def test_a_refusal_that_is_appealed_is_judged_by_another_person(
    known: Callable[[str], Customer], colleague: Callable[..., Colleague]
) -> None:
    customer, specialist, lead = known(ALLERGIC), colleague("specialist1"), colleague("lead1")
    number = asked(customer, "精油有质量问题，我要退货")
    page, drawer = opened(specialist, number), followed(customer)
    step(page, "拒绝", 原因="照片里看不出问题")
    expect(drawer).to_contain_text("照片里看不出问题")
    drawer.get_by_role("button", name="我不同意，请再看看").click()
    drawer.locator(".acts textarea").fill("瓶口是裂的，我再拍一张")
    drawer.locator(".acts .primary").click()
    expect(drawer).to_contain_text("已请另一位同事重新看")
    specialist.page.get_by_role("button", name=re.compile("^申诉")).click()
    mine = specialist.page.locator(".side li", has_text="瓶口是裂的")
    expect(mine).to_contain_text("要另一个人来看")
    expect(mine.get_by_role("button", name="重新处理")).to_have_count(0)
    lead.go("aftersales/cases")
    lead.page.get_by_role("button", name=re.compile("^申诉")).click()
    theirs = lead.page.locator(".side li", has_text="瓶口是裂的")
    theirs.get_by_label("怎么回复客户").fill("我们再看一次")
    theirs.get_by_role("button", name="重新处理").click()
    expect(state(page)).to_have_text("待处理")
    expect(drawer.locator(".way .now")).to_have_text("待处理")


def test_an_agent_sees_the_case_and_adds_to_it_but_does_not_decide(colleague: Callable[..., Colleague]) -> None:
    agent = colleague("agent1")
    agent.go("aftersales/cases")
    agent.page.locator("ul.rows li button").first.click()
    page = agent.page
    expect(page.locator("article h1")).to_be_visible()
    expect(page.locator("article")).to_contain_text("由专员或组长定")
    expect(page.locator(".steps")).to_have_count(0)
    page.get_by_label("写一条内部备注").fill("客户周末才在家")
    page.get_by_role("button", name="记下").click()
    expect(page.locator(".timeline")).to_contain_text("客户周末才在家")


def test_after_sales_is_read_on_a_phone_and_in_english(colleague: Callable[..., Colleague]) -> None:
    owner = colleague("owner", locale="en-US", size=PHONE)
    page = owner.page
    for where, word in (
        ("cases", "To decide"),
        ("approvals", "Waiting"),
        ("ledger", "Balances"),
        ("packs", "In force"),
        ("listings", "Enter one"),
    ):
        owner.go(f"aftersales/{where}")
        expect(page.get_by_text(word).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], where
    owner.go("aftersales/cases")
    page.locator("ul.rows li button").first.click()
    expect(page.locator("article h1")).to_be_visible()
    expect(page.locator(".rows")).to_be_hidden()
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator(".rows")).to_be_visible()
