"""The file of a work that is being defined: read anew before each answer, written whole or not at all behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from remit.errors import UsageError
from remit.files.atomic import make_folder, write_text
from remit.files.definitions import definition_in, load_definition
from remit.files.text_file import is_file, read_text
from remit.files.yaml_edit import with_entry, with_value
from remit.files.yaml_format import format_definition
from remit.files.yaml_reader import read_yaml
from remit.interview import Entry, Write

__all__ = ["Draft", "begin", "home_of"]

_PROJECT_FILE: Final = "remit.yaml"
_LIMIT_BYTES: Final = 1_000_000
_SLUG: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ASSUMED: Final = re.compile(r"[ \t]+# assumed: [^\r\n]*")


def home_of(folder: Path) -> Path | None:
    """The nearest folder upwards with a ``remit.yaml``; None where there is none."""
    start = folder.resolve()
    return next((one for one in (start, *start.parents) if (one / _PROJECT_FILE).is_file()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One definition that is being written. People may change the file at any time."""

    path: Path
    root: Path
    is_new: bool = False

    @property
    def data(self) -> Mapping[str, Any]:
        """What the file says now.

        Raises:
            InvalidInput: it can't be read any more.
        """
        return read_yaml(self.path).data

    def write(self, pieces: Iterable[Write | Entry]) -> None:
        """Write pieces into the file, all of them or none. The file is a valid definition before and after.

        Raises:
            InvalidInput: the file can't be read, or would not be a definition any more.
            Conflict: a piece can't be put in without touching what people wrote.
        """
        text = read_text(self.path, limit_bytes=_LIMIT_BYTES)
        name = str(self.path)
        made = text
        for piece in pieces:
            match piece:
                case Write():
                    made = with_value(made, piece.path, piece.value, name=name, notes=piece.notes)
                case Entry():
                    made = with_entry(made, piece.path, piece.value, name=name)
        self._replace(text, made)

    def drop_marks(self, part: str) -> None:
        """Take away the marks `# assumed: ...` of ``inputs`` or ``outputs``, which somebody has confirmed."""
        text = read_text(self.path, limit_bytes=_LIMIT_BYTES)
        section = re.compile(rf"^{part}:[^\r\n]*(?:\r?\n(?:[ \t][^\r\n]*)?)*", re.MULTILINE)
        self._replace(text, section.sub(lambda found: _ASSUMED.sub("", found[0]), text, count=1))

    def _replace(self, text: str, made: str) -> None:
        if made != text:
            if format_definition(text, str(self.path)) == text:
                # In the one layout before, in the one layout behind it; a layout of somebody's own stays as it is.
                made = format_definition(made, str(self.path))
            definition_in(made, self.path, root=self.root)
            write_text(self.path, made)


def begin(id_: str, *, root: Path, path: Path) -> Draft:
    """The draft of a work: its file as it is, or a new one that says nothing but its id.

    Args:
        id_: the id.
        root: the folder of the project; a ``remit.yaml`` is made in it where there is none.
        path: the file of the work, as it is shown to people.

    Raises:
        UsageError: the id can't be the name of a work.
        InvalidInput: there is a file and it is broken; it is left as it is.
    """
    if not _SLUG.fullmatch(id_) or len(id_) > 64:
        raise UsageError(
            f"`{id_[:80]}` can't be the id of a work",
            expected="lower-case letters and digits, joined by single hyphens, at most 64",
            found=id_[:80],
            mend="a short name such as parcel-claim",
        )
    if is_file(path):
        load_definition(path, root=root)
        return Draft(path=path, root=root)
    make_folder(path.parent)
    if not (root / _PROJECT_FILE).is_file():
        write_text(
            root / _PROJECT_FILE, "# A project of Remit: definitions in work/, executors in executors/.\nremit: 1\n"
        )
    head = f"# What this work is, as if a person had to do it. `remit define {id_}` asks on where it stopped.\n"
    write_text(path, f"{head}remit: 1\nid: {id_}\n")
    return Draft(path=path, root=root, is_new=True)
