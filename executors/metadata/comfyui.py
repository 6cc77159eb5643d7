"""What ComfyUI leaves in the text of its pictures: the graph it ran (`prompt`), and the one a person drew (`workflow`)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from reshelve.executors.metadata.plain_values import known, text, whole

_LONGEST = 4 << 20
_SEEDS = ("seed", "noise_seed")
_MODELS = ("ckpt_name", "unet_name", "model_name")


def generated(chunks: Mapping[str, Any]) -> dict[str, Any]:
    """Return `seed`, `model` and `prompt_id` as far as the text chunks of a picture tell them.

    Where several nodes have one, the first of the graph counts. The graph's format: ComfyUI's `/prompt` API.
    """
    nodes, drawn = _table(chunks.get("prompt")), _table(chunks.get("workflow"))
    told = text(chunks.get("prompt_id")) or text(_table(drawn.get("extra")).get("prompt_id"))
    return known({"seed": _seed(nodes), "model": _model(nodes), "prompt_id": told})


def _seed(nodes: Mapping[str, Any]) -> int | None:
    for inputs in _inputs(nodes):
        for name in _SEEDS:
            value = inputs.get(name)
            if isinstance(value, list) and value:
                # A seed that comes from another node: [its number, which of its outputs].
                source = _table(_table(nodes.get(str(value[0]))).get("inputs"))
                value = next((source[key] for key in (*_SEEDS, "value") if type(source.get(key)) is int), None)
            if type(value) is int:
                return whole(value)
    return None


def _model(nodes: Mapping[str, Any]) -> str | None:
    names = (inputs.get(name) for inputs in _inputs(nodes) for name in _MODELS)
    return next((text(name) for name in names if isinstance(name, str) and name.strip()), None)


def _inputs(nodes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for node in nodes.values():
        inputs = _table(_table(node).get("inputs"))
        if inputs:
            yield inputs


def _table(value: Any) -> dict[str, Any]:
    """Return a JSON object, written out or read already; nothing for anything else."""
    if isinstance(value, str) and len(value) <= _LONGEST:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}
