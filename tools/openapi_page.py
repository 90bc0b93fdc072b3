"""Write docs/reference/openapi.json from the routes as they are."""

import json
from pathlib import Path

from remit.api.application import inner_application
from remit.api.table import Table

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "openapi.json"


def openapi_page() -> str:
    """The OpenAPI document of every server of this release."""
    return json.dumps(inner_application(None, Table()).openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(openapi_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
