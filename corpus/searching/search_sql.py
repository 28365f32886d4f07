"""A query understood → one FTS5 expression and SQL conditions; every value travels as a parameter."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from corpus.indexing import ALL, fact
from corpus.searching.asked import Amount
from corpus.searching.expanding import Meaning, expression, literal, quoted

# Both dates are cut to the shorter one, then compared as text.
_OVERLAPS = {
    "since": "substr(f.date_published, 1, length(:since)) >= substr(:since, 1, length(f.date_published))",
    "until": "substr(f.date_published, 1, length(:until)) <= substr(:until, 1, length(f.date_published))",
}
_STORY = (
    "f.article_id IN (SELECT id FROM articles WHERE story_id IN (SELECT id FROM stories WHERE uid = :story "
    "UNION SELECT story_id FROM articles WHERE uid = :story) UNION SELECT id FROM articles WHERE uid = :story)"
)
_NEW = "f.first_ingested >= :new"
_FLAG = (
    "f.article_id IN (SELECT article_id FROM flags WHERE kind = :flag UNION SELECT other_article_id FROM flags "
    "WHERE kind = :flag)"
)
_ABOUT = (
    "EXISTS (SELECT 1 FROM figures AS g WHERE g.article_id = f.article_id AND g.struck = 0 "
    "AND instr('; ' || lower(g.subject) || '; ', '; ' || lower(:subject) || '; ') > 0{measure})"
)
_MONTHS = 36
# Two REALs that were one decimal.
_NEAR = 1e-9
# A bound further away than this says nothing of an amount, and a thousandfold is the difference of two scale words.
_FAR = 1e2


def match_expression(meaning: Meaning, filters: Mapping[str, str]) -> str | None:
    """The FTS5 expression of words and of those filters that are tokens of the index, None where there is none."""
    wanted = [" OR ".join(map(expression, group)) for group in meaning.groups]
    wanted = [f"({group})" for group in wanted]
    tokens = [_any("language", filters.get("language")), _any("source", filters.get("source"))]
    tokens += [_any("measure", filters.get("measure")), _dates(filters)]
    asked = [f"{{facts}} : ({token})" for token in tokens if token is not None]
    unwanted = [expression(one) for one in meaning.excluded]
    for part in meaning.query.parts:
        token = (
            _any(part.name, part.value) if part.excluded and part.name in ("language", "source", "measure") else None
        )
        if token is not None:
            unwanted.append(f"({{facts}} : ({token}))")
    if not wanted and not asked and not unwanted:
        return None
    found = " AND ".join([*wanted, *asked] or [f"{{facts}} : {quoted(ALL)}"])
    return f"({found}) NOT ({' OR '.join(unwanted)})" if unwanted else found


def literal_expression(meaning: Meaning) -> str | None:
    """The FTS5 expression of the words in the language they were typed in, None where there are none."""
    if not meaning.groups:
        return None
    return " AND ".join(f"({' OR '.join(map(literal, group))})" for group in meaning.groups)


def in_headline(match: str) -> str:
    """An expression narrowed to headlines."""
    narrowed = match.replace("{headline body}", "{headline}").replace("{headline_words words}", "{headline_words}")
    return narrowed.replace("{words}", "{headline_words}")


def _any(kind: str, values: str | None) -> str | None:
    if values is None:
        return None
    return " OR ".join(quoted(fact(kind, value.strip())) for value in values.split(",") if value.strip()) or None


def _dates(filters: Mapping[str, str]) -> str | None:
    """The months or years between two dates, those articles included that are known to the year only."""
    if not filters.keys() & {"since", "until"}:
        return None
    today = datetime.date.today()
    since, until = filters.get("since", "1990"), filters.get("until", str(today.year + 1))
    first = int(since[:4]) * 12 + (int(since[5:7]) - 1 if len(since) > 4 else 0)
    last = int(until[:4]) * 12 + (int(until[5:7]) - 1 if len(until) > 4 else 11)
    if last < first:
        return quoted("nothing")
    years = [f"{year:04d}" for year in range(first // 12, last // 12 + 1)]
    if len(years) > 200:
        return None
    if last - first >= _MONTHS:
        return " OR ".join(quoted(fact("year", year)) for year in years)
    months = [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, last + 1)]
    return " OR ".join(quoted(fact("month", prefix)) for prefix in (*years, *months))


def conditions(filters: Mapping[str, str]) -> tuple[list[str], dict[str, Any]]:
    """The conditions over ``search_facts AS f`` that the expression leaves, and their named parameters."""
    where = [sql for name, sql in _OVERLAPS.items() if name in filters]
    where += [sql for name, sql in (("story", _STORY), ("new", _NEW), ("flag", _FLAG)) if name in filters]
    parameters: dict[str, Any] = dict(filters)
    if "subject" in filters:
        # Both about the same figure: its measure and whose it is.
        measures = [value.strip() for value in filters.get("measure", "").split(",") if value.strip()]
        names = {f"measure{place}": value for place, value in enumerate(measures)}
        one_of = f" AND g.measure IN ({', '.join(f':{name}' for name in names)})" if names else ""
        where.append(_ABOUT.format(measure=one_of))
        parameters |= names
    return where, parameters


EXACT, RANGE, BOUND = 3, 2, 1


def amount_sql(amount: Amount, prefix: str, *, correlated: bool = False) -> tuple[str, dict[str, Any]]:
    """A SELECT of (article_id, grade, start_char, end_char) of the figures that claim an amount.

    The grade is EXACT for the same amount, RANGE for a range that contains it, BOUND for a bound that
    admits it. ``prefix`` keeps the parameters of several amounts apart; ``correlated`` asks whether the article
    ``f.article_id`` has one of any grade.
    """
    kinds = ("money", "count") if amount.kind is None else (amount.kind,)
    low, high = amount.low, amount.high
    parameters: dict[str, Any] = {"currency": amount.currency, "unit": amount.unit}
    more = ["g.struck = 0", "g.vague = 0"]
    if amount.currency is not None:
        more.append("g.currency = :currency")
    if amount.unit is not None:
        more.append("g.unit = :unit")
    rest = " AND ".join(more)
    kind = f"g.kind IN ({', '.join(f':kind{place}' for place in range(len(kinds)))})"
    parameters |= {f"kind{place}": name for place, name in enumerate(kinds)}
    branches: list[tuple[int, str]] = []
    if low is not None and high is not None:
        near = {"low_from": low - abs(low) * _NEAR, "low_to": low + abs(low) * _NEAR}
        near |= {"high_from": high - abs(high) * _NEAR, "high_to": high + abs(high) * _NEAR}
        parameters |= near | {"least": low / _FAR, "most": high * _FAR}
        branches = [
            (EXACT, "g.low BETWEEN :low_from AND :low_to AND g.high BETWEEN :high_from AND :high_to"),
            # The range contains what is asked for, or a range is asked for and contains the figure.
            (RANGE, "g.low BETWEEN :least AND :low_to AND g.high >= :high_from"),
            (BOUND, "g.low BETWEEN :least AND :high_to AND g.high IS NULL"),
            (BOUND, "g.high BETWEEN :low_from AND :most AND g.low IS NULL"),
        ]
        if low < high:
            branches.append((RANGE, "g.low BETWEEN :low_from AND :high_to AND g.high <= :high_to"))
        else:
            # Equal ends are no range; points below the amount need not be looked at twice.
            branches[1] = (RANGE, f"{branches[1][1]} AND g.low < g.high")
    elif low is not None:
        parameters["low"] = low
        sign = ">" if amount.open else ">="
        branches = [
            (EXACT, f"g.low {sign} :low"),
            (EXACT, "g.low = :low AND g.high IS NULL AND g.qualifier = 'more_than'"),
            (RANGE, f"g.high {sign} :low AND g.low < :low"),
        ]
    else:
        parameters["high"] = high
        sign = "<" if amount.open else "<="
        branches = [
            (EXACT, f"g.high {sign} :high"),
            (EXACT, "g.high = :high AND g.low IS NULL AND g.qualifier = 'less_than'"),
            (RANGE, f"g.low {sign} :high AND g.high > :high"),
        ]
    if correlated:
        any_of = " OR ".join(f"({condition})" for _, condition in branches)
        sql = (
            "SELECT 1 FROM figures AS g INDEXED BY idx_figures_asked "
            f"WHERE g.article_id = f.article_id AND {kind} AND ({any_of}) AND {rest}"
        )
    else:
        sql = " UNION ALL ".join(
            f"SELECT g.article_id, {grade:d} AS grade, g.start_char, g.end_char FROM figures AS g "
            f"WHERE {kind} AND {condition} AND {rest}"
            for grade, condition in branches
        )
    for name in sorted(parameters, key=len, reverse=True):
        sql = sql.replace(f":{name}", f":{prefix}{name}")
    return sql, {f"{prefix}{name}": value for name, value in parameters.items()}
