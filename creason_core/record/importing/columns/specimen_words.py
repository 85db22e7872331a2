"""The words by which names and cells say in what was measured: many languages, HL7 table 0487, codes of SNOMED CT."""

from collections.abc import Mapping

BLOOD = "blood"
FLUID = "a body fluid"  # which of them, another word says
ENDS: Mapping[str, str] = {"urin": "urine", "blut": BLOOD, "plasma": BLOOD, "serum": BLOOD}
STARTS: Mapping[str, str] = {
    "urin": "urine", "liquor": "cerebrospinal fluid", "aszites": "ascites", "ascit": "ascites",
    "pleura": "pleural fluid", "dialysat": "dialysate", "drainage": "drain", "punktat": FLUID,
}  # fmt: skip
# Words in names and cells; codes of HL7 table 0487 (BLDA) among them.
WORDS: Mapping[str, str] = {
    word: kind
    for kind, words in {
        BLOOD: "blood serum plasma bld ser plas wb edta whole vollblut blut sang sangre sangue bloed serum/plasma "
        "ser/plas suero siero 혈액 혈청 혈장 전혈 "
        "krew krwi surowica osocze krev krve serum sang soro kan plazma serumu кровь крови сыворотка "
        "сыворотки плазма плазмы "
        "血液 血清 血漿 全血 血浆",
        "arterial": "arterial artery arteria arterie artere blda arteriell arteriel arterielle arteriosa arterioso "
        "arterieel 동맥혈 "
        "tetnicza arteriyel артериальная артериальнои 動脈血 动脉血",
        "venous": "venous vein vena vene veine bldv venos veneus veineux veineuse venoso venosa veneuze 정맥혈 "
        "zylna venoz венозная венознои 静脈血 静脉血",
        "capillary": "capillary bldc kapillar kapillarblut capillaire capilar capillare fingerstick 모세혈 "
        "włosniczkowa kapiler kapiller капиллярная капиллярнои 毛細血管血",
        "cord blood": "bldco nabelschnurblut",
        "urine": "urine urines urin urinalysis urinstatus harn ur urinary orina urina urinas 소변 뇨 "
        "mocz moczu moc moci idrar idrarda моча мочи моче 尿 尿液 随機尿 随机尿",
        "cerebrospinal fluid": "csf cerebrospinal spinal liquor lcr lcs 뇌척수액 "
        "ликвор ликвора спинномозговая спинномозговои 髄液 脳脊髄液 脑脊液",
        "ascites": "ascites ascitic aszites ascite ascitis peritoneal 복수 腹水 асцит асцитическая",
        "pleural fluid": "pleural pleura pleuraerguss 흉수 胸水 плевральная",
        "joint fluid": "synovial synovia joint",
        "stool": "stool faeces feces stuhl selles heces feci кал gaita dıskı 便",
        "sputum": "sputum 객담",
        "saliva": "saliva speichel",
        "dialysate": "dialysate dialysat",
        "bone marrow": "marrow knochenmark",
        "amniotic fluid": "amniotic",
        "lavage": "lavage bal",
        "bile": "galle",
        FLUID: "fluid fluids flussigkeit",
        "pus": "pus abscess",
    }.items()
    for word in words.split()
}
# In a cell that says nothing else, shorter forms are clear, and codes of SNOMED CT.
CELLS: Mapping[str, str] = dict(WORDS) | {
    word: kind
    for kind, words in {
        BLOOD: "b s p 119297000 258580003 119364003 119361006",
        "arterial": "art a 122552005",
        "venous": "ven v 122555007",
        "capillary": "cap c 122554006",
        "cord blood": "122556008",
        "urine": "u u/a 122575003 258574006",
        "cerebrospinal fluid": "liq bos 258450006",
        "drain": "drain drainage",
        "gastric fluid": "gastric",
        "bile": "bile",
        "sweat": "sweat",
        "tissue": "tissue",
        "swab": "swab",
        "sputum": "119334006",
        "stool": "119339001",
        "saliva": "119342007",
        "pus": "119323008",
    }.items()
    for word in words.split()
}
