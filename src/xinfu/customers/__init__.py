"""Customers: who is writing, their profile with personal data masked, and what staff note about them."""

from xinfu.customers.bulk import NewAddress, NewCustomer, Written
from xinfu.customers.contracts import CustomerBrief, Visit
from xinfu.customers.endpoints import router
from xinfu.customers.service import Customers
from xinfu.customers.writing import bulk_write

__all__ = ["CustomerBrief", "Customers", "NewAddress", "NewCustomer", "Visit", "Written", "bulk_write", "router"]
