"""Runs: from the first look to the last record, whether they end well, are taken back, or are cut short."""
