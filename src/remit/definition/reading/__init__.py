"""Reading the language: JSON data into a Definition, or every fault in plain words."""

from remit.definition.reading.read import read
from remit.definition.reading.shape import Shape, Shaped

__all__ = ["Shape", "Shaped", "read"]
