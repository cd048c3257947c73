"""The AI at the front desk. Give a Reception to conversations as its Responder."""

from xinfu.reception.service import Reception

__all__ = ["Reception"]
