"""The server process around the pages: what they work with, what every response forbids, how it begins and ends."""
