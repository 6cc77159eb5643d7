"""Fuzz one door for as long as you like, led by coverage: python -m tests.fuzz.by_hand DOOR [libFuzzer options] (needs atheris)."""

import sys

import atheris

with atheris.instrument_imports(include=["reshelve"]):
    from tests.fuzz.doors import DOORS, knock

    for each in DOORS:
        knock(each, b"a")  # what is loaded only when used has to be loaded here


def main() -> None:
    """Run until something breaks; libFuzzer writes what broke it to a file."""
    door = sys.argv.pop(1) if len(sys.argv) > 1 else ""
    if door not in DOORS:
        sys.exit(f"which door? one of {', '.join(DOORS)}")
    atheris.Setup(sys.argv, lambda content: knock(door, content))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
