"""Products, orders and parcels of the embedded shop: look-ups for everyone, imports, and the staff's view."""

from xinfu.commerce.bulk import NewInvoice, NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewScan, NewVariant, Tally, Written
from xinfu.commerce.contracts import CatalogueChanged, OrderChanged, ShopConnector
from xinfu.commerce.endpoints import router
from xinfu.commerce.policy import ATTRIBUTES, attribute_asked, status_text
from xinfu.commerce.service import Orders, Products
from xinfu.commerce.service_imports import Imports
from xinfu.commerce.tau2 import Tau2Report, import_tau2
from xinfu.commerce.writing import bulk_write

__all__ = [
    "ATTRIBUTES",
    "CatalogueChanged",
    "Imports",
    "NewInvoice",
    "NewLine",
    "NewOrder",
    "NewParcel",
    "NewPayment",
    "NewProduct",
    "NewScan",
    "NewVariant",
    "OrderChanged",
    "Orders",
    "Products",
    "ShopConnector",
    "Tally",
    "Tau2Report",
    "Written",
    "attribute_asked",
    "bulk_write",
    "import_tau2",
    "router",
    "status_text",
]
