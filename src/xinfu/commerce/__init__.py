"""Products, orders and parcels of the embedded shop: look-ups for everyone, imports, and the staff's view."""

from xinfu.commerce.bulk import NewInvoice, NewLine, NewOrder, NewParcel, NewPayment, NewProduct, NewScan, NewVariant, Tally, Written

__all__ = ["NewInvoice", "NewLine", "NewOrder", "NewParcel", "NewPayment", "NewProduct", "NewScan", "NewVariant", "Tally", "Written"]
