"""Knowledge and scripts: what the shop knows and the words it prepared."""

from fastapi import APIRouter

from xinfu.knowledge import endpoints, endpoints_scripts
from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.gaps import Gaps
from xinfu.knowledge.imports import FileKind
from xinfu.knowledge.schemas import ArticleIn
from xinfu.knowledge.schemas_scripts import SampleIn, ScriptIn
from xinfu.knowledge.scripts import Scripts
from xinfu.knowledge.service import Knowledge

router = APIRouter()
router.include_router(endpoints.router)
router.include_router(endpoints_scripts.router)

__all__ = ["ArticleIn", "Audience", "FileKind", "Gaps", "Hit", "Knowledge", "SampleIn", "ScriptIn", "Scripts", "router"]
