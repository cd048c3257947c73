"""What goes in and out of the routing calls."""

from typing import Annotated, Literal

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


class SkillsIn(BaseModel):
    """Skill → level: 1 can do it, 5 knows it best. An empty object takes all away."""

    model_config = ConfigDict(extra="forbid")

    skills: dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[int, Field(ge=1, le=5)]] = Field(max_length=50)


class SkillsOut(BaseModel):
    staff_id: str
    skills: dict[str, int]
