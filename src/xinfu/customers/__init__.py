"""Customers: who is writing, their profile with personal data masked, and what staff note about them."""

from xinfu.customers.bulk import NewAddress, NewCustomer, Written
from xinfu.customers.contracts import CustomerBrief, Visit

__all__ = ["CustomerBrief", "NewAddress", "NewCustomer", "Visit", "Written"]
