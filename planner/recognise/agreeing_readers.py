"""Weighing: what two independent readers of a name agree on is certain; where they differ, a person decides."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from reshelve.planner.recognise.name_reading import GUESS, PARSE, Reading
from reshelve.planner.recognise.same_title import same_title
from reshelve.planner.recognise.two_alphabets import latin_part

Facts = Mapping[str, Any]
Opinion = tuple[str, Facts]
"""Where facts are from, and the facts."""

_NUMBER = re.compile(r"(?<![^\W_])\d+(?![^\W_])")
_WORD = re.compile(r"(?<![^\W_])[^\W\d_]{2,}[ ._]{0,2}\d")
_NUMBERS = ("season", "episodes")
_COMPARED = ("kind", "show", "title", "year", "season", "episodes", "date")


def agree(one: Facts, other: Facts) -> bool:
    """Say whether two opinions put a file in the same place: kind, title and numbers, and a year unless only one has it."""
    if not one or not other or (one["kind"] == "episode") != (other["kind"] == "episode"):
        return False
    if any(one.get(fact) != other.get(fact) for fact in _NUMBERS):
        return False
    if one.get("date") != other.get("date") and not (
        one.get("episodes") and "season" in one and None in {one.get("date"), other.get("date")}
    ):
        return False
    years = {year for year in (one.get("year"), other.get("year")) if year is not None}
    return len(years) < 2 and same_title(one.get("title", ""), other.get("title", ""))


def weigh(
    own: Opinion | None,
    parse: Callable[[], Facts],
    guess: Callable[[], Facts],
    accounts: Callable[[Facts], bool],
    *,
    counted: bool = False,
) -> Reading | None:
    """Return what comes of our own opinion, of parsett's and of guessit's; None when nobody has one.

    Facts that account for the whole name, as `accounts` says, are certain once one reader agrees; others when both do. guessit,
    which costs most, is asked last, and not at all when parsett has settled it. Else everything they differ on is doubtful, with
    what the others say kept. What the other two agree on is then taken before our own, but for a season's episode that only we
    see, or one that is `counted` by a word or sign: it is the patterns for rare ways of writing that see it. So is an episode
    they both see where we see a bare title.
    """
    opinions = [own] if own else []
    accounted = own is not None and accounts(own[1])
    agreed: list[Opinion] = []
    for source, ask in ((PARSE, parse), (GUESS, guess)):
        asked = ask()
        if not asked:
            continue
        opinions.append((source, asked))
        if own and agree(own[1], asked):
            agreed.append((source, asked))
            if accounted or len(agreed) == 2:
                reading = _agreed(own, agreed[0])
                reading.unanimous = len(agreed) == 2
                return reading
    if not opinions:
        return None
    if len(opinions) - bool(own) == 2 and agree(opinions[-2][1], opinions[-1][1]):
        if own is None:
            reading = _agreed(*opinions)
            reading.doubtful = frozenset() if accounts(reading.facts) else frozenset({"kind"})
            return reading
        theirs = opinions[-1][1]
        # A season's episode, a day and a whole show are seen by what is written; a number may be one of the title.
        firm = own[1]["kind"] == "episode" and (counted or "season" in own[1] or "date" in own[1] or not own[1].get("episodes"))
        if (not firm or theirs["kind"] == "episode") and not _is_clearer(own[1], theirs):
            return _disputed(opinions[::-1])
    if own and own[1]["kind"] == "movie" and "year" not in own[1] and _are_episodes(opinions[1:]):
        return _disputed(opinions[::-1])
    return _disputed(sorted(opinions, key=lambda opinion: opinion[0] == PARSE))


def _are_episodes(opinions: list[Opinion]) -> bool:
    """Say whether two readers take a name for an episode's, of whichever number."""
    return len(opinions) == 2 and all(facts["kind"] == "episode" for _, facts in opinions)


def _is_clearer(ours: Facts, theirs: Facts) -> bool:
    """Say whether a title of theirs is ours and a number of all the show's episodes or a mark that they took for words of it.

    Or it has a second alphabet that ours has not.
    """
    title, own = theirs.get("title", ""), ours.get("title", "")
    if ours.get("episodes") and "season" in ours and theirs.get("season") == ours["season"] and not theirs.get("episodes"):
        # "S02.Part.1" is one of the season, and not all of it.
        return True
    longer = "year" not in theirs and theirs["kind"] == "movie" and title.lower().startswith(f"{own} ".lower())
    if ours["kind"] == "episode" and longer and _WORD.search(title, len(own)):
        return True
    if own and own.isascii() and (latin_part(title) != title or not any(char.isascii() for char in title if char.isalpha())):
        return True
    return title != own and same_title(_NUMBER.sub("", title), own)


def _agreed(first: Opinion, second: Opinion) -> Reading:
    reading = Reading()
    for source, facts in (first, second):
        reading.add(source, facts)
    return reading


def _says_it_twice(chosen: Facts, other: Facts) -> bool:
    """Say whether another reader takes a number for season and episode that the chosen one takes for the episode's: "207"."""
    season, episodes = other.get("season"), other.get("episodes") or []
    return (
        season is not None and season > 0 and bool(episodes) and [100 * season + one for one in episodes] == chosen.get("episodes")
    )


def _without_season(facts: Facts) -> Facts:
    return {fact: value for fact, value in facts.items() if fact != "season"}


def _disputed(opinions: list[Opinion]) -> Reading:
    (_, chosen), *others = opinions
    reading = Reading()
    for which, facts in opinions:
        if chosen is facts or chosen["kind"] == facts["kind"] == "episode":
            reading.add(which, _without_season(facts) if _says_it_twice(chosen, facts) else facts)
    doubtful = (reading.facts.keys() - chosen.keys()) | {"kind"} if others else set(chosen)
    for fact in _COMPARED:
        said = [facts[fact] for _, facts in others if fact in facts and facts[fact] != chosen.get(fact)]
        if said:
            doubtful.add(fact)
            reading.alternatives[fact] = [value for index, value in enumerate(said) if value not in said[:index]]
        if fact in chosen and any(facts.get(fact) != chosen[fact] for _, facts in others):
            doubtful.add(fact)
    doubtful |= {fact for fact, source in reading.sources.items() if source in {PARSE, GUESS} and fact not in _COMPARED}
    reading.doubtful = frozenset(doubtful)
    return reading
