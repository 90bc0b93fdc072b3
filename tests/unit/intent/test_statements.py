"""The statements of a text."""

import pytest

from remit.intent import statements_in

MARKDOWN = """---
title: Strategy
---
# Where we go

We want to leverage AI
across the **organization**.

<!-- nobody reads
this -->
1. Classify each [ticket](https://example.org).
   It has one topic.
- [ ] Cut cost

> Be *first*.

```
Route each ticket.
```
| a | b |
Heading
=======
"""


def test_each_line_is_a_statement_without_its_bullet():
    found = statements_in("- one a\r\n\n2) two b\n***\n  # three\n")
    assert [(one.line, one.text) for one in found] == [(1, "one a"), (3, "two b"), (5, "# three")]


def test_in_markdown_paragraphs_and_entries_are_statements():
    found = [(one.line, one.text) for one in statements_in(MARKDOWN, markdown=True)]
    assert found == [
        (6, "We want to leverage AI across the organization."),
        (11, "Classify each ticket. It has one topic."),
        (13, "Cut cost"),
        (15, "Be first."),
        (21, "Heading"),
    ]


@pytest.mark.parametrize("text", ["", "\n\n", "---", "```\nx", "***\n", "| a |"])
def test_a_text_without_words_has_no_statement(text):
    assert statements_in(text, markdown=True) == ()
