"""An order packed into one value next to its row, so that the message path reads one small row instead of joining four tables.

The tables stay the truth: the packed form is written in the same transaction, carries a version, and is made again from the tables when a
later version of this module reads an older one.
"""

import hashlib
from datetime import datetime

import msgspec

from xinfu.commerce.contracts import Order, OrderLine, OrderStatus, Parcel
from xinfu.commerce.policy import OrderFacts, timeline
from xinfu.kit.ids import Id
from xinfu.kit.money import Money

_VERSION = b"\x01"


class Packed(msgspec.Struct, array_like=True, frozen=True):
    """Everything of an Order that is stored, without its ids. Amounts in minor units."""

    no: str
    status: OrderStatus
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    packed_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    returned_at: datetime | None
    total: int
    freight: int
    currency: str
    lines: tuple[OrderLine, ...]
    receiver: str
    receiver_phone: str
    address: str
    gift: bool
    note: str
    parcels: tuple[Parcel, ...]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Packed)


def pack(order: Packed) -> bytes:
    return _VERSION + _encoder.encode(order)


def unpack(view: bytes) -> Packed | None:
    """None for a form written by another version."""
    return _decoder.decode(memoryview(view)[1:]) if view[:1] == _VERSION else None


def stamp_of(view: bytes) -> int:
    """A number that tells one packed form from another."""
    return int.from_bytes(hashlib.blake2b(view, digest_size=8).digest(), signed=True)


class Memory:
    """The Orders made last, by id and stamp: another form has another stamp, so nothing has to be told when an order changes."""

    def __init__(self, limit: int = 8192) -> None:
        self._limit = limit
        self._known: dict[tuple[Id, int], tuple[datetime, Order]] = {}

    def get(self, id_: Id, stamp: int, now: datetime) -> Order | None:
        """None when not remembered, or when its timeline no longer holds at `now`."""
        found = self._known.get((id_, stamp))
        return found[1] if found and now < found[0] else None

    def keep(self, order: Order, stamp: int, until: datetime) -> None:
        if len(self._known) >= self._limit:
            for oldest in list(self._known)[: self._limit // 4]:
                del self._known[oldest]
        self._known[order.id, stamp] = (until, order)


def order_of(id_: Id, shop_id: Id, customer_id: Id, packed: Packed, now: datetime) -> Order:
    """The Order as other folders see it, its timeline as of `now`."""
    return Order(
        id_,
        packed.no,
        shop_id,
        customer_id,
        packed.status,
        packed.placed_at,
        packed.paid_at,
        Money(packed.total, packed.currency),
        Money(packed.freight, packed.currency),
        packed.lines,
        packed.receiver,
        packed.receiver_phone,
        packed.address,
        packed.gift,
        packed.note,
        packed.parcels,
        timeline(facts_of(packed), now),
    )


def facts_of(packed: Packed) -> OrderFacts:
    """What the order's timeline is made from."""
    return OrderFacts(
        packed.status,
        packed.placed_at,
        packed.pay_by,
        packed.paid_at,
        packed.packed_at,
        packed.completed_at,
        packed.cancelled_at,
        packed.returned_at,
        packed.parcels,
    )
