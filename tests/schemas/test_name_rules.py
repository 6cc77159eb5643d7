"""Which names file systems refuse, and which they take for one."""

import pytest

from reshelve.schemas.name_rules import NameRule, refused

SAID: list[tuple[str, dict[NameRule, str]]] = [
    ("What?.mkv", dict.fromkeys(("exfat", "exfat-ends", "vfat", "vfat-bytes", "windows"), "with ?")),
    ('a: "b"', dict.fromkeys(("exfat", "exfat-ends", "vfat", "vfat-bytes", "windows"), 'with " or :')),
    ("a\tb\n", dict.fromkeys(("exfat", "exfat-ends", "vfat", "vfat-bytes", "windows"), "with a control character")),
    ("Vol. 1.", dict.fromkeys(("exfat-ends", "vfat", "vfat-bytes", "windows"), "that ends in a dot")),
    ("end ", dict.fromkeys(("vfat", "vfat-bytes", "windows"), "that ends in a blank")),
    ("nul.mkv", {"windows": "that begins nul, which stands for a device"}),
    ("Nullarbor.mkv", {}),
    (".hidden", {}),
    ("\udcff", dict.fromkeys(("unicode", "exfat", "exfat-ends", "vfat", "windows"), "that is not UTF-8")),
]
RULES: list[NameRule] = ["any", "unicode", "exfat", "exfat-ends", "vfat", "vfat-bytes", "windows"]


@pytest.mark.parametrize(("name", "said"), SAID, ids=lambda each: ascii(each) if isinstance(each, str) else "")
def test_each_rule_refuses_its_own(name: str, said: dict[NameRule, str]) -> None:
    assert {rule: why for rule in RULES if (why := refused(name, rule))} == said
