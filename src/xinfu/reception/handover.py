"""The hand-over note: what the next person needs so that the customer never has to say it again. Pure."""

from collections.abc import Sequence

from xinfu.conversations.contracts import Handover
from xinfu.kit.text import clip
from xinfu.reception.dialogue import Memory
from xinfu.reception.policy import Decision, Turn
from xinfu.reception.wording import Wording, wording
from xinfu.understanding.contracts import Reading

_VIP_URGENT = 4
LEAD = "lead"  # the skill of those with power to put things right; without anyone who has it, the first free person comes


def hand_over(turn: Turn, decision: Decision) -> Handover:
    """The hand-over of this turn, written in the shop's language. Danger goes first, strong anger and high VIPs before the rest."""
    assert decision.handover is not None
    wish = turn.wish
    words = wording("en" if turn.settings.locale == "en" else "zh")
    priority = (
        2
        if decision.handover == "danger"
        else int(decision.handover in ("anger", "abuse") or decision.act == "fairness" or wish.incoming.conversation.vip >= _VIP_URGENT)
    )
    note = {
        "who": _who(turn, words),
        "want": _want(turn, decision, words),
        "tried": words.label("note.and").join(wish.memory.tried) or words.label("note.nothing"),
        "promised": words.label("note.and").join(wish.memory.promised) or words.label("note.nothing"),
        "mood": words.label(f"emotion.{wish.emotion}") + (f" {wish.intensity}/3" if wish.intensity else ""),
        "next": words.label(_next(turn, decision)) or words.label(f"next.{decision.handover}"),
    }
    if task := turn.wish.memory.task or turn.open_task:
        note["open"] = words.label("note.open").format(words.label(f"op.{task.op}"), task.order)
    lead = decision.handover in ("danger", "abuse") or decision.act == "fairness"
    return Handover(decision.handover, note, LEAD if lead else "", priority)


def _who(turn: Turn, words: Wording) -> str:
    conversation = turn.wish.incoming.conversation
    vip = f" VIP{conversation.vip}" if conversation.vip else ""
    return f"{clip(conversation.name, 40)}{vip}" + (words.label("note.english") if turn.wish.language == "en" else "")


def _next(turn: Turn, decision: Decision) -> str:
    """Which advice fits best: the danger's, the feeling's, else that of what is wanted."""
    if turn.wish.danger:
        return f"next.{turn.wish.danger}"
    if decision.act == "fairness":
        return "next.fairness"
    return f"next.{decision.handover}" if decision.handover in ("anger", "abuse") else f"next.{_intent(turn)}"


def _intent(turn: Turn) -> str:
    """What is wanted: by this thought, or by the conversation so far when the thought itself only says yes or asks for a person."""
    wish = turn.wish
    own = wish.plan.way not in ("social", "unknown", "image") and wish.intent != "human_request"
    return wish.intent if own else wish.memory.intent


def _want(turn: Turn, decision: Decision, words: Wording) -> str:
    wish = turn.wish
    parts = [words.label(f"intent.{_intent(turn)}")]
    order_no = decision.order.no if decision.order else wish.memory.order
    if order_no:
        parts.append(words.label("note.order") + order_no)
        if wish.memory.gift:
            parts.append(words.label("note.gift"))
    if decision.product:
        parts.append(clip(decision.product.name, 40))
    if wish.text.strip():
        parts.append(words.label("note.quote").format(clip(wish.text, 120)))
    return words.label("note.comma").join(p for p in parts if p)


def waiting_line(reading: Reading, danger: str | None, *, staffed: bool, said: Sequence[str]) -> str:
    """Which words a customer in line is told now, '' for none. Danger has its own, whoever is at work; a way to be reached is noted."""
    if danger := reading.danger or (None if staffed else danger):
        keys = [f"danger.{danger}"]
    elif staffed:
        keys = []
    elif any(e.kind in ("phone", "email") for e in reading.entities):
        keys = ["hand.waiting_contact"]
    else:
        keys = [] if "hand.waiting_contact" in said else ["hand.waiting"]
    return next((key for key in keys if key not in said), "")


def waiting_words(memory: Memory, hours: int, words: Wording) -> None:
    """Note the promised callback, in staff words, so that it is kept."""
    memory.promise(words.label("note.callback").format(hours))
