"""Write docs/reference/errors.md from the error classes as they are."""

import inspect
from pathlib import Path

from remit.errors import RemitError, all_errors

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "errors.md"

HEAD = """\
# Errors

<!-- Made from remit.errors by `python tools/errors_page.py`. Do not edit by hand. -->

Everything that Remit refuses has a code. The first digit is the exit code of the [command line](cli.md); E700 alone,
the base of all, ends with 70. `remit explain E303` prints what stands here.

An error says what is wrong, where (file, line and column, with the line itself), what was expected and found, and the
mend. All problems of a file come at once. With `--json` the same is a document on stdout:

```json
{
  "remit": 1,
  "kind": "error",
  "code": "E505",
  "error": "NotFound",
  "exit_code": 5,
  "message": "there is no work `claims` in this project",
  "problems": [
    {
      "code": "E505",
      "message": "there is no work `claims` in this project",
      "where": {"file": null, "line": null, "column": null, "path": null, "excerpt": null},
      "expected": "one of claim",
      "found": "claims",
      "mend": "did you mean `claim`?"
    }
  ]
}
```

In Python each is a class of `remit.errors` below `RemitError`, with `code`, `exit_code` and `problems`.
`except remit.RemitError` catches all of them.

| code | class | is a | exit code | says |
|---|---|---|---|---|
"""


def errors_page() -> str:
    """The page of all errors."""
    errors = all_errors()
    rows = [
        f"| [{code}](#{code.lower()}) | `{one.__name__}` | {_above(one)} | {one.exit_code} | {_text(one)[0]} |"
        for code, one in errors.items()
    ]
    parts = [f"## {code}\n\n`{one.__name__}`. " + "\n\n".join(_text(one)) for code, one in errors.items()]
    return HEAD + "\n".join(rows) + "\n\n" + "\n\n".join(parts) + "\n"


def _above(error: type[RemitError]) -> str:
    above = error.__bases__[0]
    return f"`{above.__name__}`" if issubclass(above, RemitError) else ""


def _text(error: type[RemitError]) -> list[str]:
    paragraphs = inspect.cleandoc(error.__doc__ or "").replace("``", "`").split("\n\n")
    return [" ".join(one.split()) for one in paragraphs]


if __name__ == "__main__":
    PAGE.write_text(errors_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
