"""Where rationales come from: points fitted on the registry's training patients."""
