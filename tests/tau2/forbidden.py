"""What the published rules forbid or what cannot be, each with the code it is refused by. Ann's shop after SETUP: fiction.py.

A line is: what is wrong, the action, who speaks, and the code, with a rule of the pack after a colon where one stands against it.
"""

from tests.tau2.fiction import AWAY, BOS_CARD, BOS_GIFT, CARD, GIFT, HOME, OTHER_CARD, PAYPAL, SMALL_GIFT
from tests.tau2.test_actions import Action, back, cancel, items, live, pay, send_to, swap

SETUP: list[Action] = [
    items("#W106", ["101"], ["106"], PAYPAL),  # changed once
    pay("#W107", PAYPAL),  # paid another way
    back("#W108", ["301"], CARD),  # a return asked for
    swap("#W109", ["101"], ["106"], GIFT),  # an exchange asked for
    cancel("#W110"),
]

WRONG: list[tuple[str, Action, str, str]] = [
    # Cancelling
    ("a processed order is cancelled", cancel("#W102"), "ann_1", "already_dispatched"),
    ("a delivered order is cancelled", cancel("#W103"), "ann_1", "already_dispatched"),
    ("a cancelled order is cancelled", cancel("#W104"), "ann_1", "order_cancelled"),
    ("an order cancelled here is cancelled again", cancel("#W110"), "ann_1", "order_cancelled"),
    ("a changed order is cancelled", cancel("#W106"), "ann_1", "changed_already"),
    ("an order being returned is cancelled", cancel("#W108"), "ann_1", "already_dispatched"),
    ("cancelled for a reason of one's own", cancel("#W100", "found it cheaper"), "ann_1", "reason_not_accepted"),
    ("cancelled without a reason", cancel("#W100", ""), "ann_1", "reason_not_accepted"),
    ("a reason in other letters", cancel("#W100", "No Longer Needed"), "ann_1", "reason_not_accepted"),
    ("two reasons at once", cancel("#W100", "no longer needed, ordered by mistake"), "ann_1", "reason_not_accepted"),
    ("another's order is cancelled", cancel("#W200"), "ann_1", "order_not_found"),
    ("an order nobody has is cancelled", cancel("#W999"), "ann_1", "order_not_found"),
    ("an order without a number is cancelled", cancel(""), "ann_1", "order_not_found"),
    ("someone unknown cancels", cancel("#W100"), "nobody_0", "customer_not_found"),
    # Other items
    ("a processed order gets other items", items("#W102", ["101"], ["102"], CARD), "ann_1", "already_dispatched"),
    ("a delivered order gets other items", items("#W103", ["101"], ["102"], CARD), "ann_1", "already_dispatched"),
    ("a cancelled order gets other items", items("#W104", ["101"], ["102"], CARD), "ann_1", "order_cancelled"),
    ("items are changed a second time", items("#W106", ["106"], ["101"], CARD), "ann_1", "changed_already"),
    ("the untouched item of a changed order is changed", items("#W106", ["301"], ["301"], CARD), "ann_1", "changed_already"),
    ("an item becomes another product", items("#W100", ["101"], ["201"], CARD), "ann_1", "other_product"),
    ("one of two items becomes another product", items("#W100", ["101", "201"], ["102", "301"], CARD), "ann_1", "other_product"),
    ("an item becomes one that is not there", items("#W100", ["101"], ["104"], CARD), "ann_1", "out_of_stock"),
    ("an item becomes one nobody sells", items("#W100", ["101"], ["999"], CARD), "ann_1", "variant_unknown"),
    ("an item becomes a product's number", items("#W100", ["101"], ["10"], CARD), "ann_1", "variant_unknown"),
    ("an item becomes itself", items("#W100", ["101"], ["101"], CARD), "ann_1", "nothing_changes"),
    ("an item the order does not have is changed", items("#W100", ["102"], ["101"], CARD), "ann_1", "line_unknown"),
    ("an item is changed twice", items("#W100", ["101", "101"], ["102", "105"], CARD), "ann_1", "line_unknown"),
    ("more new items than old ones", items("#W100", ["101"], ["102", "105"], CARD), "ann_1", "invalid"),
    ("fewer new items than old ones", items("#W100", ["101", "201"], ["102"], CARD), "ann_1", "invalid"),
    ("no items are changed", items("#W100", [], [], CARD), "ann_1", "invalid"),
    ("a gift card holds less than the difference", items("#W100", ["101"], ["103"], GIFT), "ann_1", "balance_too_low"),
    ("a gift card lacks a cent or two", items("#W101", ["101"], ["102"], SMALL_GIFT), "ann_1", "balance_too_low"),
    ("a difference on another's card", items("#W100", ["101"], ["102"], BOS_CARD), "ann_1", "payment_method_unknown"),
    ("a price difference back to another's gift card", items("#W100", ["101"], ["105"], BOS_GIFT), "ann_1", "payment_method_unknown"),
    ("a difference without a payment method", items("#W100", ["101"], ["102"], ""), "ann_1", "payment_method_missing"),
    ("a difference by two payment methods", items("#W100", ["101"], ["102"], f"{CARD},{PAYPAL}"), "ann_1", "payment_method_unknown"),
    ("another's order gets other items", items("#W200", ["101"], ["102"], BOS_CARD), "ann_1", "order_not_found"),
    # Paying another way
    ("a processed order is paid again", pay("#W102", PAYPAL), "ann_1", "already_dispatched"),
    ("a delivered order is paid again", pay("#W103", PAYPAL), "ann_1", "already_dispatched"),
    ("a cancelled order is paid again", pay("#W104", PAYPAL), "ann_1", "order_cancelled"),
    ("a changed order is paid again", pay("#W106", CARD), "ann_1", "changed_already"),
    ("paid by what it was paid by", pay("#W100", CARD), "ann_1", "payment_method_same"),
    ("paid another way a second time", pay("#W107", OTHER_CARD), "ann_1", "paid_several_ways"),
    ("paid back the way it was first", pay("#W107", CARD), "ann_1", "paid_several_ways"),
    ("a gift card holds less than the order", pay("#W100", GIFT), "ann_1", "balance_too_low"),
    ("a nearly empty gift card pays", pay("#W101", SMALL_GIFT), "ann_1", "balance_too_low"),
    ("paid by another's card", pay("#W100", BOS_CARD), "ann_1", "payment_method_unknown"),
    ("paid by nothing known", pay("#W100", "cash"), "ann_1", "payment_method_unknown"),
    ("another's order is paid", pay("#W200", CARD), "ann_1", "order_not_found"),
    # Addresses
    ("a processed order goes elsewhere", send_to("#W102", AWAY), "ann_1", "already_dispatched"),
    ("a delivered order goes elsewhere", send_to("#W103", AWAY), "ann_1", "already_dispatched"),
    ("a cancelled order goes elsewhere", send_to("#W104", AWAY), "ann_1", "order_cancelled"),
    ("a changed order goes elsewhere", send_to("#W106", AWAY), "ann_1", "changed_already"),
    ("an order goes where it goes already", send_to("#W100", HOME), "ann_1", "nothing_changes"),
    ("an order goes nowhere", send_to("#W100", dict.fromkeys(AWAY, "")), "ann_1", "invalid"),
    ("an address of endless length", send_to("#W100", {**AWAY, "city": "a" * 5000}), "ann_1", "invalid"),
    ("another's order goes elsewhere", send_to("#W200", AWAY), "ann_1", "order_not_found"),
    ("another customer moves", live(AWAY), "bo_2", "customer_not_found"),
    ("a customer moves to where they live", live({**HOME, "zip": "00001"}), "ann_1", "nothing_changes"),
    ("a customer moves nowhere", live(dict.fromkeys(AWAY, "")), "ann_1", "invalid"),
    # Returning
    ("a pending order is returned", back("#W100", ["101"], CARD), "ann_1", "not_eligible:not_dispatched"),
    ("a processed order is returned", back("#W102", ["101"], CARD), "ann_1", "not_eligible:not_delivered"),
    ("a cancelled order is returned", back("#W104", ["101"], CARD), "ann_1", "not_eligible:order_over"),
    ("a changed order not sent yet is returned", back("#W106", ["301"], PAYPAL), "ann_1", "not_eligible:not_dispatched"),
    ("another item of an order is returned later", back("#W108", ["201"], CARD), "ann_1", "not_eligible:asked_before"),
    ("an item being returned is returned", back("#W108", ["301"], CARD), "ann_1", "too_many"),
    ("an order being exchanged is returned", back("#W109", ["101"], GIFT), "ann_1", "too_many"),
    ("an item the order does not have is returned", back("#W103", ["301"], CARD), "ann_1", "line_unknown"),
    ("more of an item than was bought is returned", back("#W103", ["101", "101", "101"], CARD), "ann_1", "line_unknown"),
    ("nothing is returned", back("#W103", [], CARD), "ann_1", "invalid"),
    ("a refund to another card", back("#W103", ["101"], OTHER_CARD), "ann_1", "not_eligible:refund_to_other"),
    ("a refund to PayPal that never paid", back("#W103", ["101"], PAYPAL), "ann_1", "not_eligible:refund_to_other"),
    ("a refund to another's gift card", back("#W103", ["101"], BOS_GIFT), "ann_1", "payment_method_unknown"),
    ("a refund to nothing named", back("#W103", ["101"], ""), "ann_1", "payment_method_missing"),
    ("another's order is returned", back("#W201", ["101"], BOS_CARD), "ann_1", "order_not_found"),
    # Exchanging
    ("a pending order is exchanged", swap("#W100", ["101"], ["102"], CARD), "ann_1", "not_eligible:not_dispatched"),
    ("a processed order is exchanged", swap("#W102", ["101"], ["102"], CARD), "ann_1", "not_eligible:not_delivered"),
    ("a cancelled order is exchanged", swap("#W104", ["101"], ["102"], CARD), "ann_1", "not_eligible:order_over"),
    ("exchanged for another product", swap("#W103", ["101"], ["202"], CARD), "ann_1", "exchange_unknown"),
    ("exchanged for one that is not there", swap("#W103", ["101"], ["104"], CARD), "ann_1", "exchange_unknown"),
    ("exchanged for one nobody sells", swap("#W103", ["101"], ["999"], CARD), "ann_1", "exchange_unknown"),
    ("exchanged for the very same", swap("#W103", ["101"], ["101"], CARD), "ann_1", "not_eligible:same_variant"),
    ("exchanged a second time", swap("#W109", ["101"], ["105"], GIFT), "ann_1", "too_many"),
    ("a returned order's other item is exchanged", swap("#W108", ["201"], ["202"], CARD), "ann_1", "not_eligible:asked_before"),
    ("a gift card holds less than the exchange costs", swap("#W103", ["101"], ["103"], GIFT), "ann_1", "balance_too_low"),
    ("an exchange on another's card", swap("#W103", ["101"], ["102"], BOS_CARD), "ann_1", "payment_method_unknown"),
    ("more new items than old ones are asked for", swap("#W103", ["101"], ["102", "105"], CARD), "ann_1", "invalid"),
    ("another's order is exchanged", swap("#W201", ["101"], ["102"], BOS_CARD), "ann_1", "order_not_found"),
    # What is no such action
    ("an action nobody knows", ("delete_order", {"order_id": "#W100"}), "ann_1", "invalid"),
    ("an action without its reason", ("cancel_pending_order", {"order_id": "#W100"}), "ann_1", "invalid"),
    ("an amount of one's own", ("cancel_pending_order", {**cancel("#W100")[1], "amount": -5}), "ann_1", "invalid"),
    ("a number for an item", items("#W100", [101], ["102"], CARD), "ann_1", "invalid"),  # type: ignore[list-item]
    ("a text for a list of items", back("#W103", "101", CARD), "ann_1", "invalid"),  # type: ignore[arg-type]
    ("NaN for an order", cancel(float("nan")), "ann_1", "invalid"),  # type: ignore[arg-type]
]  # fmt: skip
