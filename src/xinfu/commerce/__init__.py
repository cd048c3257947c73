"""Products, orders and parcels of the embedded shop: look-ups for everyone, imports, and the staff's view."""

from xinfu.commerce.bulk import NewInvoice, NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewScan, NewVariant, Tally, Written
from xinfu.commerce.contracts import CatalogueChanged, OrderChanged, ShopConnector
from xinfu.commerce.endpoints import router
from xinfu.commerce.policy import ATTRIBUTES, attribute_asked, status_text
from xinfu.commerce.service import Orders, Products
from xinfu.commerce.writing import bulk_write

__all__ = [
    "ATTRIBUTES",
    "CatalogueChanged",
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
    "Written",
    "attribute_asked",
    "bulk_write",
    "router",
    "status_text",
]
