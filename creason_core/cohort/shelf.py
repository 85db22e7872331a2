"""Every cohort that is found by name, packaged or of one's own, as its folder is now; and those that cannot be used.

A broken cohort is a sentence, never an exception: it keeps nobody from another one.
"""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import cohort_in, folders, own_cohorts, read_manifest, state_of
from creason_core.errors import CohortError, CReasonError

_log = logging.getLogger(__name__)
_PUT_BACK = "Put its folder back or make it again; what was recorded and asked can still be read."


@dataclass(frozen=True, slots=True)
class Broken:
    """A cohort that cannot be used: where it lies, and why, in a sentence."""

    folder: Path
    why: str


class CohortShelf:
    """The cohorts at hand. Safe to ask from several threads; a folder is read anew when a file in it has changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: object = None
        self._cohorts: Mapping[str, Cohort] = {}
        self._broken: tuple[Broken, ...] = ()

    @property
    def cohorts(self) -> Mapping[str, Cohort]:
        """Name → cohort, packaged ones first."""
        self._look()
        return self._cohorts

    @property
    def broken(self) -> tuple[Broken, ...]:
        """Those that cannot be used."""
        self._look()
        return self._broken

    def named(self, name: str) -> Cohort:
        """The cohort called ``name``.

        Raises:
            CohortError: It is gone or broken; the message says which.
        """
        if said := self.why_not(name):
            raise CohortError(said, remedy=_PUT_BACK)
        return self._cohorts[name]

    def find(self, name: str, codebook_hash: str) -> Cohort:
        """The cohort for questions about a case: ``name``, which must follow the codebook that the case was made with.

        Without a name, the first that follows the codebook.

        Raises:
            CohortError: It is gone or broken, or follows another version of the codebook; the message says which.
        """
        if not name:
            fitting = (one for one in self.cohorts.values() if one.codebook.content_hash == codebook_hash)
            if found := next(fitting, None):
                return found
            raise CohortError(
                "No cohort at hand follows the codebook of this case, so nothing can be asked about it.",
                remedy=f"Put the folder of one into {own_cohorts()}; what was recorded and asked can still be read.",
            )
        cohort = self.named(name)
        if cohort.codebook.content_hash != codebook_hash:
            raise CohortError(
                f"The cohort {name} now follows another version of the codebook than this case, so nothing can be "
                "asked about it.",
                remedy="Enter or import the case again; what was recorded and asked can still be read.",
            )
        return cohort

    def why_not(self, name: str) -> str:
        """Why the cohort called ``name`` is not at hand, in words; empty where it is."""
        if name in self.cohorts:
            return ""
        broken = next((one.why for one in self._broken if one.folder.name == name), None)
        reason = f"cannot be used: {broken}" if broken else f"is no longer in {own_cohorts()}."
        return f"The cohort {name} {reason} Nothing can be asked about its cases."

    def _look(self) -> None:
        with self._lock:
            present = folders()
            seen = [(folder, state_of(folder)) for folder in present]
            if seen == self._seen:
                return
            cohorts: dict[str, Cohort] = {}
            broken: list[Broken] = []
            for folder in present:
                found, faults = _read(folder, cohorts)
                cohorts |= found
                broken += faults
            for one in broken:
                if one not in self._broken:
                    _log.warning("a cohort cannot be used: %s", one.why)
            self._seen, self._cohorts, self._broken = seen, cohorts, tuple(broken)


def _read(folder: Path, others: Mapping[str, Cohort]) -> tuple[Mapping[str, Cohort], list[Broken]]:
    """The cohorts of ``folder`` beside ``others``, and what cannot be used."""
    found: dict[str, Cohort] = {}
    broken: list[Broken] = []
    try:
        names = [cohort.name for cohort in read_manifest(folder).cohorts]
    except CReasonError as error:
        return {}, [Broken(folder, str(error))]
    for name in names:
        if name in others or name in found:
            broken.append(Broken(folder, f"There is another cohort called {name}, which is used instead."))
            continue
        try:
            found[name] = cohort_in(folder, name)
        except CReasonError as error:
            broken.append(Broken(folder, str(error)))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the program and other cohorts go on
            _log.exception("a cohort cannot be read")
            broken.append(Broken(folder, f"The cohort {name} cannot be read ({type(error).__name__})."))
    return found, broken
