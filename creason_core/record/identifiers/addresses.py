"""Addresses: streets, houses, post codes and boxes, in the order and with the words of many countries."""

import re
from collections.abc import Iterator

from creason_core.record.identifiers.forms import Form
from creason_core.record.languages import END, LETTER, LOWER, START, UPPER, word_of

Span = tuple[int, int]

_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Way|Place|Pl|Square|Sq|Terrace|Close|"
    r"Crescent|Parkway|Highway|Gardens|Grove|Hill|Row|Walk|Mews|Green|Rise|Park|View|Circle|Trail)"
)
_HOUSE = r"(?:House|Court|Building|Towers?|Lodge|Mansions?|Heights|Point|Block|Estate|Gardens|Apartments)"
_UK_AREA = (
    r"(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|"
    r"M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)"
)
_CAP = rf"[{UPPER}][{UPPER}{LOWER}'.-]*"
_WAY = (  # what a street is called before its name, in languages that put it first
    r"calle|c/|avenida|avda\.?|av\.|plaza|paseo|pza\.|carrera|via|viale|v\.le|piazza|p\.za|corso|vicolo|largo|rua|r\.|travessa|alameda|praça|"
    r"rue|boulevard|bd|chemin|allée|quai|impasse|avenue|place|ul\.|ulica|ulicy|al\.|aleja|os\.|osiedle|pl\.|"
    r"ул\.|улица|улице|пр\.|пр-т|проспект|пер\.|переулок|бульвар|вул\.|вулиця|strada|str\.|bulevardul|bd\.|οδός|οδού|λεωφόρος|λεωφ\.|"
    r"đường|phố|ngõ|số nhà|شارع|רחוב|רח'|שדרות|ถนน|ซอย|मार्ग|गली"
)
_CITY = (
    r"(?:Berlin|Hamburg|München|Köln|Frankfurt|Stuttgart|Leipzig|Dresden|Bonn|Wien|Graz|Linz|Zürich|Basel|Bern|Genève|"
    r"Paris|Lyon|Marseille|Toulouse|Lille|Nantes|Madrid|Barcelona|Sevilla|Valencia|Lisboa|Porto|Roma|Milano|Torino|Napoli|"
    r"Bologna|Firenze|Amsterdam|Rotterdam|Utrecht|Warszawa|Kraków|Praha|Brno|Budapest|Stockholm|Oslo|København|Helsinki)"
)
_WORDED = (  # these can match without a digit
    Form(r"\b(?:Flat|Apt|Apartment|Suite)\.? \w{1,5}, .{3,60}"),
    Form(
        rf"\b\d{{0,4}}\s?(?:[{UPPER}][\w'-]+\s){{1,2}}(?:House|Court|Mansions|Lodge), (?:[{UPPER}\d][\w'-]+\s?){{1,5}}"
    ),
    Form(
        r"(?<![가-힣])[가-힣]{1,10}(?:특별시|광역시|특별자치시|도|시)\s+[가-힣]+(?:시|군|구)(?:\s+[가-힣]+(?:구|읍|면))?(?:\s+[가-힣0-9]+(?:로|길|동|리|가))?(?:\s*\d+(?:-\d+)?)?"
    ),
    Form(
        r"[\u4e00-\u9fff]{2,8}[省市县縣区區][\u4e00-\u9fff]{1,10}(?:路|街|道|村|巷|弄|镇)(?:[\u4e00-\u9fff]{0,6}\d+号?(?:\d+[室楼]|\S{0,8}[室楼])?)?|[\u4e00-\u9fff]{2,6}(?:路|街|巷|弄)\d+[号弄]\S{0,10}"
    ),
    Form(
        rf"(?:{START}(?:lives|resides|living|wohnhaft|wohnt|domiciliée?|residente|zamieszkał[ya]|проживает|woonachtig)\s(?:at|in|à|en|em|a|w|на|в|te)\s)(?P<x>{_CAP}(?:[ ,-]+{_CAP}){{0,3}})"
    ),
    Form(
        r"[\u4e00-\u9fff]{1,6}市[\u4e00-\u9fff]{1,4}区[^\s、。,]{1,20}\d[\d-]*|[\u4e00-\u9fff]{2,3}[都道府県][\u4e00-\u9fff\u3040-\u30ff]{1,8}[市区町村郡][^\s、。,]{0,20}|[\u4e00-\u9fff]{1,8}[町丁目]\d{1,2}[-－丁]\d{1,3}(?:[-－番]\d{1,3})?|[\u4e00-\u9fff]{1,6}\d{1,2}丁目\d{1,3}"
    ),
)
_NUMBERED = (
    Form(rf"(?:\b[{UPPER}]{LETTER}+\.?\s){{1,3}}\d{{1,4}}\s?[a-z]?,\s(?:[A-Z]{{1,2}}-)?\d{{4,5}}\s[{UPPER}]{LETTER}+"),
    Form(
        rf"\b\d{{1,5}}[A-Za-z]?,?\s+(?:[{UPPER}][\w'.-]*\s+){{1,4}}{_STREET}\b\.?(?:,?\s+(?:Apt|Unit|Flat|Suite|#)\.?\s*\w+)?"
        rf"(?:,?\s+[{UPPER}][\w.]*){{0,3}}(?:,?\s+[A-Z]{{2}})?(?:\s+\d{{5}})?"
    ),
    Form(r"\b(?:flat|apt|apartment|suite)\.? \d{1,4}[a-z]?, \d.{3,60}", re.IGNORECASE),
    Form(
        rf"\b(?:Am|An der|Zum|Zur|Auf der|Auf dem|Unter den)\s(?!Tag|Morgen|Abend|Bett|Zeitpunkt|Zeitraum|Ende|Anfang|Beginn|Vortag|Folgetag|Mittag|Nachmittag|Montag|Dienstag|Mittwoch|Donnerstag|Freitag|Samstag|Sonntag)(?:(?:Alt|Neu|Groß|Klein|Hoh|Rot|Weiß|Grün|Ober|Unter|Lang|Kurz)en\s)?[{UPPER}]{LETTER}{{3,}}\s\d{{1,3}}\s?[a-z]?(?=$|[,;.])"
    ),
    Form(rf"(?<!\w)\d{{1,4}}[A-Z]?\s(?:đường|phố|ngõ|ngách)\s{LETTER}+(?:\s[{UPPER}]{LETTER}*)*"),
    Form(rf"(?<![\w.,/-])\d{{1,4}}(?:/\d{{1,4}})?\s?(?:ถนน|ซอย)\s?{LETTER}+"),
    Form(r"(?<![\w.,/-])\d{5}-\d{4}(?![\w-]|[.,]\d)"),
    Form(
        rf"(?i:\b(?:flat|apt|apartment|unit|suite|room))\.?\s#?\d{{1,5}}[A-Za-z]?,?\s+(?:[{UPPER}][\w'.-]*\s+){{1,4}}(?:{_HOUSE}|{_STREET})\b"
    ),
    Form(
        rf"(?:\b[{UPPER}][\w.-]{{0,40}}(?:stra(?:ß|ss)e|str\.?|weg|platz|allee|gasse|ring|ufer|damm|straat|laan|gracht|plein|kade|steeg|"
        rf"vägen|gatan|gata|veien|vej|gade|gränd|katu|(?<![rclvdbmnsgiz]a)(?<![cp])tie|utca|út|tér|ulice|caddesi|sokak|mahallesi)"
        rf"|\b(?:[{UPPER}][\w.-]+\s){{1,3}}(?:Stra(?:ß|ss)e|Str\.|Weg|Platz|Allee|Gasse|Ring|Straat|Laan|utca|út|tér|körút|Caddesi|Cad\.|Sokak|Sokağı|Sok\.|Bulvarı|Mahallesi|Mah\.|ulice|náměstí))"
        rf"\s?(?:[Nn]o\.?\s?:?\s?)?\d{{1,4}}\s?[a-zA-Z]?\b(?:[/-]\d{{1,4}})?(?:,?\s+(?:[A-Z]{{1,2}}-)?\d{{4,5}}(?:\s?[A-Z]{{2}})?(?:\s+[{UPPER}][\w-]+)?)?"
    ),
    Form(
        r"\b\d{1,4}(?:\s?(?:bis|ter))?,?\s+(?:rue|avenue|boulevard|bd|place|chemin|allée|quai|impasse|route)\s+[\w' -]{3,40}(?:,?\s*\d{5}\s+\w+)?",
        re.IGNORECASE,
    ),
    Form(
        rf"(?:{START}(?i:{_WAY}))\s?(?:(?:{LETTER}+['’.]?|\d{{1,2}}(?=\s[{UPPER}]))[\s,'-]{{1,2}}){{1,6}}"
        rf"(?:n[.º°]?\s?|nº\s?|no\.?\s?|д\.\s?|nr\.?\s?|číslo\s)?\d{{1,5}}\s?[A-Za-z]?{END}(?:[/-]\d+)?(?:,?\s(?:кв\.|m\.|ap\.|apt\.|piso)?\s?\d{{1,6}}(?:-\d{{2,3}})?)?(?:,?\s[{UPPER}]\w+)?"
    ),
    Form(r"\bP\.? ?O\.? ?Box \d+|\bPostfach \d+|\bB\.P\. \d{2,5}\b|\bCasella postale \d+", re.IGNORECASE),
    Form(
        r"\b(?:zip|zip code|postcode|post code|postal code|plz|code postal|código postal|cep|cap|c\.p\.|psč|irányítószám|postnummer|индекс|邮编|郵便番号|우편번호)\W{0,4}(?P<x>[A-Z]{0,2}-?\d{2,6}(?:[- ]\d{2,4})?)",
        re.IGNORECASE,
    ),
    Form(
        rf"\b(?:[{UPPER}][{LOWER}]+,?\s+)?(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\s+\d{{5}}(?:-\d{{4}})?\b"
    ),
    Form(
        rf"(?<![\w-]){_UK_AREA}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{{2}}(?![\w-])|(?<![\w-])(?!T[0-4]N\d)[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d(?![\w-])"
    ),
    Form(
        rf"(?<![\w-])(?:(?:D|A|CH|F|NL|B|I|PL|L)-)?\d{{4,5}}(?:\s[A-Z]{{2}})?\s{_CITY}\b|\b\d{{2}}-\d{{3}}\s[{UPPER}]{LETTER}+|(?<![\w.,-])\d{{5}}-\d{{3}}(?![\w-])|〒\s?\d{{3}}-\d{{4}}"
    ),
    Form(r"(?<![가-힣])[가-힣]{1,20}(?:로|길)\s?\d+(?:번길)?(?:\s?\d+)?|\d+동\s?\d+호"),
    Form(
        rf"{word_of('address')}\s?[:：]?\s?(?:in der |am |an der |på |в |ב)?(?P<x>(?=[^.;\n]{{0,60}}\d)(?=[^\n]{{0,14}}{LETTER})[^;\n]{{5,80}})",
        re.IGNORECASE,
    ),
)


def find_addresses(text: str, *, digit: bool) -> Iterator[Span]:
    """Addresses in a normal text; ``digit`` says whether it holds one, which most forms need."""
    for form in (*_WORDED, *_NUMBERED) if digit else _WORDED:
        for found in form.finditer(text):
            yield found.span("x") if "x" in form.groupindex else found.span()
