"""Pure mathematics on numbers and arrays; knows nothing of work.

Every name is imported from here; its module is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.stats.betting import f1_bounds_fields, mean_lower, mean_upper
    from remit.stats.bounds import Bounds, binomial_lower, binomial_p_value, binomial_upper, f1_bounds, holm
    from remit.stats.calibration import CalibrationError, calibration_error
    from remit.stats.certification.certified import Certified, NotEnoughEvidence, SliceResult
    from remit.stats.certification.certifying import certify
    from remit.stats.certification.cost import CertifiedCost, NotEnoughCostEvidence, certify_cost
    from remit.stats.certification.curve import RiskPoint, risk_coverage
    from remit.stats.certification.levels import Levels, levels_for
    from remit.stats.certification.shape import Shape, shape_from
    from remit.stats.compare import Comparison, ComparisonVerdict, compare_paired
    from remit.stats.planning import Plan, cases_for, further_for_certificate, plan
    from remit.stats.targets import Verdict, further_cases, judge

__all__ = [
    "Bounds",
    "CalibrationError",
    "Certified",
    "CertifiedCost",
    "Comparison",
    "ComparisonVerdict",
    "Levels",
    "NotEnoughCostEvidence",
    "NotEnoughEvidence",
    "Plan",
    "RiskPoint",
    "Shape",
    "SliceResult",
    "Verdict",
    "binomial_lower",
    "binomial_p_value",
    "binomial_upper",
    "calibration_error",
    "cases_for",
    "certify",
    "certify_cost",
    "compare_paired",
    "f1_bounds",
    "f1_bounds_fields",
    "further_cases",
    "further_for_certificate",
    "holm",
    "judge",
    "levels_for",
    "mean_lower",
    "mean_upper",
    "plan",
    "risk_coverage",
    "shape_from",
]

_NAMES_OF = {
    "betting": ("f1_bounds_fields", "mean_lower", "mean_upper"),
    "bounds": ("Bounds", "binomial_lower", "binomial_p_value", "binomial_upper", "f1_bounds", "holm"),
    "calibration": ("CalibrationError", "calibration_error"),
    "certification.certified": ("Certified", "NotEnoughEvidence", "SliceResult"),
    "certification.certifying": ("certify",),
    "certification.cost": ("CertifiedCost", "NotEnoughCostEvidence", "certify_cost"),
    "certification.curve": ("RiskPoint", "risk_coverage"),
    "certification.levels": ("Levels", "levels_for"),
    "certification.shape": ("Shape", "shape_from"),
    "compare": ("Comparison", "ComparisonVerdict", "compare_paired"),
    "planning": ("Plan", "cases_for", "further_for_certificate", "plan"),
    "targets": ("Verdict", "further_cases", "judge"),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
