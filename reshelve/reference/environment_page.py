"""The page about the environment: the variables that reshelve reads itself."""

from collections.abc import Mapping

from reshelve.reference.markdown_tables import code, table

VARIABLES: Mapping[str, str] = {
    "HOME": "What `~` stands for in a workspace; below it, `.local/state` if `XDG_STATE_HOME` is not set.",
    "XDG_STATE_HOME": "Where reshelve keeps what belongs to no workspace: `$XDG_STATE_HOME/reshelve`. An absolute path.",
    "DRY_RUN": "`true`: what moves, changes or deletes files shows its plan, does nothing, and exits with 0; `watch`, `serve` and "
    "`recover` refuse with 7. `false` or unset: no effect. Anything else stops the command.",
    "NO_COLOR": "Any value: no colour.",
    "CI": "Any value: no colour and no progress line.",
    "TERM": "`dumb`: no colour and no progress line.",
    "_RESHELVE_COMPLETE": "Set by shell completion alone.",
    "NOTIFY_SOCKET": "Set by systemd for a service of `Type=notify`: where `watch` says that it is ready.",
    "WATCHDOG_USEC": "Set by systemd for a service with `WatchdogSec=`: how often `watch` has to say that it lives.",
    "WATCHDOG_PID": "Set by systemd: which process that is asked of.",
    "RESHELVE_USER": "Who you are to the people you share projects with, unless `sync:` says so.",
    "S3_SYNC_USER": "The same, where `RESHELVE_USER` is not set.",
    "OPENAI_API_KEY": "The key for the provider `openai`, unless `key_env` names another variable.",
    "OPENAI_BASE_URL": "Where the provider `openai` answers, unless the workspace has a `base_url`.",
    "GEMINI_API_KEY": "The key for the provider `gemini`, unless `key_env` names another variable.",
    "GEMINI_MODEL": "The model of the provider `gemini`, unless the workspace has a `model`.",
    "AWS_BEARER_TOKEN_BEDROCK": "A key that goes to Bedrock in place of signed requests.",
    "AWS_ENDPOINT_URL": "Another address of AWS's services.",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "Another address of Bedrock; it comes before `AWS_ENDPOINT_URL`.",
    "AWS_SHARED_CREDENTIALS_FILE": "The file with AWS credentials.",
}
"""Each variable, and what it is for. What else AWS's own libraries read is theirs."""


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    return {"variables": table(("variable", "what it does"), [(code(name), text) for name, text in VARIABLES.items()])}
