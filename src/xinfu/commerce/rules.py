"""What a shop's own rules say about changing orders, beyond what the goods allow. Values only; a shop without rules has the default."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from xinfu.commerce.contracts import OrderStatus
from xinfu.commerce.operations_contracts import Operation

type BusinessDays = Annotated[int, Field(ge=0, le=90)]


@dataclass(frozen=True, slots=True)
class OrderRules:
    """The default changes nothing.

    `change_in`: the only statuses in which an order is cancelled or changed (none named = until it leaves the house). `cancel_reasons`:
    the only ones taken, word for word (none named = any). `never`: operations this shop does not offer. `items_once`: items are changed
    once, and after that nothing of the order any more. `own_method`: a difference in price is settled at once by one payment method of the
    customer, named with the change. `pay_again`: a paid order may be paid another way, once, by one other payment method of the customer.
    `refund_days`: business days after which money is back, told to customers; a gift card has it at once.
    """

    change_in: tuple[OrderStatus, ...] = ()
    cancel_reasons: tuple[Annotated[str, Field(min_length=1, max_length=120)], ...] = ()
    never: tuple[Operation, ...] = ()
    items_once: bool = False
    own_method: bool = False
    pay_again: bool = False
    refund_days: tuple[BusinessDays, BusinessDays] | None = None


NO_RULES = OrderRules()
