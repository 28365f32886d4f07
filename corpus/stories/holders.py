"""Which articles hold a key: by their marks, many keys in one reading, the first holders of each remembered."""

from __future__ import annotations

import array
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlite_utils import Database

FIRST_HOLDERS = 12
# Keys read by one statement.
_BATCH = 20_000


def mark_of(uid: str) -> int:
    """Where an article stands among the holders of a key: by its uid, whenever it came."""
    return int.from_bytes(hashlib.blake2b(uid.encode("utf-8"), digest_size=6).digest(), "big")


def packed(keys: Iterable[int]) -> bytes:
    """Keys for a column of their own."""
    return array.array("q", sorted(keys)).tobytes()


def unpacked(keys: bytes) -> set[int]:
    """Keys from what ``packed`` made of them."""
    made = array.array("q")
    made.frombytes(keys)
    return set(made)


@dataclass(slots=True)
class Holders:
    """The holders of keys, as far as they were asked for; what is written is remembered as it is then."""

    db: Database
    _first: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def learn(self, keys: Iterable[int]) -> None:
        """Read the first holders of keys that are not known yet."""
        # In the order of the index: neighbours are on one page, however large the index is.
        unknown = sorted(set(keys) - self._first.keys())
        for start in range(0, len(unknown), _BATCH):
            found = self.db.conn.execute(
                "SELECT j.value, (SELECT group_concat(mark) FROM (SELECT mark FROM article_keys WHERE key = j.value "
                "ORDER BY mark LIMIT ?)) FROM json_each(?) AS j",
                [FIRST_HOLDERS, json.dumps(unknown[start : start + _BATCH])],
            )
            for key, marks in found:
                self._first[key] = () if marks is None else tuple(sorted(map(int, marks.split(","))))

    def write(
        self, added: Mapping[int, Collection[int]], removed: Mapping[int, Collection[int]]
    ) -> tuple[set[int], set[int]]:
        """Write and delete the holders of keys; who has won a place among the first of one, and who has lost one."""
        self.learn(added.keys() | removed.keys())
        before = {key: self._first[key] for key in removed}
        for sql, rows in (
            ("DELETE FROM article_keys WHERE key = ? AND mark = ?", removed),
            ("INSERT OR IGNORE INTO article_keys (key, mark) VALUES (?, ?)", added),
        ):
            self.db.conn.executemany(sql, [(key, mark) for key in sorted(rows) for mark in sorted(rows[key])])
        won: set[int] = set()
        lost: set[int] = set()
        for key, marks in added.items():
            if key not in removed:
                old = self._first[key]
                new = tuple(sorted({*old, *marks})[:FIRST_HOLDERS])
                self._first[key] = new
                if new != old:
                    won.update(marks if len(new) == len(old) + len(marks) else set(new).difference(old))
                    lost.update(set(old).difference(new))
        for key in removed:
            del self._first[key]
        self.learn(removed)
        for key, old in before.items():
            won.update(set(self._first[key]).difference(old))
            lost.update(set(old).difference(self._first[key]))
        return won, lost

    def beside(self, mark: int, key: int) -> Collection[int]:
        """Those an article is compared with for one key: its first holders; for one of them, all."""
        first = self._first[key]
        if len(first) < FIRST_HOLDERS or mark not in first:
            return first
        return [row[0] for row in self.db.conn.execute("SELECT mark FROM article_keys WHERE key = ?", [key])]
