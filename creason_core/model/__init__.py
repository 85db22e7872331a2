"""What answers: engines, which generate text, and adapters, which a model is trained into."""
