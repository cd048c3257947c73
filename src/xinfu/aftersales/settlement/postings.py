"""What settlement writes into the books. Every posting has a key of the task it belongs to, so that it stands there once."""

from typing import cast

from xinfu.aftersales.ledger import Account, Posting
from xinfu.aftersales.settlement.model import WALLET, TaskRow
from xinfu.kit.money import Money

_REWARD_ACCOUNT: dict[str, Account] = {"points": "points_due", "coupon": "coupons_due"}


def due(row: TaskRow) -> Posting:
    """Money is to go back: it stops being what it was and is owed to the customer."""
    return _posting(row, "refund_due", _account(row), "refunds_due", _amount(row))


def paid(row: TaskRow) -> Posting:
    """The money went back, or onto the customer's gift card."""
    return _posting(row, "refund_paid", "refunds_due", _money(row), _amount(row))


def not_paid(row: TaskRow) -> Posting:
    """A person decided that it does not go back after all."""
    return _posting(row, "refund_dropped", "refunds_due", _account(row), _amount(row))


def owed(row: TaskRow) -> Posting:
    """A customer owes what they were given too early, or what their exchange costs more."""
    return _posting(row, f"{row.kind}_due", "customer_owes", _account(row), _amount(row))


def collected(row: TaskRow) -> Posting:
    return _posting(row, f"{row.kind}_paid", _money(row), "customer_owes", _amount(row))


def written_off(row: TaskRow) -> Posting:
    """A person gave up asking for it."""
    return _posting(row, f"{row.kind}_dropped", "written_off", "customer_owes", _amount(row))


def freight(row: TaskRow, cost: Money) -> Posting:
    return _posting(row, "freight_paid", "freight", "cash", cost)


def granted(row: TaskRow) -> Posting:
    return _posting(row, "grant_done", "goodwill", _REWARD_ACCOUNT[row.what], _amount(row))


def _account(row: TaskRow) -> Account:
    return cast("Account", row.what)


def _money(row: TaskRow) -> Account:
    """Where the money is: what is on gift cards, the house keeps and owes."""
    return "gift_cards" if row.payload.get(WALLET) else "cash"


def _amount(row: TaskRow) -> Money:
    return Money(row.amount_minor or 0, row.currency)


def _posting(row: TaskRow, kind: str, debit: Account, credit: Account, amount: Money) -> Posting:
    return Posting(
        key=f"{kind}:{row.subject or row.id}",
        kind=kind,
        lines=((debit, amount), (credit, -amount)),
        case_no=row.case_no,
        order_no=row.order_no,
        customer_id=row.customer_id,
        zh=row.zh,
        en=row.en,
    )
