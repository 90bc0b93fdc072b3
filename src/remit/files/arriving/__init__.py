"""Files that arrive: items to be decided, and what people answered to reviews."""

from remit.files.arriving.answers import AnswerLine, stream_answers
from remit.files.arriving.rows import ItemLine, stream_items

__all__ = ["AnswerLine", "ItemLine", "stream_answers", "stream_items"]
