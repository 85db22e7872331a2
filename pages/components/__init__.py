"""Drawing functions, named by what they draw: plain data in, widgets out. They know no database and no engine."""
