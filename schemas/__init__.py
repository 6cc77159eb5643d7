"""The nouns: locations, documents, facts, rules, layout, operations, plan, records, problems."""
