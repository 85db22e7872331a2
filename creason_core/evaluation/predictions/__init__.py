"""What predicted probabilities of a yes/no outcome are worth, beside how common it is and gradient boosting."""
