"""Products, orders and parcels of the embedded shop: look-ups for everyone, imports, and the staff's view."""

from xinfu.commerce.bulk import NewInvoice, NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewScan, NewVariant, Tally, Written
from xinfu.commerce.contracts import CatalogueChanged, OrderChanged, ShopConnector
from xinfu.commerce.embedded import EmbeddedShop
from xinfu.commerce.endpoints import router
from xinfu.commerce.methods_policy import named as named_method
from xinfu.commerce.operations import OrderOperations, check_key, confirm, theirs
from xinfu.commerce.operations_contracts import (
    Done,
    HistoryEntry,
    Operation,
    OrderOperated,
    OrderState,
    PaymentRef,
    Preview,
    Sentence,
)
from xinfu.commerce.operations_endpoints import router as operations_router
from xinfu.commerce.operations_policy import dispatched, refund_parts
from xinfu.commerce.policy import ATTRIBUTES, attribute_asked, status_text
from xinfu.commerce.ports import Method, NoWallet, OrderConnector, RulesOf, Wallet, no_rules
from xinfu.commerce.rules import NO_RULES, OrderRules
from xinfu.commerce.service import Orders, Products
from xinfu.commerce.service_imports import Imports
from xinfu.commerce.tau2 import TAU2_CURRENCY, Tau2Report, import_tau2
from xinfu.commerce.tau2_export import tau2_orders, tau2_products
from xinfu.commerce.writing import bulk_write

__all__ = [
    "ATTRIBUTES",
    "NO_RULES",
    "TAU2_CURRENCY",
    "CatalogueChanged",
    "Done",
    "EmbeddedShop",
    "HistoryEntry",
    "Imports",
    "Method",
    "NewInvoice",
    "NewLine",
    "NewOrder",
    "NewParcel",
    "NewPayment",
    "NewProduct",
    "NewScan",
    "NewVariant",
    "NoWallet",
    "Operation",
    "OrderChanged",
    "OrderConnector",
    "OrderOperated",
    "OrderOperations",
    "OrderRules",
    "OrderState",
    "Orders",
    "PaymentRef",
    "Preview",
    "Products",
    "RulesOf",
    "Sentence",
    "ShopConnector",
    "Tally",
    "Tau2Report",
    "Wallet",
    "Written",
    "attribute_asked",
    "bulk_write",
    "check_key",
    "confirm",
    "dispatched",
    "import_tau2",
    "named_method",
    "no_rules",
    "operations_router",
    "refund_parts",
    "router",
    "status_text",
    "tau2_orders",
    "tau2_products",
    "theirs",
]
