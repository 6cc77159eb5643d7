"""The project templates that come with the package: one YAML file each in planner/templates."""

from functools import cache
from importlib.resources import files

from reshelve.schemas.documents.typed_values import plain_text, resolved
from reshelve.schemas.documents.yaml_reader import read
from reshelve.schemas.project_settings import Template

SHIPPED = ("documentary", "standard_video")
FALLBACK = "standard_video"
"""What a project of an unknown template is laid out by."""


@cache
def shipped(name: str) -> Template:
    """Return one of the templates named in SHIPPED."""
    file = files("reshelve.planner").joinpath("templates", f"{name}.yaml")
    raw = read(file.read_bytes(), str(file))
    return Template.model_validate({**resolved(raw), "dirs": plain_text(raw["dirs"])})
