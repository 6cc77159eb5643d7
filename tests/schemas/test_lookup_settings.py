"""The `lookup:` block: which databases, where they are, and what of it needs consent."""

from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from reshelve.schemas.consent_needs import Declared, Reach, lookups
from reshelve.schemas.endpoints import endpoint
from reshelve.schemas.fact_vocabulary import FACTS
from reshelve.schemas.lookup_answers import CREDITS, NAMES, giver_of, source_of
from reshelve.schemas.lookup_settings import KEYS, URLS, Lookup, Service, database_at
from reshelve.schemas.workspace import Workspace

HERE = "http://127.0.0.1:8080/3"
AWAY = "https://films.example/3"


@pytest.mark.parametrize(
    "block",
    [
        {},
        {"providers": []},
        {"providers": ["imdb"]},
        {"providers": ["tmdb", "tmdb"]},
        {"providers": ["recorded"]},
        {"providers": ["tmdb"], "language": "english"},
        {"providers": ["tmdb"], "region": "de"},
        {"providers": ["tmdb"], "rate": 0},
        {"providers": ["tmdb"], "attempts": 0},
        {"providers": ["tmdb"], "timeout": "soon"},
        {"providers": ["tmdb"], "requests": -1},
        {"providers": ["tmdb"], "base_url": {"tmdb": "https://me:secret@films.example"}},
        {"providers": ["tmdb"], "base_url": {"recorded": AWAY}},
        {"providers": ["tmdb"], "key_env": {"tmdb": "a key"}},
        {"providers": ["tmdb"], "key": "0123456789abcdef"},
    ],
)
def test_what_is_refused(block: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Lookup.model_validate(block)


def test_every_database_has_what_one_needs() -> None:
    for name in get_args(Service):
        assert endpoint(URLS[name]).scheme == "https" and KEYS[name] and NAMES[name] in CREDITS
        assert FACTS[name].holds == "text"
        assert giver_of(source_of(NAMES[name], "2026-11-28")) == NAMES[name]
    assert [giver_of(text) for text in ("file name", "TMDB", "Somebody as of 2026-11-28")] == ["", "", ""]


def wanted(block: dict[str, Any], environ: dict[str, str]) -> list[Reach]:
    told = Workspace.model_validate({"stores": {"a": {"path": "a"}}, "lookup": {"providers": ["tmdb"], **block}})
    return list(lookups(Declared(told, Path("/w"), environ)))


@pytest.mark.parametrize(
    ("block", "environ", "does"),
    [
        ({}, {"TMDB_API_KEY": "k"}, []),
        ({"providers": ["tvdb"]}, {}, []),
        ({"base_url": {"tvdb": AWAY}}, {}, []),
        ({"base_url": {"tmdb": HERE}}, {"TMDB_API_KEY": "k"}, []),
        ({"key_env": {"tmdb": "MINE"}}, {}, ["send titles of films and shows and $MINE to https://api.themoviedb.org"]),
        ({"base_url": {"tmdb": AWAY}}, {}, ["send titles of films and shows and $TMDB_API_KEY to https://films.example"]),
        (
            {"base_url": {"tmdb": HERE}, "key_env": {"tmdb": "MINE"}},
            {"MINE": "k"},
            ["send titles of films and shows and $MINE to http://127.0.0.1:8080"],
        ),
        (
            {"providers": ["tvdb"], "base_url": {"tvdb": AWAY}},
            {},
            ["send titles of films and shows and $TVDB_API_KEY and $TVDB_PIN to https://films.example"],
        ),
        ({"always": True, "providers": ["tmdb", "tvdb"]}, {}, ["ask TMDB and TheTVDB in every scan, without --lookup"]),
        ({"always": True, "providers": ["recorded"], "answers": "a.ndjson"}, {}, []),
        ({"providers": ["recorded"], "answers": "/etc/passwd"}, {}, ["read /etc/passwd, outside this folder"]),
    ],
)
def test_what_needs_consent(block: dict[str, Any], environ: dict[str, str], does: list[str]) -> None:
    assert [reach.does for reach in wanted(block, environ)] == does


def test_consent_is_bound_to_host_variable_and_databases() -> None:
    told = [
        {"always": True},
        {"always": True, "providers": ["tmdb", "tvdb"]},
        {"always": True, "key_env": {"tmdb": "MINE"}},
        {"always": True, "base_url": {"tmdb": AWAY}},
        {"always": True, "base_url": {"tmdb": "http://films.example/3"}},
    ]
    exact = [reach.exact for block in told for reach in wanted(block, {})]
    assert len(set(exact)) == len(exact)


def test_no_key_goes_to_this_machine_unasked() -> None:
    config = Lookup.model_validate({"providers": ["tmdb"], "base_url": {"tmdb": HERE}})
    assert database_at(config, "tmdb", {"TMDB_API_KEY": "k"}).variable is None
