"""Templates of strangers end soon and in little room, whatever they ask for; and what honest ones ask for, they get."""

import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from reshelve.planner.rules.place_templates import PlaceError, PlaceTemplate
from reshelve.planner.scanners.project_scanner import lay_out
from reshelve.schemas.workspace import Workspace
from tests.support.readers import NOW_NS
from tests.support.scanning import cite

TOP = Path(__file__).parents[3]
VALUES = {"filename": "a.mkv", "title": "Film", "season": 3, "episodes": [1, 2, 3], "year": 1999}

LOOPS = "{% for a in 'xxxxxxxxxx' %}" * 12 + "x" + "{% endfor %}" * 12
DOUBLED = "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 60
NESTED = "{% set a = [1] %}" + "{% set a = [a, a] %}" * 60
HOSTILE = {
    "a range": "{% for i in range(10**9) %}x{% endfor %}",
    "loops in loops": LOOPS,
    "a product": "{{ 'a' * 10**9 }}",
    "a product the other way": "{{ 10**9 * 'a' }}",
    "a product of a list": "{{ [0] * 10**9 }}",
    "products of products": "{{ ('a' * 9999) * 9999 }}",
    "a power": "{{ 9**(9**9) }}",
    "a power of a fact": "{{ season**(10**9) }}",
    "products of numbers": "{% set a = 10**999 %}" + "{% set a = a * a %}" * 40 + "{{ a }}",
    "doubling": DOUBLED + "{{ a }}",
    "doubling by adding": DOUBLED.replace("~", "+") + "{{ a }}",
    "doubling by joining": "{% set a = 'xx' %}" + "{% set a = [a, a] | join(a) %}" * 60 + "{{ a }}",
    "doubling by replacing": "{% set a = 'xx' %}" + "{% set a = a | replace('x', a) %}" * 60 + "{{ a }}",
    "doubling by a method": "{% set a = 'xx' %}" + "{% set a = a.replace('x', a) %}" * 60 + "{{ a }}",
    "doubling lists": NESTED + "{{ a }}",
    "doubling lists compared": NESTED + "{{ a == a }}",
    "doubling maps": NESTED.replace("[a, a]", "{1: a, 2: a}") + "{{ a }}",
    "doubling tuples": NESTED.replace("[a, a]", "(a, a)") + "{{ a }}",
    "a width": "{{ 'a' | center(10**9) }}",
    "a width by map": "{{ ['a'] | map('center', 10**9) | list }}",
    "a width by a method": "{{ 'a'.ljust(10**9) }}",
    "zeros": "{{ '1'.zfill(10**9) }}",
    "tabs": "{{ '\\t'.expandtabs(10**9) }}",
    "a format": "{{ '%0999999999d' % season }}",
    "a format with a star": "{{ '%*d' % (10**9, season) }}",
    "a format filter": "{{ '%999999999s' | format(title) }}",
    "a format method": "{{ '{:999999999}'.format(season) }}",
    "a format in a format": "{{ '{:{w}}'.format(season, w=10**9) }}",
    "a format map": "{{ '{a:999999999}'.format_map({'a': 1}) }}",
    "a format of a date": "{{ '2024-01-01' | date('%999999999d') }}",
    "bytes": "{{ season.to_bytes(10**10, 'big') }}",
    "indenting": "{{ ('\\n' * 9999) | indent(10**9) }}",
    "a batch": "{{ 'a' | batch(10**9, 'x') | list }}",
    "slices": "{{ 'a' | slice(10**9) | list }}",
    "rounding": "{{ 1.5 | round(10**9, 'floor') }}",
    "recursion": "{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}",
    "a recursive loop": "{% for a in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "a caller": "{% macro f() %}{{ caller() }}{% endmacro %}{% call f() %}x{% endcall %}",
    "a block": "{% block a %}{{ self.a() }}{% endblock %}",
    "an include": "{% include 'a' %}",
    "set to a block": "{% set a %}x{% endset %}",
    "nested brackets": "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}",
    "nested minus": "{{ " + "-" * 3000 + "1 }}",
    "nested conditions": "{% if 1 %}" * 150 + "{% endif %}" * 150,
    "a long number": "{{ " + "9" * 4090 + " }}",
    "a long text": "{{ title }}" * 1000,
    "a loop of much": "{% for a in 'xxxxxxxxxx' * 99 %}" + "y" * 3000 + "{% endfor %}",
    "work in a loop": "{% for a in 'x' * 999 %}{% set b = 'x' * 9999 %}{% endfor %}",
}


def tried(template: str) -> Any:
    return PlaceTemplate("tv:" + template + "/{{ filename }}").render(VALUES)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_template_is_refused(kind: str) -> None:
    with pytest.raises(PlaceError) as refused:
        tried(HOSTILE[kind])
    assert len(refused.value.reason) < 300


def test_hostile_templates_take_little_room() -> None:
    """All of them, in a process that has neither room nor time for any."""
    code = (
        "from tests.planner.rules.test_template_bounds import *\n"
        "for template in HOSTILE.values():\n"
        "    try:\n        tried(template)\n"
        "    except PlaceError:\n        continue\n"
        "    raise SystemExit(template[:80])\n"
    )

    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))

    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, cwd=TOP, preexec_fn=narrow)
    assert (done.returncode, done.stderr) == (0, b"")


HONEST = [
    ("{{ '%02d' % season }}", "03"),
    ("{{ '%s (%d)' % (title, year) }}", "Film (1999)"),
    ("{{ '{:04d}'.format(season) }}", "0003"),
    ("{{ '{0} {1}'.format(title, year) }}", "Film 1999"),
    ("{{ '%03d' | format(season) }}", "003"),
    ("{% for e in episodes %}E{{ '%02d' % e }}{% endfor %}", "E01E02E03"),
    ("{% for e in episodes %}{{ e }}{% if not loop.last %}+{% endif %}{% endfor %}", "1+2+3"),
    ("{% for e in episodes if e > 1 %}{{ e }}{% else %}none{% endfor %}", "23"),
    ("{% for e in [[1, 2], [3, 4]] %}{{ e[0] }}-{{ loop.index }}.{% endfor %}x", "1-1.3-2.x"),
    ("{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}{{ v }}{% endfor %}", "a1b2"),
    ("{{ episodes | map('string') | join('-') }}", "1-2-3"),
    ("{{ title ~ ' ' ~ year ~ '!' }}", "Film 1999!"),
    ("{{ title + '!' }}", "Film!"),
    ("{{ 'ab' * 3 }}", "ababab"),
    ("{{ year // 10 * 10 }}s", "1990s"),
    ("{{ 2 ** 10 }}", "1024"),
    ("{% set decade = year - year % 10 %}{{ decade }}", "1990"),
    ("{{ title | replace('F', 'f') | upper | truncate(3, true, '', 0) }}", "FIL"),
    ("{{ title.center(8, '_') }}", "__Film__"),
    ("{{ show | default(1234567890) }}", "1234567890"),
    ("{{ (show or 'none') if show is defined else 'no show' }}", "no show"),
    ("{{ '2024-05-17' | date('%Y') }}", "2024"),
]


@pytest.mark.parametrize(("template", "made"), HONEST)
def test_an_honest_template_gets_what_it_asks_for(template: str, made: str) -> None:
    assert tried(template) == f"tv:{made}/a.mkv"


def test_what_is_refused_says_why_in_words() -> None:
    reasons = dict.fromkeys(("recursion", "loops in loops", "a product", "a power", "a width"), "")
    for kind in reasons:
        with pytest.raises(PlaceError) as refused:
            tried(HOSTILE[kind])
        reasons[kind] = refused.value.reason
    assert reasons == {
        "recursion": "the template does not compile: a template here has values, filters, `if`, `set` and plain `for` only",
        "loops in loops": "the template failed: its loops take more than 1,000 turns",
        "a product": "the template failed: it makes a value that is far too large",
        "a power": "the template failed: it makes a number that is far too large",
        "a width": "the template failed: it makes a value that is far too large",
    }


@pytest.mark.parametrize(
    "template",
    [
        {"dirs": ["a/" * 200]},
        {"dirs": ["{{ 'a' * 10**9 }}"]},
        {"files": {"a": {"text": "{% for a in 'xxxxxxxxxx' %}" * 12 + "{% endfor %}" * 12}}},
        {"files": {"a": {"text": "{% for a in 'x' * 999 %}" + "y" * (1 << 20) + "{% endfor %}"}}},
        {"files": {"a": {"json": {"a": "{{ 9**(9**9) }}"}}}},
        {"files": {"a": {"json": {"a": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"}}}},
        {"files": {"a": {"json": ["{{ vars.long }}"] * 300}}, "vars": {"long": "x" * (1 << 20)}},
    ],
)
def test_templates_of_projects_too(template: dict[str, Any]) -> None:
    found = lay_out(
        Workspace.model_validate(
            {
                "stores": {"projects": {"path": "/p"}},
                "projects": [{"name": "p", "template": "own", "in": "projects:"}],
                "templates": {"own": template},
            }
        ),
        cite,
        NOW_NS,
    )
    assert [problem.code for problem in found.problems] == ["bad-template"]
    assert found.files == {}


def test_a_readme_with_a_list_in_it() -> None:
    text = "# {{ project.name }}\n{% for each in vars.cameras %}- {{ each }}\n{% endfor %}" + "long text " * 5000
    template = {"files": {"README.md": {"text": text}}, "vars": {"cameras": ["A", "B"]}}
    projects = [{"name": "p", "template": "own", "in": "p:"}]
    space = {"stores": {"p": {"path": "/p"}}, "projects": projects, "templates": {"own": template}}
    found = lay_out(Workspace.model_validate(space), cite, NOW_NS)
    assert (found.files["p:p/README.md"].content or "").startswith("# p\n- A\n- B\nlong text")
