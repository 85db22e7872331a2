"""A case as it stands in the fields of the page Patient, and as the database keeps it while it is typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from creason_core.errors import CaseError
from creason_core.record.case import Entry, Finding, PatientCase, check_value, parse_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import name_at, parted
from creason_core.record.identifiers import decided_in, undecided
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.people.drafts import draft
from pages.server.services import COHORT, Services
from pages.session.typed_text import cleared, restored, storable

Values = Mapping[str, float | str]
NEW = "case:new"


@dataclass(frozen=True)
class Draft:
    """What stands in the fields. ``base`` is the version it started from, None for a new patient.

    ``values`` and ``reasons`` are by ``Entry.name``: a feature over time has a field for each of its times, ``added``
    are those that a person added to the codebook's and the base's, ``gone`` those of the base that they took away with
    what stood there. ``cohort`` names the cohort of a new patient,
    ``codebook`` and its hash the codebook; those of another stand in its base.
    """

    key: str
    base: CaseVersion | None
    patient: str
    label: str
    values: Values = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    stored: bool = False
    cohort: str = COHORT  # of drafts of before there were several
    codebook: str = "rhc"
    codebook_hash: str = ""
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def changes(self) -> int:
        """How many values differ from the base."""
        before = values_of(self.base.case) if self.base else {}
        names = before.keys() | self.values.keys()
        return sum(before.get(name) != self.values.get(name) for name in names)

    def fields(self, codebook: Codebook) -> tuple[Feature, ...]:
        """What has a field, in codebook order: each feature, or it at each of its times, those of the record too."""
        recorded = self.base.case.by_feature.keys() if self.base else ()
        told = map(parted, {*self.values, *self.added, *recorded} - set(self.gone))
        times_of: dict[str, set[float | None]] = {}
        for name, hours in told:
            times_of.setdefault(name, set()).add(hours)
        found: list[Feature] = []
        for feature in codebook.features:
            own = times_of.get(feature.name, set())
            times = sorted({hours for hours in own if hours is not None}.union(codebook.points_of(feature)))
            found += [codebook.feature(name_at(feature.name, hours)) for hours in times]
            found += [feature] * (not times or None in own)
        return tuple(found)

    def entry(self, feature: Feature) -> Entry | None:
        """The entry that Save would write; an untouched one keeps where it came from."""
        old = self.base.case.by_feature.get(feature.name) if self.base else None
        value = self.values.get(feature.name)
        if value is None:
            return old if old and not old.measured else None
        if old and old.measured and old.value == value:
            return old.model_copy(update={"reason": self.reasons[feature.name]}) if self._said(feature) else old
        name, hours = parted(feature.name)
        return Entry(feature=name, hours=hours, value=value, reason=self.reasons.get(feature.name, ""))

    def findings(self, feature: Feature) -> tuple[Finding, ...]:
        """What the checks say about the value in the field; text in a number counts as impossible."""
        entry = self.entry(feature)
        if entry is None or not entry.measured:
            return ()
        if entry.hours is None and any(self.times_with_values(feature.name)):
            told = f"{feature.label} has a value with a time and one without. Give this one its time, or keep one."
            return (Finding(feature=feature.name, tier="impossible", message=told, direction="high"),)
        try:
            return check_value(feature, parse_value(feature, entry.value))
        except CaseError as error:
            return (Finding(feature=feature.name, tier="impossible", message=str(error), direction="high"),)

    def times_with_values(self, feature: str) -> tuple[str, ...]:
        """The names of ``feature`` at the times at which a value stands in its field."""
        return tuple(name for name in self.values if name != feature and parted(name)[0] == feature)

    def blocked(self, codebook: Codebook) -> tuple[Finding, ...]:
        """The findings that keep Save from working: impossible values, and unusual ones without a reason."""
        return tuple(
            finding
            for feature in self.fields(codebook)
            for finding in self.findings(feature)
            if finding.tier == "impossible" or (finding.tier == "confirm" and self._needs_reason(feature))
        )

    def _needs_reason(self, feature: Feature) -> bool:
        entry = self.entry(feature)
        return entry is not None and entry.provenance == "entered" and not entry.reason.strip()

    def _said(self, feature: Feature) -> bool:
        return bool(self.reasons.get(feature.name, "").strip())

    def texts(self) -> Mapping[str, str]:
        """Field → the text typed into it: the name, and the reasons."""
        return {label_key(self): self.label} | {reason_key(self, name): text for name, text in self.reasons.items()}

    def undecided(self) -> bool:
        """Whether a typed text may identify a person, and nobody has decided about it."""
        return any(undecided(text, cleared(widget)) for widget, text in self.texts().items())

    def cleared(self) -> frozenset[str]:
        """What looks like an identifier in its texts and is none, as the person said now or for the base."""
        said = frozenset[str]().union(*(cleared(widget) for widget in self.texts()))
        return said.union(*(decided_in(text) for text in _base_texts(self.base)))

    def content(self) -> dict[str, JsonValue]:
        """The draft as the database keeps it: without what may identify a person, until that is decided."""
        return {
            "patient": self.patient,
            "cohort": self.cohort,
            "codebook": self.codebook,
            "codebook_hash": self.codebook_hash,
            "label": storable(label_key(self), self.label),
            "values": dict(self.values),
            "added": list(self.added),
            "gone": list(self.gone),
            "reasons": {name: storable(reason_key(self, name), text) for name, text in self.reasons.items()},
        }


def key_of(base: CaseVersion | None) -> str:
    """Under which key the draft of a version is kept."""
    return f"case:{base.id}" if base else NEW


def field_key(now: Draft, feature: str) -> str:
    """The widget key of a feature's field."""
    return f"field_{now.key}_{feature}"


def label_key(now: Draft) -> str:
    """The widget key of the case's name."""
    return field_key(now, "label")


def reason_key(now: Draft, feature: str) -> str:
    """The widget key of the reason for a feature's value."""
    return f"{field_key(now, feature)}_reason"


def draft_of(s: Services, base: CaseVersion | None) -> Draft | None:
    """The kept draft; else the base itself where it may be edited; else None (nothing is being entered)."""
    key = key_of(base)
    kept = draft(s.db, s.user, key)
    if kept is None:
        if base is None or base.source == "public":
            return None
        fresh = Draft(key, base, base.case.patient, base.label, values_of(base.case))
        restored(label_key(fresh), base.label)
        return fresh
    values, reasons = kept.get("values"), kept.get("reasons")
    bare = Draft(key, base, str(kept.get("patient")), "")
    return Draft(
        key=key,
        base=base,
        patient=bare.patient,
        label=restored(label_key(bare), str(kept.get("label"))),
        values={name: value for name, value in values.items() if isinstance(value, (float, int, str))}
        if isinstance(values, Mapping)
        else {},
        reasons={name: restored(reason_key(bare, name), str(value)) for name, value in reasons.items()}
        if isinstance(reasons, Mapping)
        else {},
        stored=True,
        added=_names(kept.get("added")),
        gone=_names(kept.get("gone")),
        **{name: str(kept[name]) for name in ("cohort", "codebook", "codebook_hash") if kept.get(name)},
    )


def codebook_of(s: Services, now: Draft) -> Codebook:
    """The codebook of a draft: its base's, else its own, whether that is at hand or not."""
    return s.codebooks.of(now.base.case if now.base else now)


def values_of(case: PatientCase) -> Values:
    """The measured values of a case, by ``Entry.name``."""
    return {entry.name: entry.value for entry in case.entries if entry.measured}


def _names(kept: JsonValue) -> tuple[str, ...]:
    return tuple(map(str, kept)) if isinstance(kept, list) else ()


def _base_texts(base: CaseVersion | None) -> tuple[str, ...]:
    return (base.label, *(entry.reason for entry in base.case.entries if entry.reason)) if base else ()
