"""People's documents, written into or beside: with care for every word that is theirs."""
