"""Customers: who is writing, their profile with personal data masked, and what staff note about them."""

from xinfu.customers.bulk import NewAddress, NewCustomer, Written
from xinfu.customers.contracts import CustomerBrief, PaymentMethod, Visit
from xinfu.customers.endpoints import router
from xinfu.customers.imports import CustomerImports
from xinfu.customers.service import Customers
from xinfu.customers.tau2 import tau2_users, write_tau2_users
from xinfu.customers.wallet import NewMethod, Wallet, write_methods
from xinfu.customers.writing import bulk_write

__all__ = [
    "CustomerBrief",
    "CustomerImports",
    "Customers",
    "NewAddress",
    "NewCustomer",
    "NewMethod",
    "PaymentMethod",
    "Visit",
    "Wallet",
    "Written",
    "bulk_write",
    "router",
    "tau2_users",
    "write_methods",
    "write_tau2_users",
]
