"""What is trained on: questions and ratings."""
