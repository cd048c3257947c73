"""Routing: the queue, who is at work, and who is offered which conversation. Other folders import only what is named here."""

from xinfu.routing.endpoints import router
from xinfu.routing.repository import replace_skills
from xinfu.routing.service import Routing

__all__ = ["Routing", "replace_skills", "router"]
