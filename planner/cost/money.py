"""Money: exact while it is reckoned with, rounded to the cent where a bill would round it."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_MILLIONTH = Decimal("0.000001")
MONTHS = 12
DAYS_A_MONTH = 30
"""Storage is billed by the hour; a month of the price list is taken to have 30 days."""


def cents(amount: Decimal) -> Decimal:
    """Return an amount rounded to the cent, halves up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def year(month: Decimal) -> Decimal:
    """Return twelve bills of `month`, each rounded to the cent."""
    return cents(month) * MONTHS


def plain(amount: Decimal) -> str:
    """Return an amount as documents hold it: exact to a millionth, no exponent, no needless zeros, at least to the cent.

    What is not nothing is at least a millionth, so that it is never taken for nothing.
    """
    rounded = amount.quantize(_MILLIONTH, ROUND_HALF_UP) or (_MILLIONTH.copy_sign(amount) if amount else amount)
    text = f"{rounded:f}"
    whole, _, fraction = text.partition(".")
    return f"{'0' if whole == '-0' and not fraction.strip('0') else whole}.{fraction.rstrip('0').ljust(2, '0')}"


def shown(amount: Decimal, currency: str = "USD") -> str:
    """Return an amount as people read it: "$2.30", "-$0.20", "1.00 EUR". What is not nothing is never shown as nothing."""
    rounded = cents(abs(amount))
    sign = "-" if amount < 0 else ""
    if amount and not rounded:
        return f"under {sign}$0.01" if currency == "USD" else f"under {sign}0.01 {currency}"
    return f"{sign}${rounded:,}" if currency == "USD" else f"{sign}{rounded:,} {currency}"
