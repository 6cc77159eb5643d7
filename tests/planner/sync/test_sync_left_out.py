"""Which names are never shared."""

import pytest

from reshelve.planner.sync.sync_left_out import kept_apart, sharing


@pytest.mark.parametrize(
    "name",
    [
        "reshelve.yaml", "a/b/reshelve.local.yaml", "RESHELVE.Local.YAML", ".reshelve/catalog.db", "x/.Reshelve/runs/1",
        ".reshelve",
        ".video-tools.env", "a/.VIDEO-TOOLS.ENV", ".git/config", "sub/.GIT/hooks/post-checkout", ".g\u200cit/config",
        "reshelve.yaml.",
        "reshelve.local.yaml ", "reshelve.local.yaml::$DATA", "git~1/config", "re\u017fhelve.yaml", ".reshelve.yaml", ".envrc",
    ],
)  # fmt: skip
def test_what_speaks_in_a_persons_name_is_never_shared(name: str) -> None:
    assert kept_apart(name) and not sharing([])(name)


@pytest.mark.parametrize("name", ["draft.mp4", "reshelve.yaml.txt", "my reshelve.yaml", "a/git/x", ".gitkeep", "reshelve/x.mov"])
def test_other_names_are(name: str) -> None:
    assert not kept_apart(name) and sharing([])(name)
