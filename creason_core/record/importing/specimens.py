"""What a value was measured in: blood, urine, ascites …, by the words of a column's name or of a specimen column.

A value of another specimen is another quantity. Blood is what a feature is of, unless its label or what it measures
says otherwise; arterial is blood, and blood whose vessel nobody names may be arterial.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from creason_core.record.codebook import Feature
from creason_core.record.importing.checking import Checked
from creason_core.record.importing.headers import folded
from creason_core.record.importing.mapping import TableMapping
from creason_core.record.importing.protocol import Row, Table
from creason_core.record.importing.report import safe_text
from creason_core.record.units import analyte_of

BLOOD = "blood"
OTHER_SPECIMEN = "another specimen"
_VESSELS = frozenset({"arterial", "venous", "capillary"})
# Words in names and cells; codes of HL7 table 0487 (BLDA) among them.
_WORDS: Mapping[str, str] = {
    word: kind
    for kind, words in {
        BLOOD: "blood serum plasma bld ser plas wb vollblut blut sang sangre sangue bloed serum/plasma ser/plas suero "
        "siero 혈액 혈청 혈장 전혈",
        "arterial": "arterial blda arteriell arteriel arterielle arteriosa arterioso arterieel 동맥혈",
        "venous": "venous bldv venos veneus veineux veineuse venoso venosa veneuze 정맥혈",
        "capillary": "capillary bldc kapillar kapillarblut capillaire capilar capillare fingerstick 모세혈",
        "cord blood": "bldco nabelschnurblut",
        "urine": "urine urin harn ur urinary orina urina 소변 뇨",
        "cerebrospinal fluid": "csf cerebrospinal liquor lcr lcs 뇌척수액",
        "ascites": "ascites ascitic aszites ascite ascitis peritoneal 복수",
        "pleural fluid": "pleural pleura pleuraerguss 흉수",
        "joint fluid": "synovial synovia joint",
        "stool": "stool faeces feces stuhl selles heces feci",
        "sputum": "sputum 객담",
        "saliva": "saliva speichel",
        "dialysate": "dialysate dialysat",
        "bone marrow": "marrow knochenmark",
        "amniotic fluid": "amniotic",
        "lavage": "lavage bal",
        "bile": "galle",
        "pus": "pus abscess",
    }.items()
    for word in words.split()
}
# In a cell that says nothing else, shorter forms are clear.
_CELLS: Mapping[str, str] = {
    **_WORDS,
    "b": BLOOD, "s": BLOOD, "p": BLOOD, "u": "urine", "art": "arterial", "a": "arterial", "ven": "venous",
    "v": "venous", "cap": "capillary", "c": "capillary", "bile": "bile", "sweat": "sweat", "tissue": "tissue",
    "swab": "swab", "drain": "drain", "drainage": "drain", "gastric": "gastric fluid",
}  # fmt: skip


@lru_cache(maxsize=4096)
def specimen(text: str) -> str:
    """The specimen that a cell of a specimen column names; "" where it names none, or two that are not one."""
    words = folded(text).replace("/", " ").split()
    known = _CELLS if len(words) == 1 else _WORDS
    kinds = {known[word] for word in words if word in known}
    if kinds & {BLOOD} and len(kinds) > 1:
        kinds.discard(BLOOD)  # arterial blood
    return kinds.pop() if len(kinds) == 1 else ""


def tells_specimens(cells: Iterable[str]) -> bool:
    """Whether most of a column's filled cells name a specimen: one called "sample" may hold numbers of tubes."""
    given = [cell for cell in cells if cell]
    return 2 * sum(bool(specimen(cell)) for cell in given) > len(given)


@lru_cache(maxsize=4096)
def specimen_of(feature: Feature) -> str:
    """The specimen that ``feature`` is measured in."""
    analyte = analyte_of(feature)
    for text in (feature.label, analyte.name if analyte else ""):
        found = [_WORDS[word] for word in folded(text).split() if word in _WORDS]
        if found:
            return found[-1] if len(set(found)) == 1 else next(kind for kind in found if kind != BLOOD)
    return BLOOD


def fits(feature: Feature, kind: str) -> bool:
    """Whether a value of the specimen ``kind`` can be one of ``feature``."""
    own = specimen_of(feature)
    if own == BLOOD:
        return kind == BLOOD or kind in _VESSELS
    return kind == own or (own in _VESSELS and kind == BLOOD)


def words_of_others(feature: Feature) -> frozenset[str]:
    """The words of a name that say that it is of another specimen than ``feature``."""
    return frozenset(word for word, kind in _WORDS.items() if not fits(feature, kind))


def without_specimen(name: str) -> str:
    """The words of a name that do not say in what was measured."""
    return " ".join(word for word in name.split() if word not in _WORDS)


class Specimens:
    """What a table's column of specimens says about its values; nothing where it has none."""

    def __init__(self, table: Table, mapping: TableMapping) -> None:
        column, name = mapping.column("specimen"), mapping.column("name")
        self._at = table.columns.index(column.column) if column else None
        self._name_at = table.columns.index(name.column) if name else None
        self._kinds: dict[str, set[str]] = {}  # by name of what is measured
        if self._at is not None:
            for row in table.rows:
                self._kinds.setdefault(self._name(row), set()).add(row.cells[self._at])

    def _name(self, row: Row) -> str:
        return row.cells[self._name_at] if self._name_at is not None else ""

    def checked(self, checked: Checked, row: Row, name: str, feature: Feature) -> Checked:
        """``checked``, left out where its row is of a specimen that ``feature`` is not measured in.

        A specimen that is not known is refused, and so is an empty cell where the same name has other specimens too.
        """
        if self._at is None or checked.empty:
            return checked
        text = row.cells[self._at]
        kind, own = specimen(text), specimen_of(feature)
        if kind:
            if fits(feature, kind):
                return checked
            return Checked(value=None, rule=OTHER_SPECIMEN, refused=f"It is of {kind}; {feature.label} is of {own}.")
        others = {other for other in self._kinds[self._name(row)] if other and not fits(feature, specimen(other))}
        if not text and not others:
            return checked
        said = (
            f"the specimen '{safe_text(text)[:40]}' is not known"
            if text
            else "its specimen is not said, and others are"
        )
        remedy = f"{feature.label} is measured in {own}: leave it out, or correct the file."
        return Checked(value=None, rule="specimen", refused=f"{safe_text(name)[:40]}: {said}.", remedy=remedy)
