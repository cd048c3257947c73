"""What goes in and out of the language model's setup."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from xinfu.kit.text import clean


class LlmIn(BaseModel):
    """`key` absent keeps the stored one, "" forgets it. `version` is the one the change is based on, 0 for the first."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = False
    url: Annotated[str, Field(max_length=300), AfterValidator(clean)] = ""
    model: Annotated[str, Field(max_length=120), AfterValidator(clean)] = ""
    key: str | None = Field(None, max_length=500, pattern=r"^[\x21-\x7e]*$", repr=False)
    rewrite: bool = False
    converse: bool = False
    draft: bool = False
    voice: Annotated[str, Field(max_length=500), AfterValidator(clean)] = ""
    temperature: float = Field(0.3, ge=0, le=1.5)
    customer_limit_ms: int = Field(2000, ge=300, le=2000)
    draft_limit_ms: int = Field(8000, ge=500, le=30_000)
    budget_tokens: int = Field(0, ge=0, le=10_000_000_000)
    version: int = Field(0, ge=0, le=2**31)


class LlmOut(BaseModel):
    """The setup; the key itself is never told, only whether there is one. `outcomes`: use → outcome → times in the last 30 days."""

    enabled: bool
    url: str
    model: str
    key_set: bool
    rewrite: bool
    converse: bool
    draft: bool
    voice: str
    temperature: float
    customer_limit_ms: int
    draft_limit_ms: int
    budget_tokens: int
    used_tokens: int
    version: int
    outcomes: dict[str, dict[str, int]]


class TriedOut(BaseModel):
    """`outcome`: used, or why not (timeout, unreachable, status, broken, too_big, empty, budget)."""

    ok: bool
    outcome: str
