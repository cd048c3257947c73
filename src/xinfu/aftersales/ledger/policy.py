"""Pure rules of the books: what a posting must be, and the hash that chains entries."""

import hashlib
import json
import re
from collections import defaultdict
from datetime import UTC, datetime

from xinfu.aftersales.ledger.contracts import ACCOUNTS, Account, Posting
from xinfu.aftersales.ledger.errors import Unbalanced
from xinfu.kit.errors import Invalid
from xinfu.kit.ids import Id
from xinfu.kit.money import Money
from xinfu.kit.text import clean

MOST = 10**15
MAX_LINES = 50
FIRST = "0" * 64  # what the first entry follows
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,80}")
_KIND = re.compile(r"[a-z_]{1,24}")


def check_posting(posting: Posting) -> None:
    """Raises Invalid, Unbalanced."""
    if not _KEY.fullmatch(posting.key) or not _KIND.fullmatch(posting.kind):
        raise Invalid(why="key or kind of a posting")
    if len(posting.case_no) > 24 or len(posting.order_no) > 64 or len(posting.customer_id) > 32:
        raise Invalid(why="reference of a posting")
    if not 2 <= len(posting.lines) <= MAX_LINES:
        raise Unbalanced(why="2–50")
    sums: dict[str, int] = defaultdict(int)
    for account, amount in posting.lines:
        if account not in ACCOUNTS:
            raise Invalid(why=f"account {account[:40]}")
        if isinstance(amount.minor, bool) or not isinstance(amount.minor, int) or not 0 < abs(amount.minor) <= MOST:
            raise Unbalanced(why=f"{account}: {amount.minor}"[:60])
        if not re.fullmatch(r"[A-Z]{3}", amount.currency):
            raise Invalid(why="currency")
        sums[amount.currency] += amount.minor
    for currency, total in sums.items():
        if total:
            raise Unbalanced(why=f"{currency} {Money(total, currency).plain()}")


def same(posting: Posting, other: Posting) -> bool:
    """Do they book the same? Words may differ: they are told in the language of the day."""
    return _content(posting) == _content(other)


def chained(previous: str, shop_id: Id, seq: int, posting: Posting, actor: tuple[str, str, str], at: datetime) -> str:
    """The hash of an entry over everything it says and over the one before."""
    told = [
        previous, shop_id, seq, posting.key, posting.kind, _lines(posting.lines), posting.case_no, posting.order_no, posting.customer_id,
        posting.zh, posting.en, *actor, at.astimezone(UTC).isoformat(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def worded(text: str) -> str:
    return clean(text)[:300]


def _content(posting: Posting) -> tuple[object, ...]:
    return posting.kind, sorted(_lines(posting.lines)), posting.case_no, posting.order_no, posting.customer_id


def _lines(lines: tuple[tuple[Account, Money], ...]) -> list[tuple[str, int, str]]:
    return [(account, amount.minor, amount.currency) for account, amount in lines]
