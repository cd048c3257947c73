"""The workbench in a real browser: a customer's question goes from the AI to a person, from that person to another, and to its end."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.demo_centre import DemoCentre
from tests.e2e.people import PHONE, Colleague, Customer, here
from xinfu.demo import logins

pytestmark = pytest.mark.e2e

CODE = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>"


@pytest.fixture
def colleague(browser: Browser, centre: DemoCentre) -> Iterator[Callable[..., Colleague]]:
    """Sign someone in; whoever came goes offline and leaves at the end, so that the next test starts with an empty desk."""
    present: list[Colleague] = []

    def come(login: str, **choices: object) -> Colleague:
        present.append(Colleague(browser, centre, login, **choices))  # type: ignore[arg-type]
        return present[-1]

    yield come
    for one in present:
        if one.word.inner_text() in ("在线", "小休"):
            one.be("离线")
        one.leave()


def taken(customer: Customer, agent: Colleague, words: str) -> str:
    """The customer asked for a person, then wrote this, and this colleague took the conversation from the queue."""
    customer.ask_for_person()
    customer.write(words)
    agent.view("排队")
    agent.row(words).click()
    agent.act("接起")
    expect(agent.composer).to_be_editable()
    expect(agent.page.get_by_role("tab", name="回复客户")).to_be_visible()
    return here(agent.page.url)


def test_a_question_goes_from_the_ai_to_a_person_and_is_answered_once(customer: Customer, colleague: Callable[..., Colleague]) -> None:
    customer.write("你们几天能发货")
    expect(customer.page.locator(".line.ai .mark").first).to_be_visible()
    agent = colleague("agent1")
    agent.be("在线")
    customer.ask_for_person()
    serving = customer.page.locator(".serving")
    # Whoever waited before this customer is offered before them.
    while "林晓禾" not in serving.inner_text():
        expect(agent.page.locator(".offer").first).to_be_visible()
        agent.page.keyboard.press("Escape")
        agent.page.keyboard.press("a")
        agent.page.wait_for_timeout(1000)
    expect(agent.page).to_have_url(re.compile(r"#/desk/[0-9a-f]{32}$"))
    expect(serving).to_contain_text("林晓禾 正在为您服务")
    expect(agent.page.locator(".handover")).to_be_visible()

    agent.composer.fill("/tkjd")
    expect(agent.page.get_by_role("option").first).to_contain_text("退款进度")
    agent.composer.press("Enter")
    expect(agent.composer).to_have_value(re.compile("原路返回"))
    agent.composer.press("Enter")
    customer.reads_once("原路返回")

    agent.page.reload()
    agent.sees("原路返回")
    customer.page.reload()
    customer.reads_once("原路返回")


def test_what_colleagues_write_to_each_other_never_reaches_the_customer(customer: Customer, colleague: Callable[..., Colleague]) -> None:
    agent = colleague("agent2")
    taken(customer, agent, "我想问问贺卡怎么写")
    agent.page.get_by_role("tab", name="内部备注").click()
    agent.answer("只给同事看的话")
    agent.sees("只给同事看的话")
    customer.never_saw("只给同事看的话")


def test_a_conversation_handed_to_a_colleague_takes_everything_along(customer: Customer, colleague: Callable[..., Colleague]) -> None:
    first, second = colleague("agent3"), colleague("agent4")
    conversation = taken(customer, first, "耳机连不上手机，在线等")
    second.be("在线")
    first.act("转接")
    to_whom = first.page.get_by_label("转给谁")
    to_whom.select_option(to_whom.locator("option", has_text="何星野").get_attribute("value"))
    first.page.get_by_label("给接手同事的话").fill("已经教过重新配对")
    first.page.get_by_role("button", name="转过去").click()
    expect(second.row("耳机连不上手机")).to_be_visible()
    second.go(f"desk/{conversation}")
    second.sees("耳机连不上手机，在线等")
    second.sees("已经教过重新配对")
    second.answer("我是何星野，我来接着看")
    customer.reads_once("我是何星野，我来接着看")


def test_a_lead_looks_in_whispers_and_takes_over(customer: Customer, colleague: Callable[..., Colleague]) -> None:
    agent, lead = colleague("agent5"), colleague("lead1")
    conversation = taken(customer, agent, "裙子颜色和图片不一样")
    lead.go("wall")
    card = lead.page.locator("article.card", has_text="苏木棉").first
    card.get_by_role("button", name="悄悄话").click()
    lead.page.get_by_label("想对同事说什么").fill("先安抚再查库存")
    lead.page.get_by_role("button", name="悄悄说").click()
    agent.sees("先安抚再查库存")
    lead.page.locator("article.card", has_text="苏木棉").first.locator(".look").click()
    expect(lead.page).to_have_url(re.compile(conversation))
    lead.sees("裙子颜色和图片不一样")
    lead.act("接管")
    expect(lead.page.get_by_role("tab", name="回复客户")).to_be_visible()
    lead.answer("我是组长，这件事我来跟")
    customer.reads_once("我是组长，这件事我来跟")
    expect(agent.page.get_by_role("tab", name="回复客户")).to_have_count(0)
    customer.never_saw("先安抚再查库存")


def test_a_spared_customer_is_not_asked_for_a_rating_and_another_rates_in_one_tap(
    browser: Browser, centre: DemoCentre, customer: Customer, colleague: Callable[..., Colleague]
) -> None:
    agent = colleague("agent1")
    conversation = taken(customer, agent, "这次不用评价我")
    agent.act("结束会话")
    agent.page.get_by_label("免评：不邀请这位客户评价").check()
    agent.page.get_by_label("免评的原因").fill("客户正在难过")
    agent.page.get_by_role("button", name="结束", exact=True).click()
    expect(customer.page.locator(".serving")).to_have_class(re.compile("closed"))
    expect(customer.page.locator(".rating")).to_have_count(0)
    agent.go(f"desk/{conversation}")
    agent.sees("客户正在难过")
    expect(agent.page.locator(".event", has_text="结束了会话")).to_contain_text("免评")

    other = Customer(browser, centre)
    taken(other, agent, "这次我想夸夸你们")
    agent.act("邀请评价")
    other.page.get_by_role("radio", name="很满意").click()
    expect(other.page.locator(".rating")).to_contain_text("收到，谢谢！")
    agent.sees("客户评了 5 分")
    other.leave()


def test_code_in_what_a_customer_says_is_shown_as_words(customer: Customer, colleague: Callable[..., Colleague]) -> None:
    agent = colleague("agent2")
    taken(customer, agent, CODE)
    agent.sees(CODE)
    assert agent.page.evaluate("window.hacked") is None
    assert agent.page.locator("img[src='x']").count() == 0


def test_what_is_written_without_a_line_is_sent_exactly_once_when_it_is_back(
    customer: Customer, colleague: Callable[..., Colleague]
) -> None:
    agent = colleague("agent3")
    taken(customer, agent, "我等一下你的消息")
    agent.sees("我等一下你的消息")
    expect(agent.page.locator(".composer textarea")).to_be_visible()
    agent.context.set_offline(True)
    agent.page.evaluate("dispatchEvent(new Event('offline'))")
    agent.answer("断线时写下的回答")
    expect(agent.page.locator(".banner")).to_contain_text("正在重连")
    expect(agent.page.locator(".pending")).to_contain_text("断线时写下的回答")
    agent.context.set_offline(False)
    customer.reads_once("断线时写下的回答")
    expect(agent.page.locator(".banner")).to_have_count(0)
    expect(agent.page.locator(".pending")).to_have_count(0)
    agent.page.reload()
    expect(agent.page.locator(".chat-pane .bubble", has_text="断线时写下的回答")).to_have_count(1)


def test_words_that_should_not_be_said_are_marked_before_they_are_sent(customer: Customer, colleague: Callable[..., Colleague]) -> None:
    agent = colleague("agent5")
    taken(customer, agent, "这款是不是最便宜的")
    agent.composer.fill("这款全网最低，您加我微信吧")
    expect(agent.page.locator(".composer mark")).to_have_text(["全网最低", "加我微信"])
    expect(agent.page.locator(".composer .advice")).to_contain_text("全网最低")
    agent.composer.fill("这款今天有活动，价格很合适")
    expect(agent.page.locator(".composer mark")).to_have_count(0)
    expect(agent.page.locator(".composer .advice")).to_have_count(0)


def test_a_browser_nobody_signed_in_with_asks_the_centre_nothing(browser: Browser, centre: DemoCentre) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    page.goto(f"{centre.url}/workbench/")
    expect(page.locator("input[autocomplete=username]")).to_be_visible()
    assert asked == []
    context.close()


def test_a_phone_shows_one_column_at_a_time(customer: Customer, colleague: Callable[..., Colleague]) -> None:
    words = "手机上也能接待吗"
    customer.ask_for_person()
    customer.write(words)
    agent = colleague("agent4", size=PHONE)
    agent.view("排队")
    agent.row(words).click()
    expect(agent.page.locator(".pane")).to_be_hidden()
    expect(agent.page.locator(".chat-pane")).to_be_visible()
    expect(agent.page.locator("aside.side")).to_be_hidden()
    agent.page.get_by_role("button", name="客户资料").click()
    expect(agent.page.locator("aside.side")).to_be_visible()
    agent.page.locator("aside.side").get_by_role("button", name="关闭").first.click()
    agent.page.get_by_role("button", name="返回列表").click()
    expect(agent.page.locator(".pane")).to_be_visible()
    expect(agent.page.locator(".chat-pane")).to_have_count(0)
    assert agent.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("where", ["desk", "wall", "customers", "knowledge/scripts", "settings/staff", "settings/widget", "audit"])
def test_no_page_overflows_a_phone(phone_owner: Colleague, where: str) -> None:
    phone_owner.go(where)
    expect(phone_owner.page.locator(".view h1, .view [role=tablist], .view input").first).to_be_visible()
    assert phone_owner.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert phone_owner.page.evaluate("[...document.querySelectorAll('.view .page')].every(p => p.scrollWidth <= p.clientWidth)")


@pytest.fixture(scope="module")
def phone_owner(browser: Browser, centre: DemoCentre) -> Iterator[Colleague]:
    owner = Colleague(browser, centre, "owner", size=PHONE)
    yield owner
    owner.leave()


def test_an_english_reader_finds_no_chinese_in_the_words_of_the_workbench(colleague: Callable[..., Colleague]) -> None:
    owner = colleague("owner", locale="en-US")
    labels = "button, label > span, th, dt, h1, h2, [role=tab], nav a, [placeholder], [aria-label]"
    for where in ("desk", "wall", "knowledge", "settings", "settings/roles", "settings/widget", "audit"):
        owner.go(where)
        expect(owner.page.locator(".view h1, .view [role=tablist]").first).to_be_visible()
        words: list[str] = owner.page.eval_on_selector_all(
            labels,
            "all => all.flatMap(e => [e.childElementCount ? '' : e.textContent, e.placeholder ?? '', e.getAttribute('aria-label') ?? ''])",
        )
        # People and visitors keep their names in any language; only the words around them are the page's.
        names = "|".join([*(p.name for p in logins()), r"访客 ?\d+", r"[一-鿿]\*+"])
        chinese = {word for word in words if re.search("[一-鿿]", re.sub(names, "", word))}
        assert chinese <= ALLOWED_CHINESE, (where, chinese)


ALLOWED_CHINESE = {"心", "中文", "沈", "心服"}
