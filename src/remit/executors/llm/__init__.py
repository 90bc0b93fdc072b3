"""A language model as an executor: the prompt from the definition, the answer forced to its schema."""
