"""A calibrated classifier is asked once for an item, and says what its own ``predict`` says."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression

from remit.executors.model import _ANSWERS_THE_LIKELIEST


def test_the_likeliest_class_is_what_predict_of_these_estimators_says():
    rng = np.random.default_rng(7)
    rows, classes = rng.normal(size=(300, 4)), rng.integers(0, 3, size=300)
    fitted = CalibratedClassifierCV(LogisticRegression(), cv=3).fit(rows, classes)
    assert type(fitted).__name__ in _ANSWERS_THE_LIKELIEST
    likeliest = fitted.classes_[fitted.predict_proba(rows).argmax(axis=1)]
    assert (likeliest == fitted.predict(rows)).all()
