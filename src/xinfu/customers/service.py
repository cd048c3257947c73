"""Use-cases of customers: taking in visitors, the masked profile, unmasking with a reason, notes and tags."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec

from xinfu.customers import policy, repository
from xinfu.customers.contracts import AddressPreview, CustomerBrief, Visit
from xinfu.customers.errors import (
    AddressNotAgreed,
    AddressOutdated,
    AddressUnchanged,
    CustomerNotFound,
    NoteEmpty,
    ReasonMissing,
    TagsTooMany,
)
from xinfu.customers.model import Customer, CustomerNote
from xinfu.customers.policy import Sensitive
from xinfu.customers.schemas import AddressOut, CustomerOut, NoteOut, ProfileOut
from xinfu.customers.visits import Known, brief, by_numbers, take_in
from xinfu.identity.contracts import Permission
from xinfu.kit import audit
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock, to_ms
from xinfu.kit.database import Database, Unit
from xinfu.kit.errors import Invalid
from xinfu.kit.i18n import Locale
from xinfu.kit.ids import Id, is_id, new_id
from xinfu.kit.paging import Page, decode_cursor, encode_cursor
from xinfu.kit.postal import one_line, parts_of
from xinfu.kit.text import clean

BATCH = 500


class Customers:
    """The front door to customers. Look-ups by the house itself take a shop; what staff do takes an actor and is checked."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: list[tuple[Visit, asyncio.Future[CustomerBrief]]] = []
        self._flusher: asyncio.Task[None] | None = None

    # ---- visitors

    async def resolve_visitor(self, shop_id: Id, visitor: str, number: str | None, name: str | None, locale: Locale) -> CustomerBrief:
        """Who this is. Calls made while another is being stored share the next transaction, so a storm costs a few commits.

        Without a number: the unnamed customer of this visitor string, made on first sight. With one (a verified identity): the customer of
        that number, made when the shop system has not told us yet. The visitor string alone never opens an account's data: an unverified
        visit from the same browser is the unnamed visitor again.
        """
        future: asyncio.Future[CustomerBrief] = asyncio.get_running_loop().create_future()
        self._waiting.append((Visit(shop_id, visitor, number, name, locale), future))
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._flush(), name="customers.visits")
        return await future

    async def resolve_visitors(self, visits: Sequence[Visit]) -> list[CustomerBrief]:
        """Many visits in one read, and one transaction if any is new. Same order as given."""
        known = await self._database.run(lambda connection: Known(connection, visits))
        if not all(known.complete(visit) for visit in visits):
            now = self._clock.now()
            known = await self._database.run(lambda connection: take_in(connection, visits, known, now), write=True)
        return known.briefs(visits)

    async def brief(self, shop_id: Id, customer_id: Id) -> CustomerBrief | None:
        return (await self.briefs(shop_id, [customer_id])).get(customer_id)

    async def expect(self, shop_id: Id, customer_id: Id) -> None:
        """Raises CustomerNotFound unless the shop has this customer."""
        if not is_id(customer_id) or await self.brief(shop_id, customer_id) is None:
            raise CustomerNotFound

    async def briefs(self, shop_id: Id, customer_ids: Sequence[Id]) -> dict[Id, CustomerBrief]:
        async with self._database.read() as unit:
            rows = await repository.briefs(unit, shop_id, customer_ids)
        return {row["id"]: brief(row) for row in rows}

    async def accounts(self, shop_id: Id, numbers: Sequence[str]) -> dict[str, tuple[Id, str]]:
        """Customer id and account phone by number, for writing orders."""
        keys = [(shop_id, number) for number in set(numbers)]
        found = await self._database.run(lambda connection: by_numbers(connection, keys))
        return {number: (row["id"], row["phone"]) for (_, number), row in found.items()}

    # ---- what staff do

    async def search(self, actor: Actor, shop_id: Id, text: str, cursor: str | None, limit: int = 30) -> Page[CustomerOut]:
        """By part of the name, number, phone, or its last four digits; newest first."""
        actor.require(Permission.CUSTOMERS_READ, shop_id)
        after = decode_cursor(cursor, 1)[0] if cursor else None
        if after is not None and not is_id(after):
            raise Invalid(why="cursor")
        async with self._database.read() as unit:
            found = await repository.search(unit, shop_id, clean(text), after, limit + 1)
        more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
        return Page([_out(row, _names_shown(actor)) for row in found[:limit]], more)

    async def profile(self, actor: Actor, shop_id: Id, customer_id: Id) -> ProfileOut:
        """One customer with personal data masked. Raises CustomerNotFound."""
        actor.require(Permission.CUSTOMERS_READ, shop_id)
        async with self._database.read() as unit:
            row = await _existing(unit, shop_id, customer_id)
            notes = await repository.notes_of(unit, shop_id, customer_id)
            channels = await repository.channels_of(unit, shop_id, customer_id)
        return _profile(row, notes, channels, actor.may(Permission.CUSTOMERS_UNMASK, shop_id), _names_shown(actor))

    async def unmask(self, actor: Actor, shop_id: Id, customer_id: Id, field: Sensitive, reason: str) -> Any:
        """The whole value of one masked field. The look and its reason are in the audit log before the value is given out.

        Raises CustomerNotFound, ReasonMissing.
        """
        actor.require(Permission.CUSTOMERS_UNMASK, shop_id)
        if len(why := clean(reason)[:500]) < 2:
            raise ReasonMissing
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, customer_id)
            audit.record(unit, actor, self._clock.now(), "customer.unmasked", shop_id, "customer", customer_id, field=field, reason=why)
            return getattr(row, field)

    async def edit(
        self,
        actor: Actor,
        shop_id: Id,
        customer_id: Id,
        *,
        tags: list[str] | None = None,
        vip: int | None = None,
        note: str | None = None,
    ) -> ProfileOut:
        """Set tags or VIP level, add a note. Raises CustomerNotFound, TagsTooMany, NoteEmpty."""
        actor.require(Permission.CUSTOMERS_EDIT, shop_id)
        now = self._clock.now()
        async with self._database.unit() as unit:
            row = await _existing(unit, shop_id, customer_id)
            changed: dict[str, Any] = {}
            if tags is not None and (tidy := policy.tidy_tags(tags)) != row.tags:
                if len(tidy) > policy.MAX_TAGS:
                    raise TagsTooMany(limit=policy.MAX_TAGS)
                changed["tags"] = row.tags = tidy
            if vip is not None and vip != row.vip:
                changed["vip"] = row.vip = vip
            if note is not None:
                changed["note"] = _add_note(unit, row, actor, note, now)
            if changed:
                audit.record(unit, actor, now, "customer.edited", shop_id, "customer", customer_id, **changed)
        return await self.profile(actor, shop_id, customer_id)

    async def preview_address(
        self, actor: Actor, shop_id: Id, customer_id: Id, parts: Mapping[str, str], *, for_customer: Id | None = None
    ) -> AddressPreview:
        """What changing the customer's own address (the first of their book) would do, masked as staff see it.

        Raises Invalid, CustomerNotFound, AddressUnchanged.
        """
        actor.require(Permission.CUSTOMERS_EDIT, shop_id)
        given = parts_of(parts)
        async with self._database.read() as unit:
            row = await _reached(unit, actor, shop_id, customer_id, for_customer)
        if _parts(row, given) == given:
            raise AddressUnchanged
        return AddressPreview(policy.mask_address(_own(row).get("address", "")), policy.mask_address(one_line(given)), _token(row, given))

    async def change_address(
        self,
        actor: Actor,
        shop_id: Id,
        customer_id: Id,
        parts: Mapping[str, str],
        *,
        token: str,
        confirmed_by: Literal["customer", "staff"] | None = None,
        confirmation: str = "",
        for_customer: Id | None = None,
    ) -> None:
        """Do what the preview with this token showed; orders keep the address they have. `confirmation`: a message id, a word.

        Raises AddressNotAgreed, AddressOutdated, and what preview_address raises.
        """
        actor.require(Permission.CUSTOMERS_EDIT, shop_id)
        given = parts_of(parts)
        if confirmed_by is None or (actor.kind in ("ai", "customer") and confirmed_by != "customer"):
            raise AddressNotAgreed
        async with self._database.unit() as unit:
            row = await _reached(unit, actor, shop_id, customer_id, for_customer, lock=True)
            if _parts(row, given) == given:
                raise AddressUnchanged
            if token != _token(row, given):
                raise AddressOutdated
            row.addresses = [_own(row) | {"address": one_line(given)}, *row.addresses[1:]]
            row.extras = row.extras | {policy.ADDRESS_PARTS: given}
            told = {"confirmed_by": confirmed_by, "confirmation": clean(confirmation)[:200]}
            audit.record(unit, actor, self._clock.now(), "customer.address_changed", shop_id, "customer", row.id, **told)

    # ---- inside

    async def _flush(self) -> None:
        """Store waiting visits batch after batch until none waits. A failing batch fails its own callers only."""
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                briefs = await self.resolve_visitors([visit for visit, _ in batch])
            except Exception as error:
                _fail([future for _, future in batch], error)
                continue
            for (_, future), found in zip(batch, briefs, strict=True):
                if not future.done():
                    future.set_result(found)


def _fail(futures: Sequence[asyncio.Future[CustomerBrief]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)


async def _reached(unit: Unit, actor: Actor, shop_id: Id, customer_id: Id, for_customer: Id | None, *, lock: bool = False) -> Customer:
    """Raises CustomerNotFound, also when someone speaks for another customer: that this one exists is not theirs to know."""
    if (actor.kind in ("ai", "customer") and for_customer is None) or for_customer not in (None, customer_id):
        raise CustomerNotFound
    row = await repository.get(unit, shop_id, customer_id, lock=lock) if is_id(customer_id) else None
    if row is None:
        raise CustomerNotFound
    return row


def _own(row: Customer) -> dict[str, str]:
    """The customer's own address: the first of the book, or an empty one."""
    return row.addresses[0] if row.addresses else {"receiver": row.name, "phone": row.phone, "address": ""}


def _parts(row: Customer, given: Mapping[str, str]) -> dict[str, str] | None:
    """The own address in parts, where it is known so; else whether it reads the same."""
    known = row.extras.get(policy.ADDRESS_PARTS) or row.extras.get("tau2", {}).get("address")
    if known is not None:
        return dict(known)
    return dict(given) if one_line(given) == _own(row).get("address") else None


def _token(row: Customer, given: Mapping[str, str]) -> str:
    """Stands for this change of this address."""
    told = [row.id, _own(row), row.extras.get(policy.ADDRESS_PARTS), dict(given)]
    return hashlib.blake2b(msgspec.json.encode(told, order="sorted"), digest_size=16).hexdigest()


async def _existing(unit: Unit, shop_id: Id, customer_id: Id) -> Customer:
    row = await repository.get(unit, shop_id, customer_id) if is_id(customer_id) else None
    if row is None:
        raise CustomerNotFound
    return row


def _add_note(unit: Unit, row: Customer, actor: Actor, note: str, now: Any) -> Id:
    if not (text := clean(note)):
        raise NoteEmpty
    added = CustomerNote(id=new_id(), shop_id=row.shop_id, customer_id=row.id, author_id=actor.id, author=actor.name, text=text, at=now)
    unit.add(added)
    return added.id


def _names_shown(actor: Actor) -> bool:
    """Those who serve customers greet them by name; those who only look on see it masked."""
    return bool(actor.permissions & {Permission.CUSTOMERS_EDIT, Permission.CUSTOMERS_UNMASK})


def _out(row: Customer, names: bool) -> CustomerOut:
    shown = row.name if names or row.number is None else policy.mask_name(row.name)
    return CustomerOut(
        id=row.id,
        number=row.number,
        name=shown,
        phone=policy.mask_phone(row.phone),
        vip=row.vip,
        tags=row.tags,
        language=row.language,
        known=row.number is not None,
        created_at=to_ms(row.created_at),
    )


def _profile(row: Customer, notes: Sequence[CustomerNote], channels: Sequence[str], may_unmask: bool, names: bool) -> ProfileOut:
    return ProfileOut(
        **_out(row, names).model_dump(),
        email=policy.mask_email(row.email),
        addresses=[
            AddressOut(
                receiver=policy.mask_name(a.get("receiver", "")),
                phone=policy.mask_phone(a.get("phone", "")),
                address=policy.mask_address(a.get("address", "")),
            )
            for a in row.addresses
        ],
        channels=list(channels),
        notes=[NoteOut(id=n.id, author=n.author, text=n.text, at=to_ms(n.at)) for n in notes],
        may_unmask=may_unmask,
    )
