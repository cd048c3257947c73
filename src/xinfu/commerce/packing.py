"""An order packed into one value next to its row, so that the message path reads one small row instead of joining four tables.

The tables stay the truth: the packed form is written in the same transaction, carries a version, and is made again from the tables when a
later version of this module reads an older one.
"""

from datetime import datetime

import msgspec

from xinfu.commerce.contracts import Order, OrderLine, OrderStatus, Parcel
from xinfu.commerce.policy import OrderFacts, holds_until, timeline
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


class Reader:
    """Makes Orders of packed ones. Remembers the latest by their content, so nothing has to be told when an order changes."""

    def __init__(self, remember: int = 8192) -> None:
        self._limit = remember
        self._known: dict[tuple[Id, bytes], tuple[datetime, Order]] = {}

    def order(self, id_: Id, shop_id: Id, customer_id: Id, view: bytes, now: datetime) -> Order | None:
        """The Order with its timeline as of `now`; None when `view` was packed by another version."""
        key = (id_, view)
        if (found := self._known.get(key)) and now < found[0]:
            return found[1]
        if (packed := unpack(view)) is None:
            return None
        order = order_of(id_, shop_id, customer_id, packed, now)
        if len(self._known) >= self._limit:
            for oldest in list(self._known)[: self._limit // 4]:
                del self._known[oldest]
        self._known[key] = (holds_until(_facts(packed), now), order)
        return order


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
        timeline(_facts(packed), now),
    )


def _facts(packed: Packed) -> OrderFacts:
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
