"""Files of truths: what turned out to be right, for items that were decided before."""

from remit.files.truths.rows import TruthLine, stream_truths, truths_in

__all__ = ["TruthLine", "stream_truths", "truths_in"]
