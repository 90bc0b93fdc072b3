"""Decision tables: what a cell says, what a table answers, and where it has gaps and overlaps."""

from remit.definition.tables.analysis import Gap, Overlap, TableAnalysis, Unreachable, analyse
from remit.definition.tables.compiled import CompiledTable, TableAnswer
from remit.definition.tables.hits import answers_in_order

__all__ = [
    "CompiledTable",
    "Gap",
    "Overlap",
    "TableAnalysis",
    "TableAnswer",
    "Unreachable",
    "analyse",
    "answers_in_order",
]
