"""What leaves Remit: effects, answers to callers, and alerts, by webhooks and by functions of the project."""
