"""The demonstration: its script, a module a step; the presenter's bar; and what an audience sees."""
