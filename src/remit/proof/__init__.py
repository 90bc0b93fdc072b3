"""Run a candidate over cases, measure, judge, certify, compare."""
