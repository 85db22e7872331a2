"""The run manager: generations that live outside the page, in rows from the moment they are queued.

``RunManager`` starts, shows and stops them; ``views`` is what a page sees; ``plan`` what will be sent, ``job`` one
generation in memory, ``worker`` the thread that talks to the engine, ``writer`` the thread that writes to the database.
``pairing`` makes groups that differ from another one in one thing only.
"""

from creason_core.runs.manager import RunManager
from creason_core.runs.views import GroupView, RunView

__all__ = ["GroupView", "RunManager", "RunView"]
