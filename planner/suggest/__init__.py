"""Suggestions: what no rule settles is put to a language model, and what it says becomes proposals, or nothing.

The model is an untrusted author: it is asked in bounded prompts (`questions`, `prompts`), within a budget (`budget`); what
comes back has one closed form (`answer_checks`), and goes through the workspace's own rules and places (`answer_proposals`).
"""
