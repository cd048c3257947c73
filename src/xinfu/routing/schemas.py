"""What goes in and out of the routing calls."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class StateIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: Literal["online", "busy", "break", "acw", "offline"]
    reason: str = Field(default="", max_length=60)


class AgentPresenceOut(BaseModel):
    """An agent's state as colleagues see it; `since` in milliseconds since 1970."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    role: str
    state: str
    reason: str
    since: int
    load: int
    capacity: int


class QueuePlaceOut(BaseModel):
    """Position 1 is next; `eta_s` null when not known."""

    model_config = ConfigDict(from_attributes=True)

    conversation_id: str
    position: int
    eta_s: int | None
