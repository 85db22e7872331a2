"""What-if: a changed copy of the record, the same question about both, and what the two answers say."""
