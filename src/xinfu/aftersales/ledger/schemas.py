"""The books as the API tells them: amounts as text, times in milliseconds, sentences in the reader's language."""

from pydantic import BaseModel

from xinfu.aftersales.ledger.contracts import ACCOUNT_WORDS, Account, Balance, Entry, Verification
from xinfu.kit.clock import to_ms
from xinfu.kit.i18n import Locale, said
from xinfu.kit.money import Money
from xinfu.kit.paging import Page


class LineOut(BaseModel):
    """One of `debit` and `credit` is ''."""

    account: Account
    name: str
    debit: str
    credit: str
    currency: str


class EntryOut(BaseModel):
    seq: int
    at: int
    kind: str
    text: str
    lines: list[LineOut]
    case_no: str
    order_no: str
    customer_id: str
    actor_kind: str
    actor_name: str
    hash: str


class EntriesOut(BaseModel):
    items: list[EntryOut]
    next: str | None


class BalanceOut(BaseModel):
    """`debit`, `credit`: in the period; `closing`: at its end, + debit, − credit."""

    account: Account
    name: str
    currency: str
    debit: str
    credit: str
    closing: str


class BalancesOut(BaseModel):
    items: list[BalanceOut]


class VerificationOut(BaseModel):
    ok: bool
    entries: int
    hash: str
    wrong_at: int | None
    text: str


def entry_out(e: Entry, locale: Locale) -> EntryOut:
    return EntryOut(
        seq=e.seq,
        at=to_ms(e.at),
        kind=e.kind,
        text=said(e.zh, e.en, locale),
        lines=[_line(account, amount, locale) for account, amount in e.lines],
        case_no=e.case_no,
        order_no=e.order_no,
        customer_id=e.customer_id,
        actor_kind=e.actor_kind,
        actor_name=e.actor_name,
        hash=e.hash,
    )


def entries_out(page: Page[Entry], locale: Locale) -> EntriesOut:
    return EntriesOut(items=[entry_out(e, locale) for e in page.items], next=page.next)


def balances_out(found: list[Balance], locale: Locale) -> BalancesOut:
    return BalancesOut(
        items=[
            BalanceOut(
                account=b.account, name=said(*ACCOUNT_WORDS[b.account], locale), currency=b.currency, debit=b.debit.plain(),
                credit=b.credit.plain(), closing=b.closing.plain(),
            )
            for b in found
        ]
    )  # fmt: skip


def verification_out(v: Verification, locale: Locale) -> VerificationOut:
    return VerificationOut(ok=v.ok, entries=v.entries, hash=v.hash, wrong_at=v.wrong_at, text=said(v.zh, v.en, locale))


def rows(e: Entry, locale: Locale) -> list[list[str]]:
    """One entry for a spreadsheet: a row for each of its lines."""
    return [
        [
            str(e.seq), e.at.isoformat(), e.kind, safe(said(e.zh, e.en, locale)), account, said(*ACCOUNT_WORDS[account], locale),
            amount.plain() if amount.minor > 0 else "", (-amount).plain() if amount.minor < 0 else "", amount.currency, safe(e.order_no),
            safe(e.case_no), safe(e.actor_name), e.hash,
        ]
        for account, amount in e.lines
    ]  # fmt: skip


HEAD: dict[Locale, list[str]] = {
    "zh-CN": ["序号", "时间", "类型", "说明", "科目", "科目名称", "借", "贷", "币种", "订单", "售后单", "经手人", "校验"],
    "en": ["No", "Time", "Kind", "Text", "Account", "Name", "Debit", "Credit", "Currency", "Order", "Case", "By", "Hash"],
}


def safe(text: str) -> str:
    """A spreadsheet takes text that begins like this for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _line(account: Account, amount: Money, locale: Locale) -> LineOut:
    debit = amount.plain() if amount.minor > 0 else ""
    credit = (-amount).plain() if amount.minor < 0 else ""
    return LineOut(account=account, name=said(*ACCOUNT_WORDS[account], locale), debit=debit, credit=credit, currency=amount.currency)
