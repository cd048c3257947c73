"""People, sentences and a message log for the tests of teaching."""

import asyncio
import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinfu.identity import Permission
from xinfu.kit.auth import Actor
from xinfu.kit.clock import Clock
from xinfu.kit.database import Database
from xinfu.kit.ids import Id, new_id
from xinfu.teaching import Effort, Labels
from xinfu.teaching.contracts import Line
from xinfu.teaching.model import ModelContent, ModelVersion
from xinfu.teaching.worker import write_job
from xinfu.understanding.taxonomy import HEADS

SHOP, OTHER = "a" * 32, "b" * 32

# Two kinds of each head are enough to train something; what they say is of no interest.
_KINDS = {
    "intent": {"invoice": "发票", "stock": "有货"},
    "emotion": {"anger": "气死", "calm": "请问"},
    "demand": {"refund": "退钱", "none": "看看"},
    "manner": {"clean": "谢谢", "abuse": "废物"},
    "danger": {"none": "好的", "injury": "流血"},
}
_AROUND = ("怎么{}呀", "{}可以吗", "我要{}", "你们{}的吧", "这个{}呢", "为啥{}", "{}", "再{}一次", "都{}了", "还没{}")


def a_person(*permissions: Permission, shop: Id = SHOP, name: str = "试教员") -> Actor:
    return Actor("staff", new_id(), name, frozenset({shop}), frozenset(permissions), "trainer")


def a_trainer(shop: Id = SHOP) -> Actor:
    return a_person(Permission.UNDERSTANDING_TRAIN, Permission.CONVERSATIONS_READ_ALL, shop=shop)


def everything_but_training(shop: Id = SHOP) -> Actor:
    return a_person(*(set(Permission) - {Permission.UNDERSTANDING_TRAIN}), shop=shop)


def little_sentences() -> dict[str, list[tuple[str, int, str]]]:
    """A few written sentences of two classes of every head."""
    return {
        head: [(label, 2 if label == "anger" else 0, around.format(word)) for around in _AROUND for label, word in kinds.items()]
        for head, kinds in _KINDS.items()
    }


def little_effort(folder: Path) -> Effort:
    """A training of a second or two."""
    file = folder / "sentences.json"
    file.write_text(json.dumps({"written": little_sentences(), "each": dict.fromkeys(HEADS, 10)}), "utf-8")
    return Effort(sentences=file, resamples=100, least=5)


# What only this shop's customers say: the model that comes with Xinfu cannot know that 葫芦 means an invoice here.
OWN_WORDS = {"invoice": "葫芦", "stock": "芭蕉", "dispute": "铁扇", "gift_item": "金箍"}


def own_rows(each: int = 50) -> list[tuple[str, str]]:
    """(message, intent) in words of the shop's own."""
    tails = ("", "呢", "吗", "吧", "啊", "呀", "嘛", "哈")
    return [
        (f"{'甲乙丙丁戊己庚辛壬癸'[n % 10]}要{word}{tails[n // 10 % 8]}", intent) for intent, word in OWN_WORDS.items() for n in range(each)
    ]


def own_csv(each: int = 50) -> bytes:
    return ("text,intent\n" + "".join(f"{text},{intent}\n" for text, intent in own_rows(each))).encode()


@dataclass(frozen=True, slots=True)
class Said:
    conversation_id: Id
    seq: int
    sender: str
    text: str
    at: int
    kind: str = "text"


class Log:
    """A message log of what the test says."""

    def __init__(self, *said: tuple[Id, Said]) -> None:
        self.said = sorted(said, key=lambda one: (one[1].at, one[1].conversation_id, one[1].seq))

    async def after_position(self, at: int, conversation_id: Id, seq: int, limit: int = 1000) -> Sequence[tuple[Id, Said]]:
        return [one for one in self.said if (one[1].at, one[1].conversation_id, one[1].seq) > (at, conversation_id, seq)][:limit]


def own_lines() -> list[Line]:
    """The shop's own lines, every fifth held out."""
    return [Line(text, "", Labels(intent=intent), "train" if n % 5 else "held") for n, (text, intent) in enumerate(own_rows())]


@dataclass(frozen=True, slots=True)
class Made:
    """What a training process left."""

    content: bytes
    figures: dict[str, Any]


async def train_apart(folder: Path, effort: Effort, present: bytes | None = None) -> Made:
    """One real training process, without a database."""
    write_job(folder, own_lines(), present, effort.sentences, effort.resamples)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "xinfu.teaching.worker", str(folder))
    assert await process.wait() == 0
    return Made((folder / "model.npz").read_bytes(), json.loads((folder / "figures.json").read_text("utf-8")))


async def a_version(database: Database, clock: Clock, made: Made, shop: Id = SHOP, number: int = 1, verdict: str = "better") -> Id:
    """A version as a training leaves it."""
    version_id = new_id()
    async with database.unit() as unit:
        unit.add(
            ModelVersion(
                id=version_id, shop_id=shop, number=number, lines=160, held=40, verdict=verdict, figures=made.figures, compared_with="builtin",
                size=len(made.content), sha256=hashlib.sha256(made.content).hexdigest(), actor_id="t", actor="试教员", made_at=clock.now(),
            )
        )  # fmt: skip
        await unit.flush()
        unit.add(ModelContent(version_id=version_id, shop_id=shop, content=made.content))
    return version_id
