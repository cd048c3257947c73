"""Taking in visitors: who a visit belongs to, and the rows of those never seen. Plain functions on a connection, for Database.run; each key
carries its shop."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from xinfu.customers import policy
from xinfu.customers.contracts import CustomerBrief, Visit
from xinfu.customers.repository import BRIEF, Row, chunks, customer, identity
from xinfu.kit.ids import Id, new_id
from xinfu.kit.text import clean

VISITOR, ACCOUNT = "widget", "account"

type IdentityKey = tuple[Id, str, str]  # shop, channel, external
type NumberKey = tuple[Id, str]  # shop, number
type Brief = Mapping[Any, Any]


class Known:
    """What the store already knows about some visits, and which customers this very transaction made."""

    def __init__(self, connection: Connection, visits: Iterable[Visit]) -> None:
        wanted = {account for visit in visits if (account := _account_key(visit))}
        self.identities: dict[IdentityKey, Brief] = by_identity(connection, {_identity_key(visit) for visit in visits})
        self.numbers: dict[NumberKey, Brief] = by_numbers(connection, wanted) if wanted else {}
        self.made: set[Id] = set()

    def complete(self, visit: Visit) -> bool:
        account = _account_key(visit)
        return _identity_key(visit) in self.identities and (account is None or account in self.numbers)

    def owner(self, visit: Visit) -> Brief | None:
        account = _account_key(visit)
        return self.numbers.get(account) if account else self.identities.get(_identity_key(visit))

    def briefs(self, visits: Iterable[Visit]) -> list[CustomerBrief]:
        """One per visit, all of them known by now. Of several visits by one fresh customer only the first is fresh."""
        found = []
        for visit in visits:
            row = self.numbers[account] if (account := _account_key(visit)) else self.identities[_identity_key(visit)]
            fresh = row["id"] in self.made
            self.made.discard(row["id"])
            found.append(brief(row, fresh=fresh))
        return found


def take_in(connection: Connection, visits: Sequence[Visit], known: Known, now: datetime) -> Known:
    """Store the customers and identities that are missing, and know them all."""
    customers: dict[NumberKey | IdentityKey, Row] = {}
    for visit in visits:
        if known.owner(visit) is None:
            customers.setdefault(_account_key(visit) or _identity_key(visit), _new_customer(visit, now))
    alone = _add_missing(connection, customer, list(customers.values())) == len(customers)
    if not alone:  # another process was quicker with some of them
        known = Known(connection, visits)
    identities: dict[IdentityKey, Row] = {}
    owners: dict[IdentityKey, Brief] = {}
    for visit in visits:
        if (own := _identity_key(visit)) not in known.identities:
            owner = known.owner(visit) or customers[_account_key(visit) or own]
            owners[own], identities[own] = owner, _new_identity(own, owner["id"], now)
    alone = _add_missing(connection, identity, list(identities.values())) == len(identities) and alone
    if not alone:
        _remove_unowned(connection, [row["id"] for row in customers.values() if row["number"] is None])
        return Known(connection, visits)
    known.identities |= owners
    known.numbers |= {(row["shop_id"], row["number"]): row for row in customers.values() if row["number"] is not None}
    known.made = {row["id"] for row in customers.values()}
    return known


def by_identity(connection: Connection, keys: Iterable[IdentityKey]) -> dict[IdentityKey, Brief]:
    """Customers by the channel identity they come with."""
    found: dict[IdentityKey, Brief] = {}
    joined = identity.join(customer, and_(customer.c.id == identity.c.customer_id, customer.c.shop_id == identity.c.shop_id))
    key = tuple_(identity.c.shop_id, identity.c.channel, identity.c.external)
    for chunk in chunks(list(keys)):
        query = select(identity.c.channel, identity.c.external, *BRIEF).select_from(joined).where(key.in_(chunk))
        for row in connection.execute(query).mappings():
            found[row["shop_id"], row["channel"], row["external"]] = row
    return found


def by_numbers(connection: Connection, keys: Iterable[NumberKey]) -> dict[NumberKey, Brief]:
    """Customers by their number in the shop system."""
    found: dict[NumberKey, Brief] = {}
    for chunk in chunks(list(keys)):
        query = select(*BRIEF, customer.c.phone).where(tuple_(customer.c.shop_id, customer.c.number).in_(chunk))
        for row in connection.execute(query).mappings():
            found[row["shop_id"], row["number"]] = row
    return found


def brief(row: Brief, *, fresh: bool = False) -> CustomerBrief:
    number = row["number"]
    return CustomerBrief(row["id"], row["shop_id"], row["name"], row["vip"], row["language"], number, number is not None, fresh)


def _add_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> int:
    """Insert; a row whose unique key another process inserted meanwhile is left out. How many went in, as far as the driver can say."""
    inserted = 0
    insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    for chunk in chunks(rows):
        inserted += max(0, connection.execute(insert(table).on_conflict_do_nothing(), chunk).rowcount)
    return inserted


def _remove_unowned(connection: Connection, ids: Sequence[Id]) -> None:
    """Delete those of the just added visitors whose identity another process had already given to a visitor of its own."""
    for chunk in chunks(ids):
        owned = select(identity.c.customer_id).where(identity.c.customer_id == customer.c.id).exists()
        connection.execute(delete(customer).where(customer.c.id.in_(chunk), ~owned))


def _account_key(visit: Visit) -> NumberKey | None:
    return (visit.shop_id, number) if (number := _number(visit)) else None


def _number(visit: Visit) -> str | None:
    """The verified number; one that no customer can have (empty, too long) counts as none rather than as its beginning."""
    if not visit.number:
        return None
    number = clean(visit.number)
    return number if 0 < len(number) <= 80 else None


def _identity_key(visit: Visit) -> IdentityKey:
    """A verified visit is kept apart from the anonymous one of the same browser, and from another account's."""
    if number := _number(visit):
        return visit.shop_id, ACCOUNT, policy.external_hash(f"{number}\n{visit.visitor}")
    return visit.shop_id, VISITOR, policy.external_hash(visit.visitor)


def _new_customer(visit: Visit, now: datetime) -> Row:
    unnamed = policy.visitor_name(policy.external_hash(visit.visitor), visit.locale)
    return {
        "id": new_id(),
        "shop_id": visit.shop_id,
        "number": _number(visit),
        "name": clean(visit.name or "")[:120] or unnamed,
        "phone": "",
        "phone_tail": "",
        "email": "",
        "vip": 0,
        "tags": [],
        "language": policy.language_of(visit.locale),
        "addresses": [],
        "digest": "",
        "extras": {},
        "created_at": now,
    }


def _new_identity(key: IdentityKey, customer_id: Id, now: datetime) -> Row:
    shop_id, channel, external = key
    return {"id": new_id(), "shop_id": shop_id, "customer_id": customer_id, "channel": channel, "external": external, "created_at": now}
