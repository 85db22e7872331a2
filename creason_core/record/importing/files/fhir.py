"""FHIR R4 resources as a long table: a Bundle, a list, single resources and bulk exports (NDJSON).

Of an Observation its patient's reference, time, name, value, unit, specimen and method are taken, of a Patient the sex.
Names, birth dates, addresses and identifiers of a Patient are never looked at. Everything else is left out and counted
aloud. Runs in the parsing process.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from creason_core.errors import UploadError
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.fhir_observations import (
    LeftOut,
    Measured,
    Resource,
    concept_text,
    readings,
    records,
)
from creason_core.record.importing.files.sink import Sink

_FIRST = 100  # records of a list that are looked at
_DEEP = 4  # Bundles inside Bundles
# Joined to the words beside them by ``coded_columns``: the parsing process does without the tables of units.
_CODES = ("Test's code in LOINC", "Unit's code in UCUM")
_COLUMNS = ("Patient", "Time", "Test", _CODES[0], "Value", "Unit", _CODES[1], "Specimen", "Method")
_ALWAYS = frozenset({"Test", "Value", "Unit"})  # the other columns only where anything stands in them
_NONE = "The file holds FHIR resources, but no Observation with a value."


@dataclass(frozen=True, slots=True)
class _Entry:
    """A resource with its number in the file and, in a Bundle, the address that others refer to it by."""

    number: int
    resource: Resource
    address: str = ""

    @property
    def kind(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def reference(self) -> str:
        """As others refer to it: "Patient/7"."""
        return f"{self.kind}/{self.resource.get('id', '')}"


@dataclass
class _Found:
    """Rows and what is told about the rest."""

    rows: list[tuple[int, str, Measured]] = field(default_factory=list)  # number, patient, what was read
    problems: list[tuple[int, str]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)

    def take(self, number: int, patient: str, said: Iterable[Measured | LeftOut]) -> None:
        """Sorts what one resource says."""
        for one in said:
            if isinstance(one, LeftOut):
                self.left[one.why] += 1
            else:
                self.rows.append((number, patient, one))


def is_fhir(content: object) -> bool:
    """Whether a record, or one of the first records of a list, says that it is a FHIR resource."""
    first = content[:_FIRST] if isinstance(content, list) else [content]
    kinds = [record.get("resourceType") for record in first if isinstance(record, dict)]
    return any(kind and isinstance(kind, str) for kind in kinds)


def put_resources(found: Sequence[tuple[int, object]], sink: Sink) -> None:
    """Puts the values of numbered resources into ``sink``, a row each.

    Raises:
        UploadError: Something among them is no FHIR resource, or nothing in them can be read.
    """
    entries: list[_Entry] = []
    for number, resource in found:
        entries.extend(_unpacked(_Entry(number, _checked(number, resource)), sink, one=len(found) == 1))
        if len(entries) > limits.ROWS:
            raise UploadError(f"The file has more than {limits.ROWS:,} resources.", remedy="Split it by patients.")
    read = _read(entries)
    for said in _told(entries, read):
        sink.note(said)
    if not read.rows and not read.problems:
        raise UploadError(_NONE, remedy="Export the resource type Observation as well.")
    _write(read, sink)


def _checked(number: int, resource: object) -> Resource:
    if not isinstance(resource, dict) or not is_fhir(resource):
        raise UploadError(f"Item {number} is no FHIR resource, but others are.", remedy="Import one kind at a time.")
    return resource


def _unpacked(entry: _Entry, sink: Sink, *, one: bool, depth: int = 1) -> Iterator[_Entry]:
    """The resources in a Bundle, numbered as they stand in it where it is the whole file; any other as it is."""
    if entry.kind != "Bundle":
        yield entry
        return
    if depth > _DEEP:
        raise UploadError(f"Bundles are nested more than {_DEEP} deep.", remedy="Export the resources as one Bundle.")
    kind = entry.resource.get("type")
    if kind == "history":
        raise UploadError("This Bundle is a history, with values that were replaced.", remedy="Export a search result.")
    if any(link.get("relation") == "next" for link in records(entry.resource.get("link"))):
        sink.note("The Bundle is one page of several: values on the other pages are not in it.")
    for at, item in enumerate(records(entry.resource.get("entry")), start=1):
        resource = item.get("resource")
        if resource is None:  # an entry of a transaction may hold a request alone
            continue
        number = at if one else entry.number
        inside = _Entry(number, _checked(number, resource), str(item.get("fullUrl") or ""))
        yield from _unpacked(inside, sink, one=False, depth=depth + 1)


def _read(entries: Sequence[_Entry]) -> _Found:
    found = _Found()
    people = _People(entries)
    specimens = {
        address: words
        for entry in entries
        if entry.kind == "Specimen" and (words := concept_text(entry.resource.get("type")))
        for address in (entry.address, entry.reference)
        if address
    }
    versions = _versions(entries)
    seen: set[str] = set()
    for entry in entries:
        try:
            if entry.kind == "Patient" and (sex := entry.resource.get("gender")):
                found.take(entry.number, people.key_of(entry), [Measured("", "Sex", "", str(sex), "", "", "", "")])
            elif entry.kind == "Observation":
                name = versions.get(id(entry.resource), "")
                if name in seen:
                    found.left["in the file a second time, word for word"] += 1
                    continue
                seen.update({name} - {""})
                patient = people.key(entry)
                said = [patient] if isinstance(patient, LeftOut) else list(readings(entry.resource, specimens))
                found.take(entry.number, str(patient), said)
        except UploadError as error:
            found.problems.append((entry.number, error.message))
    return found


def _versions(entries: Sequence[_Entry]) -> Mapping[int, str]:
    """The name of each Observation that has one, by Python's id of it.

    Raises:
        UploadError: Two that differ have one name: which of them holds is not told.
    """
    first: dict[str, _Entry] = {}
    names: dict[int, str] = {}
    for entry in entries:
        if entry.kind != "Observation" or not (entry.address or entry.resource.get("id")):
            continue
        name = entry.address or entry.reference
        other = first.setdefault(name, entry)
        if other.resource != entry.resource:
            raise UploadError(
                f"Items {other.number:,} and {entry.number:,} are two versions of one Observation.",
                remedy="Export only the version that holds.",
            )
        names[id(entry.resource)] = name
    return names


class _People:
    """Whose an Observation is: references as they are written, brought to one form."""

    def __init__(self, entries: Sequence[_Entry]) -> None:
        self._known: dict[str, str] = {}
        for entry in entries:
            if entry.kind == "Patient":
                own = entry.address or entry.reference
                self._known[entry.address or own] = own
                if entry.resource.get("id"):
                    self._known.setdefault(entry.reference, own)
        said = [_subject(entry.resource) for entry in entries if entry.kind == "Observation"]
        self._named = any(said)
        bases = {reference.rpartition("Patient/")[0] for reference in (*said, *self._known) if "Patient/" in reference}
        self._one_server = len(bases - {""}) <= 1

    def key_of(self, entry: _Entry) -> str:
        """The patient that a Patient resource is.

        Raises:
            UploadError: Nothing can refer to it.
        """
        if not entry.address and not entry.resource.get("id"):
            raise UploadError("The Patient has no id, so that no Observation can be its.")
        return self._short(entry.address or entry.reference)

    def key(self, entry: _Entry) -> str | LeftOut:
        """The patient of an Observation; "" where no Observation of the file names one.

        Raises:
            UploadError: Others do and this one does not, or names one that cannot be told from others.
        """
        said = _subject(entry.resource)
        if not said:
            if self._named:
                raise UploadError("The Observation names no patient, and others do.")
            return ""
        if said.startswith("#"):  # counted anew in each Observation: "#p1" of another may be another person
            raise UploadError("The patient stands inside the Observation, with a name that is no one's in the file.")
        kind = said.rpartition("/")[0].rpartition("/")[2]
        if kind in {"Group", "Device", "Location"}:
            return LeftOut(f"about a {kind.lower()}")
        return self._short(self._known.get(said, said))

    def _short(self, reference: str) -> str:
        """Without the server's address, where there is one server only."""
        base, patient, name = reference.rpartition("Patient/")
        return patient + name if base and self._one_server else reference


def _subject(observation: Resource) -> str:
    """The reference to the patient without its version, else the patient's identifier."""
    subject = observation.get("subject")
    if not isinstance(subject, dict):
        return ""
    if reference := subject.get("reference"):
        return str(reference).partition("/_history/")[0]
    identifier = subject.get("identifier")
    return (
        f"{identifier.get('system', '')}|{identifier['value']}"
        if isinstance(identifier, dict) and identifier.get("value")
        else ""
    )


def _told(entries: Sequence[_Entry], found: _Found) -> Iterator[str]:
    """What the file's owner should know about what was not taken."""
    kinds = Counter(entry.kind for entry in entries)
    if kinds["Patient"]:
        yield f"Of {kinds['Patient']:,} Patient resource{'s' * (kinds['Patient'] > 1)} only the sex was read."
    for why, count in sorted(found.left.items()):
        yield f"{count:,} value{'s were' if count > 1 else ' was'} left out: {why}."
    early = Counter(str(entry.resource.get("status")) for entry in entries if entry.kind == "Observation")
    if count := early["preliminary"] + early["registered"]:
        yield f"{count:,} Observation{'s are' if count > 1 else ' is'} preliminary: a final value may differ."
    others = [
        f"{count:,} {kind[:40]}" for kind, count in sorted(kinds.items()) if kind not in {"Patient", "Observation"}
    ]
    if others:
        yield f"Resources of other types are not read: {', '.join(others[:10])}{', …' if len(others) > 10 else ''}."


def _write(found: _Found, sink: Sink) -> None:
    rows = [(number, (patient, *one)) for number, patient, one in found.rows]
    kept = [at for at, name in enumerate(_COLUMNS) if name in _ALWAYS or any(cells[at] for _, cells in rows)]
    sink.header([_COLUMNS[at] for at in kept])
    for number, why in found.problems:
        sink.problem(number, why)
    for at, (number, cells) in enumerate(rows, start=1):
        sink.row(number, [cells[place] for place in kept], at / len(rows))
