"""A scikit-learn model is loaded without pickle, answers alone as in a batch, and fits its settings or is refused."""

import pickle  # noqa: TID251
import zipfile

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from skops.io import dump

from remit.errors import ExecutorInvalid
from remit.executors import load
from remit.executors.pinning import pinned_digest
from remit.items import ExecutorKind, FaultKind

PIXELS = {
    "schema": {
        "type": "object",
        "additionalProperties": False,
        "required": ["pixels"],
        "properties": {
            "pixels": {"type": "array", "items": {"type": "number"}, "minItems": 64, "maxItems": 64},
        },
    }
}
DIGITS = {"fields": {"digit": ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}}


@pytest.fixture(scope="module")
def digits():
    return load_digits(return_X_y=True)


@pytest.fixture
def defined():
    from remit.definition.reading import read

    def make(inputs=None, outputs=None):
        return read({"remit": 1, "id": "triage", "inputs": inputs or PIXELS, "outputs": outputs or DIGITS})

    return make


@pytest.fixture
def loaded(tmp_path, defined, spec):
    def make(estimator, inputs=None, outputs=None, **given):
        if isinstance(estimator, bytes):
            (tmp_path / "model.skops").write_bytes(estimator)
        else:
            dump(estimator, tmp_path / "model.skops")
        given = {"kind": ExecutorKind.MODEL, "file": "model.skops", "settings": {"features": ["pixels"]}, **given}
        definition = defined(inputs, outputs)
        made = load(spec(**given), root=tmp_path, definition=definition)
        assert made.digest == pinned_digest(made.spec, root=tmp_path, definition=definition)
        return made

    return make


def given(rows):
    return [{"pixels": row} for row in rows.tolist()]


@pytest.mark.parametrize(
    "estimator",
    [
        SVC(gamma=0.001),
        make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression(max_iter=50)),
        KNeighborsClassifier(3),
        RandomForestClassifier(10, random_state=0),
        HistGradientBoostingClassifier(max_iter=5, random_state=0),
        RidgeClassifier(),
    ],
    ids=lambda one: type(one).__name__,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_a_model_answers_as_in_the_training_alone_as_in_a_batch(loaded, digits, estimator):
    x, y = digits
    estimator.fit(x[:500], y[:500])
    made = loaded(estimator)
    items = given(x[500:560])
    batch = made.answers(items)
    assert [one.output["digit"] for one in batch] == [str(one) for one in estimator.predict(x[500:560])]
    assert [made.answer(item) for item in items] == batch
    assert made.gives_confidence
    assert all(type(one.confidence) is float and 0.0 <= one.confidence <= 1.0 for one in batch)


def test_the_confidence_is_the_probability_of_the_answer(loaded, digits):
    x, y = digits
    estimator = KNeighborsClassifier(5).fit(x[:300], y[:300])
    found = loaded(estimator).answers(given(x[300:400]))
    expected = estimator.predict_proba(x[300:400]).max(axis=1)
    assert np.allclose([one.confidence for one in found], expected)


@pytest.fixture
def two_classes(loaded, digits):
    x, y = digits
    few = (y[:300] < 2).nonzero()[0]
    estimator = RidgeClassifier().fit(x[few], y[few])
    return estimator, loaded(estimator), x[few]


def test_a_decision_function_of_two_classes_becomes_a_confidence_of_at_least_a_half(two_classes):
    estimator, made, x = two_classes
    found = [one.confidence for one in made.answers(given(x))]
    distance = np.abs(estimator.decision_function(x))
    assert np.allclose(found, 1 / (1 + np.exp(-distance)))
    assert min(found) >= 0.5


def test_a_decision_function_of_many_classes_orders_as_its_softmax(loaded, digits):
    x, y = digits
    estimator = RidgeClassifier().fit(x[:300], y[:300])
    scores = estimator.decision_function(x[300:350])
    weights = np.exp(scores)
    expected = weights.max(axis=1) / weights.sum(axis=1)
    found = [one.confidence for one in loaded(estimator).answers(given(x[300:350]))]
    assert np.allclose(found, expected)


def test_votes_between_pairs_of_classes_are_no_confidence(loaded, digits):
    x, y = digits
    estimator = SVC(decision_function_shape="ovo").fit(x[:200], y[:200])
    assert {one.confidence for one in loaded(estimator).answers(given(x[:5]))} == {None}


def test_a_confidence_that_the_file_says_is_none_is_not_given(loaded, digits):
    x, y = digits
    made = loaded(KNeighborsClassifier().fit(x[:100], y[:100]), confidence="none")
    assert made.gives_confidence is False
    assert made.answer(given(x[:1])[0]).confidence is None


@pytest.mark.parametrize("confidence", ["predict_prob", "decision_function", "high"])
def test_a_confidence_that_the_model_has_not_is_refused(loaded, digits, confidence):
    x, y = digits
    with pytest.raises(ExecutorInvalid) as refused:
        loaded(KNeighborsClassifier().fit(x[:100], y[:100]), confidence=confidence)
    assert refused.value.problems[0].where.path == "confidence"


FIELDS = {
    "fields": {
        "amount": "number",
        "vip": "yes/no",
        "channel": ["app", "web", "shop"],
        "age": "optional integer",
        "note": "optional text <= 9",
    }
}
TEAM = {"fields": {"team": ["orders", "fraud"]}}
SETTINGS = {"features": ["amount", "vip", "channel"], "encode": {"channel": ["app", "web", "shop"]}}


def linear(n, weights=None):
    """A classifier whose score is a weighted sum of its columns."""
    estimator = LogisticRegression()
    estimator.classes_ = np.array(["fraud", "orders"])
    estimator.coef_ = np.array([weights if weights is not None else [1.0] * n])
    estimator.intercept_ = np.array([0.0])
    estimator.n_features_in_ = n
    return estimator


class TestFeatures:
    def test_numbers_yes_or_no_and_encoded_text_become_columns_in_order(self, loaded):
        made = loaded(linear(5, [1.0, 10.0, 100.0, 1000.0, 10000.0]), FIELDS, TEAM, settings=SETTINGS)
        for item, score in (
            ({"amount": 0.5, "vip": False, "channel": "app"}, 100.5),
            ({"amount": 0.0, "vip": True, "channel": "web"}, 1010.0),
            ({"amount": -2.0, "vip": True, "channel": "shop"}, 10008.0),
        ):
            assert made._row(item) == pytest.approx(made._row(item))
            assert float(np.dot(made._row(item), [1.0, 10.0, 100.0, 1000.0, 10000.0])) == score
            assert made.answer(item).output == {"team": "orders"}

    def test_what_is_missing_is_what_the_settings_say(self, loaded):
        settings = {"features": ["amount", "age"], "missing": {"age": -1}}
        made = loaded(linear(2), FIELDS, TEAM, settings=settings)
        assert made._row({"amount": 1.0}) == [1.0, -1.0]
        assert made._row({"amount": 1.0, "age": 0}) == [1.0, 0.0]

    def test_what_is_missing_otherwise_is_no_number_which_an_imputer_fills(self, loaded):
        x = np.array([[1.0, 2.0], [3.0, np.nan], [-5.0, 1.0], [-6.0, 3.0]])
        estimator = make_pipeline(SimpleImputer(), LogisticRegression()).fit(x, ["orders", "orders", "fraud", "fraud"])
        made = loaded(estimator, FIELDS, TEAM, settings={"features": ["amount", "age"]})
        assert made.answer({"amount": 4.0}).output == {"team": "orders"}

    def test_what_is_missing_is_never_zero(self, loaded):
        made = loaded(linear(4), FIELDS, TEAM, settings={**SETTINGS, "features": ["amount", "channel"]})
        assert np.isnan(made._row({"amount": 1.0})[1:]).all()
        with pytest.raises(ValueError, match="NaN"):
            made.answer({"amount": 1.0})

    @pytest.mark.parametrize(
        ("item", "field"),
        [
            ({"amount": 1.0, "vip": True, "channel": "fax"}, "channel"),
            ({"amount": "1", "vip": True, "channel": "app"}, "amount"),
            ({"amount": [1.0], "vip": True, "channel": "app"}, "amount"),
            ({"amount": 1.0, "vip": True, "channel": 1}, "channel"),
        ],
    )
    def test_a_value_that_can_be_no_column_is_a_fault_that_does_not_repeat_it(self, loaded, item, field):
        found = loaded(linear(5), FIELDS, TEAM, settings=SETTINGS).answers([item, {**item, **GOOD}])
        assert found[0].fault.kind is FaultKind.ERROR
        assert f"input.{field} " in found[0].fault.text
        assert "fax" not in found[0].fault.text
        assert found[1].output == {"team": "orders"}

    @pytest.mark.parametrize("pixels", [[1.0] * 63, [1.0] * 65, ["x"] * 64])
    def test_a_list_of_another_length_is_a_fault(self, loaded, pixels):
        settings = {"features": ["pixels"]}
        made = loaded(linear(64), outputs=TEAM, settings=settings)
        assert made.answer({"pixels": pixels}).fault.text == "input.pixels is no list of 64 numbers"

    def test_one_list_of_open_length_takes_the_columns_that_are_left(self, loaded):
        inputs = {"fields": {"amount": "number", "pixels": "list <= 100 of number"}}
        made = loaded(linear(10), inputs, TEAM, settings={"features": ["amount", "pixels"]})
        assert made.answer({"amount": 1.0, "pixels": [1.0] * 9}).output == {"team": "orders"}
        assert made.answer({"amount": 1.0, "pixels": [1.0] * 8}).fault is not None

    @pytest.mark.parametrize(
        ("settings", "path", "message"),
        [
            ({}, "features", "is missing or no list"),
            ({"features": []}, "features", "is missing or no list"),
            ({"features": "amount"}, "features", "is missing or no list"),
            ({"features": ["amuont"]}, "features", "`amuont` is no input field"),
            ({"features": ["amount"]}, "features", "do not fit the model"),
            ({"features": ["amount", "vip", "note"]}, "encode", "`note` is no number"),
            ({**SETTINGS, "encode": {"chanel": ["app"]}}, "encode", "`settings.encode` is wrong"),
            ({**SETTINGS, "encode": {"channel": "app"}}, "encode", "`settings.encode` is wrong"),
            ({**SETTINGS, "missing": {"age": 1}}, "missing", "`settings.missing` is wrong"),
            ({**SETTINGS, "output": "taem"}, "output", "`taem` is no output field"),
            ({**SETTINGS, "classes": {"spam": "fraud"}}, "classes", "`settings.classes` is wrong"),
            ({**SETTINGS, "classes": {"fraud": "scam"}}, "classes", "no allowed answer"),
            ({**SETTINGS, "scale": True}, "scale", "has no setting `scale`"),
        ],
    )
    def test_settings_that_do_not_fit_are_refused_with_their_key(self, loaded, settings, path, message):
        with pytest.raises(ExecutorInvalid) as refused:
            loaded(linear(5), FIELDS, TEAM, settings=settings)
        problem = refused.value.problems[0]
        assert message in problem.message
        assert problem.where.path == f"settings.{path}"

    def test_names_of_the_training_are_held_against_the_features(self, loaded):
        import pandas as pd

        table = pd.DataFrame({"amount": [1.0, 2.0, -1.0], "age": [1.0, 5.0, 9.0]})
        estimator = make_pipeline(StandardScaler(), LogisticRegression()).fit(table, ["orders", "orders", "fraud"])
        made = loaded(estimator, FIELDS, TEAM, settings={"features": ["amount", "age"]})
        assert made.answer({"amount": 2.0, "age": 2}).output is not None
        with pytest.raises(ExecutorInvalid, match="another order"):
            loaded(estimator, FIELDS, TEAM, settings={"features": ["age", "amount"]})


GOOD = {"amount": 1.0, "vip": True, "channel": "app"}


class TestClasses:
    @pytest.mark.parametrize(
        ("classes", "outputs", "mapping", "expected"),
        [
            (["fraud", "orders"], TEAM, None, "orders"),
            ([0, 1], TEAM, {"0": "fraud", "1": "orders"}, "orders"),
            ([0, 1], {"fields": {"ok": "yes/no"}}, None, True),
            ([False, True], {"fields": {"ok": "yes/no"}}, None, True),
            ([1.0, 2.0], {"fields": {"n": [1, 2]}}, None, 2),
            ([1, 2], {"fields": {"n": ["1", "2"]}}, None, "2"),
            ([1, 2], {"fields": {"n": "integer"}}, None, 2),
            (["a", "b"], {"fields": {"n": "text <= 9"}}, None, "b"),
        ],
    )
    def test_each_class_stands_for_one_answer(self, loaded, classes, outputs, mapping, expected):
        estimator = linear(1)
        estimator.classes_ = np.array(classes)
        settings = {"features": ["amount"], **({"classes": mapping} if mapping else {})}
        found = loaded(estimator, FIELDS, outputs, settings=settings).answer({"amount": 1.0}).output
        (answer,) = found.values()
        assert answer == expected
        assert type(answer) is type(expected)

    def test_classes_that_are_no_answers_are_refused(self, loaded, digits):
        x, y = digits
        with pytest.raises(ExecutorInvalid) as refused:
            loaded(KNeighborsClassifier().fit(x[:100], y[:100]), outputs={"fields": {"digit": ["zero", "one"]}})
        assert refused.value.problems[0].where.path == "settings.classes"

    def test_a_work_with_several_outputs_has_to_say_which(self, loaded):
        outputs = {"fields": {"team": ["orders", "fraud"], "note": "optional text <= 9"}}
        with pytest.raises(ExecutorInvalid, match="not said which output field"):
            loaded(linear(1), FIELDS, outputs, settings={"features": ["amount"]})
        made = loaded(linear(1), FIELDS, outputs, settings={"features": ["amount"], "output": "team"})
        assert made.answer({"amount": 1.0}).output == {"team": "orders"}

    def test_a_regression_answers_a_number_without_confidence(self, loaded):
        estimator = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
        made = loaded(estimator, FIELDS, {"fields": {"price": "number"}}, settings={"features": ["amount"]})
        found = made.answer({"amount": 2.0})
        assert found.output["price"] == pytest.approx(5.0)
        assert found.confidence is None
        assert made.gives_confidence is False
        with pytest.raises(ExecutorInvalid, match="no classifier"):
            loaded(estimator, FIELDS, TEAM, settings={"features": ["amount"]})


class TestFilesThatAreNoModel:
    def refused(self, loaded, content, **given):
        with pytest.raises(ExecutorInvalid) as refused:
            loaded(content, **given)
        problem = refused.value.problems[0]
        assert problem.where.path == "file"
        return problem

    @pytest.mark.parametrize("content", [b"", b"not a model", b"\x89PNG", b"PK\x03\x04broken"])
    def test_other_files(self, loaded, content):
        assert "was not saved with skops" in self.refused(loaded, content).message

    def test_a_pickle_is_never_loaded(self, loaded):
        content = pickle.dumps(SVC())
        assert self.refused(loaded, content).found == "a pickle, which could run anything"

    def test_another_archive(self, loaded, tmp_path):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr("readme", "x")
        assert self.refused(loaded, (tmp_path / "x.zip").read_bytes()).found == "another archive"

    @pytest.mark.parametrize(
        "schema", ["", "[]", "{}", '{"__class__": "x"}', '{"__class__":"SVC","__module__":"x","__loader__":"y"}']
    )
    def test_an_archive_that_only_looks_like_one(self, loaded, tmp_path, schema):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr("schema.json", schema)
        said = self.refused(loaded, (tmp_path / "x.zip").read_bytes())
        assert "Error" not in (said.found or "")

    def test_an_archive_that_unpacks_to_too_much(self, loaded, tmp_path, monkeypatch):
        monkeypatch.setattr("remit.executors.model._MAX_UNPACKED", 10)
        assert "unpacks to too much" in self.refused(loaded, linear(1)).message

    def test_a_file_that_is_too_large(self, loaded, monkeypatch):
        monkeypatch.setattr("remit.executors.model._MAX_BYTES", 10)
        assert "too large" in self.refused(loaded, linear(1)).message

    def test_something_fitted_that_can_not_predict(self, loaded):
        assert "can't predict" in self.refused(loaded, StandardScaler().fit([[1.0]])).message

    def test_a_type_that_is_not_known_to_be_harmless_is_named(self, loaded):
        estimator = make_pipeline(FunctionTransformer(np.load), linear(1))
        problem = self.refused(loaded, estimator)
        assert "numpy" in problem.message
        assert "not known to be harmless" in problem.message

    def test_a_function_of_scikit_learn_that_is_not_listed_is_refused_too(self, loaded):
        estimator = TransformedTargetRegressor(LinearRegression(), func=load_digits, inverse_func=np.exp)
        assert "sklearn.datasets" in self.refused(loaded, estimator).message

    def test_no_file_at_all(self, loaded):
        self.refused(loaded, linear(1), file=None)
        self.refused(loaded, linear(1), file="gone.skops")


def test_the_digest_changes_with_the_file_and_the_settings(loaded):
    given = {"inputs": FIELDS, "outputs": TEAM}
    first = loaded(linear(1), settings={"features": ["amount"]}, **given).digest
    assert loaded(linear(1, [2.0]), settings={"features": ["amount"]}, **given).digest != first
    assert loaded(linear(1), settings={"features": ["age"]}, **given).digest != first


def test_the_digest_changes_with_the_version_of_the_libraries(loaded, monkeypatch):
    given = {"inputs": FIELDS, "outputs": TEAM, "settings": {"features": ["amount"]}}
    first = loaded(linear(1), **given)
    monkeypatch.setattr("remit.executors.fingerprint.version", lambda name: "0.0")
    assert first.digest != loaded(linear(1), **given).digest
