"""Past items of a work, as a CSV file of any system."""

from remit.files.past_items.csv_file import PastItems, read_past_items

__all__ = ["PastItems", "read_past_items"]
