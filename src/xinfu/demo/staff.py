"""The people of the demo shop: fictional names, logins, and one password that the documentation prints."""

from dataclasses import dataclass

from xinfu.kit.i18n import Locale

# Printed in the documentation on purpose: a demo shop holds nothing worth keeping from anyone.
DEMO_PASSWORD = "xinfu-demo-2026"  # noqa: S105


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One sign-in of the demo. `role` is a role key of identity; `opening_line` is what they say first."""

    login: str
    name: str
    role: str
    opening_line: str = ""
    locale: Locale = "zh-CN"


OWNER = DemoStaff("owner", "沈青岚", "owner")

STAFF: tuple[DemoStaff, ...] = (
    DemoStaff("lead1", "周砚秋", "lead", "您好，我是组长周砚秋，这件事我来跟到底。"),
    DemoStaff("lead2", "陆明溪", "lead", "您好，我是组长陆明溪，前面的聊天我都看过了。"),
    DemoStaff("agent1", "林晓禾", "agent", "您好呀，我是晓禾，您慢慢说，我听着呢。"),
    DemoStaff("agent2", "陈一舟", "agent", "您好，我是一舟，有什么我来办。"),
    DemoStaff("agent3", "许知夏", "agent", "您好，我是知夏，正在看您的订单。"),
    DemoStaff("agent4", "何星野", "agent", "您好，我是星野，数码的问题尽管问我。"),
    DemoStaff("agent5", "苏木棉", "agent", "您好，我是木棉，衣服和护肤我都熟。"),
    DemoStaff("agent6", "Emma Lin", "agent", "Hello, this is Emma. How can I help?", "en"),
    DemoStaff("specialist1", "温若谷", "specialist", "您好，我是售后专员若谷，退换的事我来办。"),
    DemoStaff("trainer", "顾南乔", "trainer"),
    DemoStaff("inspector", "程知非", "inspector"),
)
