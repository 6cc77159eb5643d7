"""Where shared files lie."""

import pytest

from reshelve.planner.sync.sync_places import place_of


@pytest.mark.parametrize("project", [".reshelve", ".git", ".hidden", "RESHELVE.yaml", ""])
def test_no_key_makes_a_project_of_a_hidden_folder(project: str) -> None:
    assert place_of("c:v/{project}").find(f"v/{project}/hooks/post-checkout") is None
    assert place_of("c:v/{project}").find("v/b63/hooks/post-checkout") == ("b63", "hooks/post-checkout")
