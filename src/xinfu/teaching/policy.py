"""Pure rules of teaching: which part a message belongs to, what personal data is taken out of it, how much its shop's own words weigh."""

import hashlib
import re
from datetime import date

from xinfu.kit.masking import mask_address
from xinfu.kit.text import fold
from xinfu.teaching.contracts import HEADS, LABELS, Labels, Part
from xinfu.teaching.errors import LabelUnknown, NothingLabelled
from xinfu.understanding.entities import entities_in

HELD_ONE_IN = 5
LEAST_LINES = 20
_OWN_TARGET = 24_000  # what the shop's own lines weigh in all when there are few of them: about as much as the written sentences
_OWN_MOST = 8  # times a single line counts
_UNSAID = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"\d")
_NO_DAY = date(2000, 1, 1)  # which day a date means is of no interest here


def group_key(text: str) -> str:
    """The same for messages that differ only in width, case, digits, spaces and punctuation."""
    plain = _DIGIT.sub("0", _UNSAID.sub("", fold(text))) or fold(text)
    return hashlib.sha256(plain.encode()).hexdigest()


def line_key(text: str, before: str) -> str:
    """The same for the same message in the same place of a conversation."""
    return hashlib.sha256(f"{group_key(text)}{group_key(before) if before else ''}".encode()).hexdigest()


def part_of(group: str, held: int, total: int) -> Part:
    """Where a message not seen before goes, given how many of its label are held out of how many.

    The hash decides, one in five; where chance has left a label more than one message away from a fifth, the balance does.
    """
    due = (total + 1) / HELD_ONE_IN
    if held > due:
        return "train"
    if held < due - 1:
        return "held"
    return "held" if int(group[:8], 16) % HELD_ONE_IN == 0 else "train"


def stratum(labels: Labels) -> str:
    """The label by which parts are balanced: the first one given."""
    return next((f"{head}:{value}" for head, value in labels.given().items()), "")


def check_labels(labels: Labels) -> None:
    """Raises LabelUnknown, NothingLabelled."""
    given = labels.given()
    if not given:
        raise NothingLabelled
    for head, value in given.items():
        if value not in LABELS[head]:
            raise LabelUnknown(head=head, label=value[:60])


def times(lines: int) -> int:
    """How often each of the shop's own lines counts beside one written sentence: the fewer there are, the more."""
    return max(1, min(_OWN_MOST, _OWN_TARGET // max(lines, 1)))


def without_personal(text: str) -> str:
    """The message with phone, order and tracking numbers as zeros, e-mail names as x and addresses down to their region."""
    for entity in reversed(entities_in(text, _NO_DAY)):
        written = text[entity.start : entity.end]
        match entity.kind:
            case "phone" | "order_no" | "tracking_no":
                said = _DIGIT.sub("0", written)
            case "email":
                said = "x@" + written.rpartition("@")[2]
            case "address":
                said = mask_address(written)
            case _:
                continue
        text = text[: entity.start] + said + text[entity.end :]
    return text


def merged(old: Labels, new: Labels) -> Labels:
    """What is said now, and of what was said before the rest."""
    return Labels(**{head: new.of(head) or old.of(head) for head in HEADS})
