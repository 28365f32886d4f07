"""The folders a database was made from, remembered in a file beside it.

Where a folder stands is nobody's business who reads the site or is handed the database, so it is
kept out of both: ``corpus.db-folders.json`` beside ``corpus.db`` maps each label to its path.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from corpus.model import CorpusError
from corpus.reading.walking import Root, printable_name, root_of


def folders_file(database: Path) -> Path:
    """The file that remembers the folders of a database."""
    return database.with_name(f"{database.name}-folders.json")


def load_folders(database: Path) -> dict[str, str]:
    """Absolute paths by label, in the order they were first given; empty where nothing is remembered.

    Raises CorpusError where the file is there but is not what was written.
    """
    file = folders_file(database)
    # A database that was deleted is begun anew, and so is what it remembers.
    if not database.exists() or not file.exists():
        return {}
    try:
        remembered = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CorpusError(f"{file}: the list of ingested folders cannot be read ({error}); delete it") from error
    if not isinstance(remembered, dict) or not all(isinstance(path, str) for path in remembered.values()):
        raise CorpusError(f"{file}: this is not a list of ingested folders; delete it")
    return remembered


def save_folders(database: Path, folders: Mapping[str, str]) -> None:
    """Remember folders; the file is replaced as a whole, so that a killed run leaves the old or the new."""
    file = folders_file(database)
    fresh = file.with_name(f"{file.name}.new")
    try:
        fresh.write_text(json.dumps(folders, ensure_ascii=False, indent=2) + "\n", "utf-8")
        fresh.replace(file)
    except (OSError, UnicodeEncodeError) as error:
        raise CorpusError(f"{file}: the list of ingested folders cannot be written ({error})") from error


def find_root(path: str, folders: Mapping[str, str]) -> Root:
    """The root of a path: the folder it belongs to where that is remembered, else one of its own.

    Two folders of one name get labels of their own by the names of the folders they stand in; a
    label whose folder is no longer there is taken over, for the folder was moved.
    """
    root = root_of(path)
    holding = [
        (label, folder)
        for label, folder in folders.items()
        if folder == root.path or (os.path.isdir(folder) and root.path.startswith(os.path.join(folder, "")))
    ]
    if holding:
        label, folder = max(holding, key=lambda one: len(one[1]))
        if folder == root.path:
            return Root(root.path, label, root.prefix)
        inner = printable_name(os.path.relpath(root.path, folder)).replace(os.sep, "/")
        return Root(root.path, label, inner)
    label, above = root.label, os.path.dirname(root.path)
    while label in folders and os.path.lexists(folders[label]):
        parent, above = printable_name(os.path.basename(above)), os.path.dirname(above)
        if not parent:
            return Root(root.path, printable_name(root.path), root.prefix)
        label = f"{parent}/{label}"
    return Root(root.path, label, root.prefix)
