"""Knowledge in a real browser: words written by one, approved by another and said by a third; a question nobody could answer becomes an article."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.e2e.people import Colleague, Customer

pytestmark = pytest.mark.e2e


def test_a_trainer_writes_words_a_lead_approves_them_and_an_agent_says_them(
    customer: Customer, colleague: Callable[[str], Colleague]
) -> None:
    trainer = colleague("trainer")
    trainer.go("knowledge/scripts")
    trainer.page.get_by_role("button", name="新写一条").click()
    editor = trainer.page.get_by_role("dialog")
    editor.get_by_label("标题").fill("生日问候")
    editor.get_by_label("内容").fill("{顾客}生日快乐")
    expect(editor.get_by_role("alert")).to_contain_text("{顾客}")
    editor.get_by_label("内容").fill("祝您生日快乐，我们给您备了一份小礼物。")
    editor.get_by_label("谁的").select_option("共享")
    editor.get_by_role("button", name="在样本上演练").click()
    expect(editor.get_by_role("status").filter(has_text="选了 4 个样本")).to_be_visible()
    editor.get_by_role("button", name="保存并送审").click()
    row = trainer.page.get_by_role("row", name=re.compile("生日问候"))
    expect(row).to_contain_text("等审核")
    row.click()
    expect(editor).to_contain_text("自己写的不能自己通过")
    expect(editor.get_by_role("button", name="通过", exact=True)).to_have_count(0)

    agent = colleague("agent3")
    words = "今天是我生日"
    customer.ask_for_person()
    customer.write(words)
    agent.view("排队")
    agent.row(words).click()
    agent.act("接起")
    agent.composer.fill("/srwh")
    expect(agent.page.get_by_role("option")).to_have_count(0)

    lead = colleague("lead1")
    lead.go("knowledge/scripts")
    lead.page.get_by_role("button", name="1 条等您审核").click()
    lead.page.get_by_role("row", name=re.compile("生日问候")).click()
    expect(lead.page.get_by_role("button", name="退回", exact=True)).to_be_disabled()
    lead.page.get_by_role("button", name="通过", exact=True).click()
    expect(lead.page.get_by_role("dialog")).to_have_count(0)

    agent.page.reload()
    agent.composer.fill("/srwh")
    expect(agent.page.get_by_role("option").first).to_contain_text("生日问候")
    agent.composer.press("Enter")
    agent.composer.press("Enter")
    customer.reads_once("祝您生日快乐，我们给您备了一份小礼物。")

    lead.page.reload()
    expect(lead.page.get_by_role("row", name=re.compile("生日问候"))).to_contain_text("用了 1 次")


def test_a_question_nobody_could_answer_becomes_an_article_by_keyboard_and_the_next_customer_is_told(
    customer: Customer, colleague: Callable[[str], Colleague]
) -> None:
    trainer = colleague("trainer")
    trainer.go("knowledge/gaps")
    here = trainer.page.locator("article[aria-current=true]")
    expect(here).to_contain_text("保温杯能刻名字吗")
    trainer.page.keyboard.press("j")
    expect(here).to_contain_text("充电宝可以带上飞机吗")
    trainer.page.keyboard.press("k")
    expect(here).to_contain_text("还有 4 种问法")
    trainer.page.keyboard.press("Enter")
    editor = trainer.page.get_by_role("dialog")
    expect(editor.get_by_label("标题")).to_have_value("保温杯能刻名字吗")
    expect(editor.get_by_label("客户还会这样问")).to_have_value(re.compile("保温杯可以刻名字吗"))
    editor.get_by_label("内容").fill("可以的，最多刻六个字，刻好以后三天发货，不另收钱。")
    editor.get_by_role("button", name="发布").click()
    expect(editor).to_have_count(0)
    expect(here).to_contain_text("充电宝可以带上飞机吗")
    trainer.page.get_by_label("已有答案").check()
    expect(trainer.page.locator("article", has_text="保温杯能刻名字吗")).to_have_count(1)

    customer.write("保温杯能刻名字吗")
    expect(customer.page.locator(".line:not(.mine) .bubble", has_text="最多刻六个字")).to_have_count(1)


def test_a_file_with_a_wrong_row_is_refused_row_by_row_and_an_earlier_version_comes_back(colleague: Callable[[str], Colleague]) -> None:
    trainer = colleague("trainer")
    trainer.go("knowledge")
    page = trainer.page
    page.get_by_role("button", name="从文件导入").click()
    chooser = page.locator("dialog input[type=file]")
    head = "标题,正文,对象\n"
    chooser.set_input_files({"name": "常见问题.csv", "mimeType": "text/csv", "buffer": f"{head}花盆底下有孔吗,,路人\n".encode()})
    problems = page.locator("dialog tbody tr")
    expect(problems).to_have_count(2)
    expect(problems.first).to_contain_text("必填")
    chooser.set_input_files(
        {"name": "常见问题.csv", "mimeType": "text/csv", "buffer": f"{head}花盆底下有孔吗,有一个小孔。,客户\n".encode()}
    )
    expect(page.get_by_role("dialog")).to_have_count(0)

    row = page.get_by_role("row", name=re.compile("花盆底下有孔吗"))
    page.get_by_label("按标题、拼音首字母或内容找").fill("花盆底下")
    row.click()
    page.get_by_role("dialog").get_by_label("内容", exact=True).fill("有三个小孔。")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(row).to_contain_text("有三个小孔")
    row.click()
    page.get_by_role("tab", name="历史（第 2 版）").click()
    expect(page.locator("dialog del")).to_have_text("一")
    expect(page.locator("dialog ins")).to_have_text("三")
    page.get_by_role("button", name="用回这一版").click()
    expect(row).to_contain_text("有一个小孔")
