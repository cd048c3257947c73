"""Knowledge and scripts as other folders may see them."""

from dataclasses import dataclass
from typing import Literal

from xinfu.kit.ids import Id

type Audience = Literal["customer", "staff"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A found article. `topic` is its stable key for policies (policy.shipping, policy.returns, …) or ''. Higher score is better."""

    article_id: Id
    title: str
    topic: str
    body: str
    version: int
    score: float
