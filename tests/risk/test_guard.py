"""Protecting staff: what is too much, who warns, who ends, and that whatever is left out of figures can be put back."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.conversations.support import Centre
from tests.risk.living import DECIDES, NOON, OTHER, READS, SHOP, Living, person
from xinfu.conversations.contracts import Summary
from xinfu.conversations.errors import WrongState
from xinfu.conversations.outbox import Outbox
from xinfu.identity import Permission
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, NotFound
from xinfu.kit.ids import new_id
from xinfu.risk import Contact, Guard
from xinfu.risk.errors import AlreadyExcluded, ContactNotFound, RulesInvalid, WarnFirst, WordsMissing
from xinfu.risk.guard_policy import GuardRules, LiveContact, checked, ends_now, notable, presses, warns_now
from xinfu.understanding.contracts import Reading


class RudeReader:
    """笨蛋 is abuse; 晕倒 is an injury."""

    def read(
        self, texts: Sequence[str], before: Sequence[str | None] | None = None, *, shops: Sequence[str] | None = None
    ) -> list[Reading]:
        return [
            Reading("unknown", 0.9, (), "after", "anger", 0.9, 2, "笨蛋" in text, "injury" if "晕倒" in text else None, (), "zh")
            for text in texts
        ]


class Guarded:
    """A conversation centre, a living shop and the guard between them."""

    def __init__(self, centre: Centre, living: Living) -> None:
        self.centre = centre
        self.living = living
        self.build()

    def build(self) -> None:
        living, centre = self.living, self.centre
        self.guard = Guard(
            living.database, living.clock, living.shelf, living.feed, living.findings, centre.conversations, living.customers, centre.bus
        )
        centre.intake.hearers[:] = [self.guard.hear]

    async def opened(self) -> Summary:
        customer = await self.living.customer()
        return await self.centre.conversations.open(SHOP, customer, "王小明", 0, "zh")

    async def says(self, c: Summary, *texts: str, gap_s: int = 20) -> None:
        for text in texts:
            self.centre.clock.move(seconds=gap_s)
            await self.centre.say(c.id, text)
            await self.guard.turn()

    async def rude(self) -> Summary:
        """A contact that was found abusive."""
        c = await self.opened()
        await self.says(c, "在吗", "笨蛋", "笨蛋", "大笨蛋")
        return c

    async def head(self, c: Summary) -> Summary:
        head = await self.centre.store.head(c.id)
        assert head is not None
        return head

    async def events(self, c: Summary) -> list[str]:
        return [n.text for n in await self.centre.store.notes(c.id) if n.kind == "event"]

    async def contacts(self):
        return list((await self.guard.contacts(person(), SHOP, None)).items)


@pytest.fixture
async def house(database: Database, data_dir: Path, postgres_dsn: str | None, clock: FixedClock) -> AsyncIterator[Guarded]:
    centre = Centre(data_dir, postgres_dsn, clock)
    centre.intake._reader = RudeReader()
    await centre.start()
    living = Living(database, clock)
    await living.start()
    yield Guarded(centre, living)
    await living.stop()
    await centre.stop()


async def audited(house: Guarded) -> int:
    async with house.living.database.read() as unit:
        return int(await unit.scalar(select(func.count()).select_from(AuditEntry)) or 0)


async def test_abuse_reaches_the_leads_once_and_is_on_record(house: Guarded) -> None:
    lead = person(permissions=frozenset({*DECIDES, Permission.CONVERSATIONS_LEAD}))
    stream = house.centre.live.stream(lead, SHOP, sees_queue=True, leads=True)
    outbox = Outbox()
    stream.outboxes[outbox] = None
    c = await house.rude()
    await house.says(c, "笨蛋")
    alarms = [e for e in map(json.loads, outbox._frames) if e.get("kind") == "alarm" and e["what"] == "harassment"]
    assert [a["conversation_id"] for a in alarms] == [c.id]
    (contact,) = await house.contacts()
    assert (contact.abusive, contact.live, contact.warned_at) == (3, True, None)
    assert "辱骂" in contact.reasons[0][0] and "abusive" in contact.reasons[0][1]
    assert (await house.events(c)).count("harassment") == 1
    page = await house.living.desk.page(person(), SHOP, state="open", pattern="harassment", cursor=None)
    assert [f.subject for f in page.items] == [contact.id]


async def test_anger_about_a_real_trouble_is_no_harassment(house: Guarded) -> None:
    c = await house.opened()
    await house.says(c, *("我真的很生气，东西到现在都没有到" for _ in range(30)), gap_s=200)
    assert await house.contacts() == []


async def test_coming_back_again_and_again_after_a_no_is_found_by_length_and_repetition(house: Guarded) -> None:
    c = await house.opened()
    who, living = c.customer_id, house.living
    await living.bought("r1", who)
    await living.asked("R1", "r1", who, kind="compensation", reason="精神损失费", decided=False)
    for n in range(2):
        at = house.centre.clock.now() - timedelta(days=n + 1)
        living.feed.contact_ended(SHOP, Contact(f"earlier{n}", who, at, "chat", 2500.0))
    await house.says(c, *("再给我一个说法" for _ in range(5)))
    (contact,) = await house.contacts()
    assert "七天内第 3 次" in contact.reasons[0][0]


async def test_a_lead_warns_with_one_click_in_the_shops_words(house: Guarded) -> None:
    c = await house.rude()
    lead = person()
    contact = await house.guard.warn(lead, SHOP, c.id)
    last = (await house.centre.store.messages(c.id))[-1]
    assert (last.sender, last.text) == ("system", GuardRules().warning_zh)
    assert contact.warned_by == lead.name and "warned" in await house.events(c)


async def test_nobody_is_ended_without_a_warning_or_without_words(house: Guarded) -> None:
    c = await house.rude()
    for words, refusal in (("还在骂人", WarnFirst), ("", WordsMissing)):
        with pytest.raises(refusal):
            await house.guard.end(person(), SHOP, c.id, words)
    assert (await house.head(c)).state != "closed"


async def test_a_lead_ends_it_after_a_warning_and_figures_leave_it_out(house: Guarded) -> None:
    c = await house.rude()
    lead = person()
    await house.guard.warn(lead, SHOP, c.id)
    ended = await house.guard.end(lead, SHOP, c.id, "提醒后继续骂人")
    head = await house.head(c)
    assert (head.state, head.outcome, head.excluded, head.rating_asked) == ("closed", "ended_by_policy", True, False)
    assert (ended.stopped_by, ended.excluded, ended.live) == (lead.name, True, False)
    (left_out,) = (await house.guard.exclusions(person(), SHOP, None)).items
    assert (left_out.why, left_out.by, left_out.reverted_at) == ("提醒后继续骂人", lead.name, None)
    assert (await house.centre.store.messages(c.id))[-1].text == GuardRules().ending_zh
    with pytest.raises(WrongState):
        await house.guard.warn(lead, SHOP, c.id)


async def test_what_was_left_out_can_be_counted_again(house: Guarded) -> None:
    c = await house.rude()
    lead = person()
    (contact,) = await house.contacts()
    out = await house.guard.leave_out(lead, SHOP, "contact", contact.id, "骚扰")
    assert (await house.head(c)).excluded
    with pytest.raises(AlreadyExcluded):
        await house.guard.leave_out(lead, SHOP, "contact", contact.id, "骚扰")
    back = await house.guard.count_again(lead, SHOP, out.id, "复核：客户有理")
    assert back.reverted_why == "复核：客户有理" and not (await house.head(c)).excluded
    with pytest.raises(Conflict):
        await house.guard.count_again(lead, SHOP, out.id, "再来一次")
    again = await house.guard.leave_out(lead, SHOP, "contact", contact.id, "还是骚扰")
    assert again.id != out.id and (await house.head(c)).excluded


async def test_a_malicious_complaint_is_left_out_by_its_case(house: Guarded) -> None:
    customer = await house.living.customer()
    await house.living.bought("m1", customer)
    await house.living.asked("M1", "m1", customer, kind="complaint", reason="赔偿", decided=False)
    out = await house.guard.leave_out(person(), SHOP, "case", "M1", "核查后不成立")
    assert (out.kind, out.subject, out.customer_id) == ("case", "M1", customer)
    with pytest.raises(NotFound):
        await house.guard.leave_out(person(), SHOP, "case", "M2", "没有这一单")


async def test_an_agent_alone_or_a_machine_can_do_none_of_it(house: Guarded) -> None:
    c = await house.rude()
    (contact,) = await house.contacts()
    serves = person("小林", frozenset({*READS, Permission.CONVERSATIONS_SERVE}))
    machine = Actor("ai", "ai", "AI", frozenset({SHOP}), frozenset({"risk.read", "risk.decide"}))
    before, heard = await audited(house), len(await house.centre.store.messages(c.id))
    for actor in (serves, machine):
        for call in (
            house.guard.warn(actor, SHOP, c.id),
            house.guard.end(actor, SHOP, c.id, "骂人"),
            house.guard.leave_out(actor, SHOP, "contact", contact.id, "骂人"),
            house.guard.count_again(actor, SHOP, new_id(), "骂人"),
            house.guard.save_rules(actor, SHOP, GuardRules(), 0),
        ):
            with pytest.raises(Forbidden):
                await call
    stranger = person(shop=OTHER)
    with pytest.raises(NotFound):
        await house.guard.warn(stranger, SHOP, c.id)
    with pytest.raises(NotFound):
        await house.guard.warn(stranger, OTHER, c.id)
    with pytest.raises(ContactNotFound):
        await house.guard.leave_out(stranger, OTHER, "contact", contact.id, "骂人")
    head = await house.head(c)
    assert (head.state, head.excluded) != ("closed", True) and not head.excluded
    assert await audited(house) == before and len(await house.centre.store.messages(c.id)) == heard


async def test_policy_warns_and_ends_by_itself_where_the_shop_said_so(house: Guarded) -> None:
    await house.guard.save_rules(person(), SHOP, GuardRules(warn_by="policy", end_by="policy", abusive_messages=2, after_warning=1), 0)
    c = await house.opened()
    await house.says(c, "笨蛋", "笨蛋")
    assert "warned" in await house.events(c) and (await house.head(c)).state != "closed"
    await house.says(c, "笨蛋")
    head = await house.head(c)
    assert (head.state, head.outcome, head.excluded) == ("closed", "ended_by_policy", True)
    (left_out,) = (await house.guard.exclusions(person(), SHOP, None)).items
    assert left_out.by_kind == "system"


async def test_someone_in_danger_is_never_ended_by_policy(house: Guarded) -> None:
    rules = GuardRules(warn_by="policy", end_by="policy", abusive_messages=1, after_warning=1)
    await house.guard.save_rules(person(), SHOP, rules, 0)
    c = await house.opened()
    await house.says(c, "我妈吃了以后晕倒了", "笨蛋", "笨蛋", "笨蛋", "笨蛋")
    assert (await house.head(c)).state != "closed" and "warned" not in await house.events(c)


async def test_after_a_restart_a_warned_contact_can_still_be_ended(house: Guarded) -> None:
    c = await house.rude()
    await house.guard.warn(person(), SHOP, c.id)
    house.build()
    await house.guard.start()
    await house.guard.end(person(), SHOP, c.id, "还在骂人")
    await house.guard.stop()
    assert (await house.head(c)).state == "closed"
    assert len(await house.contacts()) == 1


async def test_a_dismissed_contact_says_nothing_about_the_next(house: Guarded) -> None:
    c = await house.rude()
    page = await house.living.desk.page(person(), SHOP, state="open", pattern="harassment", cursor=None)
    found = page.items[0]
    await house.living.desk.dismiss(person(), SHOP, found.id, version=found.version, words="在骂天气")
    await house.centre.conversations.close_silent(SHOP, c.id, (await house.head(c)).state, (await house.head(c)).last_at)
    await house.centre.bus.drain()
    await house.living.stop()
    house.living.build()
    await house.living.start()
    assert house.living.shelf.of(SHOP).contacts(c.customer_id) == []


async def test_rules_are_checked_and_kept_in_versions(house: Guarded) -> None:
    lead = person()
    for bad in (GuardRules(warning_zh=""), GuardRules(ending_en="x" * 501), GuardRules(abusive_messages=0), GuardRules(after_warning=-1)):
        with pytest.raises(RulesInvalid):
            await house.guard.save_rules(lead, SHOP, bad, 0)
    assert (await house.guard.rules(lead, SHOP)).version == 0
    saved = await house.guard.save_rules(lead, SHOP, GuardRules(abusive_messages=5), 0)
    assert (saved.version, saved.abusive_messages, saved.saved_by) == (1, 5, lead.name)
    with pytest.raises(Conflict):
        await house.guard.save_rules(lead, SHOP, GuardRules(), 0)


# the pure rules


def live(**more: object) -> LiveContact:
    return LiveContact(SHOP, "c" * 32, "d" * 32, "王", "zh", 0, 0, **more)  # type: ignore[arg-type]


@given(st.integers(0, 200), st.integers(0, 100_000), st.booleans())
def test_length_alone_never_makes_harassment_without_a_refusal(messages: int, seconds: int, long: bool) -> None:
    contact = live(messages=messages, active_ms=seconds * 1000)
    now = Contact("now", "d" * 32, NOON, "chat", float(seconds))
    earlier = [Contact("before", "d" * 32, NOON - timedelta(days=1), "chat", 9000.0)] if long else []
    assert presses(contact, now, earlier, GuardRules(), refused=False) == []


@given(st.integers(0, 20), st.integers(0, 20), st.booleans(), st.booleans())
def test_policy_ends_only_after_a_warning_that_was_not_heeded(abusive: int, since: int, warned: bool, danger: bool) -> None:
    contact = live(abusive=abusive + since, abusive_since_warning=since, warned=warned, danger=danger, pressing=True)
    rules = GuardRules(warn_by="policy", end_by="policy")
    ends = ends_now(contact, rules)
    assert ends == (warned and not danger and since >= rules.after_warning)
    assert not (ends and warns_now(contact, rules))
    assert not ends_now(contact, GuardRules()) and not warns_now(contact, GuardRules())


@given(st.lists(st.tuples(st.integers(-1000, 400_000), st.booleans()), max_size=60))
def test_silence_is_not_length(steps: list[tuple[int, bool]]) -> None:
    contact, at, spoken = live(), 0, 0
    for gap, abuse in steps:
        at += gap
        contact.heard(at, abuse=abuse)
        spoken += 1
    assert contact.messages == spoken and contact.abusive == sum(abuse for _, abuse in steps)
    assert contact.active_ms <= max(contact.last_ms, 0)


def test_an_ordinary_contact_leaves_no_row() -> None:
    assert not notable(live(messages=12, active_ms=120_000), refused=False)
    assert notable(live(messages=12, active_ms=120_000), refused=True)


def test_words_are_cleaned_before_they_are_kept() -> None:
    assert checked(GuardRules(warning_zh="  请您文明沟通，谢谢。\u200b ")).warning_zh == "请您文明沟通，谢谢。"
