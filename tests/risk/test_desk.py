"""The risk desk: what is found is written down for people, people decide, and what they say counts from then on."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select

from tests.risk.living import NOON, OTHER, READS, SHOP, Living, person, seen
from xinfu.kit.audit import AuditEntry
from xinfu.kit.auth import Actor
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, Invalid, NotFound
from xinfu.kit.ids import new_id
from xinfu.risk import Account, Action, Claim, FindingChanged, Order, Pattern
from xinfu.risk.errors import AnotherMustDecide, FindingNotFound, LinkNotFound, WordsMissing, WrongFindingState


@pytest.fixture
async def living(database: Database, clock: FixedClock) -> AsyncIterator[Living]:
    living = Living(database, clock)
    await living.start()
    yield living
    await living.stop()


async def findings(living: Living, actor: Actor | None = None, **more: str | None):
    page = await living.desk.page(actor or person(), SHOP, **{"state": None, "pattern": None, "cursor": None, **more})
    return list(page.items)


async def audited(living: Living) -> int:
    async with living.database.read() as unit:
        return int(await unit.scalar(select(func.count()).select_from(AuditEntry)) or 0)


async def test_another_serial_number_is_written_down_with_reasons_money_and_evidence(living: Living) -> None:
    told: list[FindingChanged] = []

    async def hear(event: FindingChanged) -> None:
        told.append(event)

    living.database.bus.subscribe(FindingChanged, hear)  # type: ignore[union-attr]
    customer = await living.swapped()
    found = (await findings(living))[0]
    assert (found.pattern, found.subject, found.state, found.action, found.hard) == ("swap", "A1", "open", "review", True)
    assert (found.money_minor, found.currency, found.customer_id) == (30_000, "CNY", customer)
    assert "SN99XY77QW" in found.reasons[0][0] and "SN99XY77QW" in found.reasons[0][1]
    assert "王小明" not in found.customer and found.customer.startswith("王")
    await living.database.bus.drain()  # type: ignore[union-attr]
    assert [(e.subject, e.pattern, e.state) for e in told] == [("A1", "swap", "open")]


async def test_a_case_that_came_while_nobody_listened_is_found_at_the_next_start_and_told_once(living: Living) -> None:
    told: list[FindingChanged] = []

    async def hear(event: FindingChanged) -> None:
        told.append(event)

    living.database.bus.subscribe(FindingChanged, hear)  # type: ignore[union-attr]
    await living.stop()
    customer = await living.customer()
    living.source.orders["o1"] = [Account(customer, None, ""), Order("o1", customer, NOON, paid=300.0, serial_out="SN12AB34CD")]
    claim = Claim("A1", "o1", customer, NOON, "return", serial_in="SN99XY77QW", amount=300.0)
    living.source.cases["A1"] = [*living.source.orders["o1"], claim]
    for _ in range(2):
        living.build()
        await living.start()
        assert [(f.pattern, f.subject) for f in await findings(living)] == [("swap", "A1")]
        await living.stop()
    await living.database.bus.drain()  # type: ignore[union-attr]
    assert len(told) == 1


async def test_the_word_for_a_case_calls_a_person_or_approves_and_never_refuses(living: Living) -> None:
    customer = await living.swapped()
    bad = await living.desk.look(SHOP, Claim("A2", "oA1", customer, living.clock.now(), "return", serial_in="SN99XY77QW", amount=300.0))
    assert (bad.action, bad.pattern, bad.known, bad.money_at_risk.minor) == (Action.REVIEW, Pattern.SWAP, True, 30_000)
    honest = await living.customer("李四", "13800000002")
    await living.bought("h1", honest)
    good = await living.desk.look(SHOP, Claim("A3", "h1", honest, living.clock.now(), "return", reason="尺码不合适", condition_in="完好"))
    assert (good.action, good.pattern, good.known) == (Action.APPROVE, None, True)
    assert {a.value for a in Action} == {"approve", "evidence", "review"}


async def test_when_nothing_can_be_said_the_case_simply_goes_on(living: Living) -> None:
    living.source.broken = True
    word = await living.desk.look(SHOP, Claim("A9", "unknown", new_id(), living.clock.now(), "return"))
    assert (word.known, word.action, word.score) == (False, Action.APPROVE, 0.0)
    assert word.reasons[0].zh and word.reasons[0].en


async def test_a_shop_whose_book_is_not_read_in_yet_says_nothing(database: Database, clock: FixedClock) -> None:
    word = await Living(database, clock).desk.look(SHOP, Claim("A9", "o", new_id(), clock.now(), "return"))
    assert not word.known


async def test_confirming_keeps_who_decided_and_why(living: Living) -> None:
    await living.swapped()
    found = (await findings(living))[0]
    lead = person()
    done = await living.desk.confirm(lead, SHOP, found.id, version=found.version, words="序列号与出库照片不同")
    assert (done.state, done.decided_by, done.words) == ("confirmed", lead.name, "序列号与出库照片不同")
    with pytest.raises(WrongFindingState):
        await living.desk.dismiss(lead, SHOP, found.id, version=done.version, words="改主意了")
    assert [e.action for e in await entries(living)] == ["risk.confirmed"]


async def entries(living: Living):
    async with living.database.read() as unit:
        return (await unit.scalars(select(AuditEntry).order_by(AuditEntry.id))).all()


async def test_what_is_dismissed_counts_no_more_not_even_after_a_restart(living: Living) -> None:
    customer = await living.swapped()
    found = (await findings(living))[0]
    await living.desk.dismiss(person(), SHOP, found.id, version=found.version, words="仓库扫错了")
    assert living.shelf.of(SHOP).account(customer).score == 0
    await living.stop()
    living.build()
    await living.start()
    assert living.shelf.of(SHOP).account(customer).score == 0
    assert [f.state for f in await findings(living)] == ["dismissed"]


async def test_an_appeal_is_decided_by_another_person(living: Living) -> None:
    await living.swapped()
    found = (await findings(living))[0]
    first, second = person("甲"), person("乙")
    confirmed = await living.desk.confirm(first, SHOP, found.id, version=found.version, words="看过了")
    assert await living.desk.appeal_of_case(Actor("customer", new_id(), "客户", frozenset({SHOP})), SHOP, "A1", "不是我换的") == 1
    appealed = (await findings(living, state="appealed"))[0]
    assert appealed.appeal_words == "不是我换的"
    with pytest.raises(AnotherMustDecide):
        await living.desk.confirm(first, SHOP, found.id, version=appealed.version, words="还是这样")
    assert (await findings(living))[0].state == "appealed"
    over = await living.desk.dismiss(second, SHOP, found.id, version=appealed.version, words="确实是仓库的错")
    assert over.state == "dismissed" and over.version > confirmed.version


async def test_only_what_was_confirmed_can_be_appealed(living: Living) -> None:
    await living.swapped()
    found = (await findings(living))[0]
    with pytest.raises(WrongFindingState):
        await living.desk.appeal(person(), SHOP, found.id, version=found.version, words="不同意")
    assert (await findings(living))[0].state == "open"


@pytest.mark.parametrize("what", ["confirm", "dismiss", "appeal"])
async def test_without_the_right_nothing_changes(living: Living, what: str) -> None:
    await living.swapped()
    found = (await findings(living))[0]
    before = await audited(living)
    nobody = person(permissions=frozenset())
    machine = Actor("ai", "ai", "AI", frozenset({SHOP}), frozenset({"risk.read", "risk.decide"}))
    stranger = person(shop=OTHER)
    for actor, refusal in ((nobody, Forbidden), (stranger, NotFound)):
        with pytest.raises(refusal):
            await getattr(living.desk, what)(actor, SHOP, found.id, version=found.version, words="随便")
    if what != "appeal":
        with pytest.raises(Forbidden):
            await getattr(living.desk, what)(machine, SHOP, found.id, version=found.version, words="随便")
        with pytest.raises(Forbidden):
            await getattr(living.desk, what)(person(permissions=READS), SHOP, found.id, version=found.version, words="随便")
    assert (await findings(living))[0] == found
    assert await audited(living) == before


async def test_bad_input_is_refused_and_changes_nothing(living: Living) -> None:
    await living.swapped()
    found = (await findings(living))[0]
    lead = person()
    with pytest.raises(WordsMissing):
        await living.desk.confirm(lead, SHOP, found.id, version=found.version, words=" \u200b ")
    with pytest.raises(Conflict):
        await living.desk.confirm(lead, SHOP, found.id, version=found.version + 1, words="看过了")
    for unknown in (new_id(), "", "x" * 500, "' OR 1=1"):
        with pytest.raises(FindingNotFound):
            await living.desk.confirm(lead, SHOP, unknown, version=1, words="看过了")
    for cursor in ("%%%", "AAAA", "MTIz"):
        with pytest.raises(Invalid):
            await living.desk.page(lead, SHOP, state=None, pattern=None, cursor=cursor)
    assert (await findings(living))[0] == found


async def test_another_shops_findings_are_not_seen(living: Living) -> None:
    await living.swapped()
    assert await findings(living, state="open")
    page = await living.desk.page(person(shop=OTHER), OTHER, state=None, pattern=None, cursor=None)
    assert list(page.items) == []


async def test_pages_go_by_money_and_miss_nobody(living: Living) -> None:
    for n in range(5):
        await living.swapped(f"P{n}")
    lead, seen_ids, cursor = person(), [], None
    while True:
        page = await living.desk.page(lead, SHOP, state="open", pattern="swap", cursor=cursor, limit=2)
        seen_ids += [f.id for f in page.items]
        if (cursor := page.next) is None:
            break
    assert len(seen_ids) == len(set(seen_ids)) == 5


async def test_figures_tell_what_people_made_of_it(living: Living) -> None:
    for n in range(3):
        await living.swapped(f"F{n}")
    one, two, _ = await findings(living)
    await living.desk.confirm(person(), SHOP, one.id, version=one.version, words="是的")
    await living.desk.dismiss(person(), SHOP, two.id, version=two.version, words="不是")
    total = (await living.desk.figures(person(), SHOP)).total
    assert (total.found, total.confirmed, total.dismissed, total.open, total.confirmed_share) == (3, 1, 1, 1, 0.5)


async def test_a_finding_follows_what_is_known_until_a_person_decides(living: Living) -> None:
    customer = await living.swapped()
    # The warehouse read the number again: it was the right one.
    await living.asked("A1", "oA1", customer, kind="return", serial_in="SN12AB34CD", condition_in="完好", amount=300.0)
    assert [(f.state, f.score) for f in await findings(living)] == [("lapsed", 0.0)]


async def test_people_of_one_household_are_joined_and_nobody_is_condemned(living: Living) -> None:
    family = [await living.customer(name, f"1380000001{n}") for n, name in enumerate(("王一", "王二", "王三"))]
    for n, member in enumerate(family):
        await living.bought(f"f{n}", member, seen(member, "tablet", "home"), address="测试市阳光小区3栋2单元501")
        await living.asked(f"F{n}", f"f{n}", member, kind="return", reason="尺码不合适", condition_in="完好")
    out = await living.desk.entity(person(), SHOP, family[0])
    assert out.size == 3
    assert all(m.score == 0 for m in out.members)
    assert await findings(living) == []


async def test_a_dormitory_joins_nobody_and_is_shown_grey(living: Living) -> None:
    people = [await living.customer(f"同学{n}", f"138000002{n:02}") for n in range(20)]
    for n, member in enumerate(people):
        await living.bought(f"d{n}", member, seen(member, "", "campus"), address="测试市大学路1号宿舍6号楼")
    swindler = people[0]
    await living.swapped("D0", swindler)
    out = await living.desk.entity(person(), SHOP, people[1])
    assert out.size == 1 and out.members[0].score == 0
    assert {(v.kind, v.joins) for v in out.values} >= {("ip", False)}
    assert "campus" not in [v.label for v in out.values]


async def test_a_trusted_device_joins_nobody_any_more_and_can_be_taken_back(living: Living) -> None:
    one, two = await living.customer("甲一"), await living.customer("乙二")
    for n, member in enumerate((one, two)):
        await living.bought(f"t{n}", member, seen(member, "shared"))
    lead = person()
    out = await living.desk.entity(lead, SHOP, one)
    device = next(v for v in out.values if v.kind == "device")
    assert out.size == 2 and device.joins
    out = await living.desk.trust(lead, SHOP, one, kind="device", key=device.key, relation="household", words="夫妻，电话核实过")
    assert out.size == 1
    await living.stop()
    living.build()
    await living.start()
    assert (await living.desk.entity(lead, SHOP, one)).size == 1
    assert [(t.relation, t.by) for t in await living.desk.trusted(lead, SHOP)] == [("household", lead.name)]
    await living.desk.distrust(lead, SHOP, kind="device", key=device.key, words="其实不认识")
    assert (await living.desk.entity(lead, SHOP, one)).size == 2
    assert [e.action for e in await entries(living)] == ["risk.trusted", "risk.distrusted"]


async def test_trusting_needs_the_right_words_and_something_shared(living: Living) -> None:
    customer = await living.swapped()
    before = await audited(living)
    for actor, key, words, refusal in (
        (person(permissions=READS), "k", "理由", Forbidden),
        (person(), "no-such-key", "理由", LinkNotFound),
        (person(), "k", "", WordsMissing),
    ):
        with pytest.raises(refusal):
            await living.desk.trust(actor, SHOP, customer, kind="device", key=key, relation="office", words=words)
    with pytest.raises(LinkNotFound):
        await living.desk.distrust(person(), SHOP, kind="device", key="k", words="理由")
    assert await audited(living) == before


async def test_where_somebody_was_seen_is_kept_as_hashes_of_this_shop_only(living: Living) -> None:
    one, two = await living.customer("甲一"), await living.customer("乙二")
    for n, member in enumerate((one, two)):
        await living.bought(f"s{n}", member)
        living.feed.seen(SHOP, member, "visitor-string", "203.0.113.7")
    await living.stop()
    living.build()
    await living.start()
    out = await living.desk.entity(person(), SHOP, one)
    assert out.size == 2
    text = out.model_dump_json()
    assert "visitor-string" not in text and "203.0.113.7" not in text
    assert living.shelf.name(SHOP, "device", "v") != living.shelf.name(OTHER, "device", "v")
