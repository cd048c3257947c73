"""The AI at the front desk. Give a Reception to conversations as its Responder, and a Clerk to it that may act for customers.

LlmDesk goes around a Reception and betters its words where a shop has a language model; Assist helps whoever serves a conversation.
"""

from xinfu.reception.assist import Assist
from xinfu.reception.assist_endpoints import router as assist_router
from xinfu.reception.clerk import Clerk
from xinfu.reception.corrections import Corrections
from xinfu.reception.endpoints import router
from xinfu.reception.llm import Llm
from xinfu.reception.llm_budget import Budget
from xinfu.reception.llm_desk import LlmDesk
from xinfu.reception.llm_endpoints import router as llm_router
from xinfu.reception.llm_settings import LlmSetups
from xinfu.reception.lookups import RoleShelf
from xinfu.reception.ports import Staffed
from xinfu.reception.service import Reception
from xinfu.reception.today import AiDays

__all__ = [
    "AiDays",
    "Assist",
    "Budget",
    "Clerk",
    "Corrections",
    "Llm",
    "LlmDesk",
    "LlmSetups",
    "Reception",
    "RoleShelf",
    "Staffed",
    "assist_router",
    "llm_router",
    "router",
]
