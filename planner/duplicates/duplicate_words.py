"""What is said of duplicates where nothing is looked for: how the reasons in their layouts begin, and how looks are told apart."""

REMOVED_BECAUSE = "a duplicate: "
"""How the reasons of `absent` entries begin."""

ALIKE_BECAUSE = "looks like "
"""How the reasons of review items begin."""

LOOK_BITS = 128
"""Of a look."""

MOST_BITS = 32
"""More may not differ: two pictures by chance differ in 64."""


def differs(bits: int) -> str:
    """Return in words how far a picture is from the first of its group."""
    return f"{bits} of {LOOK_BITS} bits differ" if bits != 1 else f"1 of {LOOK_BITS} bits differs"
