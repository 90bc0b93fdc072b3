"""A scikit-learn estimator as an executor, loaded with skops: never with pickle, and only types that are known.

Settings
    features    the input fields, in the order the estimator was trained on; a list of numbers (pixels) counts as as
                many columns as it has entries, a yes or no as 1 or 0
    encode      ``{field: [value, ...]}``: one column of 0 and 1 for each value, in this order, for fields of text
    missing     ``{field: value}``: what stands for an absent field; where nothing is said it is NaN, which is right
                for a pipeline with an imputer and a fault for others
    output      the output field; may be left out where the work has one
    classes     ``{class: answer}``, where the estimator's classes are not spelt like the answers

The confidence is the probability (``predict_proba``) of the class that is answered; without one, the decision
function turned into a number from 0 to 1 (logistic for two classes, softmax for more), which orders well and is no
probability; ``confidence: none`` leaves it out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import chain
from math import exp, nan
from pathlib import Path
from typing import Any, Final

from remit.cases.cells import answer_text
from remit.definition.flaws import listing, suggestion
from remit.definition.model import Definition
from remit.definition.schemas import answers, input_schema, leaf, output_schema, properties
from remit.errors import ExecutorInvalid, Location
from remit.executors.fingerprint import digest_of_executor, inside, library_versions, only
from remit.executors.trusted import TRUSTED_TYPES
from remit.items import Answer, ExecutorSpec, Fault, FaultKind, Json, JsonObject

__all__ = ["ModelExecutor", "load_model"]

_MAX_BYTES: Final = 500_000_000
_MAX_UNPACKED: Final = 2_000_000_000
_MAX_ENTRIES: Final = 200_000
_DECIMALS: Final = 9  # a row alone and in a batch may differ in the last bits of a sum
_CONFIDENCES: Final = ("predict_proba", "decision_function", "none")
_ANSWERS_THE_LIKELIEST: Final = frozenset({"CalibratedClassifierCV"})
"""Estimators whose ``predict`` is by its own code the class of the highest ``predict_proba``: asked once, not twice."""
_NUMBERS: Final = frozenset({"number", "integer", "boolean"})


class _Unusable(Exception):
    """An input that can't be turned into a row; the text says which field, never what is in it."""


class _Feature:
    """One input field as columns of the estimator."""

    __slots__ = ("_default", "_values", "field", "is_list", "width")

    def __init__(
        self, field: str, *, width: int, is_list: bool, values: tuple[Json, ...] | None, default: Json
    ) -> None:
        self.field = field
        self.width = width
        self.is_list = is_list
        self._values = None if values is None else {(type(one), one): i for i, one in enumerate(values)}
        self._default = default

    def put(self, given: JsonObject, row: list[float]) -> None:
        value = given.get(self.field)
        value = self._default if value is None else value
        if value is None:
            row.extend([nan] * self.width)
        elif self._values is not None:
            at = self._values.get((type(value), value))
            if at is None:
                raise _Unusable(f"input.{self.field} has a value that the model was not trained on")
            row.extend(1.0 if i == at else 0.0 for i in range(self.width))
        elif self.is_list:
            if not isinstance(value, list) or len(value) != self.width or not all(map(_is_number, value)):
                raise _Unusable(f"input.{self.field} is no list of {self.width} numbers")
            row.extend(value)
        elif _is_number(value):
            row.append(float(value))
        else:
            raise _Unusable(f"input.{self.field} is no number")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


class ModelExecutor:
    """One fitted estimator. ``answers`` takes many inputs at once and says of each what ``answer`` would."""

    __slots__ = ("_confidence", "_estimator", "_features", "_meanings", "_output", "digest", "gives_confidence", "spec")

    def __init__(
        self,
        estimator: Any,
        *,
        spec: ExecutorSpec,
        digest: str,
        features: Sequence[_Feature],
        output: str,
        meanings: Mapping[Json, Json] | None,
    ) -> None:
        self.spec = spec
        self.digest = digest
        self._estimator = estimator
        self._features = tuple(features)
        self._output = output
        self._meanings = meanings
        self._confidence = _confidence_of(estimator, spec, classifies=meanings is not None)
        self.gives_confidence = self._confidence != "none"

    def answer(self, given: JsonObject) -> Answer:
        """Answer one input."""
        return self.answers([given])[0]

    def answers(self, given: Sequence[JsonObject]) -> list[Answer]:
        """Answer many inputs at once."""
        rows: list[list[float]] = []
        found: list[Answer | None] = []
        for one in given:
            try:
                rows.append(self._row(one))
                found.append(None)
            except _Unusable as reason:
                found.append(Answer(output=None, fault=Fault(kind=FaultKind.ERROR, text=str(reason))))
        predicted = iter(self._predict(rows) if rows else ())
        return [next(predicted) if one is None else one for one in found]

    def _row(self, given: JsonObject) -> list[float]:
        row: list[float] = []
        for feature in self._features:
            feature.put(given, row)
        return row

    def _predict(self, rows: list[list[float]]) -> list[Answer]:
        import numpy as np

        table = np.array(rows, dtype=np.float64)
        if self._confidence == "predict_proba" and type(self._estimator).__name__ in _ANSWERS_THE_LIKELIEST:
            return self._likeliest(self._estimator.predict_proba(table))
        predicted = self._estimator.predict(table).tolist()
        if self._meanings is None:
            return [Answer(output={self._output: value}) for value in predicted]
        meanings = self._meanings
        return [
            Answer(output={self._output: meanings[value]}, confidence=confidence)
            for value, confidence in zip(predicted, self._confidences(table, predicted), strict=True)
        ]

    def _likeliest(self, chances: Any) -> list[Answer]:
        classes, meanings = self._estimator.classes_.tolist(), self._meanings or {}
        return [
            Answer(output={self._output: meanings[classes[best]]}, confidence=round(float(row[best]), _DECIMALS))
            for row, best in zip(chances, chances.argmax(axis=1).tolist(), strict=True)
        ]

    def _confidences(self, table: Any, predicted: list[Json]) -> list[float | None]:
        if self._confidence == "none":
            return [None] * len(predicted)
        at = {value: i for i, value in enumerate(self._estimator.classes_.tolist())}
        scores = getattr(self._estimator, self._confidence)(table).tolist()
        if self._confidence == "predict_proba":
            return [round(row[at[value]], _DECIMALS) for row, value in zip(scores, predicted, strict=True)]
        return [_of_decision(score, at[value], len(at)) for score, value in zip(scores, predicted, strict=True)]


def _of_decision(score: Json, at: int, n_classes: int) -> float | None:
    if not isinstance(score, list):
        return round(1.0 / (1.0 + exp(-min(abs(score), 700.0))), _DECIMALS)
    if len(score) != n_classes:  # one column for each pair of classes says nothing about one answer
        return None
    highest = max(score)
    weights = [exp(one - highest) for one in score]
    return round(weights[at] / sum(weights), _DECIMALS)


def _confidence_of(estimator: Any, spec: ExecutorSpec, *, classifies: bool) -> str:
    offered = [name for name in _CONFIDENCES[:2] if classifies and hasattr(estimator, name)] + ["none"]
    if spec.confidence is None:
        return offered[0]
    if spec.confidence not in offered:
        raise ExecutorInvalid(
            f"the model has no confidence `{spec.confidence}`",
            where=Location(path="confidence"),
            expected=listing(offered),
            found=spec.confidence,
            mend=suggestion(spec.confidence, offered) or "take `confidence` out: the best there is is used",
        )
    return spec.confidence


def load_model(spec: ExecutorSpec, *, root: Path, definition: Definition) -> ModelExecutor:
    """The executor that an executor file of kind ``model`` describes.

    Its digest covers the bytes of the file, the settings, and the versions of scikit-learn and numpy, because the
    same file may answer differently under others.

    Raises:
        ExecutorInvalid: the file is no model saved by skops, holds types that are not known to be harmless, or does
            not fit its settings and the definition.
    """
    only(spec, file=True, confidence=True, settings=("classes", "encode", "features", "missing", "output"))
    if spec.file is None:
        raise ExecutorInvalid(
            "an executor of kind `model` needs a `file`",
            where=Location(path="file"),
            expected="a scikit-learn estimator saved with skops.io.dump",
        )
    path = inside(root, spec.file, key="file")
    content = _read(path, spec.file)
    estimator = _unpack(content, spec.file)
    features = _features(spec, estimator, definition)
    _forget_names(estimator, [one.field for one in features if one.width == 1])
    output = _output(spec, definition)
    return ModelExecutor(
        estimator,
        spec=spec,
        digest=digest_of_executor(spec, {"files": {spec.file: sha256(content).hexdigest()}, **library_versions()}),
        features=features,
        output=output,
        meanings=_meanings(spec, estimator, output, definition),
    )


def _read(path: Path, name: str) -> bytes:
    size = path.stat().st_size
    if size > _MAX_BYTES:
        raise _no_model(name, "it is too large", expected=f"at most {_MAX_BYTES} bytes", found=f"{size} bytes")
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        pickled = content[:1] == b"\x80" or b"joblib" in content[:200]
        found = "a pickle, which could run anything" if pickled else "something else"
        raise _no_model(name, "it was not saved with skops", found=found) from None
    if "schema.json" not in {one.filename for one in entries}:
        raise _no_model(name, "it was not saved with skops", found="another archive")
    unpacked = sum(one.file_size for one in entries)
    if unpacked > _MAX_UNPACKED or len(entries) > _MAX_ENTRIES:
        raise _no_model(name, "it unpacks to too much", found=f"{unpacked} bytes in {len(entries)} parts")
    return content


def _unpack(content: bytes, name: str) -> Any:
    try:
        from skops import io as skops_io
    except ImportError as error:
        raise ExecutorInvalid(
            "models need scikit-learn and skops, which are not installed",
            where=Location(path="kind"),
            mend="pip install 'remit[model]'",
        ) from error
    import warnings

    with warnings.catch_warnings():  # another version of scikit-learn: its digest is another, so it is proved anew
        warnings.simplefilter("ignore")
        try:
            unknown = [one for one in skops_io.get_untrusted_types(data=content) if one not in TRUSTED_TYPES]
            estimator = None if unknown else skops_io.loads(content, trusted=sorted(TRUSTED_TYPES))
        except Exception as error:
            raise _no_model(name, "it can't be unpacked", found="an archive without a whole model") from error
    if unknown:
        raise ExecutorInvalid(
            f"`{name}` holds types that are not known to be harmless: {', '.join(sorted(unknown)[:5])}",
            where=Location(path="file"),
            expected="estimators of scikit-learn and arrays of numpy",
            found=", ".join(sorted(unknown)[:5]),
            mend="build the model from scikit-learn's own parts, or write a function executor",
        )
    if not hasattr(estimator, "predict"):
        raise _no_model(name, "it can't predict", found=type(estimator).__name__)
    return estimator


def _no_model(name: str, why: str, *, expected: str | None = None, found: str | None = None) -> ExecutorInvalid:
    return ExecutorInvalid(
        f"`{name}` is no model that can be used: {why}",
        where=Location(path="file"),
        expected=expected or "a fitted scikit-learn estimator saved with skops.io.dump",
        found=found,
        mend="save it with skops.io.dump(estimator, file)",
    )


def _setting(
    message: str, key: str, *, expected: str, found: object = None, mend: str | None = None
) -> ExecutorInvalid:
    shown = None if found is None else str(found)[:100]
    return ExecutorInvalid(message, where=Location(path=f"settings.{key}"), expected=expected, found=shown, mend=mend)


def _features(spec: ExecutorSpec, estimator: Any, definition: Definition) -> list[_Feature]:
    schema = input_schema(definition)
    known = tuple(properties(schema))
    names = spec.settings.get("features")
    if not isinstance(names, list) or not names or not all(isinstance(one, str) for one in names):
        raise _setting(
            "`settings.features` is missing or no list",
            "features",
            expected=f"the input fields in the order of the training: {listing(known)}",
            found=names,
        )
    for name in names:
        if name not in known:
            raise _setting(
                f"`{name}` is no input field",
                "features",
                expected=listing(known),
                found=name,
                mend=suggestion(name, known),
            )
    encode, missing = _mapping(spec, "encode", names), _mapping(spec, "missing", names)
    wanted = getattr(estimator, "n_features_in_", None)
    widths = _widths(schema, names, encode, wanted)
    if isinstance(wanted, int) and sum(widths.values()) != wanted:
        raise _setting(
            "the features do not fit the model",
            "features",
            expected=f"{wanted} columns, as in the training",
            found=f"{sum(widths.values())} columns",
            mend="name the input fields that the model was trained on, in their order",
        )
    return [
        _Feature(
            name,
            width=widths[name],
            is_list=name not in encode and (leaf(schema, name) or {}).get("type") == "array",
            values=tuple(encode[name]) if name in encode else None,
            default=missing.get(name),
        )
        for name in names
    ]


def _mapping(spec: ExecutorSpec, key: str, names: Sequence[str]) -> Mapping[str, Json]:
    found = spec.settings.get(key, {})
    if not isinstance(found, Mapping) or any(name not in names for name in found):
        raise _setting(
            f"`settings.{key}` is wrong", key, expected=f"a mapping from features ({listing(names)})", found=found
        )
    if key == "encode" and any(not isinstance(values, list) or not values for values in found.values()):
        raise _setting("`settings.encode` is wrong", key, expected="a list of values for each field", found=found)
    return found


def _widths(
    schema: Mapping[str, Json], names: Sequence[str], encode: Mapping[str, Json], wanted: object
) -> dict[str, int]:
    """How many columns each feature has; one list without a fixed length gets what is left of the model's."""
    widths: dict[str, int] = {}
    open_list: str | None = None
    for name in names:
        node = leaf(schema, name) or {}
        kind = node.get("type")
        if name in encode:
            widths[name] = len(encode[name])
        elif kind == "array" and node.get("minItems") == node.get("maxItems") and "maxItems" in node:
            widths[name] = node["maxItems"]
        elif kind == "array" and open_list is None and isinstance(wanted, int):
            open_list = name
        elif kind == "array":
            raise _setting(
                f"the length of `{name}` is not known", "features", expected="a list with minItems equal to maxItems"
            )
        elif kind in _NUMBERS or all(isinstance(one, int | float) for one in node.get("enum", ("",))):
            widths[name] = 1
        else:
            raise _setting(
                f"`{name}` is no number",
                "encode",
                expected="numbers, yes or no, lists of numbers, or an encoding",
                found=str(kind),
                mend=f"encode: {{{name}: [one, other]}}",
            )
    if open_list is not None and isinstance(wanted, int):
        widths[open_list] = wanted - sum(widths.values())
    return widths


def _output(spec: ExecutorSpec, definition: Definition) -> str:
    known = tuple(properties(output_schema(definition)))
    found = spec.settings.get("output", known[0] if len(known) == 1 else None)
    if found not in known:
        raise _setting(
            "it is not said which output field the model answers" if found is None else f"`{found}` is no output field",
            "output",
            expected=listing(known),
            found=found,
            mend=None if found is None else suggestion(str(found), known),
        )
    return str(found)


def _meanings(spec: ExecutorSpec, estimator: Any, output: str, definition: Definition) -> Mapping[Json, Json] | None:
    """The answer that each class stands for; None for an estimator that answers numbers."""
    schema = output_schema(definition)
    given = spec.settings.get("classes", {})
    classes = getattr(estimator, "classes_", None)
    if classes is None or not hasattr(classes, "tolist"):
        if (leaf(schema, output) or {}).get("type") != "number" or given:
            raise _setting(
                "the model is no classifier",
                "classes" if given else "output",
                expected=f"one that answers `{output}` with its classes",
                found=type(estimator).__name__,
            )
        return None
    names = {answer_text(one): one for one in classes.tolist()}
    if not isinstance(given, Mapping) or any(str(one) not in names for one in given):
        raise _setting("`settings.classes` is wrong", "classes", expected=f"{listing(names)} each", found=given)
    wanted = {str(name): answer for name, answer in given.items()}
    allowed = answers(schema, output)
    return {value: _meaning(name, value, wanted, allowed) for name, value in names.items()}


def _meaning(name: str, value: Json, wanted: Mapping[str, Json], allowed: tuple[Json, ...] | None) -> Json:
    answer = wanted.get(name, value)
    if allowed is None:
        return answer
    texts = {answer_text(one): one for one in allowed}
    texts |= {text: one for one in allowed if isinstance(one, bool) for text in (str(int(one)), str(one))}
    found = texts.get(answer_text(answer))
    if found is None:
        raise _setting(
            f"the class `{name}` of the model is no allowed answer",
            "classes",
            expected=listing(map(answer_text, allowed)),
            found=answer_text(answer),
            mend=f"classes: {{{name}: one of them}}",
        )
    return found


def _forget_names(estimator: Any, fields: Sequence[str]) -> None:
    """Hold the order of the features against the names of the training, then forget the names.

    An estimator that was trained on a data frame would warn at every array.
    """
    names = getattr(estimator, "feature_names_in_", None)
    if names is not None and len(names) == len(fields) and list(names) != list(fields):
        raise _setting(
            "the features are in another order than in the training",
            "features",
            expected=", ".join(map(str, names)),
            found=", ".join(fields),
        )
    waiting, seen = [estimator], set[int]()
    while waiting and len(seen) < _MAX_ENTRIES:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if hasattr(one, "get_params") and hasattr(one, "__dict__"):
            vars(one).pop("feature_names_in_", None)
            waiting.extend(vars(one).values())
        elif isinstance(one, list | tuple):
            waiting.extend(one)
        elif isinstance(one, dict):
            waiting.extend(chain(one.values()))
