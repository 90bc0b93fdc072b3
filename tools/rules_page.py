"""Write docs/reference/rules.md from the catalogue of readiness rules."""

from pathlib import Path

from remit.readiness.explain import rules_page

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "rules.md"

if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(rules_page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
