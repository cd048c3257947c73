"""Knowledge and scripts: what the shop knows and the words it prepared."""

from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.endpoints import router
from xinfu.knowledge.schemas import ArticleIn, ScriptIn
from xinfu.knowledge.scripts import Scripts
from xinfu.knowledge.service import Knowledge

__all__ = ["ArticleIn", "Audience", "Hit", "Knowledge", "ScriptIn", "Scripts", "router"]
