"""Which flags a run has raised: those that are there now and were not there before."""

from __future__ import annotations

from sqlite_utils import Database

# A figure that was read again may have another number; what a flag says tells it from the others.
_SAID = ("article_id", "other_article_id", "kind", "message")


def watch_flags(db: Database) -> None:
    """Note from now on, for this connection, which flags come and go."""
    columns = ", ".join(_SAID)
    db.execute(f"CREATE TEMP TABLE flags_noted ({columns}, n INTEGER)")
    for event, side, n in (("INSERT", "new", 1), ("DELETE", "old", -1)):
        values = ", ".join(f"{side}.{column}" for column in _SAID)
        db.execute(
            f"CREATE TEMP TRIGGER note_flag_{event.lower()} AFTER {event} ON main.flags BEGIN "
            f"INSERT INTO flags_noted VALUES ({values}, {n:d}); END"
        )


def raised_flags(db: Database) -> list[tuple[str, str]]:
    """Kind and message of the flags that came since ``watch_flags`` and are still there, by kind."""
    columns = ", ".join(_SAID)
    return list(
        db.execute(f"SELECT kind, message FROM flags_noted GROUP BY {columns} HAVING sum(n) > 0 ORDER BY kind, message")
    )
