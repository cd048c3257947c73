"""How a conversation's head state moves: one pure function per thing that can happen. Each takes a Summary and returns the next one.

Times are milliseconds since 1970. Nothing here reads a clock, a store or a socket; refusals are raised before anything changes.
"""

import copy

from xinfu.conversations.contracts import Handover, Kind, Sender, Summary
from xinfu.conversations.errors import AlreadyTaken, NotYours, WrongState
from xinfu.kit.ids import Id
from xinfu.kit.text import clip
from xinfu.understanding.contracts import Emotion, Reading

EMOTIONS: tuple[Emotion, ...] = ("calm", "happiness", "confusion", "worry", "anxiety", "loss", "anger")
_EMOTION_INDEX = {name: i for i, name in enumerate(EMOTIONS)}
CURVE_LENGTH = 24
PREVIEW = 80
_KIND_WORDS = {
    "zh": {"image": "[图片]", "file": "[文件]", "order": "[订单]", "orders": "[订单列表]", "product": "[商品]"},
    "en": {"image": "[image]", "file": "[file]", "order": "[order]", "orders": "[orders]", "product": "[product]"},
}


def customer_said(c: Summary, at: int, kind: Kind, text: str, reading: Reading) -> Summary:
    """A customer's message. A closed conversation is taken up again by the AI; with people it starts their reply clock."""
    s = _spoken(c, at, "customer", kind, text)
    if c.state == "closed":
        s.state, s.closed_at, s.rating, s.rating_asked, s.spared, s.outcome = "ai", None, None, False, False, ""
        s.assignee_id, s.assignee, s.handed_at, s.first_response_ms, s.priority, s.excluded = None, "", None, None, 0, False
    if s.state in ("queued", "agent"):
        s.unread += 1
        if s.waiting_since is None:
            s.waiting_since = at
    if reading.stage != "any":
        s.stage = reading.stage
    if reading.intent not in ("unknown", "confirm", "deny"):
        s.intent = reading.intent
    s.emotion, s.intensity = reading.emotion, reading.intensity
    if kind == "text":  # a picture or a card speaks no language
        s.language = reading.language
    s.danger = reading.danger or c.danger
    s.curve = [*c.curve[-(CURVE_LENGTH - 1) :], _EMOTION_INDEX[reading.emotion] * 4 + reading.intensity]
    return s


def ai_said(c: Summary, at: int, kind: Kind, text: str) -> Summary:
    return _spoken(c, at, "ai", kind, text)


def system_said(c: Summary, at: int, text: str) -> Summary:
    """The house's own words. They are no answer, so the reply clock runs on and the preview keeps the last real words."""
    s = _moved(c)
    s.last_seq, s.last_at = c.last_seq + 1, at
    return s


def agent_said(c: Summary, at: int, kind: Kind, text: str, agent_id: Id) -> Summary:
    """A person's answer: only by the one who serves, so that two never answer unknowingly. Stops the reply clock.

    Raises: NotYours, WrongState.
    """
    if c.state != "agent":
        raise WrongState(state=c.state)
    if c.assignee_id != agent_id:
        raise NotYours(assignee=c.assignee)
    s = _spoken(c, at, "agent", kind, text)
    if s.first_response_ms is None:
        s.first_response_ms = max(0, at - (c.waiting_since or c.handed_at or at))
    s.waiting_since, s.unread, s.agent_read = None, 0, s.last_seq
    return s


def handed_over(c: Summary, at: int, handover: Handover) -> Summary:
    """From the AI to the queue of people. A later wish of the same contact can only make it more urgent."""
    if c.state not in ("ai", "queued"):
        raise WrongState(state=c.state)
    s = _moved(c)
    s.state, s.skill = "queued", handover.skill or c.skill
    s.priority = max(c.priority, handover.priority)
    s.queued_at = c.queued_at if c.state == "queued" else at
    s.waiting_since = c.waiting_since if c.waiting_since is not None else at
    s.unread = max(1, c.unread)
    s.first_response_ms = None
    return s


def offered(c: Summary, at: int, agent_id: Id, until: int) -> Summary:
    if c.state != "queued":
        raise WrongState(state=c.state)
    s = _moved(c)
    s.offered_to, s.offered_at, s.offered_until = agent_id, at, until
    return s


def offer_withdrawn(c: Summary) -> Summary:
    if c.offered_to is None:
        return c
    s = _moved(c)
    s.offered_to = s.offered_at = s.offered_until = None
    return s


def accepted(c: Summary, at: int, agent_id: Id, agent: str, *, lead: bool) -> Summary:
    """An agent takes a waiting conversation: one offered to them, or one offered to nobody (a lead: any).

    Raises: AlreadyTaken when someone serves it, WrongState when it does not wait.
    """
    if c.state == "agent":
        raise AlreadyTaken(assignee=c.assignee)
    if c.state != "queued":
        raise WrongState(state=c.state)
    if c.offered_to not in (None, agent_id) and not lead:
        raise AlreadyTaken(assignee="")
    return _served_by(c, at, agent_id, agent)


def transferred(c: Summary, at: int, to_id: Id, to: str) -> Summary:
    if c.state not in ("agent", "queued"):
        raise WrongState(state=c.state)
    return _served_by(c, at, to_id, to)


def returned_to_queue(c: Summary, at: int, skill: str = "") -> Summary:
    """Back to waiting, keeping the time already waited: a customer never pays for our hand-offs."""
    if c.state != "agent":
        raise WrongState(state=c.state)
    s = _moved(c)
    s.state, s.assignee_id, s.assignee, s.handed_at = "queued", None, "", None
    s.queued_at = c.waiting_since or at
    s.waiting_since = c.waiting_since or at
    s.skill = skill or c.skill
    s.offered_to = s.offered_at = s.offered_until = None
    return s


def taken_over(c: Summary, at: int, lead_id: Id, lead: str) -> Summary:
    """A lead becomes the one who answers, whoever served before: the AI, a person or nobody yet."""
    if c.state == "closed":
        raise WrongState(state=c.state)
    return _served_by(c, at, lead_id, lead)


def closed(c: Summary, at: int, outcome: str = "", *, spare: bool = False, ask_rating: bool = True) -> Summary:
    """The end of a contact. A rating is asked for when people or the AI served it, unless the agent spares the customer."""
    if c.state == "closed":
        raise WrongState(state=c.state)
    s = _moved(c)
    s.state, s.closed_at, s.outcome = "closed", at, outcome or c.outcome
    s.spared = spare or c.spared
    s.rating_asked = c.rating_asked or (ask_rating and not s.spared and c.last_seq > 1)
    s.offered_to = s.offered_at = s.offered_until = s.queued_at = s.waiting_since = s.consulting = None
    s.unread = 0
    return s


def wrapped_up(c: Summary, outcome: str) -> Summary:
    s = _moved(c)
    s.outcome = outcome
    return s


def reopened(c: Summary, at: int, agent_id: Id, agent: str) -> Summary:
    if c.state != "closed":
        raise WrongState(state=c.state)
    s = _served_by(c, at, agent_id, agent)
    s.closed_at = None
    return s


def rated(c: Summary, score: int) -> Summary:
    s = _moved(c)
    s.rating = score
    return s


def rating_requested(c: Summary) -> Summary:
    s = _moved(c)
    s.rating_asked = True
    return s


def spared(c: Summary) -> Summary:
    """The agent spares a courteous customer the invitation. Recorded; it neither rewards nor punishes (REC-9)."""
    s = _moved(c)
    s.spared, s.rating_asked = True, False
    return s


def left_out(c: Summary, *, excluded: bool) -> Summary:
    s = _moved(c)
    s.excluded = excluded
    return s


def tagged(c: Summary, tags: list[str]) -> Summary:
    s = _moved(c)
    s.tags = tags
    return s


def consulting(c: Summary, lead_id: Id | None) -> Summary:
    s = _moved(c)
    s.consulting = lead_id
    return s


def left_message(c: Summary, at: int, contact: str) -> Summary:
    s = _moved(c)
    s.callback = contact
    return s


def read_by_agent(c: Summary, seq: int) -> Summary:
    """What the serving person has seen. A mark from behind, or from beyond the end, changes nothing."""
    if not c.agent_read < seq <= c.last_seq:
        return c
    s = _moved(c)
    s.agent_read = seq
    if seq == c.last_seq:
        s.unread = 0
    return s


def read_by_customer(c: Summary, seq: int) -> Summary:
    if not c.customer_read < seq <= c.last_seq:
        return c
    s = _moved(c)
    s.customer_read = seq
    return s


def noted(c: Summary) -> Summary:
    s = _moved(c)
    s.last_note = c.last_note + 1
    return s


def _moved(c: Summary) -> Summary:
    s = copy.copy(c)
    s.version = c.version + 1
    return s


def _spoken(c: Summary, at: int, sender: Sender, kind: Kind, text: str) -> Summary:
    s = _moved(c)
    s.last_seq, s.last_at, s.last_sender = c.last_seq + 1, at, sender
    s.last_text = clip(text, PREVIEW) if kind == "text" else _KIND_WORDS.get(c.language, _KIND_WORDS["zh"])[kind]
    return s


def _served_by(c: Summary, at: int, agent_id: Id, agent: str) -> Summary:
    s = _moved(c)
    s.state, s.assignee_id, s.assignee, s.handed_at = "agent", agent_id, agent, at
    s.offered_to = s.offered_at = s.offered_until = s.queued_at = None
    return s
