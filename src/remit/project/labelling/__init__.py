"""Items without a known answer become cases: imported, answered by people who do not see each other, settled."""
