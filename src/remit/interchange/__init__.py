"""Other people's formats, in and out: decision tables as DMN."""

from remit.interchange.dmn_reader import ImportedWork, read_dmn
from remit.interchange.dmn_writer import lost_in_dmn, write_dmn

__all__ = ["ImportedWork", "lost_in_dmn", "read_dmn", "write_dmn"]
