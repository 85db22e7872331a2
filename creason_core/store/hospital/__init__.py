"""What belongs to the hospital: its library, its antibiograms, and what was decided in consults."""
