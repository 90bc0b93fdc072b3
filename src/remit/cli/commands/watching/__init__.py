"""Commands about autonomy: what is held and missing, truths that come in, outcomes."""
