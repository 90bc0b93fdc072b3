"""Pure mathematics on numbers and arrays; knows nothing of work.

Every name is imported from here; its module is loaded when it is first asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from remit.stats.agreement import Agreement, LatentTruth, cohen_kappa, dawid_skene, krippendorff_alpha
    from remit.stats.audit import AuditEstimate, audit_error_rate, audit_probabilities
    from remit.stats.betting import f1_bounds_fields, mean_lower, mean_upper
    from remit.stats.bounds import Bounds, binomial_lower, binomial_p_value, binomial_upper, f1_bounds, holm
    from remit.stats.calibration import CalibrationError, ExpectedRight, calibration_error, expected_right
    from remit.stats.certification.certified import Certified, NotEnoughEvidence, SliceResult
    from remit.stats.certification.certifying import certify, certify_slices
    from remit.stats.certification.cost import CertifiedCost, NotEnoughCostEvidence, certify_cost
    from remit.stats.certification.curve import RiskPoint, risk_coverage
    from remit.stats.certification.levels import Levels, levels_for
    from remit.stats.certification.shape import Shape, shape_from
    from remit.stats.compare import (
        Comparison,
        ComparisonVerdict,
        CostDifference,
        NotWorse,
        RankTest,
        compare_costs,
        compare_paired,
        not_worse,
        rank_test,
    )
    from remit.stats.days import ShareOverDays, share_over_days
    from remit.stats.planning import Plan, cases_for, chance_of_claim, further_for_certificate, plan
    from remit.stats.queue import QueueResult, erlang_c, simulate_queue
    from remit.stats.reviewers import ReviewedBounds, reviewed_bounds
    from remit.stats.targets import Verdict, further_cases, judge
    from remit.stats.watch.delay import DetectionDelay, detection_delay
    from remit.stats.watch.drift import (
        DriftState,
        DriftTest,
        KolmogorovSmirnov,
        kolmogorov_smirnov,
        population_stability,
    )
    from remit.stats.watch.monitor import ErrorMonitor, MonitorState
    from remit.stats.watch.paired import PairedState, PairedTest
    from remit.stats.watch.promotion import PromotionState, PromotionTest, items_to_promotion
    from remit.stats.watch.promotion_delay import PromotionDelay, promotion_delay
    from remit.stats.watch.sequence import ConfidenceSequence, confidence_sequence
    from remit.stats.watch.slices import SliceMonitors, SlicesState

__all__ = [
    "Agreement",
    "AuditEstimate",
    "Bounds",
    "CalibrationError",
    "Certified",
    "CertifiedCost",
    "Comparison",
    "ComparisonVerdict",
    "ConfidenceSequence",
    "CostDifference",
    "DetectionDelay",
    "DriftState",
    "DriftTest",
    "ErrorMonitor",
    "ExpectedRight",
    "KolmogorovSmirnov",
    "LatentTruth",
    "Levels",
    "MonitorState",
    "NotEnoughCostEvidence",
    "NotEnoughEvidence",
    "NotWorse",
    "PairedState",
    "PairedTest",
    "Plan",
    "PromotionDelay",
    "PromotionState",
    "PromotionTest",
    "QueueResult",
    "RankTest",
    "ReviewedBounds",
    "RiskPoint",
    "Shape",
    "ShareOverDays",
    "SliceMonitors",
    "SliceResult",
    "SlicesState",
    "Verdict",
    "audit_error_rate",
    "audit_probabilities",
    "binomial_lower",
    "binomial_p_value",
    "binomial_upper",
    "calibration_error",
    "cases_for",
    "certify",
    "certify_cost",
    "certify_slices",
    "chance_of_claim",
    "cohen_kappa",
    "compare_costs",
    "compare_paired",
    "confidence_sequence",
    "dawid_skene",
    "detection_delay",
    "erlang_c",
    "expected_right",
    "f1_bounds",
    "f1_bounds_fields",
    "further_cases",
    "further_for_certificate",
    "holm",
    "items_to_promotion",
    "judge",
    "kolmogorov_smirnov",
    "krippendorff_alpha",
    "levels_for",
    "mean_lower",
    "mean_upper",
    "not_worse",
    "plan",
    "population_stability",
    "promotion_delay",
    "rank_test",
    "reviewed_bounds",
    "risk_coverage",
    "shape_from",
    "share_over_days",
    "simulate_queue",
]

_NAMES_OF = {
    "agreement": ("Agreement", "LatentTruth", "cohen_kappa", "dawid_skene", "krippendorff_alpha"),
    "audit": ("AuditEstimate", "audit_error_rate", "audit_probabilities"),
    "betting": ("f1_bounds_fields", "mean_lower", "mean_upper"),
    "bounds": ("Bounds", "binomial_lower", "binomial_p_value", "binomial_upper", "f1_bounds", "holm"),
    "calibration": ("CalibrationError", "ExpectedRight", "calibration_error", "expected_right"),
    "certification.certified": ("Certified", "NotEnoughEvidence", "SliceResult"),
    "certification.certifying": ("certify", "certify_slices"),
    "certification.cost": ("CertifiedCost", "NotEnoughCostEvidence", "certify_cost"),
    "certification.curve": ("RiskPoint", "risk_coverage"),
    "certification.levels": ("Levels", "levels_for"),
    "certification.shape": ("Shape", "shape_from"),
    "compare": (
        "Comparison",
        "ComparisonVerdict",
        "CostDifference",
        "NotWorse",
        "RankTest",
        "compare_costs",
        "compare_paired",
        "not_worse",
        "rank_test",
    ),
    "days": ("ShareOverDays", "share_over_days"),
    "planning": ("Plan", "cases_for", "chance_of_claim", "further_for_certificate", "plan"),
    "queue": ("QueueResult", "erlang_c", "simulate_queue"),
    "reviewers": ("ReviewedBounds", "reviewed_bounds"),
    "targets": ("Verdict", "further_cases", "judge"),
    "watch.delay": ("DetectionDelay", "detection_delay"),
    "watch.drift": ("DriftState", "DriftTest", "KolmogorovSmirnov", "kolmogorov_smirnov", "population_stability"),
    "watch.monitor": ("ErrorMonitor", "MonitorState"),
    "watch.paired": ("PairedState", "PairedTest"),
    "watch.promotion": ("PromotionState", "PromotionTest", "items_to_promotion"),
    "watch.promotion_delay": ("PromotionDelay", "promotion_delay"),
    "watch.sequence": ("ConfidenceSequence", "confidence_sequence"),
    "watch.slices": ("SliceMonitors", "SlicesState"),
}
_MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return __all__
