"""One question from the choice of a value to its rating. Drawn by the pages Patient and Hypotheses."""
