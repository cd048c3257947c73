"""Help at the desk in a real browser: an order worked on, a draft taken, a summary confirmed, the AI put right."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.demo_centre import DemoCentre
from tests.e2e.people import PHONE, Colleague, Customer, here

pytestmark = pytest.mark.e2e

UNPAID, TRAVELLING, FAULTY = "方一一", "高远", "陆北"


def served(customer: Customer, agent: Colleague, name: str, words: str) -> str:
    """The customer wrote this and waits for a person, asked for or sent there by the AI; this colleague took the conversation."""
    customer.write(words)
    expect(customer.page.locator(".line.ai").last).to_be_visible()
    asked = customer.page.locator(".chip.human")
    if asked.is_enabled():
        asked.click()
    expect(customer.page.locator(".serving")).to_have_class(re.compile("queued|agent"))
    agent.view("排队")
    agent.row(name).click()
    agent.act("接起")
    expect(agent.page.get_by_role("tab", name="回复客户")).to_be_visible()
    return here(agent.page.url)


def test_an_order_is_cancelled_from_the_desk_once_its_preview_was_seen(
    known: Callable[[str], Customer], colleague: Callable[..., Colleague]
) -> None:
    agent = colleague("agent1")
    served(known(UNPAID), agent, UNPAID, "我不想要了，帮我取消订单")
    page = agent.page
    page.get_by_role("tab", name=re.compile("订单")).click()
    page.get_by_role("button", name="办理").first.click()
    page.get_by_role("menuitem", name="取消订单").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".effect")).to_contain_text("订单取消，不再发货")
    expect(dialog.locator(".effect")).to_contain_text("不涉及退款")
    dialog.get_by_label("原因（可以不写）").fill("客户不想要了")
    expect(dialog.locator(".effect li").first).to_be_visible()
    dialog.get_by_label("客户在会话里同意了").check()
    dialog.get_by_role("button", name="取消订单").click()
    expect(dialog).to_contain_text("办好了")
    dialog.get_by_role("button", name="告诉客户").click()
    expect(agent.composer).to_have_value(re.compile("订单取消"))
    expect(page.locator("aside.side .order").first).to_contain_text("已取消")
    expect(page.locator("aside.side .trail")).to_contain_text("客户不想要了")
    expect(page.locator("aside.side").get_by_role("button", name="办理")).to_have_count(0)


def test_an_order_that_changed_meanwhile_is_shown_anew_before_anything_happens(
    centre: DemoCentre, known: Callable[[str], Customer], colleague: Callable[..., Colleague]
) -> None:
    agent = colleague("agent2")
    served(known(TRAVELLING), agent, TRAVELLING, "快递三天没动了")
    page = agent.page
    page.get_by_role("tab", name=re.compile("订单")).click()
    page.get_by_role("button", name="办理").first.click()
    page.get_by_role("menuitem", name="拦截包裹").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".effect")).to_contain_text("截回之前不退款")
    expect(dialog.locator(".warning")).to_contain_text("快递不一定截得住")
    order = dialog.get_attribute("aria-label")
    assert order
    no = order.rpartition(" ")[2]
    headers = centre.sign_in("lead1", centre.password)
    asked = {"operation": "urge_parcel", "words": "请快一点"}
    _, preview, _ = centre.call("POST", f"/api/v1/orders/{no}/operations/preview", {"asked": asked}, headers)
    body = {"asked": asked, "token": preview["token"], "key": "test-urge-0001", "confirmed_by": "staff"}
    status, _, _ = centre.call("POST", f"/api/v1/orders/{no}/operations", body, headers)
    assert status == 200
    asked = {"operation": "intercept", "reason": "改地址"}
    _, preview, _ = centre.call("POST", f"/api/v1/orders/{no}/operations/preview", {"asked": asked}, headers)
    body = {"asked": asked, "token": preview["token"], "key": "test-stop-0001", "confirmed_by": "staff"}
    assert centre.call("POST", f"/api/v1/orders/{no}/operations", body, headers)[0] == 200
    dialog.get_by_role("button", name="拦截包裹").click()
    expect(dialog.get_by_role("alert")).to_contain_text("已经在拦截这个包裹了")
    expect(dialog.get_by_role("button", name="拦截包裹")).to_be_disabled()
    dialog.get_by_role("button", name="先不办").click()
    expect(page.locator("aside.side .trail")).to_contain_text("请快递拦截包裹")


def test_a_request_after_the_sale_shows_its_rules_is_opened_and_taken_back(
    known: Callable[[str], Customer], colleague: Callable[..., Colleague]
) -> None:
    agent = colleague("agent3")
    served(known(FAULTY), agent, FAULTY, "收到的显卡是坏的")
    page = agent.page
    page.get_by_role("tab", name=re.compile("订单")).click()
    page.get_by_role("button", name="售后", exact=True).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("原因").select_option("damaged")
    effect = dialog.locator(".effect")
    expect(effect.locator(".why li").first).to_be_visible()
    expect(effect.locator(".why details").first).to_be_attached()
    dialog.get_by_role("button", name="提交申请").click()
    expect(dialog).to_contain_text("已提交")
    dialog.get_by_role("button", name="关闭").last.click()
    request = page.locator("aside.side article.case").first
    expect(request).to_contain_text("待处理")
    request.locator(".head").click()
    request.get_by_role("button", name="撤回申请").click()
    request.get_by_role("button", name="撤回申请").click()
    expect(request).to_contain_text("已撤销")


def test_a_draft_is_asked_for_taken_with_one_key_and_sent(known: Callable[[str], Customer], colleague: Callable[..., Colleague]) -> None:
    customer, agent = known("林小满"), colleague("agent4")
    served(customer, agent, "林小满", "我的快递到哪了")
    page = agent.page
    expect(page.locator(".draft")).to_have_count(0)
    page.keyboard.press("Alt+d")
    draft = page.locator(".draft")
    expect(draft.locator(".words")).to_be_visible()
    expect(draft.locator("footer .chip").first).to_contain_text("订单")
    words = draft.locator(".words").inner_text()
    agent.composer.press("Tab")
    expect(agent.composer).to_have_value(words)
    expect(draft).to_have_count(0)
    page.keyboard.type(" 这件我来跟进")
    agent.composer.press("Enter")
    customer.reads_once("这件我来跟进")


def test_the_next_steps_open_what_they_speak_of_and_the_summary_is_confirmed_with_the_close(
    known: Callable[[str], Customer], colleague: Callable[..., Colleague]
) -> None:
    agent = colleague("agent5")
    conversation = served(known("石磊"), agent, "石磊", "包裹一直没动，急死了，你们到底管不管")
    page = agent.page
    page.locator(".steps .step", has_text="催件").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".effect li").first).to_be_visible()
    dialog.get_by_role("button", name="催件").click()
    expect(dialog).to_contain_text("办好了")
    dialog.get_by_role("button", name="关闭").last.click()
    agent.act("结束会话")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("input[type=radio]:checked")).to_have_count(1)
    expect(dialog.get_by_label("做过")).to_have_value(re.compile("催"))
    dialog.get_by_label("有承诺待跟进").check()
    dialog.get_by_label("答应过").fill("明天中午前回电")
    dialog.get_by_role("button", name="结束", exact=True).click()
    expect(dialog).to_have_count(0)
    agent.go("desk")
    agent.go(f"desk/{conversation}")
    agent.sees("明天中午前回电")
    expect(page.locator(".event", has_text="结束了会话")).to_contain_text("有承诺待跟进")


def test_what_the_ai_did_is_counted_and_a_turn_it_gave_up_on_is_put_right_in_two_clicks(
    known: Callable[[str], Customer], colleague: Callable[..., Colleague]
) -> None:
    customer = known("丁丁")
    said = customer.page.locator(".line.ai")
    expect(said).not_to_have_count(0)
    greetings = said.count()
    customer.write("那个事情弄一下吧就那个")
    expect(said).not_to_have_count(greetings)  # it waits a moment for more words before it answers
    lead = colleague("lead1")
    lead.go("ai")
    expect(lead.page.locator(".did")).to_contain_text("问的是什么")
    turn = lead.page.locator("article.turn").first
    expect(turn.get_by_role("link", name="看会话")).to_have_attribute("href", re.compile("/desk/[0-9a-f]{32}$"))
    turn.get_by_role("button", name="其实是问……").click()
    lead.page.get_by_role("combobox").fill("qxdd")
    lead.page.get_by_role("option", name="取消订单").click()
    expect(turn.get_by_role("status")).to_contain_text("取消订单")


def test_a_trainer_sees_where_the_ai_gave_up_and_an_agent_has_no_such_page(colleague: Callable[..., Colleague]) -> None:
    trainer, agent = colleague("trainer"), colleague("agent1")
    trainer.go("ai")
    expect(trainer.page.get_by_role("heading", name="它没办法的时候")).to_be_visible()
    expect(trainer.page.locator(".did")).to_have_count(0)
    expect(agent.page.locator(".rail").get_by_role("link", name="智能")).to_have_count(0)


def test_the_key_of_the_language_model_goes_in_and_never_comes_back(colleague: Callable[..., Colleague]) -> None:
    owner = colleague("owner")
    owner.go("settings/llm")
    page = owner.page
    page.get_by_label("地址（OpenAI 兼容）").fill("http://127.0.0.1:9/v1")
    page.get_by_label("密钥", exact=True).fill("sk-never-shown-again")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_label("密钥", exact=True)).to_have_attribute("placeholder", "已存好，不改就留空")
    page.reload()
    expect(page.get_by_label("地址（OpenAI 兼容）")).to_have_value("http://127.0.0.1:9/v1")
    expect(page.get_by_label("密钥", exact=True)).to_have_value("")
    assert "sk-never-shown-again" not in page.content()
    expect(page.get_by_role("button", name="试一下")).to_be_disabled()
    page.get_by_label("打开大模型").check()
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".form").get_by_role("alert")).to_contain_text("要打开，先填好")


@pytest.mark.parametrize("where", ["ai", "settings/llm"])
def test_the_new_pages_fit_a_phone_and_speak_english(colleague: Callable[..., Colleague], where: str) -> None:
    owner = colleague("owner", locale="en-US", size=PHONE)
    owner.go(where)
    expect(owner.page.locator(".view h1")).to_be_visible()
    expect(owner.page.locator(".view .card").first).to_be_visible()
    assert owner.page.evaluate("[...document.querySelectorAll('.view .page')].every(p => p.scrollWidth <= p.clientWidth)")
    labels: list[str] = owner.page.eval_on_selector_all(
        "button, label > span, dt, h1, h2, h3, [placeholder]",
        "all => all.flatMap(e => [e.childElementCount ? '' : e.textContent, e.placeholder ?? ''])",
    )
    chinese = {word for word in labels if re.search("[一-鿿]", word)} - {"心", "沈"}
    assert chinese == set()
