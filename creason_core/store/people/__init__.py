"""What people said, prefer and keep: answers of their own, ratings, readings, drafts, mappings."""
