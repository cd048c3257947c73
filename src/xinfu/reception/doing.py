"""Says what would be done, what was done, what may not be done and what is still missing; and which size fits and why. Pure."""

from xinfu.aftersales.contracts import Case
from xinfu.commerce.contracts import Order
from xinfu.reception.goods import sentence
from xinfu.reception.parcels import order_text
from xinfu.reception.policy import Decision
from xinfu.reception.speech import Answer, day, items_of
from xinfu.reception.tasks import Outcome


def task_ask(answer: Answer) -> None:
    """What an action still has to be told; damage is met with regret first and a picture asked for."""
    decision = answer.decision
    task, order = decision.task, decision.order
    assert task is not None and order is not None
    if task.op == "remedy":
        _remedy(answer, order_no=order.no)
    elif decision.asks == "reason":
        answer.say("task.why", no=order.no, items=items_of(answer, order))
        answer.choice("size_wrong", "bad_quality", "unwanted", "not_as_shown")
    else:
        answer.say(f"task.ask_{decision.asks}", no=order.no, items=items_of(answer, order))
    answer.source("order", order.id, order.no)


def _remedy(answer: Answer, order_no: str) -> None:
    task = answer.decision.task
    assert task is not None
    if answer.turn.wish.kind == "image":
        answer.say("task.photo")
    else:
        if not answer.memory.sorry:
            answer.say("task.sorry")
            answer.memory.sorry = True
        answer.say("task.remedy", no=order_no)
        if not answer.memory.photos:
            answer.say("task.send_photo")
    answer.choice("send_back", "swap", "person")


def variant_ask(answer: Answer) -> None:
    answer.say("task.ask_variant")
    answer.choices.extend(answer.decision.options)


def preview(answer: Answer) -> None:
    """What would happen, word for word what the service said, and the question for a yes."""
    decision = answer.decision
    task, outcome = decision.task, decision.outcome
    assert task is not None and outcome is not None
    if outcome.again:
        answer.say("task.changed")
    if task.op == "urge_parcel" and decision.order:
        _how_it_stands(answer, decision.order)
    elif decision.order:
        answer.say("task.head", what=answer.words.label(f"op.{task.op}"), no=decision.order.no, items=items_of(answer, decision.order))
    if task.op == "withdraw":
        _withdrawing(answer, decision.requests[0])
    else:
        _lines(answer, outcome)
        if decision.amount:
            answer.say("task.amount", amount=str(decision.amount))
        if outcome.by_person:
            answer.say("task.by_person")
    answer.say("task.urge_confirm" if task.op == "urge_parcel" else "task.confirm")
    answer.choice("act_yes", "act_no")
    _sources(answer, decision, task.op)


def _how_it_stands(answer: Answer, order: Order) -> None:
    """Told once; who comes back while nothing moved hears that, not the same sentences again."""
    if answer.decision.again:
        answer.say("order.still", no=order.no)
    else:
        order_text(answer, order)
    answer.did("order", order.no)


def performed(answer: Answer) -> None:
    decision = answer.decision
    task, outcome = decision.task, decision.outcome
    assert task is not None and outcome is not None
    answer.say("task.withdrawn" if task.op == "withdraw" else "task.opened" if outcome.number else "task.done", number=outcome.number)
    _lines(answer, outcome)
    if outcome.by_person:
        answer.say("task.by_person_soon")
    _sources(answer, decision, task.op)
    what = answer.staff_words.label(f"op.{task.op}")
    answer.memory.did(answer.staff_words.label("note.did_task").format(what, task.order + (f" {outcome.number}" if outcome.number else "")))


def refused(answer: Answer) -> None:
    """The service's own reason, and a person as the way on."""
    decision = answer.decision
    task, outcome = decision.task, decision.outcome
    assert task is not None and outcome is not None
    if task.op == "urge_parcel" and decision.order:
        _how_it_stands(answer, decision.order)
    answer.say("task.refused" if task.op != "urge_parcel" else "task.refused_plain", why=sentence(outcome.refused, answer))
    answer.say("offer")
    answer.choice("person")
    _sources(answer, decision, task.op)
    answer.memory.did(answer.staff_words.label("note.did_refused").format(answer.staff_words.label(f"op.{task.op}"), task.order))


def dropped(answer: Answer) -> None:
    answer.say("task.dropped")


def no_request(answer: Answer) -> None:
    answer.say("task.no_request")
    answer.choice("person")


def requests(answer: Answer) -> None:
    """How each request stands, with its last step in the words of whoever took it."""
    for request in answer.decision.requests:
        answer.say(
            "task.request",
            number=request.number, kind=answer.words.label(f"op.{request.kind}"), no=request.order_no,
            state=answer.words.label(f"request.{request.state}"),
        )  # fmt: skip
        last = next((e for e in reversed(request.timeline) if e.public), None)
        if last:
            step = last.en if answer.english else last.zh
            answer.say("task.request_step", date=day(last.at, answer.zone, answer.english), step=sentence(step, answer))
        if request.total:
            answer.say("task.amount", amount=str(request.total))
        answer.source("request", request.id, request.number)
    answer.did("requests")


def evidence(answer: Answer) -> None:
    request = answer.decision.requests[0]
    answer.say("task.evidence", number=request.number)
    answer.source("request", request.id, request.number)
    answer.did("requests")


def size(answer: Answer) -> None:
    """The advice with its reasoning, the shop's own hint, and whether that size is there; or that the chart does not reach so far."""
    decision = answer.decision
    product, advice = decision.product, decision.advice
    assert product is not None and advice is not None
    words = answer.words
    told = words.label("size.join").join(
        words.label("size.reason").format(
            what=words.label(f"size.{d}"), value=f"{value:g}", unit=words.label(f"size.unit_{d}"), size=label, range=between
        )
        if label
        else words.label("size.outside").format(
            what=words.label(f"size.{d}"), value=f"{value:g}", unit=words.label(f"size.unit_{d}"), range=between
        )
        for d, value, label, between in advice.because
    )
    answer.say(f"size.{advice.fit}", name=product.name, told=told, size=advice.size, first=advice.first, last=advice.last)
    if advice.fit == "beyond":
        answer.choice("person")
    else:
        if advice.hint:
            answer.say("size.hint", hint=advice.hint)
        stocked = [v for v in product.variants if any(value.casefold() == advice.size.casefold() for _, value in v.options)]
        if stocked and not any(v.stock > 0 for v in stocked):
            answer.say("size.gone", size=advice.size)
    answer.source("product", product.id, product.name)
    answer.did("product", product.name)


def fairness(answer: Answer) -> None:
    """For who wants it put right: how it really stands, without a gift to make them quiet."""
    decision = answer.decision
    if not answer.memory.sorry:
        answer.say("fair.sorry")
        answer.memory.sorry = True
    if decision.order:
        answer.say("fair.facts")
        order_text(answer, decision.order)
        answer.source("order", decision.order.id, decision.order.no)
        answer.did("order", decision.order.no)
    else:
        answer.say("fair.look")


def _withdrawing(answer: Answer, request: Case) -> None:
    answer.say("task.withdraw", number=request.number, kind=answer.words.label(f"op.{request.kind}"), no=request.order_no)
    answer.source("request", request.id, request.number)


def _lines(answer: Answer, outcome: Outcome) -> None:
    answer.parts.extend(sentence(line, answer) for line in outcome.lines)


def _sources(answer: Answer, decision: Decision, op: str) -> None:
    if decision.order:
        answer.source("order", decision.order.id, decision.order.no)
    answer.source("action", op, answer.staff_words.label(f"op.{op}"))
