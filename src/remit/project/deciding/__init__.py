"""Many items of one work at once: asyncio callers, and batches."""
