"""Exact money: whole minor units (分, cents) of one currency. No float ever touches an amount."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Self

_SYMBOL = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$"}


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in minor units. Two amounts combine only within one currency; mixing raises ValueError."""

    minor: int
    currency: str = "CNY"

    @classmethod
    def parse(cls, text: str, currency: str = "CNY") -> Self:
        """Read '199', '199.5' or '1,299.00'. Raises ValueError for more than two decimals, exponents, NaN and words."""
        cleaned = text.strip().replace(",", "")
        try:
            value = Decimal(cleaned)
        except InvalidOperation as e:
            raise ValueError(f"not an amount: {text!r}") from e
        if not value.is_finite() or "e" in cleaned.lower():
            raise ValueError(f"not an amount: {text!r}")
        minor = value * 100
        if minor != minor.to_integral_value():
            raise ValueError(f"more than two decimals: {text!r}")
        return cls(int(minor), currency)

    def zero(self) -> Self:
        return type(self)(0, self.currency)

    def half_up(self) -> Self:
        """Half of the amount, a half cent going up."""
        return type(self)(int((Decimal(self.minor) / 2).to_integral_value(ROUND_HALF_UP)), self.currency)

    def __add__(self, other: Self) -> Self:
        return type(self)(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.minor - self._same(other), self.currency)

    def __mul__(self, times: int) -> Self:
        return type(self)(self.minor * times, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Self) -> bool:
        return self.minor <= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def plain(self) -> str:
        """'1299.00', the form used in JSON and CSV."""
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{abs(self.minor) // 100}.{abs(self.minor) % 100:02d}"

    def __str__(self) -> str:
        sign = "-" if self.minor < 0 else ""
        return f"{sign}{_SYMBOL.get(self.currency, self.currency + ' ')}{abs(self.minor) // 100:,}.{abs(self.minor) % 100:02d}"

    def _same(self, other: Self) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not mix")
        return other.minor
