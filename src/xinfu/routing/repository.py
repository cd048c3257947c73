"""Every query of routing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.routing.model import AgentPresence, AgentSkill


async def present(unit: Unit) -> Sequence[AgentPresence]:
    """The open row of everyone in every shop, for the start of the house."""
    return (await unit.scalars(select(AgentPresence).where(AgentPresence.to_at.is_(None)).order_by(AgentPresence.from_at))).all()


async def end_present(unit: Unit, shop_id: Id, staff_id: Id, at: datetime) -> None:
    query = update(AgentPresence).where(AgentPresence.shop_id == shop_id, AgentPresence.staff_id == staff_id, AgentPresence.to_at.is_(None))
    await unit.execute(query.values(to_at=at))


async def history(unit: Unit, shop_id: Id, staff_id: Id) -> Sequence[AgentPresence]:
    """An agent's states in a shop, oldest first."""
    query = select(AgentPresence).where(AgentPresence.shop_id == shop_id, AgentPresence.staff_id == staff_id)
    return (await unit.scalars(query.order_by(AgentPresence.from_at, AgentPresence.id))).all()


async def skills_everywhere(unit: Unit) -> Sequence[AgentSkill]:
    """Everyone's in every shop, for the start of the house."""
    return (await unit.scalars(select(AgentSkill))).all()


async def skills(unit: Unit, shop_id: Id) -> Sequence[AgentSkill]:
    query = select(AgentSkill).where(AgentSkill.shop_id == shop_id).order_by(AgentSkill.staff_id, AgentSkill.skill)
    return (await unit.scalars(query)).all()


async def replace_skills(unit: Unit, shop_id: Id, staff_id: Id, levels: Mapping[str, int]) -> None:
    await unit.execute(delete(AgentSkill).where(AgentSkill.shop_id == shop_id, AgentSkill.staff_id == staff_id))
    unit.add_all(AgentSkill(shop_id=shop_id, staff_id=staff_id, skill=skill, level=level) for skill, level in levels.items())
