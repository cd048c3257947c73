"""The AI at the front desk. Give a Reception to conversations as its Responder, and a Clerk to it that may act for customers."""

from xinfu.reception.clerk import Clerk
from xinfu.reception.service import Reception

__all__ = ["Clerk", "Reception"]
