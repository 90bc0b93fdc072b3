"""``python -m remit``: the same as ``remit``."""

from remit.cli.main import main

main()
