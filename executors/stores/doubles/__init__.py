"""Doubles for tests and examples: stores in memory that keep the contracts to the letter. No product code uses them."""
