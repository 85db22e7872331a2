"""What must be hidden together with a masked feature, and how that is found in training patients."""
