"""What the cells of a whole column mean: decimal sign, unit, codes, marks beside them, legends."""
