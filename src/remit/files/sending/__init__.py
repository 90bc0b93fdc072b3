"""The senders of ``remit.yaml``, checked."""
