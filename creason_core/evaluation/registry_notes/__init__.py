"""What a registry's training patients say about a masked value, as notes that a prompt can carry."""
