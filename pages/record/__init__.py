"""A record on its way in: its fields, its table, a file, and the guard of what is typed. Drawn by the page Patient."""
