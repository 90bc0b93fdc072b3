"""The user's own Python: found inside the project, read once, run from the very bytes that are digested.

Nothing is left behind: ``sys.path`` is never touched, and the project's own modules are taken out of ``sys.modules``
again, so that two projects in one process can't mix up their files.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.abc import MetaPathFinder, SourceLoader
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from threading import RLock
from types import CodeType, ModuleType, TracebackType
from typing import Any

from remit.definition.similar import did_you_mean
from remit.errors import ExecutorInvalid, Location
from remit.executors.fingerprint import inside, is_file

__all__ = ["Loaded", "Sources", "entry_path", "load_callable", "read_sources"]

_MAX_SOURCE_BYTES = 5_000_000
_MAX_MODULES = 500
_loading = RLock()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Module:
    """One file of the project that is imported. ``name`` is how the project's code imports it."""

    name: str
    path: Path
    text: bytes
    is_package: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """A Python file of the project with every file of the project that it imports, directly or not."""

    home: Path
    entry: _Module
    imported: Mapping[str, _Module]

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 by path relative to the project."""
        modules = (self.entry, *self.imported.values())
        return {one.path.relative_to(self.home).as_posix(): sha256(one.text).hexdigest() for one in modules}


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What an ``entry`` points to, with the sources it was made from."""

    function: Callable[..., Any]
    sources: Sources


def load_callable(entry: str, *, root: Path) -> Loaded:
    """What ``path/to/file.py:name`` or ``module:name`` points to.

    Args:
        entry: a Python file or module inside the project, a colon, and the name of a callable in it.
        root: the folder of the project.

    Raises:
        ExecutorInvalid: no such file or name, not callable, or importing it failed; then with the line of the
            project's code at which it failed.
    """
    sources = read_sources(entry_path(entry, root=root), root=root)
    module = _run(sources)
    return Loaded(function=_callable_in(module, entry.rpartition(":")[2], sources), sources=sources)


def entry_path(entry: str, *, root: Path) -> Path:
    """The Python file that an entry names.

    Raises:
        ExecutorInvalid: it is no entry, or there is no such file inside the project.
    """
    file, _, name = entry.rpartition(":")
    if not file or not all(part.isidentifier() for part in name.split(".")):
        raise ExecutorInvalid(
            f"`{entry}` is no entry",
            where=Location(path="entry"),
            expected="`path/to/file.py:name` or `module:name`",
            found=entry,
            mend="write the file, a colon, and the name of the function",
        )
    return inside(root, file if file.endswith(".py") else _path_of_module(file, root), key="entry")


def _path_of_module(module: str, root: Path) -> str:
    parts = module.replace(".", "/")
    package = f"{parts}/__init__.py"
    return package if is_file(root / package) else f"{parts}.py"


def _callable_in(module: ModuleType, name: str, sources: Sources) -> Callable[..., Any]:
    file = sources.entry.path.relative_to(sources.home).as_posix()
    found: Any = module
    for part in name.split("."):
        if not hasattr(found, part):
            near = did_you_mean(part, [known for known in vars(found) if not known.startswith("_")])
            raise ExecutorInvalid(
                f"`{file}` has no `{name}`",
                where=Location(path="entry"),
                expected="the name of a function in that file",
                found=name,
                mend=f"did you mean `{near}`?" if near else "check the name after the colon",
            )
        found = getattr(found, part)
    if not callable(found) or isinstance(found, type):
        what = "a class" if isinstance(found, type) else f"a {type(found).__name__}"
        raise ExecutorInvalid(
            f"`{name}` in `{file}` is {what}, not a function",
            where=Location(path="entry"),
            expected="something that can be called with one input",
            found=what,
            mend="point to a function, or to an object with `__call__`",
        )
    return found  # type: ignore[no-any-return]


def read_sources(path: Path, *, root: Path) -> Sources:
    """Read a Python file and, by its import statements, every file of the project it is made of.

    Raises:
        ExecutorInvalid: a file is no Python, is too large, or imports the project's own files inside a function.
    """
    home = root.resolve()
    entry = _Module(
        name=f"remit_executor_{sha256(str(path).encode()).hexdigest()[:12]}",
        path=path,
        text=_read(path, home),
        is_package=False,
    )
    imported: dict[str, _Module] = {}
    waiting = [entry]
    while waiting:
        module = waiting.pop()
        for name, found in _imports(module, (path.parent, home), home):
            if name not in imported:
                imported[name] = _Module(
                    name=name, path=found, text=_read(found, home), is_package=found.name == "__init__.py"
                )
                waiting.append(imported[name])
        if len(imported) > _MAX_MODULES:
            raise ExecutorInvalid(
                f"`{path.name}` imports more than {_MAX_MODULES} files of the project", where=Location(path="entry")
            )
    return Sources(home=home, entry=entry, imported=dict(sorted(imported.items())))


def _read(path: Path, home: Path) -> bytes:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ExecutorInvalid(f"`{path.relative_to(home)}` can't be read: {error.strerror}") from error
    if len(text) > _MAX_SOURCE_BYTES:
        raise ExecutorInvalid(
            f"`{path.relative_to(home)}` is too large to be source",
            expected=f"at most {_MAX_SOURCE_BYTES} bytes",
            found=f"{len(text)} bytes",
        )
    return text


def _imports(module: _Module, folders: tuple[Path, ...], home: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of everything of the project that a module imports, packages around it included."""
    tree = _parse(module, home)
    inner = {id(one) for node in ast.walk(tree) if isinstance(node, _FUNCTION) for one in ast.walk(node)}
    for node in ast.walk(tree):
        for wanted in _wanted(node, module):
            found = _find(wanted, folders, home)
            if found and id(node) in inner and isinstance(node, ast.Import | ast.ImportFrom):
                raise ExecutorInvalid(
                    f"`{wanted}` is imported inside a function",
                    where=_at(module.path, node.lineno, module.text, home),
                    expected="imports of the project's own files at the top of the file",
                    mend="move the import to the top: what is imported later is not in the digest",
                )
            yield from found


_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def _parse(module: _Module, home: Path) -> ast.Module:
    try:
        return ast.parse(module.text)
    except SyntaxError as error:
        raise _no_python(error, module, home) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExecutorInvalid(f"`{module.path.relative_to(home).as_posix()}` is no Python: {error}") from error


def _no_python(error: SyntaxError, module: _Module, home: Path) -> ExecutorInvalid:
    where = _at(module.path, error.lineno or 1, module.text, home, column=error.offset)
    return ExecutorInvalid(f"this is no Python: {error.msg}", where=where, mend="mend this line")


def _wanted(node: ast.AST, module: _Module) -> Iterator[str]:
    """The dotted names that an import statement may load; ``from a import b`` may load ``a.b``."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        start = node.module or ""
        if node.level:
            package = module.name.split(".")[: None if module.is_package else -1]
            parts = package[: len(package) - node.level + 1]
            start = ".".join([*parts, start] if start else parts)
        if start:
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names if alias.name != "*")


def _find(name: str, folders: tuple[Path, ...], home: Path) -> tuple[tuple[str, Path], ...]:
    """The files of the project that importing ``name`` loads, outermost package first; none where it is not ours."""
    parts = name.split(".")
    if parts[0] in sys.stdlib_module_names:
        return ()
    for folder in folders:
        last = folder.joinpath(*parts)
        for file in (last / "__init__.py", last.with_name(f"{last.name}.py")):
            if is_file(file) and file.resolve().is_relative_to(home):
                around = (
                    (".".join(parts[:n]), folder.joinpath(*parts[:n], "__init__.py")) for n in range(1, len(parts))
                )
                packages = [(outer, path) for outer, path in around if is_file(path)]
                return (*packages, (name, file))
    return ()


def _at(path: Path, line: int, text: bytes, home: Path, *, column: int | None = None) -> Location:
    lines = text.decode("utf-8", "replace").splitlines()
    excerpt = lines[line - 1] if 0 < line <= len(lines) else None
    return Location(file=path.relative_to(home).as_posix(), line=line, column=column or None, excerpt=excerpt)


class _FromBytes(SourceLoader):
    """Loads a module from bytes that were read already; no ``.pyc`` is read or written."""

    def __init__(self, module: _Module) -> None:
        self._module = module

    def get_filename(self, fullname: str) -> str:
        del fullname
        return str(self._module.path)

    def get_data(self, path: str) -> bytes:
        return self._module.text if path == str(self._module.path) else Path(path).read_bytes()


class _OwnModules(MetaPathFinder):
    """Finds the project's own modules while they are being loaded, and nothing else."""

    def __init__(self, modules: Mapping[str, _Module]) -> None:
        self._modules = modules
        self._folders: dict[str, list[str]] = {}
        for name, module in modules.items():
            folder = module.path.parent.parent if module.is_package else module.path.parent
            outer = name.rpartition(".")[0]
            while outer:
                self._folders.setdefault(outer, [str(folder)])
                outer, folder = outer.rpartition(".")[0], folder.parent

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self._modules) | frozenset(self._folders)

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        del path, target
        if fullname in self._modules:
            return _spec(self._modules[fullname])
        if fullname in self._folders:  # a folder without `__init__.py`
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = self._folders[fullname]
            return spec
        return None


def _spec(module: _Module) -> ModuleSpec:
    spec = spec_from_loader(module.name, _FromBytes(module), origin=str(module.path), is_package=module.is_package)
    if spec is None:
        raise ImportError(module.name)
    if module.is_package:
        spec.submodule_search_locations = [str(module.path.parent)]
    spec.has_location = True
    return spec


def _run(sources: Sources) -> ModuleType:
    finder = _OwnModules(sources.imported)
    spec = _spec(sources.entry)
    module = module_from_spec(spec)
    with _loading:
        before = {name: sys.modules.pop(name) for name in finder.names if name in sys.modules}
        sys.meta_path.insert(0, finder)
        sys.modules[spec.name] = module
        try:
            if spec.loader is not None:
                spec.loader.exec_module(module)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            sys.modules.pop(spec.name, None)
            raise _import_failed(error, sources) from error
        finally:
            sys.meta_path.remove(finder)
            for name in finder.names:
                sys.modules.pop(name, None)
            sys.modules.update(before)
    return module


def _import_failed(error: BaseException, sources: Sources) -> ExecutorInvalid:
    ours = {str(one.path): one for one in (sources.entry, *sources.imported.values())}
    if isinstance(error, SyntaxError) and error.filename in ours:
        return _no_python(error, ours[error.filename], sources.home)
    where = Location(file=sources.entry.path.relative_to(sources.home).as_posix())
    for code, line in _frames(error.__traceback__):
        if code.co_filename in ours:
            one = ours[code.co_filename]
            where = _at(one.path, line, one.text, sources.home)
    message = " ".join(str(error).split())[:200]
    return ExecutorInvalid(
        f"importing it raised {type(error).__name__}{': ' if message else ''}{message}",
        where=where,
        expected="a file that can be imported",
        mend=_mend(error),
    )


def _mend(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"install `{error.name.split('.')[0]}` beside Remit, or put the file into the project"
    return "mend this line; nothing but definitions belongs at the top of a module"


def _frames(trace: TracebackType | None) -> Iterator[tuple[CodeType, int]]:
    while trace is not None:
        yield trace.tb_frame.f_code, trace.tb_lineno
        trace = trace.tb_next
