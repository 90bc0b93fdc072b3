"""``remit review``, ``remit audit``: what people decide."""
