"""The words of a text as compared at the front desk. Pure."""

from functools import lru_cache

from xinfu.kit.text import bigrams


@lru_cache(8192)
def tokens(text: str) -> frozenset[str]:
    """The bigrams and Latin words of a text; names of goods come back all the time, so they are kept."""
    return frozenset(bigrams(text))
