"""Files as git knows them at a revision. Git is run without a shell, for a bounded time, and only asked for objects."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from remit.errors import NotFound, OutsideError

__all__ = ["Repository"]

_SECONDS: Final = 10.0
_LIMIT_BYTES: Final = 2_000_000
_REVISION: Final = re.compile(r"[^-\s:\x00-\x1f\x7f][^\s:\x00-\x1f\x7f]{0,200}\Z")


class Repository:
    """The repository that a folder lies in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def commit(self, revision: str) -> str:
        """The full name of the commit that ``revision`` means.

        Raises:
            NotFound: there is none.
            OutsideError: git is not installed, or the folder lies in no repository.
        """
        inside = self._run("rev-parse", "--is-inside-work-tree")
        if inside.returncode:
            said = inside.stderr.decode("utf-8", "replace").strip()
            raise OutsideError(
                "the project is in no git repository that can be read",
                expected="a repository, to find earlier versions in",
                found=said.splitlines()[0][:200] if said else None,
                mend="`git init` and commit, or name two files: remit diff OLD.yaml NEW.yaml",
            )
        found = None
        if _REVISION.match(revision):
            found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found is None or found.returncode:
            raise NotFound(
                f"git knows no revision `{revision[:80]}`",
                expected="a commit, a branch or a tag",
                found=revision[:80],
                mend="`git log --oneline` lists commits; for a definition that was used, write digest:...",
            )
        return found.stdout.decode("ascii").strip()

    def content(self, commit: str, path: str) -> bytes | None:
        """The bytes of the file ``path``, seen from the folder, in ``commit``; None where it is not there.

        Raises:
            OutsideError: it is too large, or git fails.
        """
        name = f"{commit}:./{path}"
        size = self._run("cat-file", "-s", name)
        if size.returncode:
            return None
        if int(size.stdout) > _LIMIT_BYTES:
            raise OutsideError(
                f"{path} is too large in that revision",
                expected=f"at most {_LIMIT_BYTES:,} bytes",
                found=size.stdout.decode("ascii").strip(),
            )
        found = self._run("cat-file", "blob", name)
        return None if found.returncode else found.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command: Sequence[str] = ("git", "--no-pager", "-C", str(self._folder), *arguments)
        try:
            return subprocess.run(  # noqa: S603
                command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_SECONDS
            )
        except FileNotFoundError:
            raise OutsideError(
                "git is not installed, or not on the PATH",
                expected="git, to find earlier versions with",
                mend="install git, or name two files: remit diff OLD.yaml NEW.yaml",
            ) from None
        except subprocess.TimeoutExpired:
            raise OutsideError(
                f"git did not answer within {_SECONDS:g} seconds", mend="try the same with git yourself"
            ) from None
        except OSError as fault:
            raise OutsideError(f"git can't be run: {fault.strerror or fault}") from None
