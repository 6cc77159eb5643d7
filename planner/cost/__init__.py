"""Cost: what buckets cost a month, what a plan adds and asks for once, how it would be in other classes. Pure, in Decimal."""
