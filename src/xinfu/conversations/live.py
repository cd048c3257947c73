"""Who is connected, and what each of them gets pushed after a commit. Customers by conversation, staff by person.

A staff member's pushes form one numbered stream, kept for a while so that a reconnecting browser goes on where it was; a cursor too old (or
from before a restart) is answered with `reset`, and the browser fetches its lists again, which by design is the same state.
"""

import secrets
from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any, Protocol, cast

import msgspec

from xinfu.conversations import frames
from xinfu.conversations.contracts import Message, Note, Presence, QueuePlace, Summary
from xinfu.conversations.intake import Outcome
from xinfu.conversations.outbox import Outbox
from xinfu.kit.auth import Actor
from xinfu.kit.ids import Id

RING = 1_000
_encode = msgspec.json.Encoder().encode


class CustomerEnd(Protocol):
    """One open customer socket."""

    outbox: Outbox

    def deliver(self, seq: int, frame: str) -> None: ...


class StaffStream:
    """Everything pushed to one person in one shop, numbered. Several browser tabs share it."""

    def __init__(self, actor: Actor, shop_id: Id, *, sees_queue: bool, leads: bool) -> None:
        self.actor = actor
        self.shop_id = shop_id
        self.sees_queue = sees_queue
        self.leads = leads
        self.outboxes: dict[Outbox, None] = {}
        self.watching: set[Id] = set()
        self.wall = False
        self._epoch = secrets.token_hex(4)
        self._n = 0
        self._ring: deque[tuple[int, str]] = deque(maxlen=RING)

    @property
    def cursor(self) -> str:
        return f"{self._epoch}.{self._n}"

    def push(self, body: str) -> None:
        """`body` is the inside of the event object, from its kind on."""
        self._n += 1
        frame = f'{{"t":"ev","cur":"{self._epoch}.{self._n}",{body}}}'
        self._ring.append((self._n, frame))
        for outbox in self.outboxes:
            outbox.put(frame)

    def whisper(self, frame: str) -> None:
        """A frame outside the stream (typing): only for those here now."""
        for outbox in self.outboxes:
            outbox.put(frame)

    def since(self, cursor: str) -> list[str] | None:
        """The events after a cursor, or None when they are no longer all here."""
        epoch, _, number = cursor.partition(".")
        if epoch != self._epoch or not number.isdigit():
            return None
        after = int(number)
        if after > self._n or (self._ring and after < self._ring[0][0] - 1):
            return None
        return [frame for n, frame in self._ring if n > after]


class Live:
    """The switch between stored batches and open sockets. Its costs follow what happens, not who is idle."""

    def __init__(self) -> None:
        self._customers: dict[Id, list[CustomerEnd]] = {}
        self._staff: dict[tuple[Id, Id], StaffStream] = {}
        self._of_shop: dict[Id, set[StaffStream]] = defaultdict(set)
        self._watchers: dict[Id, set[StaffStream]] = {}

    # customers

    def join(self, conversation_id: Id, end: CustomerEnd) -> None:
        self._customers.setdefault(conversation_id, []).append(end)

    def leave(self, conversation_id: Id, end: CustomerEnd) -> None:
        ends = self._customers.get(conversation_id, [])
        if end in ends:
            ends.remove(end)
        if not ends:
            self._customers.pop(conversation_id, None)

    def present(self, conversation_id: Id) -> bool:
        return conversation_id in self._customers

    def tell_customer(self, conversation_id: Id, frame: str) -> None:
        for end in self._customers.get(conversation_id, ()):
            end.outbox.put(frame)

    # staff

    def stream(self, actor: Actor, shop_id: Id, *, sees_queue: bool, leads: bool) -> StaffStream:
        """The person's stream, made at first use and kept while the house runs; permissions are those of the newest sign-in."""
        found = self._staff.get((shop_id, actor.id))
        if found is None:
            found = self._staff[shop_id, actor.id] = StaffStream(actor, shop_id, sees_queue=sees_queue, leads=leads)
            self._of_shop[shop_id].add(found)
        found.actor, found.sees_queue, found.leads = actor, sees_queue, leads
        return found

    def watch(self, stream: StaffStream, conversation_id: Id) -> None:
        stream.watching.add(conversation_id)
        self._watchers.setdefault(conversation_id, set()).add(stream)

    def unwatch(self, stream: StaffStream, conversation_id: Id) -> None:
        stream.watching.discard(conversation_id)
        watchers = self._watchers.get(conversation_id, set())
        watchers.discard(stream)
        if not watchers:
            self._watchers.pop(conversation_id, None)

    def sign_off(self, staff_id: Id | None) -> None:
        """Rights changed: close the sockets of this person (None: of everyone), who come back with what they may do now."""
        for (_, person), stream in self._staff.items():
            if staff_id in (None, person):
                for outbox in stream.outboxes:
                    outbox.close(4401)

    def left(self, stream: StaffStream) -> None:
        """The person's last tab closed: nothing is watched for them any more."""
        for conversation_id in list(stream.watching):
            self.unwatch(stream, conversation_id)
        stream.wall = False

    def tell_typing(self, shop_id: Id, summary: Summary | None, conversation_id: Id, text: str) -> None:
        frame = frames.frame(t="typing", conversation_id=conversation_id)
        for stream in self._near(shop_id, conversation_id, summary):
            stream.whisper(frame)

    def tell_shop(self, shop_id: Id, body: str, *, leads: bool = False) -> None:
        for stream in self._of_shop[shop_id]:
            if stream.leads or not leads:
                stream.push(body)

    def tell_person(self, shop_id: Id, staff_id: Id, body: str) -> None:
        if stream := self._staff.get((shop_id, staff_id)):
            stream.push(body)

    def tell_queue(self, places: Iterable[QueuePlace]) -> None:
        for place in places:
            self.tell_customer(place.conversation_id, frames.frame(t="queue", position=place.position, eta_s=place.eta_s))

    def tell_presence(self, shop_id: Id, presence: Presence) -> None:
        self.tell_shop(shop_id, f'"kind":"presence","a":{_encode(presence).decode()}')

    def tell_alarm(self, shop_id: Id, summary: Summary, what: str) -> None:
        body = f'"kind":"alarm","conversation_id":"{summary.id}","what":"{what}","c":{_encode(summary).decode()}'
        self.tell_shop(shop_id, body, leads=True)

    # after a commit

    def push(self, outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            self._push_customer(outcome)
            self._push_staff(outcome)

    def _push_customer(self, outcome: Outcome) -> None:
        draft = outcome.draft
        now, was = draft.summary, draft.before
        ends = self._customers.get(now.id, ())
        for message in draft.messages:
            origin = outcome.origins.get(message.seq)
            if origin is not None:
                origin.origin.stored(origin.client_id, message.seq, message.at)
            others: list[CustomerEnd] = [e for e in ends if origin is None or e is not cast("object", origin.origin)]
            if others:
                frame = frames.message_frame(message)
                for end in others:
                    end.deliver(message.seq, frame)
        if ends:
            for frame in _turns(was, now, draft.told):
                for end in ends:
                    end.outbox.put(frame)

    def _push_staff(self, outcome: Outcome) -> None:
        draft = outcome.draft
        now, was = draft.summary, draft.before
        if not self._of_shop.get(now.shop_id):
            return
        near = self._near(now.shop_id, now.id, now, was)
        queue = now.state == "queued" or was.state == "queued"
        body = ""
        for stream in self._of_shop[now.shop_id]:
            if stream.wall or stream in near or (queue and stream.sees_queue):
                body = body or f'"kind":"conversation","c":{outcome.head.decode()}'
                stream.push(body)
        if near:
            self._push_contents(near, draft.messages, draft.notes)
        self._push_offer(was, now, outcome.head)

    def _push_offer(self, was: Summary, now: Summary, head: bytes) -> None:
        if was.offered_to == now.offered_to:
            return
        if was.offered_to:
            self.tell_person(now.shop_id, was.offered_to, f'"kind":"offer_gone","conversation_id":"{now.id}"')
        if now.offered_to:
            until = now.offered_until or 0
            body = f'"kind":"offer","conversation_id":"{now.id}","until":{until},"c":{head.decode()}'
            self.tell_person(now.shop_id, now.offered_to, body)

    @staticmethod
    def _push_contents(near: set[StaffStream], messages: list[Message], notes: list[Note]) -> None:
        bodies = [f'"kind":"message","m":{_encode(m).decode()}' for m in messages]
        bodies += [f'"kind":"note","n":{_encode(n).decode()}' for n in notes]
        for stream in near:
            for body in bodies:
                stream.push(body)

    def _near(self, shop_id: Id, conversation_id: Id, *states: Summary | None) -> set[StaffStream]:
        """Those who serve, are offered, are asked about or watch a conversation."""
        near = set(self._watchers.get(conversation_id, ()))
        for s in states:
            if s is not None:
                for staff_id in (s.assignee_id, s.offered_to, s.consulting):
                    if staff_id and (stream := self._staff.get((shop_id, staff_id))):
                        near.add(stream)
        return near


def _turns(was: Summary, now: Summary, told: list[dict[str, Any]]) -> list[str]:
    """What else the customer is told when the state moved."""
    out: list[str] = []
    if was.state != now.state or was.assignee_id != now.assignee_id:
        fields: dict[str, Any] = {"t": "state", "state": now.state}
        if now.assignee:
            fields["name"] = now.assignee
        out.append(frames.frame(**fields))
    if now.agent_read > was.agent_read and now.state == "agent":
        out.append(frames.frame(t="read", seq=now.agent_read))
    if now.rating_asked and not was.rating_asked:
        out.append(frames.frame(t="rate"))
    out.extend(frames.frame(**fields) for fields in told)
    return out
