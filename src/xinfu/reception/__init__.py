"""The AI at the front desk. Give a Reception to conversations as its Responder, and a Clerk to it that may act for customers."""

from xinfu.reception.clerk import Clerk
from xinfu.reception.corrections import Corrections
from xinfu.reception.endpoints import router
from xinfu.reception.service import Reception
from xinfu.reception.today import AiDays

__all__ = ["AiDays", "Clerk", "Corrections", "Reception", "router"]
