"""Who acts, and which actions their roles allow: the one table of permissions.

Rows of the store belong to a person's name; whether somebody may act at all is decided here, before anything is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from creason_core.errors import AccessError

Role = Literal["reader", "rater", "admin"]
Action = Literal["look", "ask", "enter", "rate", "export", "delete", "promote", "curate"]

ROLES: frozenset[Role] = frozenset(get_args(Role))

# Reading one's own cases, runs and preferences needs no row here: what is not one's own is never found.
PERMISSIONS: Mapping[Action, frozenset[Role]] = {
    "look": ROLES,  # open a case, choose preferences, mark one's own runs
    "ask": frozenset({"reader", "rater"}),  # put a question to the model, answer it oneself, be shown the value
    "enter": frozenset({"reader", "rater"}),  # type or import a case
    "rate": frozenset({"rater"}),
    "export": frozenset({"rater", "admin"}),
    "delete": frozenset({"rater", "admin"}),  # and restore: one's own runs
    "promote": frozenset({"admin"}),  # register, choose, promote or roll back what answers for everybody
    "curate": frozenset({"admin"}),  # add to the hospital's library, take out of it, note who signed an entry
}
_WORDS: Mapping[Action, str] = {
    "look": "Looking",
    "ask": "Asking the model",
    "enter": "Entering cases",
    "rate": "Rating",
    "export": "Exporting",
    "delete": "Deleting and restoring runs",
    "promote": "Deciding which model answers",
    "curate": "Changing the library",
}


@dataclass(frozen=True, slots=True)
class Principal:
    """A person who acts: ``user`` owns what they make, ``roles`` say what they may do (by default all)."""

    user: str
    roles: frozenset[Role] = ROLES

    def may(self, action: Action) -> bool:
        """Whether one of the roles allows ``action``."""
        return not self.roles.isdisjoint(PERMISSIONS[action])

    def require(self, action: Action) -> None:
        """Lets ``action`` pass.

        Raises:
            AccessError: No role allows it.
        """
        if not self.may(action):
            needed, held = " or ".join(sorted(PERMISSIONS[action])), " and ".join(sorted(self.roles)) or "none"
            raise AccessError(
                f"{_WORDS[action]} needs the role {needed}; you have {held}. Nothing was done.",
                remedy="Ask whoever runs this installation for that role.",
            )
