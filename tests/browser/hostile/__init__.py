"""What is needed to attack the program: payloads, somebody who listens, and programs without one of the defences."""
