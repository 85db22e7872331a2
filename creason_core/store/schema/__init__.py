"""What is kept: the tables, and the columns and checks that they are made of."""
