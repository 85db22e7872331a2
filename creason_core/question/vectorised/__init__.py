"""The same options, questions and prompts as one by one, made column by column for millions of patients."""
