"""The books of what is given back: double entry, never changed, every entry chained to the one before."""

from xinfu.aftersales.ledger.contracts import ACCOUNT_WORDS, ACCOUNTS, Account, Balance, Entry, Filter, Posting, Verification
from xinfu.aftersales.ledger.endpoints import router
from xinfu.aftersales.ledger.errors import LedgerConflict, Unbalanced
from xinfu.aftersales.ledger.service import Ledger

__all__ = [
    "ACCOUNTS",
    "ACCOUNT_WORDS",
    "Account",
    "Balance",
    "Entry",
    "Filter",
    "Ledger",
    "LedgerConflict",
    "Posting",
    "Unbalanced",
    "Verification",
    "router",
]
