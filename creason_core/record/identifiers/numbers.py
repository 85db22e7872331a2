"""Numbers of persons: national numbers, telephone numbers and record numbers.

What a number of a country looks like, and its check digits, is known to python-stdnum; telephone numbers and how each
country parts them, to phonenumbers. A form that nothing else has counts without its check digit, because a number may be
mistyped; one that any row of measurements could have counts only with it and with its country's own separators.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

from creason_core.record.identifiers.forms import Form
from creason_core.record.languages import END, START, any_of, word_of

Span = tuple[int, int]

_NO = r"(?:\d(?:[\w]|[-./ ](?=[\w]))*)"
# Forms that measurements do not have. Each needs a digit.
_SHAPES = Form(
    r"(?<![\w.-])(?:"
    r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\s?[-–]\s?\d{7}"  # Korea
    r"|\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[1-8]\d{6}"
    r"|(?!000|666|9\d\d)\d{3}-\d{2}-\d{4}|(?!000|666|9\d\d)\d{3} \d{2} \d{4}"  # United States
    r"|[1-9][AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y][AC-HJKMNP-RT-Y\d]\d-?[AC-HJKMNP-RT-Y]{2}\d{2}"
    r"|(?-i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]) ?\d{2} ?\d{2} ?\d{2} ?[A-D]"  # United Kingdom
    r"|[1278] ?\d{2} ?(?:0[1-9]|[1-9]\d) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3}(?: ?/?\d{2})?"  # France
    r"|(?-i:[A-Z]{3} ?[A-Z]{3} ?\d{2}[A-EHLMPRST]\d{2} ?[A-Z]\d{3}[A-Z])|[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"  # Italy
    r"|[A-Z]{2} \d{2} \d{2} \d{2} [A-D]|\d{2} ?\d{6} ?(?-i:[A-Z]) ?\d{3}"  # the same, mistyped; Germany's pension insurance
    r"|\d{6} ?(?:19|20)\d{2} ?\d{4} ?\d{3}[\dX]|\d{17}[\dX]"  # China
    r"|\d{3}\.\d{3}\.\d{3}-\d{2}|\d{3} \d{4} \d{4} \d{4}"  # Brazil
    r"|(?-i:[XYZ]-?\d{7}-?[A-Z]|\d{8}-?[A-HJ-NP-TV-Z]|\d{2}\.\d{3}\.\d{3}-[A-Z])|\d{2}/\d{8,10}/\d{2}"  # Spain
    r"|\d{4}[ -]\d{4}[ -]\d{4}|[A-Z]{5}\d{4}[A-Z]"  # India
    r"|756[. ]?\d{4}[. ]?\d{4}[. ]?\d{2}"  # Switzerland
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A-FYXWVU]\d{3}[\dA-FHJ-NPR-Y]"  # Finland
    r"|(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-9]\d)[-+]\d{4}"  # Sweden
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[- ]\d{4}|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2} \d{5}"  # Denmark, Norway
    r"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-\d{5}|\d{2}-\d{9}-\d|\d{2}-\d{4}-\d{4}-\d{4}|784-\d{4}-\d{7}-\d"  # Latvia, Philippines, India, Emirates
    r"|\d{2}[.]\d{2}[.]\d{2}-\d{3}[.]\d{2}|\d{6}[ -]\d{3}[ -]\d{2}"  # Belgium
    r"|\d{2}(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\d|3[01])/\d{3,4}"  # Czechia, Slovakia
    r"|\d{3}-\d{3}-\d{3} \d{2}|\d{4} \d{6} ?[№N]?|\d{2} \d{2} №? ?\d{6}"  # Russia
    r"|\d{1,2}\.\d{3}\.\d{3}-[\dK]|\d{7,8}-[\dK]"  # Chile
    r"|[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d|[A-Z]{4}\d{6}[A-Z\d]{3}"  # Mexico
    r"|\d-\d{4}-\d{5}-\d{2}-\d|\d{5}-\d{7}-\d|\d{6}-\d{2}-\d{4}"  # Thailand, Pakistan, Malaysia
    r"|(?-i:[A-Z]\d{6}\(?[\dA]\)|[STFGM]\d{7}[A-Z]|[A-Z][12]\d{8})"  # Hong Kong, Singapore, Taiwan
    r"|\d{7}[A-W][A-IW]?|\d{3}-\d{3}-\d{3}(?:-\d{2,3})?|\d{8} \d [A-Z\d]{2}\d|\d{8}-\d[A-Z]{2}\d"  # Ireland, several, Portugal
    r"|(?-i:[A-Z]\d{9}|[A-Z]{3}\d{4})"  # Germany's health insurance; New Zealand
    r"|(?-i:[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){3,7}(?: ?[A-Z\d]{1,3})?)"  # an account at a bank (IBAN)
    r")(?![\w-]|\.\d)",
    re.IGNORECASE,
)
# Modules of python-stdnum whose numbers may stand in a note, by their own separators or none.
_MODULES = (
    "gb.nhs ca.sin de.idnr at.vnr nl.bsn fr.nir fr.nif es.dni es.nie it.codicefiscale ch.ssn be.nn pt.cc ie.pps dk.cpr "
    "no.fodselsnummer se.personnummer fi.hetu is_.kennitala ee.ik lt.asmens pl.pesel cz.rc ro.cnp bg.egn hr.oib "
    "si.emso gr.amka tr.tckimlik il.idnr za.idnr in_.aadhaar in_.pan cn.ric kr.rrn th.pin my.nric id.nik pk.cnic "
    "br.cpf ar.cuit cl.rut mx.curp pe.cui ec.ci ua.rntrc ru.inn"
).split()
_NATIONAL_WORD = (
    "ssn|social security|social security number|social security no|nhs|nhs number|nhs no|ni number|nino|passport|passport number|passport no|"
    "national id|national number|national insurance|aadhaar|aadhar|cpf|rg|curp|rfc|dni|nie|nif|bsn|sécu|secu|sécurité sociale|n° ss|nir|"
    "codice fiscale|cf|c.f|personnummer|personnr|cpr|cpr-nr|hetu|henkilötunnus|fødselsnummer|fnr|medicare|medicare no|medicare number|pesel|rodné číslo|cnp|egn|егн|oib|"
    "jmbg|amka|αμκα|afm|αφμ|tc kimlik|tc kimlik no|t.c. kimlik no|t.c|tckn|kimlik no|снилс|инн|паспорт|рнокпп|іпн|ahv|ahv-nr|avs|"
    "svnr|sv-nr|sozialversicherungsnummer|krankenversicherungsnummer|versichertennummer|steuer-id|ausweis|personalausweis|reisepass|"
    "rijksregisternummer|numéro national|cartão de cidadão|cc|utente|cccd|cmnd|số cccd|taj|taj-szám|ausweisnummer|pasaporte|passeport|carte vitale|"
    "documento|cédula|cedula|rut|nss|nuss|id number|id no|ת.ז|תעודת זהות|رقم الهوية|الرقم القومي|رقم الجواز|الهوية|आधार|आधार संख्या|पैन|"
    "medicaid|medicaid id|hicn|mbi|ihi|sin|nhi|phn|ohip"
).split("|")
_GLUED_NATIONAL = "주민번호|주민등록번호|외국인등록번호|여권번호|身份证号|身份证|マイナンバー|個人番号|护照号|เลขบัตรประชาชน|เลขประจำตัวประชาชน|健康保険証"
_ID_AFTER = r"(?:\s?(?:ending(?: in)?|id|no|nr|num(?:ber)?|n°|nº|nro|№|#|n\.|is|ist|numarası|sayılı|号|번호)\.?){0,2}[\s:：#.=№-]{0,4}"
_TOKENS = r"(?=[\w./ -]{0,14}\d)[A-Z]{0,4}[-/ .]?\d[\w]*(?:\s?[-/.]\s?[\w]+|\s(?=\d)\d[\w]*(?![.,]\d|\s?(?:mg|ml|mmol|µg|%|/)))*"
_NATIONAL = Form(
    rf"(?:{START}{any_of(_NATIONAL_WORD)}{END}\.?|{_GLUED_NATIONAL}){_ID_AFTER}(?P<x>{_TOKENS})", re.IGNORECASE
)
_RECORD_CUES = word_of("record")
_RECORD = Form(
    rf"(?:{_RECORD_CUES}|{START}pat(?:ient|ienten)?[ .-]{{1,2}}(?=nr|no|id|#)){_ID_AFTER}(?P<x>{_TOKENS})",
    re.IGNORECASE,
)
_PREFIXED = Form(
    r"(?<![\w-])(?!COVID|SARS|NT-)[A-Z]{1,4}[-/]\d{2,}(?:[-/]\d{2,})+(?![\w.])|(?<![\w-])[A-Z]{1,3}-?\d{6,12}(?![\w.])|(?<![\w.,/-])\d{2}(?:-\d{2}){3,4}(?![\w-]|\s?m?[gl]\b)"
)
_LONG = Form(
    r"(?<![\d.,/+-])\d{7,20}(?![\d.,]\d|\d|\s?(?:mg|ml|g/|/|cells|copies|units|iu|u/|ui/|kopien|cfu|kbe|ufc))",
    re.IGNORECASE,
)

_REGIONS = (
    "US GB DE FR ES IT PT BR NL BE CH AT PL RU UA CZ SK HU RO BG GR TR IL EG SA AE IN PK CN HK TW JP KR VN TH ID MY SG PH AU NZ "
    "ZA NG KE IE SE NO DK FI MX AR CL CO PE CA"
).split()
_PHONE_CUED = Form(
    rf"{word_of('phone')}\W{{0,4}}(?:(?:no|nr|number|is|on|at|the)\W{{1,3}}){{0,2}}(?P<x>\+?\(?\d[\d\s()./-]{{1,19}}\d)",
    re.IGNORECASE,
)
_PHONES = Form(
    r"(?<![\w+])(?:\+|00)\d{1,3}[\d\s().-]{6,16}\d"
    r"|(?<![\d.])\(?0\d{1,4}\)?[\s./)-]{1,3}\d{2,4}[\s.-]?\d{2,4}(?:[\s.-]?\d{2,4}){0,3}(?!\d)"
    r"|(?<!\d)01[016789]\d{7,8}(?!\d)"
    r"|(?<![\d.-])\(?[2-9]\d{2}\)?[-.\s]\s?\d{3}[-.\s]\d{4}(?![\d-])"
    r"|(?<![\d.,/-])[2-9]\d{2}-\d{4}(?![\d-]|\.\d|\s?[a-zµ%])|(?:^|(?<=[:(;]))\s?[2-9]\d{2}\.\d{4}(?![\d-]|\.\d|\s?[a-zµ%])"
    r"|^\s*[2-9]\d{2} \d{4}\s*$|(?<![\d.,/-])[6-9]\d{4} \d{5}(?![\d-]|[.,]\d)"
    r"|\bext\.?\s?\d{3,5}\b|\bx\d{4,5}\b",
    re.IGNORECASE,
)
_PARTED = Form(r"(?<![\w.,/+:-])\(?\d{1,4}\)?(?:[ .-]\(?\d{2,4}\)?){2,5}(?![\w%]|[.,/:-]\d|\s?(?:mm|mg|ml|kg|bpm|/))")
_MEASURED = Form(
    r"(?:\b(?:hr|bp|rr|map|sbp|dbp|spo2|sats?|gcs|temp|pulse|glucose|bm|cvp|urine|output|trend|levels?|values?|lactate|"
    r"creatinine|crp|wbc|hb|platelets|doses?|rates?|saturations?|oxygen|pressures?|puls|fc|ta|rr|af|hf|sofa)\b|от|=)[^.;]{0,25}$", re.IGNORECASE
)  # fmt: skip
_YEAR = Form(r"(?:19|20)\d\d")
# Numbers of terms and codes name no person.
_CODED = Form(
    r"\b(?:snomed(?:[ -]ct)?|sct(?:id)?|rxnorm|rxcui|meddra|loinc|icd|atc|omop|concept(?:[_ ]?id)?|itemid|cpt|umls|ndc|cas|hpo|orpha)"
    r"(?:\s(?:code|id|no\.?))?[\s:#-]{0,3}$",
    re.IGNORECASE,
)


def find_national(text: str) -> Iterator[Span]:
    """National numbers in a normal text with a digit."""
    for found in _SHAPES.finditer(text):
        if not _coded(text, found.start()) and not _is_series(found[0]):
            yield found.span()
    for found in _NATIONAL.finditer(text):
        if sum(sign.isdigit() for sign in found["x"]) >= 4:
            yield found.span("x")
    for found in re.finditer(r"(?<![\w.,+-])[A-Za-z]{0,6}\d[\dA-Za-z]*(?:[ ./-][\dA-Za-z]+){0,5}(?![\w])", text):
        if (
            8 <= sum(sign.isdigit() for sign in found[0]) <= 16
            and not _coded(text, found.start())
            and is_national(found[0])
        ):
            yield found.span()


@lru_cache(maxsize=16_384)
def _is_series(number: str) -> bool:
    """Whether it is three values of one measurement, as "136-138-141" of sodium: near one another."""
    parts = number.split("-")
    return len(parts) == 3 and {len(part) for part in parts} == {3} and int(max(parts)) <= 1.2 * int(min(parts))


def is_national(number: str) -> bool:
    """Whether the check digits of some country fit, and the separators are that country's or none."""
    bare = re.sub(r"[ ./-]", "", number)
    for name in _MODULES:
        module = import_module(f"stdnum.{name}")
        if module.is_valid(number) and (number == bare or _as_written(number) == _as_written(_official(module, bare))):
            return True
    return False


def _official(module: object, bare: str) -> str:
    form = getattr(module, "format", None)
    return str(form(bare)) if form else bare


def _as_written(number: str) -> str:
    return re.sub(r"[ ./-]", " ", number.upper())


def find_phones(text: str) -> Iterator[Span]:
    """Telephone numbers in a normal text with a digit."""
    for found in _PHONES.finditer(text):
        if not _MEASURED.search(text[max(0, found.start() - 32) : found.start()]):
            yield found.span()
    for found in _PHONE_CUED.finditer(text):
        yield found.span("x")
    for found in _PARTED.finditer(text):
        before = text[max(0, found.start() - 32) : found.start()]
        if sum(sign.isdigit() for sign in found[0]) >= 8 and not _MEASURED.search(before) and is_phone(found[0]):
            yield found.span()


@lru_cache(maxsize=16_384)
def is_phone(number: str) -> bool:
    """Whether some country has such a telephone number and parts it so."""
    import phonenumbers

    strict = phonenumbers.Leniency.STRICT_GROUPING
    return any(phonenumbers.PhoneNumberMatcher(number, region, leniency=strict).has_next() for region in _REGIONS)


def find_records(text: str) -> Iterator[Span]:
    """Numbers of records, cases, specimens and devices in a normal text with a digit."""
    for found in _RECORD.finditer(text):
        said = found["x"]
        digits = sum(sign.isdigit() for sign in said)
        if digits >= 4 and not _YEAR.fullmatch(said) and not _coded(text, found.start("x")):
            yield found.span("x")
    for form in (_PREFIXED, _LONG):
        for found in form.finditer(text):
            if not _coded(text, found.start()):
                yield found.span()


def _coded(text: str, at: int) -> bool:
    """Whether the number that begins at ``at`` is the code of a term ("SNOMED 91302008")."""
    return _CODED.search(text, max(0, at - 24), at) is not None
