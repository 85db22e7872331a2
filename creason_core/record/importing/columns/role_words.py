"""The words by which columns of exports say what they are: English, German, French, Spanish, Korean and some more.

They are words, not names of columns: ``roles`` takes a name apart into them ("patientunitstayid" is patient, unit, stay
and id) and has rules over what they are. Facts about eICU, MIMIC, CLIF, OMOP, CDISC, REDCap and FHIR are from their
public descriptions of tables.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

from creason_core.record.importing.columns.headers import folded

Word = Literal[
    "patient", "encounter", "number", "row", "name of test", "test", "value", "unit", "time", "day", "clock",
    "specimen", "site", "admitted", "numeric", "coded", "early", "late", "never", "person", "neutral", "other",
]  # fmt: skip

_WORDS: Mapping[Word, str] = {
    # Who a row is about, and the stay that it belongs to.
    "patient": "pacjent pacjenta paziente 患者 患者番号 病人 病历号 病案号 "
    "pseudonym patient patients patienten pat pt pts subject subj usubj person participant proband "
    "probanden pid mrn usubjid subjid paciente pacientes sujet sujeto nhc ipp nip krankenakte 환자 등록 환자번호 "
    "등록번호 병록 병록번호 차트번호 연구번호 대상자 пациент пациента больнои больного",
    "encounter": "enc fin encounter stay icustay visit hadm hospitalization hospitalisation admission csn episode "
    "encntr episodio sejour ingreso fall faelle falle fallnummer case aufnahme aufenthalt venue 입원 내원 수진 "
    "입원번호 내원번호",
    "number": "연구 screening deid deidentified site id ids nr no num number nummer numero key code identifier uid "
    "seqid 번호 아이디 numer kennung schlussel n study record chart health system unit occurrence historia historial "
    "dossier clinica reference",
    "row": "icu hospital visit row seq sequence line lab labevent specimen order measurement observation event vital "
    "chart result index nursingchart vitalperiodic vitalaperiodic respchart intakeoutput customlab item provider "
    "caregiver cg care",
    # What was measured.
    "name of test": "tetkik tahlil adı тест показатель анализ исследование наименование "
    "badanie exame esame bepaling 検査項目 検査名 項目 項目名 检验项目 检查项目 项目 项目名称 "
    "name names label test analyte parameter param paramcd item measure measurement observation "
    "variable feature code component loinc concept category display text bezeichnung messgroesse messgrosse analyse "
    "untersuchung kurzel laborwert laborparameter analyt examen libelle prueba determinacion analito dosage testcd "
    "lbtest lbtestcd vstest vstestcd egtest labname itemid 검사 항목 검사명 검사항목 항목명 검사항목명 처방명 "
    "typevalname parametre parametro variablen obxidentifier labothername respchartvaluelabel vitalname "
    "nursingchartcelltypevalname celllabel etiqueta",
    "test": "lab labs laboratory vital vitals labor result obx chart source nursingchart respchart type val cell eg "
    "vs lb",
    "value": "sonuc sonucu deger degeri результат значение wynik risultato uitslag resultaat 結果 検査結果 "
    "検査値 結果値 结果 检验结果 检查结果 "
    "value values val result results reading valuenum numeric ergebnis messwert wert werte resultat "
    "resultats valeur valor resultado resultados lborres lbstresn lbstresc vsorres vsstresn vsstresc orres stresn "
    "stresc aval avalc 결과 값 수치 결과값 검사결과 결과치 검사값 quantity number labresult nursingchartvalue "
    "respchartvalue labotherresult cellvaluenumeric befund",
    "unit": "birim birimi единица единицы ед изм jednostka jednostki unidade unita eenheid 単位 单位 "
    "unit units uom valueuom einheit einheiten unite unites unidad unidades 단위 measurename "
    "measurenamesystem measurenameinterface lborresu lbstresu vsorresu vsstresu orresu stresu avalu masseinheit "
    "dimension",
    "time": "zaman zamanı saati время "
    "採取日時 採血日時 検査日時 日時 采集时间 采样时间 检验时间 时间 prelievo tijd tijdstip ora godzina "
    "revisedoffset recorded charted registered taken after time times datetime datetimes timestamp dttm dtm dtc "
    "charttime "
    "collected collection offset effective drawn sampled measured observed performed zeitpunkt zeitstempel "
    "zeit heure "
    "moment lbdtc vsdtc adtm adt datumzeit abnahmezeit abnahmezeitpunkt entnahmezeit messzeit messzeitpunkt "
    "prelevement extraccion observationoffset labresultoffset minute minutes hour hours stunde stunden heures hora "
    "minuten horas tiempo iculos elapsed since 시간 일시 시각 채취일시 검사일시 측정시간 측정일시 채취시간 검사시간 "
    "effectivedatetime issued",
    "day": "tarih tarihi дата data 検査日 採取日 日付 日期 采样日期 检验日期 "
    "pod lbdy vsdy egdy ady date dates day days datum tag tage abnahmedatum entnahmedatum messdatum jour "
    "jours fecha dia dias "
    "chartdate 날짜 일자 검사일 검사일자 채취일 측정일",
    "clock": "saat uhrzeit clock timeofday",
    "specimen": "numune ornek materiał probka vzorek материал биоматериал образец 検体 材料 标本 样本 "
    "specimen specimn sample fluid material matrix probenmaterial probenart probe echantillon muestra 검체 "
    "검체명 lbspec spec system",
    "site": "site bodysite lokalisation location locsite entnahmeort lbloc vsloc",
    "admitted": "admittime intime admitted admitdate admission admit aufnahme aufnahmedatum aufnahmezeit "
    "aufnahmezeitpunkt admitdatetime admissiondate admissiontime entree ingreso start 입원일시 입원일 입실일시",
    # What decides between two of a kind.
    "numeric": "valuenum numeric num number stresn lbstresn vsstresn aval quantity",
    "coded": "concept operator cui iri ordinal low high range ref referenzbereich reference normal flag status "
    "abnormal comment",
    "early": "взятия забора alınma entnahme abnahme mess proben collect collected collection taken drawn "
    "chart charttime measured "
    "measurement observation effective",
    "late": "報告日時 报告时间 validation "
    "store stored storetime order ordered revised revisedoffset entry entered update updated verified issued "
    "received validated verified befunddatum befundzeit",
    "never": "discharge disch dischtime out outtime death dod end endtime stop entlassung sortie alta birth",
    "person": "adı имя фамилия hasta protokol dosya истории болезни name vorname nachname nom prenom nombre "
    "apellido 이름 성명",
    "neutral": "измерения min mins y et und h d s other coding ord unique of as the de des du der die del la "
    "le and type for at "
    "in raw std standard c iso utc local text cd disp",
    "other": "yas cinsiyet возраст пол age alter edad sex gender geschlecht sexo weight gewicht poids peso "
    "height dob geburtsdatum size status "
    "class group ward station bed room care phone address zip day's score los length diagnosis diagnose physician "
    "doctor arzt unittype valid 나이 성별 생년월일",
}  # fmt: skip
_MEANING: Mapping[str, frozenset[Word]] = {
    word: frozenset(kind for kind, words in _WORDS.items() if word in words.split())
    for words in _WORDS.values()
    for word in words.split()
}
_LONGEST = max(map(len, _MEANING))
_SIGNS = re.compile(r"[#№°º/()\[\]{}*?\"'\\]+")
_DIGITS = re.compile(r"(?<=[^\W\d])(?=\d)|(?<=\d)(?=[^\W\d])")


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's name: by spaces, marks and capitals, else by the words that it is made of."""
    signs = name.replace("#", " nr ").replace("№", " nr ").replace("N°", " nr ").replace("n°", " nr ")
    plain = _DIGITS.sub(" ", _SIGNS.sub(" ", folded(signs)))
    found: list[str] = []
    for word in plain.replace("ß", "ss").split():
        found += _taken_apart(word) or [word]
    return tuple(found)


def meanings(word: str) -> frozenset[Word]:
    """What a word can say of a column; nothing for one that is not known."""
    return _MEANING.get(word, frozenset())


def _taken_apart(word: str) -> list[str]:
    """A word as known words in a row, as few as can be ("subjectid"); empty where that leaves letters over."""
    if word in _MEANING:
        return [word]
    best: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST), end):
            before, piece = best[start], word[start:end]
            if before is None or piece not in _MEANING or (len(piece) < 2 and piece.isascii()):
                continue
            if best[end] is None or len(before) + 1 < len(best[end] or []):
                best[end] = [*before, piece]
    return best[-1] or []
