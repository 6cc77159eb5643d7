"""The page about the environment: the variables that reshelve reads itself."""

from collections.abc import Mapping

from reshelve.reference.markdown_tables import code, table

VARIABLES: Mapping[str, str] = {
    "HOME": "What `~` stands for in a workspace. If `XDG_STATE_HOME` is not set, `.local/state` in it is used.",
    "XDG_STATE_HOME": "Where reshelve keeps state that belongs to no workspace: `$XDG_STATE_HOME/reshelve`. An absolute path.",
    "DRY_RUN": "`true`: commands that change files show their plan, do nothing, and exit with 0. So do commands that forget or "
    "release something for good: `log prune`, `release`, `cache clear`, `notify drop`. `recover`, `file` and `watch --once` refuse "
    "with 7 if there is something to do. `watch` goes on, and files nothing; `serve` refuses what would change a file. "
    "Documents, saved plans and the catalog are still written. `false` or unset: no effect. Anything else stops every command "
    "that would change a file.",
    "TZ": "The machine's time zone: of what is shown, and of days and hours for which the workspace names no `zone`.",
    "NO_COLOR": "Any value: no color.",
    "CI": "Any value: no color and no progress line.",
    "TERM": "`dumb`: no color and no progress line.",
    "COLUMNS": "How many characters wide help is printed, up to 110. Without it, the terminal decides.",
    "_RESHELVE_COMPLETE": "Set only by shell completion.",
    "NOTIFY_SOCKET": "Set by systemd for a service of `Type=notify`: where `watch` says that it is ready.",
    "WATCHDOG_USEC": "Set by systemd for a service with `WatchdogSec=`: how often `watch` must report that it is alive.",
    "WATCHDOG_PID": "Set by systemd: which process must report it.",
    "RESHELVE_USER": "Your name for the people you share projects with, unless `sync:` sets it.",
    "S3_SYNC_USER": "The same, if `RESHELVE_USER` is not set.",
    "OPENAI_API_KEY": "The key for the provider `openai`, unless `key_env` names another variable.",
    "OPENAI_BASE_URL": "The address of the provider `openai`, unless the workspace has a `base_url`.",
    "GEMINI_API_KEY": "The key for the provider `gemini`, unless `key_env` names another variable.",
    "GEMINI_MODEL": "The model of the provider `gemini`, unless the workspace has a `model`.",
    "TMDB_API_KEY": "Your key or read access token for TMDB (`lookup:`), unless `key_env` names another variable.",
    "TVDB_API_KEY": "Your key for TheTVDB (`lookup:`), unless `key_env` names another variable.",
    "TVDB_PIN": "Your subscriber's PIN at TheTVDB, if your key goes with one.",
    "AWS_BEARER_TOKEN_BEDROCK": "A key for Bedrock, instead of signed requests.",
    "AWS_ENDPOINT_URL": "An alternative address for AWS services.",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "An alternative address for Bedrock; it takes precedence over `AWS_ENDPOINT_URL`.",
    "AWS_SHARED_CREDENTIALS_FILE": "The file with AWS credentials.",
}
"""Each variable, and what it is for. What else AWS's own libraries read is theirs."""


def blocks() -> Mapping[str, str]:
    """Return what is generated on the page, by the name of its line."""
    return {"variables": table(("variable", "what it does"), [(code(name), text) for name, text in VARIABLES.items()])}
