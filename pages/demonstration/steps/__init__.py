"""The steps of the demonstration, a module each with its ``STEP``; ``pages.demonstration.script`` has their order."""
