"""The reference in docs/reference, made from models, tables and help: what stands there is what the program does.

Beside each page's module stands its text, NAME.md, with a line `<!-- block -->` wherever something generated goes.
"""
