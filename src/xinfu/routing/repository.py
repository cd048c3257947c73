"""Every query of routing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from xinfu.kit.database import Unit
from xinfu.kit.ids import Id
from xinfu.routing.model import AgentPresence


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
