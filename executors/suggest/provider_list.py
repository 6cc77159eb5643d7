"""The providers there are: one name each, and what makes one."""

from collections.abc import Callable, Mapping
from pathlib import Path

from reshelve.executors.suggest.provider_contract import Provider
from reshelve.executors.suggest.recorded_replies import Recorded, Recording
from reshelve.schemas.suggest_settings import GEMINI_MODEL, Suggest


def model_of(config: Suggest, environ: Mapping[str, str]) -> str:
    """Return the model that is asked: the workspace's, else GEMINI_MODEL for Gemini; for recorded answers, their file."""
    if config.model:
        return config.model
    if config.provider == "gemini":
        return environ.get("GEMINI_MODEL", "").strip() or GEMINI_MODEL
    return Path(config.answers or "").name


def connector(config: Suggest, folder: Path, environ: Mapping[str, str], record: Path | None = None) -> Callable[[], Provider]:
    """Return what makes the provider of a workspace in `folder` when it is first needed. With `record`, replies are kept there."""

    def connect() -> Provider:
        provider = _made(config, folder, environ)
        return provider if record is None else Recording(provider, record)

    return connect


def _made(config: Suggest, folder: Path, environ: Mapping[str, str]) -> Provider:
    model = model_of(config, environ)
    if config.provider == "recorded":
        return Recorded(folder / (config.answers or ""))
    if config.provider == "bedrock":
        from reshelve.executors.suggest.bedrock import Bedrock

        return Bedrock(config, model, environ)
    from reshelve.executors.suggest.openai_compatible import OpenAICompatible

    return OpenAICompatible(config, model, environ)


__all__ = ["connector", "model_of"]
