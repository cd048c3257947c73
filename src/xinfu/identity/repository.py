"""Every query of identity. Lists name the shop; look-ups by login, cookie, key or slug are how one finds out which shop it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update

from xinfu.identity.model import ApiToken, Role, SettingsVersion, ShopRow, Staff, StaffSession, StaffShop
from xinfu.identity.policy import OWNER
from xinfu.kit.audit import AuditEntry
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id


@dataclass(frozen=True, slots=True)
class Bearer:
    """A session with its person, as one look-up finds them."""

    session: StaffSession
    staff: Staff
    permissions: list[str]


# shops and settings


async def shops(unit: Unit) -> Sequence[ShopRow]:
    return (await unit.scalars(select(ShopRow).order_by(ShopRow.id))).all()


async def shop_by_slug(unit: Unit, slug: str) -> ShopRow | None:
    return await unit.scalar(select(ShopRow).where(ShopRow.slug == slug))


async def shop_by_id(unit: Unit, shop_id: Id) -> ShopRow | None:
    return await unit.get(ShopRow, shop_id)


async def shop_locked(unit: Unit, shop_id: Id) -> None:
    """Hold the shop's row until the unit ends: changes to its settings, and to who owns it, go one after another."""
    await unit.execute(select(ShopRow.id).where(ShopRow.id == shop_id).with_for_update())


async def settings_versions(unit: Unit, shop_id: Id) -> Sequence[SettingsVersion]:
    """Oldest first."""
    query = select(SettingsVersion).where(SettingsVersion.shop_id == shop_id).order_by(SettingsVersion.version)
    return (await unit.scalars(query)).all()


async def newest_settings_version(unit: Unit, shop_id: Id) -> int:
    return await unit.scalar(select(func.max(SettingsVersion.version)).where(SettingsVersion.shop_id == shop_id)) or 0


# staff and roles


async def staff_by_login(unit: Unit, login: str) -> Staff | None:
    return await unit.scalar(select(Staff).where(Staff.login == login))


async def staff_by_id(unit: Unit, staff_id: Id) -> Staff | None:
    return await unit.get(Staff, staff_id)


async def staff_locked(unit: Unit, staff_id: Id) -> Staff | None:
    """The person, held until the unit ends."""
    query = select(Staff).where(Staff.id == staff_id).with_for_update().execution_options(populate_existing=True)
    return await unit.scalar(query)


async def staff_of_shop(unit: Unit, shop_id: Id) -> Sequence[Staff]:
    query = select(Staff).join(StaffShop, StaffShop.staff_id == Staff.id).where(StaffShop.shop_id == shop_id).order_by(Staff.id)
    return (await unit.scalars(query)).all()


async def shops_of(unit: Unit, staff_ids: Iterable[Id]) -> dict[Id, list[Id]]:
    """For each person the ids of their shops, oldest shop first."""
    found: dict[Id, list[Id]] = {staff_id: [] for staff_id in staff_ids}
    query = select(StaffShop.staff_id, StaffShop.shop_id).where(StaffShop.staff_id.in_(found)).order_by(StaffShop.shop_id)
    for staff_id, shop_id in await unit.execute(query):
        found[staff_id].append(shop_id)
    return found


async def replace_shops(unit: Unit, staff_id: Id, shop_ids: Iterable[Id]) -> None:
    await unit.execute(delete(StaffShop).where(StaffShop.staff_id == staff_id))
    unit.add_all(StaffShop(staff_id=staff_id, shop_id=shop_id) for shop_id in sorted(shop_ids))


async def owners_of(unit: Unit, shop_id: Id) -> set[Id]:
    """People who own the shop and may sign in."""
    query = (
        select(Staff.id)
        .join(StaffShop, StaffShop.staff_id == Staff.id)
        .where(StaffShop.shop_id == shop_id, Staff.role == OWNER, Staff.disabled.is_(False))
    )
    return set((await unit.scalars(query)).all())


async def all_owners(unit: Unit) -> Sequence[Id]:
    return (await unit.scalars(select(Staff.id).where(Staff.role == OWNER))).all()


async def roles(unit: Unit) -> Sequence[Role]:
    return (await unit.scalars(select(Role).order_by(Role.key))).all()


async def role(unit: Unit, key: str) -> Role | None:
    return await unit.get(Role, key)


async def all_shop_ids(unit: Unit) -> set[Id]:
    return set((await unit.scalars(select(ShopRow.id))).all())


# sessions and keys


async def bearer_of_session(unit: Unit, token_hash: str) -> Bearer | None:
    query = (
        select(StaffSession, Staff, Role.permissions)
        .join(Staff, Staff.id == StaffSession.staff_id)
        .join(Role, Role.key == Staff.role)
        .where(StaffSession.token_hash == token_hash)
    )
    found = (await unit.execute(query)).one_or_none()
    return Bearer(found[0], found[1], found[2]) if found else None


async def touch_session(unit: Unit, token_hash: str, now: datetime) -> None:
    await unit.execute(update(StaffSession).where(StaffSession.token_hash == token_hash).values(last_seen_at=now))


async def end_session(unit: Unit, token_hash: str) -> None:
    await unit.execute(delete(StaffSession).where(StaffSession.token_hash == token_hash))


async def end_sessions_of(unit: Unit, staff_id: Id) -> None:
    await unit.execute(delete(StaffSession).where(StaffSession.staff_id == staff_id))


async def end_expired_sessions(unit: Unit, now: datetime, idle_before: datetime) -> None:
    await unit.execute(delete(StaffSession).where((StaffSession.expires_at <= now) | (StaffSession.last_seen_at <= idle_before)))


async def token_by_hash(unit: Unit, token_hash: str) -> ApiToken | None:
    return await unit.scalar(select(ApiToken).where(ApiToken.token_hash == token_hash))


async def token_by_id(unit: Unit, token_id: Id) -> ApiToken | None:
    return await unit.get(ApiToken, token_id)


async def tokens_of_shop(unit: Unit, shop_id: Id) -> list[ApiToken]:
    """Keys that open this shop, newest first. They are few, so the shops inside are compared here and not in SQL."""
    query = select(ApiToken).where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id.desc())
    return [token for token in (await unit.scalars(query)).all() if shop_id in token.shops]


# audit


async def audit_entries(
    unit: Unit, shop_id: Id, limit: int, before: tuple[datetime, Id] | None, action: str | None, actor_id: str | None
) -> Sequence[AuditEntry]:
    """Newest first; `action` matches it and everything under it ('staff' finds 'staff.created')."""
    query = select(AuditEntry).where(AuditEntry.shop_id == shop_id)
    if before:
        at, entry_id = before
        query = query.where((AuditEntry.at < at) | ((AuditEntry.at == at) & (AuditEntry.id < entry_id)))
    if action:
        query = query.where((AuditEntry.action == action) | AuditEntry.action.startswith(action + ".", autoescape=True))
    if actor_id:
        query = query.where(AuditEntry.actor_id == actor_id)
    return (await unit.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(limit))).all()
