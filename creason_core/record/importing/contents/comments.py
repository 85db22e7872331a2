"""What a laboratory's comment says of the value beside it: that it is in doubt, or corrects an earlier one."""

import re
from functools import lru_cache

from creason_core.record.importing.columns.headers import folded

_CALLED = frozenset(
    "comment comments commented note notes remark remarks quality bemerkung bemerkungen kommentar kommentare hinweis "
    "anmerkung commentaire commentaires remarque observacion observaciones observacoes comentario comentarios nota "
    "commento commenti opmerking opmerkingen uwagi komentarz aciklama yorum コメント 備考 备注 비고".split()
)
_BESIDE = frozenset("result results test lab labor laboratory value sample specimen text befund of the".split())
_DOUBT = re.compile(
    r"h(?:a|e|ae)moly[sz](?!.{0,12}index)|hamoly|emolizzat|hemolisad|hemolizad|hemoliz|clotted|geronnen|contaminat|"
    r"verunreinig|kontaminier|mislabel|wrong (?:patient|sample|tube|blood)|verwechs|insufficient|unreliable|unzuverl|"
    r"invalid|not valid|ungultig|entered in error|do not use|nicht verwert|nicht verwend|diluted|verdunnt|溶血|용혈"
)
_NOT = re.compile(r"\b(?:no|not|non|without|nicht|kein|keine|ohne|sans|pas|sin|senza|geen|bez|sem|nao)(?: \w+)?$")
_CORRECTS = re.compile(
    r"\b(?:correct(?:ed|ion)|amended|revised|korrig|korrekt(?!e)|corrige|corregid|corrett|gecorrig|skorygow)|訂正|修正|更正|정정"
)


@lru_cache(maxsize=1024)
def is_comment(name: str) -> bool:
    """Whether a column's name is one of comments."""
    words = frozenset(folded(name).split())
    return not words.isdisjoint(_CALLED) and words <= _CALLED | _BESIDE


@lru_cache(maxsize=4096)
def doubt(cell: str) -> bool:
    """Whether a comment says that its value is not to be relied on; "not haemolysed" does not."""
    plain = folded(cell)
    return any(not _NOT.search(plain[: found.start()].rstrip()) for found in _DOUBT.finditer(plain))


@lru_cache(maxsize=4096)
def corrects(cell: str) -> bool:
    """Whether a comment says that its value replaces an earlier one."""
    plain = folded(cell)
    return any(not _NOT.search(plain[: found.start()].rstrip()) for found in _CORRECTS.finditer(plain))
