"""Importing: an environment file that names where films and shows lie becomes a workspace that keeps them in order in place."""

from collections.abc import Iterator, Mapping
from json import dumps

from reshelve.documents.video_tools_import import Imported
from reshelve.schemas.consent_needs import may_be_secret
from reshelve.schemas.problems import Problem

PLACES = ("MOVIES_PATH", "TV_SHOWS_PATH")
_DATABASES = {"tmdb": "TMDB_API_KEY", "tvdb": "TVDB_API_KEY"}
_KEYS = ("GEMINI_API_KEY", *_DATABASES.values(), "TVDB_PIN")
_LIVE = ("DRY_RUN", "GEMINI_MODEL")
"""What is read from the environment at each command, and stays there."""
_CONTAINER = ("MEDIA", "CONFIG", "PUID", "PGID", "TZ", "MEMORY", "CPUS", "HOST_NAME", "SERVE_NAME")
"""What only compose.yaml asks for."""

_SHOW = "{{ show }}{% if show_year %} ({{ show_year }}){% endif %}"
_EPISODES = (
    ("daily-episodes", "{kind: episode, season: {known: false}, date: {known: true}}", "Season {{ date[:4] }}"),
    ("numbered-episodes", "{kind: episode, season: {known: false}, episodes: {known: true}}", "Season 01"),
    ("episodes", "{kind: episode}", "Season {{ '%02d' % season }}"),
)


def is_media_env(given: Mapping[str, str]) -> bool:
    """Say whether an environment file names a folder of films or of shows."""
    return any(given.get(name) for name in PLACES)


def from_media_env(given: Mapping[str, str], file: str) -> Imported:
    """Return the workspace that the values of an environment file come to. `file` is what notes call it. No key is copied."""
    stores = {"movies": given.get("MOVIES_PATH", ""), "shows": given.get("TV_SHOWS_PATH", "")}
    stores = {name: path for name, path in stores.items() if path}
    lines = [f"# Made from {file}.", "version: 1", "stores:"]
    lines += [f"  {name}: {{path: {dumps(path, ensure_ascii=False)}}}" for name, path in stores.items()]
    lines.append("scan:")
    first, *others = stores
    lines += [f"  {first}:", "    on_conflict: keep-both", "    junk: travel", "    tidy: true", "    tidy_junk: system"]
    lines += ["    rules:", *_rules(stores), *(f"  {other}: {{like: {first}}}" for other in others)]
    if given.get("GEMINI_API_KEY") or given.get("GEMINI_MODEL"):
        lines.append("suggest: {provider: gemini}    # asked by `reshelve scan --suggest` alone")
    if databases := [name for name, key in _DATABASES.items() if given.get(key)]:
        lines.append(f"lookup: {{providers: [{', '.join(databases)}]}}    # asked by `reshelve scan --lookup` alone")
    return Imported("\n".join(lines) + "\n", notes=sorted(_notes(given, file), key=Problem.order))


def _rules(stores: Mapping[str, str]) -> Iterator[str]:
    """Yield the rules: what is of a kind that no store is for is left to a person."""
    yield "      - {name: extras-alone, when: {extra: {known: true}}, review: true}"
    if "shows" in stores:
        for name, when, season in _EPISODES:
            place = dumps(f"shows:{_SHOW}/{season}/{{{{ clear_filename }}}}")
            yield f"      - {{name: {name}, when: {when}, place: {place}}}"
    if "movies" in stores:
        place = dumps("movies:{{ title }} ({{ year }})/{{ clear_filename }}")
        yield f"      - {{name: films, when: {{kind: movie, year: {{known: true}}}}, place: {place}}}"


def _notes(given: Mapping[str, str], file: str) -> Iterator[Problem]:
    keys = [name for name in given if given[name] and (name in _KEYS or may_be_secret(name))]
    if keys:
        detail = f"{', '.join(keys)}: secrets stay out of documents, and are read from the environment."
        yield Problem("env-secret", "Credentials were not copied.", detail, file, f"set -a; . ./{file}; set +a", severity="note")
    live = [name for name in _LIVE if given.get(name)]
    if live:
        detail = f"{', '.join(live)}: each command reads them from the environment, not from this file."
        yield Problem(
            "env-live", "Some settings stay in the environment.", detail, file, f"set -a; . ./{file}; set +a", severity="note"
        )
    if given.get("BACKUP_ENABLED"):
        detail = (
            "BACKUP_ENABLED: every run keeps the journal that undo needs, whatever this says. Copies are made by `reshelve backup`."
        )
        yield Problem("env-backup", "A setting is always on.", detail, file, severity="note")
    rest = sorted(given.keys() - {*PLACES, *_KEYS, *keys, *_LIVE, *_CONTAINER, "BACKUP_ENABLED"})
    if rest:
        yield Problem("env-unknown", "Settings were left out.", f"Nothing is known of {', '.join(rest)}.", file, severity="note")
