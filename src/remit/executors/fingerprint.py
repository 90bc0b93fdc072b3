"""What an executor is made of: files inside the project, and the one digest over everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from remit.definition.digests import digest_of
from remit.definition.similar import did_you_mean
from remit.errors import ExecutorInvalid, Location
from remit.items import ExecutorSpec, Json

__all__ = ["digest_of_executor", "digest_of_file", "digests_of_files", "inside", "is_file", "library_versions", "only"]


def digest_of_executor(spec: ExecutorSpec, made_of: Mapping[str, Json]) -> str:
    """The digest of an executor: its kind, version, settings and everything in ``made_of``.

    Name, deadline, retries, cost and author are left out: they do not change what is answered.
    """
    return digest_of(
        {
            "kind": spec.kind.value,
            "version": spec.version,
            "settings": spec.settings,
            "confidence": spec.confidence,
            **made_of,
        }
    )


def inside(root: Path, name: str, *, key: str) -> Path:
    """The file ``name`` of the project at ``root``.

    Args:
        root: the folder of the project.
        name: a path relative to it.
        key: which key of the executor file says so, for the error.

    Raises:
        ExecutorInvalid: it leads out of the project, or no such file is there.
    """
    home = root.resolve()
    where = Location(path=key)
    if "\0" in name:
        raise ExecutorInvalid(f"`{key}` is no path", where=where, expected="a path of a file", found=repr(name)[:100])
    found = (home / name).resolve()
    if not found.is_relative_to(home):
        raise ExecutorInvalid(
            f"`{name}` leads out of the project",
            where=where,
            expected="a path inside the folder of the project",
            found=name,
            mend="copy what it needs into the project, so that it is kept and digested with it",
        )
    if not is_file(found):
        near = None
        if found.parent.is_dir():
            near = did_you_mean(found.name, [one.name for one in found.parent.iterdir() if one.is_file()])
        mend = f"did you mean `{(found.parent / near).relative_to(home).as_posix()}`?" if near else "check the path"
        raise ExecutorInvalid(
            f"there is no file `{name}`", where=where, expected="a file of the project", found="nothing", mend=mend
        )
    return found


def is_file(path: Path) -> bool:
    """Whether there is such a file. A name that no file can have is none."""
    try:
        return path.is_file()
    except OSError:  # longer than the disk takes
        return False


def digest_of_file(path: Path) -> str:
    """SHA-256 over the bytes of a file, hexadecimal.

    Raises:
        ExecutorInvalid: it can't be read.
    """
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ExecutorInvalid(f"`{path.name}` can't be read: {error.strerror}") from error


def digests_of_files(root: Path, names: Iterable[str]) -> dict[str, str]:
    """Path and digest of every file that the executor file lists under ``files``."""
    home = root.resolve()
    found = (inside(root, name, key="files") for name in names)
    return {path.relative_to(home).as_posix(): digest_of_file(path) for path in found}


def library_versions() -> dict[str, Json]:
    """The versions of the libraries that a model's answers depend on.

    Raises:
        ExecutorInvalid: they are not installed.
    """
    try:
        return {"scikit-learn": version("scikit-learn"), "numpy": version("numpy")}
    except PackageNotFoundError:
        raise ExecutorInvalid(
            "models need scikit-learn",
            expected="the extra `model`",
            found="not installed",
            mend="pip install 'remit[model]'",
        ) from None


def only(
    spec: ExecutorSpec,
    *,
    entry: bool = False,
    file: bool = False,
    files: bool = False,
    confidence: bool = False,
    settings: Iterable[str] | None = None,
) -> None:
    """Refuse what this kind of executor does not know: nothing is read and ignored.

    Args:
        spec: what the executor file says.
        entry: whether this kind has an ``entry``.
        file: whether this kind has a ``file``.
        files: whether this kind has ``files``.
        confidence: whether this kind can give a confidence; ``none`` may always be said.
        settings: the settings this kind knows; None where the kind takes any.

    Raises:
        ExecutorInvalid: something is given that has no meaning for this kind.
    """
    said = None if spec.confidence == "none" else spec.confidence
    keys = (
        ("entry", entry, spec.entry),
        ("file", file, spec.file),
        ("files", files, ", ".join(spec.files) or None),
        ("confidence", confidence, said),
    )
    for key, known, value in keys:
        if value is not None and not known:
            raise ExecutorInvalid(
                f"an executor of kind `{spec.kind}` has no `{key}`",
                where=Location(path=key),
                found=value,
                mend=f"take `{key}` out, or give another `kind`",
            )
    if settings is None:
        return
    known_settings = sorted(settings)
    for name in spec.settings:
        if name not in known_settings:
            near = did_you_mean(name, known_settings)
            raise ExecutorInvalid(
                f"an executor of kind `{spec.kind}` has no setting `{name}`",
                where=Location(path=f"settings.{name}"),
                expected=f"one of {', '.join(known_settings)}" if known_settings else "no settings",
                found=name,
                mend=f"did you mean `{near}`?" if near else "take it out",
            )
