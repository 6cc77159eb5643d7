"""Layouts full of names that bite: what YAML takes for numbers, truth values, nulls, tags and line breaks."""

from hypothesis import strategies as st

from reshelve.schemas.layout import Absent, Backup, Entry, Layout, Review, Suggestion

BITING = [
    "No",
    "24",
    "1917",
    "1e3",
    "3:10",
    "null",
    "~",
    "",
    "=",
    "<<",
    "@x",
    "*a",
    "&a",
    "!t",
    "yes",
    "y",
    "on",
    "true",
    "0x1F",
    "007",
    ".5",
    "-1",
    "1.5",
    "2001-01-01",
    "1_000",
    "- a",
    "a: b",
    "a #b",
    "#",
    "%",
    "|",
    ">",
    "?",
    ": ",
    "[a",
    "{a}",
    "a, b",
    "'",
    '"',
    "\\",
    "\\n",
    "`",
    "a ",
    " a",
    "emoji \U0001f3ac",
    "\U0001f468\u200d\U0001f469",
    "a\x85b",
    "a\u2028b",
    "\ufffe",
    "\uffff",
    "\ufeff",
    "a\nb",
    "\t",
    "a\rb",
    "\x00",
    "\x1b[31m",
    "\x7f",
    "\xa0",
    "\u3000",
    "\xad",
    "\u202e",
    "\xe9",
    "e\u0301",
    "2160p",
    "deadbeef",
    "12345678",
    "1e345678",
    "0b101010",
    "-0",
    "1.0",
    "None",
    "1080i",
    "x" * 1100,
    "a  b",
    "...",
    "---",
    "nan",
    "inf",
    "Infinity",
    "+1",
]

texts = st.sampled_from(BITING) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = texts.map(lambda t: t.replace("/", "_").replace("\0", "_").strip(".") or "_")
paths = st.lists(names, min_size=1, max_size=3).map("/".join)
locations = st.builds("{}:{}".format, st.sampled_from(["tv", "inbox"]), paths) | st.just("tv%:caf%E9/x.mkv")
extras = texts | st.integers() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False)
facts = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["episode", "movie"]),
        "show": texts,
        "title": texts,
        "season": st.integers(0, 99),
        "episodes": st.lists(st.integers(0, 999), max_size=3),
        "year": st.integers(1900, 2100),
        "duration": st.floats(0, 1e9, allow_nan=False),
        "take": extras,
        "job": extras,
        "tags": st.lists(extras, max_size=3),
        "odd key: #": extras,
    },
)
maybe = st.none()
marks = maybe | st.sampled_from(["3f9a1c2e", "12345678", "1e345678", "0b101010"]) | texts
hashes = maybe | st.just("xxh3:" + "0f" * 16)
classes = maybe | st.sampled_from(["STANDARD", "DEEP_ARCHIVE"])
entries = st.builds(
    Entry,
    source=locations,
    content=st.none(),
    transfer=st.just("copy") | st.just("hardlink"),
    on_conflict=st.sampled_from(["fail", "skip"]),
    size=maybe | st.integers(0, 1 << 60),
    hash=hashes,
    storage_class=classes,
    facts=maybe | facts,
    because=maybe | texts,
    mark=marks,
    note=maybe | texts,
)
written = st.builds(Entry, content=texts)
packed = st.builds(
    Entry,
    source=locations.map("{}/".format),
    transfer=st.just("copy"),
    pack=st.sampled_from(["zip", "tar.gz"]),
    storage_class=classes,
)

EVERY_FIELD = {
    "source": Entry(source="inbox:b"),
    "content": Entry(content="text"),
    "unpack": Entry(unpack="inbox:a.zip"),
    "then": Entry(unpack="inbox:a.zip", then=("inbox:b.zip", "inbox:c, d.zip")),
    "transfer": Entry(source="inbox:a", transfer="copy"),
    "on_conflict": Entry(source="inbox:a", on_conflict="skip"),
    "size": Entry(source="inbox:a", size=1),
    "hash": Entry(source="inbox:a", hash="xxh3:" + "0f" * 16),
    "over": Entry(source="inbox:a", on_conflict="replace", over="xxh3:" + "0f" * 16),
    "pack": Entry(source="inbox:a/", pack="zip"),
    "backup": Entry(
        source="inbox:a/",
        pack="zip",
        transfer="copy",
        backup=Backup("work/b63", "daily", "2026-03-01T02:00:00Z", "a.zip", ["*/Cache/*"], ["Backups"], ["1", "no"], ["null"]),
    ),
    "storage_class": Entry(source="inbox:a", storage_class="DEEP_ARCHIVE"),
    "beside": Entry(source="inbox:a", beside="tv:main"),
    "facts": Entry(source="inbox:a", facts={"kind": "movie"}),
    "because": Entry(source="inbox:a", because="rule a"),
    "mark": Entry(source="inbox:a", mark="12345678"),
    "note": Entry(source="inbox:a", note="mine"),
}
"""For each field of an entry one that has it, and else no more than it needs to be valid."""
times = maybe | st.just("2026-09-01T10:00:00Z")
absents = st.builds(Absent, path=locations, size=maybe | st.integers(0, 9), mtime=times, because=maybe | texts)
confidences = maybe | st.floats(0, 1)
suggestions = st.builds(Suggestion, to=locations, facts=maybe | facts, because=maybe | texts, confidence=confidences)
reviews = st.builds(
    Review, source=locations, because=maybe | texts, facts=maybe | facts, suggestion=maybe | suggestions, note=maybe | texts
)


def _sorted(layout: Layout) -> Layout:
    """Order the lists as writing does, so that reading back gives an equal layout."""
    layout.dirs = sorted(set(layout.dirs))
    layout.leave = sorted(set(layout.leave))
    layout.absent = layout.absent[:1]
    layout.review = layout.review[:1]
    targets = sorted(layout.files)
    for target in targets[1::2]:
        layout.files[target].beside = targets[0]
    return layout


layouts = st.builds(
    Layout,
    dirs=st.lists(locations, max_size=2),
    files=st.dictionaries(locations, entries | written | packed, max_size=4),
    absent=st.lists(absents, max_size=1),
    review=st.lists(reviews, max_size=1),
    leave=st.lists(locations, max_size=2),
    tidy=st.dictionaries(
        st.sampled_from(["inbox", "tv"]), st.lists(texts.filter(lambda text: len(text) <= 1000), max_size=1), max_size=2
    ),
).map(_sorted)
