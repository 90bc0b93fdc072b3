"""Items without a known answer, what each person said about them, and what was settled: plain files by the cases."""
