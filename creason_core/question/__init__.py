"""What is asked about a patient, how it reads, and what was answered."""
