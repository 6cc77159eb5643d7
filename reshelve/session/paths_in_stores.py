"""Paths on this machine as a workspace names them: the store that one lies in, and the folder there."""

import os
import shlex

from reshelve.opening.wiring import Setting
from reshelve.schemas.locations import join, printable, store_of
from reshelve.schemas.problems import ReshelveError, stop


def place_of(setting: Setting, path: str) -> str:
    """Return the store (`inbox`), or the folder or file in one (`inbox:old`), that a path is; "" where it is in no store.

    Raises ReshelveError where it is a folder that stores lie in: which of them is meant, nobody said.
    """
    whole = os.path.realpath(os.path.expanduser(path))
    tops = [(os.path.realpath(root.path), store_of(root.key)) for root in setting.roots() if root.kind == "folder"]
    for top, store in sorted(tops, key=lambda each: -len(each[0])):
        if whole == top:
            return store
        if whole.startswith(os.path.join(top, "")):
            return join(store, os.path.relpath(whole, top))
    inside = dict.fromkeys(store for top, store in tops if top.startswith(os.path.join(whole, "")))
    if inside:
        detail = f"These stores of a workspace lie in it: {', '.join(inside)}."
        hint = "In that workspace, name a store (inbox) or a folder in one (inbox:old)."
        raise stop("whole-store", "Everything at once is too much.", detail, path=printable(path), hint=hint, kind="usage")
    return ""


def of_another(setting: Setting, path: str, place: str, command: str) -> ReshelveError:
    """Return the error for a path that lies in a store of a workspace in which the command was not given."""
    detail = (
        f"It is {printable(place)} of the workspace in {printable(str(setting.folder))}, whose trash and history it belongs to."
    )
    hint = f"reshelve -C {shlex.quote(printable(str(setting.folder)))} {command} {shlex.quote(printable(place))}"
    return stop("another-workspace", "It is in a store of a workspace.", detail, path=printable(path), hint=hint, kind="usage")
