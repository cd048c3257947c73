"""Counters of the front desk for /metrics."""

from prometheus_client import Counter

REPLACED = Counter("xinfu_ai_replaced_total", "AI texts that no fact of their turn held up, replaced before anyone saw them")
DONE = Counter("xinfu_ai_actions_total", "Actions the AI did after a customer's yes", ["operation"])
