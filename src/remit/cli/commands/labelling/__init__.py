"""``remit cases import``, ``label`` and ``agree``: people answer on the terminal."""
