"""The groups of commands of ``creason``: one module a group, each registered by a line in ``cli``.

A module's ``add`` names its commands and their arguments; what a command needs is imported when it runs.
"""
