"""Many customers at once: inserted or updated by their number, a record equal to the stored one left alone."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from xinfu.customers import repository
from xinfu.customers.bulk import NewCustomer, Written
from xinfu.customers.policy import digits_of, phone_tail
from xinfu.kit.database import Unit
from xinfu.kit.ids import Id, new_id

_encoder = msgspec.json.Encoder(order="sorted")


async def bulk_write(unit: Unit, shop_id: Id, customers: Sequence[NewCustomer], at: datetime) -> Written:
    """Insert or update by (shop, number) inside the caller's unit; a number given twice counts once, the last wins.

    `at` is when customers without a created_at count as created.
    """
    latest = {c.number: c for c in customers}
    rows = [_row(shop_id, c, at) for c in latest.values()]
    created, updated, ids = await repository.write_rows(unit, shop_id, rows)
    return Written(created, updated, len(rows) - created - updated, ids)


def _row(shop_id: Id, new: NewCustomer, at: datetime) -> repository.Row:
    return {
        "id": new_id(),
        "shop_id": shop_id,
        "number": new.number,
        "name": new.name,
        "phone": digits_of(new.phone),
        "phone_tail": phone_tail(new.phone),
        "email": new.email,
        "vip": new.vip,
        "tags": list(new.tags),
        "language": new.language,
        "addresses": [{"receiver": a.receiver, "phone": a.phone, "address": a.address} for a in new.addresses],
        "created_at": new.created_at or at,
        "digest": hashlib.blake2b(_encoder.encode(new), digest_size=16).hexdigest(),
        "extras": new.extras,
    }
