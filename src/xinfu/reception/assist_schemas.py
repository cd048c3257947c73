"""What the assistance says to the workbench, and the wrap-up an agent confirms."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from xinfu.kit.text import clean


class SourceOut(BaseModel):
    kind: str
    id: str
    title: str


class DraftOut(BaseModel):
    """A reply to send or change. `text` empty: `why` says why there is none. `answers`: the customer's messages it answers, by seq.

    `llm`: a rewriting can be streamed from …/draft/stream.
    """

    text: str
    origin: Literal["policy", "llm", "none"]
    why: str
    sources: list[SourceOut]
    answers: list[int]
    intent: str
    confidence: float
    emotion: str
    language: str
    llm: bool


class StepOut(BaseModel):
    """`command`: {"do": "operation", operation, order} | {"do": "request", order, wish} | {"do": "article", article} | {"do": "consult"} |
    {"do": "say"} | {"do": "note"} | {"do": "wrapup"}."""

    key: str
    label: str
    why: str
    command: dict[str, Any]


class NextOut(BaseModel):
    items: list[StepOut]


class KnowledgeItemOut(BaseModel):
    kind: Literal["article", "script"]
    id: str
    title: str
    text: str
    why: str


class KnowledgeOut(BaseModel):
    items: list[KnowledgeItemOut]


class OutcomeOut(BaseModel):
    code: str
    label: str


class WrapupOut(BaseModel):
    """The summary suggested, or the one confirmed last (`confirmed`). `outcome` is the code suggested; `outcomes` all there are.

    `llm`: …/wrapup/words has it in a language model's words; `origin` says whose words these are, `why` why they are still the built-in.
    """

    who: str
    want: str
    tried: str
    promised: list[str]
    mood: str
    outcome: str
    outcomes: list[OutcomeOut]
    open_promises: list[str]
    confirmed: str
    llm: bool
    origin: Literal["policy", "llm"] = "policy"
    why: str = ""


Line = Annotated[str, Field(max_length=500), AfterValidator(clean)]


class WrapupIn(BaseModel):
    """What the agent confirms, changed or not."""

    model_config = ConfigDict(extra="forbid")

    outcome: Annotated[str, Field(max_length=32)]
    who: Line = ""
    want: Line = ""
    tried: Line = ""
    promised: list[Annotated[str, Field(max_length=200), AfterValidator(clean)]] = Field(default=[], max_length=10)
    mood: Line = ""
    note: Annotated[str, Field(max_length=2000), AfterValidator(clean)] = ""


class WrappedOut(BaseModel):
    outcome: str
    note: int
    version: int
