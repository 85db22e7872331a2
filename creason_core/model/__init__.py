"""What answers: engines, which generate text, adapters, which a model is trained into; and texts as vectors."""
