"""Disputes and adverse reactions: every step with its deadline and words, remedies within caps, closing by a lead, opening again."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.aftersales.desk import AGENT, ALL, LEAD, Desk, delivered
from tests.commerce.builders import SHOP
from xinfu.aftersales import Case, errors
from xinfu.kit.clock import FixedClock
from xinfu.kit.database import Database
from xinfu.kit.errors import Conflict, Forbidden, Invalid
from xinfu.kit.ids import new_id
from xinfu.kit.money import Money


@pytest.fixture
def desk(database: Database, clock: FixedClock, tmp_path: Path) -> Desk:
    return Desk(database, clock, tmp_path)


async def dispute(desk: Desk, kind: str = "dispute", reason: str = "installation_fee") -> Case:
    await desk.given(delivered())
    opened = await desk.open("A1", kind=kind, reason=reason, words="师傅要收安装费")
    return await desk.cases.accept(LEAD, SHOP, opened.number, version=opened.version)


async def walked(desk: Desk, case: Case) -> Case:
    for step in case.work.checklist:
        if step.done_at is None:
            case = await desk.services.care.check(AGENT, SHOP, case.number, version=case.version, step=step.key, said_to="说好了")
    return case


async def test_a_dispute_goes_its_seven_steps_and_a_lead_closes_it(desk: Desk) -> None:
    case = await dispute(desk)
    assert [c.key for c in case.work.checklist] == ["respond", "receive", "register", "soothe", "apologise", "remedy", "inform"]
    assert case.due_at == case.opened_at + timedelta(hours=1)
    with pytest.raises(errors.StepsOpen):
        await desk.services.care.close(LEAD, SHOP, case.number, version=case.version, note="好了")
    with pytest.raises(errors.StepUnknown):
        await desk.services.care.check(AGENT, SHOP, case.number, version=case.version, step="none", said_to="x")
    case = await walked(desk, case)
    assert all(c.done_by == AGENT.name and c.words == "说好了" for c in case.work.checklist)
    assert not any("说好了" in e.zh for e in case.timeline if e.public)
    with pytest.raises(Forbidden):
        await desk.services.care.close(AGENT, SHOP, case.number, version=case.version, note="好了")
    case = await desk.services.care.close(LEAD, SHOP, case.number, version=case.version, note="客户满意")
    assert case.state == "done" and case.closed_at
    case = await desk.services.care.reopen(ALL, SHOP, case.number, note="还是要收费")
    assert case.state == "handling" and case.work.reopened == 1 and all(c.done_at is None for c in case.work.checklist)
    case = await walked(desk, case)
    case = await desk.services.care.close(LEAD, SHOP, case.number, version=case.version, note="退了安装费")
    desk.clock.move(days=7)
    with pytest.raises(errors.ReopenTooLate):
        await desk.services.care.reopen(ALL, SHOP, case.number, note="又来了")


async def test_remedies_come_within_the_case_and_within_the_packs_caps(desk: Desk) -> None:
    case = await dispute(desk)
    case = await desk.services.care.remedy(LEAD, SHOP, case.number, version=case.version, what="points", amount="500", note="抱歉")
    assert case.state == "granting"
    await desk.outside()
    case = await desk.case(case.number)
    assert case.state == "handling" and case.work.paid_grants[0].amount == 500
    case = await desk.services.care.remedy(LEAD, SHOP, case.number, version=case.version, what="cash", amount="30", note="安装费")
    assert case.state == "refunding"
    await desk.outside()
    case = await desk.case(case.number)
    assert (case.state, case.repaid, await desk.paid_back("A1")) == ("handling", Money(3000), 3000)
    before = await desk.rows()
    with pytest.raises(Conflict):
        await desk.services.care.remedy(LEAD, SHOP, case.number, version=0, what="cash", amount="1", note="x")
    for amount, refusal in (("-1", errors.AmountInvalid), ("0", errors.AmountInvalid), ("1.005", errors.AmountInvalid), ("1e3", errors.AmountInvalid),
                            ("NaN", errors.AmountInvalid), ("99999999999999999999", errors.AmountInvalid), ("171", errors.AmountTooHigh)):  # fmt: skip
        with pytest.raises(refusal):
            await desk.services.care.remedy(LEAD, SHOP, case.number, version=case.version, what="cash", amount=amount, note="x")
    with pytest.raises(errors.AmountInvalid):
        await desk.services.care.remedy(LEAD, SHOP, case.number, version=case.version, what="points", amount="1.5", note="x")
    with pytest.raises(errors.AmountTooHigh):
        await desk.services.care.remedy(LEAD, SHOP, case.number, version=case.version, what="points", amount="4501", note="x")
    with pytest.raises(Invalid):
        await desk.services.care.remedy(LEAD, SHOP, case.number, version=case.version, what="cash", amount="1", note=" ")
    assert await desk.rows() == before


async def remedy_asked(desk: Desk, amount: str = "45") -> tuple[Case, str]:
    """A remedy an agent may not give alone, and the approval it waits for."""
    case = await dispute(desk)
    asked = await desk.services.care.remedy(AGENT, SHOP, case.number, version=case.version, what="cash", amount=amount, note="安装费我们出")
    assert asked.state == "handling" and asked.work.remedy_asked and asked.work.approval_id and asked.total == Money(0)
    return asked, asked.work.approval_id


async def test_a_remedy_beyond_a_persons_limits_is_given_when_who_may_says_yes(desk: Desk) -> None:
    case, approval_id = await remedy_asked(desk)
    assert await desk.paid_back("A1") == 0 and not case.timeline[-1].public
    before = await desk.rows()
    with pytest.raises(errors.RemedyWaits):
        await desk.services.care.remedy(AGENT, SHOP, case.number, version=case.version, what="points", amount="10", note="x")
    with pytest.raises(errors.RemedyWaits):
        await desk.services.care.close(LEAD, SHOP, case.number, version=case.version, note="完事")
    assert await desk.rows() == before
    offered = {option.step for option in (await desk.services.desk.look(LEAD, SHOP, case.number)).options}
    assert "withdraw" in offered and not offered & {"remedied", "closed"}
    approval = await desk.authority.get(LEAD, SHOP, approval_id)
    for _ in range(2):  # twice is once
        await desk.authority.approve(LEAD, SHOP, approval_id, version=approval.version, note="可以")
    case = await desk.case(case.number)
    assert (case.state, case.work.remedy_asked, case.timeline[-1].actor_name) == ("refunding", None, LEAD.name)
    assert case.timeline[-1].public and "安装费我们出" in case.timeline[-1].zh
    await desk.outside()
    case = await desk.case(case.number)
    assert (case.state, await desk.paid_back("A1")) == ("handling", 4500)


async def test_a_remedy_that_is_not_approved_leaves_the_case_as_it_was(desk: Desk) -> None:
    case, approval_id = await remedy_asked(desk)
    approval = await desk.authority.get(LEAD, SHOP, approval_id)
    await desk.authority.decline(LEAD, SHOP, approval_id, version=approval.version, note="先道歉")
    case = await desk.case(case.number)
    assert (case.state, case.work.remedy_asked, case.total, await desk.paid_back("A1")) == ("handling", None, Money(0), 0)
    case = await desk.services.care.remedy(AGENT, SHOP, case.number, version=case.version, what="points", amount="100", note="抱歉")
    assert case.state == "granting"


async def test_a_case_that_is_taken_back_takes_its_asked_for_remedy_along(desk: Desk) -> None:
    case, approval_id = await remedy_asked(desk)
    await desk.cases.withdraw(ALL, SHOP, case.number)
    assert (await desk.authority.get(LEAD, SHOP, approval_id)).state == "withdrawn"
    assert await desk.paid_back("A1") == 0 and (await desk.case(case.number)).state == "withdrawn"


async def test_after_an_adverse_reaction_the_person_comes_before_money(desk: Desk) -> None:
    case = await dispute(desk, "adverse_reaction", "adverse_reaction")
    keys = [c.key for c in case.work.checklist]
    assert keys == ["stop_using", "soothe", "doctor", "no_liability", "follow_up", "remedy"]
    assert [e.code for e in case.explanation][:2] == ["stop_using", "doctor"]


async def test_photos_that_nobody_knows_are_refused_and_known_ones_added_once(desk: Desk) -> None:
    case = await dispute(desk)
    photo, gone = new_id(), new_id()
    desk.photos.gone.add(gone)
    before = await desk.rows()
    for given in ((gone,), ("odd",)):
        with pytest.raises(errors.PhotoUnknown):
            await desk.services.desk.add_photos(ALL, SHOP, case.number, given, "")
    with pytest.raises(Invalid):
        await desk.services.desk.add_photos(ALL, SHOP, case.number, (), "")
    assert await desk.rows() == before
    case = await desk.services.desk.add_photos(ALL, SHOP, case.number, (photo, photo), "收据")
    assert [e.photo for e in case.work.evidence] == [photo]
    assert (await desk.services.desk.add_photos(ALL, SHOP, case.number, (photo,), "收据")).repeated
