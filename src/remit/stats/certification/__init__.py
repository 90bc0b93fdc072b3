"""Above which confidence an executor may act alone, and how sure that is."""
