"""Which order, which product: picks the one meant, or says that it is unclear. Pure."""

from collections.abc import Iterable, Sequence

from xinfu.commerce.contracts import Order, Product
from xinfu.kit.text import fold
from xinfu.reception.dialogue import Memory
from xinfu.reception.wishes import NOTHING, OPEN, Wish
from xinfu.reception.words import tokens

CARDS = 5


def choose_order(wish: Wish, orders: Sequence[Order], named: Order | None) -> tuple[Order | None, tuple[Order, ...]]:
    """The order meant, or None and the candidates to tap. `orders` are the customer's own, newest first; `named` was verified theirs."""
    if named is not None:
        return named, ()
    if not orders:
        return None, ()
    memory = wish.memory
    place = wish.ordinal() if memory.shown else None
    if place is not None and place < len(memory.shown):
        chosen = _by_no(orders, memory.shown[place])
        if chosen:
            return chosen, ()
    if wish.wants_other or wish.corrects:
        orders = _not_yet_spoken_of(memory, orders)
    elif memory.order:
        focus = _by_no(orders, memory.order)
        if focus and not _speaks_of_another(wish, focus, orders):
            return focus, ()
    return _only_candidate(wish, orders)


def named_order(numbers: Iterable[str], orders: Sequence[Order]) -> Order | None:
    """The customer's own order with one of these order or tracking numbers; marks such as # and case do not matter."""
    for number in numbers:
        bare = _bare(number)
        if not bare:
            continue
        for order in orders:
            if _bare(order.no) == bare or any(_bare(p.tracking_no) == bare for p in order.parcels):
                return order
    return None


def choose_product(wish: Wish, found: Sequence[Product], focus: Product | None) -> tuple[Product | None, tuple[Product, ...]]:
    """The product meant, or None and those that fit as well. Search results count only when the words really name them."""
    words = tokens(wish.text)
    scored = [(mention(words, p), p) for p in found]
    best = max((score for score, _ in scored), default=0)
    if best < 2:  # one shared bigram proves nothing
        return focus, ()
    equal = tuple(p for score, p in scored if score == best)
    if len(equal) == 1:
        return equal[0], ()
    if focus and any(p.id == focus.id for p in equal):
        return focus, ()
    return None, equal[:CARDS]


def mention(words: frozenset[str], product: Product) -> int:
    """How strongly words (bigrams and Latin words of a text) name this product: shared bigrams of its name and brand.

    Model words, the brand and the kind of thing (category, end of the name: 显卡) count double; the rest of a name is common speech.
    """
    kind = tokens(f"{product.brand} {product.category} {product.name[-2:]}")
    score = 0
    for token in words & (tokens(product.name) | kind):
        score += 2 if token in kind or (len(token) > 1 and token[0].isascii()) else 1
    return score


def only_names(text: str, product: Product) -> bool:
    """Whether a text says nothing but which product it means."""
    words = tokens(text)
    return bool(words) and words <= tokens(f"{product.brand} {product.name}")


def lines_named(text: str, order: Order) -> int:
    """How many character bigrams of a text occur in the names of an order's goods."""
    words = tokens(text)
    return max((len(words & tokens(line.name)) for line in order.lines), default=0)


def _not_yet_spoken_of(memory: Memory, orders: Sequence[Order]) -> Sequence[Order]:
    """Those that 另一个 can mean: of the ones shown to choose from, else of all, without what was talked about."""
    pool = [o for o in orders if o.no in memory.shown] if memory.order in memory.shown else list(orders)
    pool = [o for o in pool if o.no != memory.order] or [o for o in orders if o.no != memory.order]
    spoken = {topic.order for topic in memory.topics}
    return [o for o in pool if o.no not in spoken] or pool or orders


def _only_candidate(wish: Wish, orders: Sequence[Order]) -> tuple[Order | None, tuple[Order, ...]]:
    if len(orders) == 1:
        return orders[0], ()
    scores = [lines_named(wish.text, o) for o in orders]
    best = max(scores)
    if best and scores.count(best) == 1:
        return orders[scores.index(best)], ()
    pool = [o for o, score in zip(orders, scores, strict=True) if score == best] if best else list(orders)
    for statuses in (wish.plan.prefer, OPEN):
        if statuses is NOTHING:
            continue
        fitting = [o for o in pool if o.status in statuses]
        if len(fitting) == 1:
            return fitting[0], ()
        if fitting:
            rest = [o for o in pool if o not in fitting]
            return None, tuple((fitting + rest)[:CARDS])
    return None, tuple(pool[:CARDS])


def _speaks_of_another(wish: Wish, focus: Order, orders: Sequence[Order]) -> bool:
    """True when the words name goods of some other order and none of the order being talked about."""
    return lines_named(wish.text, focus) == 0 and any(lines_named(wish.text, o) for o in orders if o.no != focus.no)


def _by_no(orders: Sequence[Order], no: str) -> Order | None:
    return next((o for o in orders if o.no == no), None)


def _bare(number: str) -> str:
    return fold(number).strip("# ").replace("-", "").replace(" ", "")
