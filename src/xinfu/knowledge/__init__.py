"""Knowledge and scripts: what the shop knows and the words it prepared."""

from xinfu.knowledge.contracts import Audience, Hit
from xinfu.knowledge.endpoints import router
from xinfu.knowledge.endpoints_scripts import router as scripts_router
from xinfu.knowledge.gaps import Gaps
from xinfu.knowledge.imports import FileKind
from xinfu.knowledge.schemas import ArticleIn
from xinfu.knowledge.schemas_scripts import SampleIn, ScriptIn
from xinfu.knowledge.scripts import Scripts
from xinfu.knowledge.service import Knowledge

__all__ = ["ArticleIn", "Audience", "FileKind", "Gaps", "Hit", "Knowledge", "SampleIn", "ScriptIn", "Scripts", "router", "scripts_router"]
