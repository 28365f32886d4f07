"""Writing single rows: the few statements that storing is made of.

Names of tables and columns in here are this package's own, never anything that was read; values
are always bound.
"""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from corpus.storing.rows import Row, Value


def insert(db: Database, table: str, values: list[Row]) -> int:
    """Insert rows that have the same columns; the id of the last one, 0 where there is none."""
    if not values:
        return 0
    columns = ", ".join(values[0])
    places = ", ".join(f":{column}" for column in values[0])
    sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"
    db.conn.executemany(sql, values[:-1])
    return int(db.conn.execute(sql, values[-1]).lastrowid or 0)


def update(db: Database, table: str, identifier: int, values: Row) -> bool:
    """Update a row where a value differs; true where one did."""
    assigned = ", ".join(f"{column} = :{column}" for column in values)
    differs = " OR ".join(f"{column} IS NOT :{column}" for column in values)
    sql = f"UPDATE {table} SET {assigned} WHERE id = :row_id AND ({differs})"
    return db.conn.execute(sql, values | {"row_id": identifier}).rowcount > 0


def value_of(db: Database, sql: str, parameters: list[Value] | Row) -> Any:
    """The first value of the first row, None where there is none."""
    row = db.execute(sql, parameters).fetchone()
    return None if row is None else row[0]


def ids_of(db: Database, sql: str, parameters: list[Value]) -> list[int]:
    """The first value of every row."""
    return [int(row[0]) for row in db.execute(sql, parameters).fetchall()]
