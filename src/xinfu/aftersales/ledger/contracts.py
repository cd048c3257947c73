"""What the books know: accounts, postings that balance, entries that stay. Values only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from xinfu.kit.ids import Id
from xinfu.kit.money import Money

type Account = Literal[
    "sales", "refunds_due", "cash", "goodwill", "freight", "coupons_due", "points_due", "customer_owes", "written_off",
    "gift_cards",
]  # fmt: skip

ACCOUNTS: tuple[Account, ...] = get_args(Account.__value__)
ACCOUNT_WORDS: dict[Account, tuple[str, str]] = {
    "sales": ("销售收入", "Sales"),
    "refunds_due": ("应退款", "Refunds due"),
    "cash": ("资金", "Cash"),
    "goodwill": ("补偿支出", "Goodwill"),
    "freight": ("运费", "Freight"),
    "coupons_due": ("应发优惠券", "Coupons due"),
    "points_due": ("应发积分", "Points due"),
    "customer_owes": ("客户应还", "Customers owe"),
    "written_off": ("坏账核销", "Written off"),
    "gift_cards": ("礼品卡余额", "Gift card balances"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What is to be booked: amounts + for debit, − for credit, to zero in each currency. `key` is the caller's own; `kind` a short word."""

    key: str
    kind: str
    lines: tuple[tuple[Account, Money], ...]
    zh: str
    en: str
    case_no: str = ""
    order_no: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was booked. `seq` counts from 1 in its shop; `hash` stands for it and all before it. `repeated`: it was there already."""

    id: Id
    shop_id: Id
    seq: int
    key: str
    kind: str
    lines: tuple[tuple[Account, Money], ...]
    case_no: str
    order_no: str
    customer_id: str
    zh: str
    en: str
    actor_kind: str
    actor_id: str
    actor_name: str
    at: datetime
    previous: str
    hash: str
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries; empty fields do not narrow. `since` ≤ time < `until`."""

    case_no: str = ""
    order_no: str = ""
    customer_id: str = ""
    account: Account | None = None
    kind: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """One account over a period: what came in debit and credit in it, and where it stood at its end."""

    account: Account
    currency: str
    debit: Money
    credit: Money
    closing: Money


@dataclass(frozen=True, slots=True)
class Verification:
    """Is every entry as it was booked? `wrong_at` is the first that is not; `hash` that of the last entry, to be kept elsewhere."""

    ok: bool
    entries: int
    hash: str
    wrong_at: int | None
    zh: str
    en: str
