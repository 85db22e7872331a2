BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0013');
CREATE TABLE antibiogram_rows (
	antibiogram_id TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	organism TEXT NOT NULL, 
	drug TEXT NOT NULL, 
	tested INTEGER NOT NULL, 
	share FLOAT NOT NULL, 
	CONSTRAINT pk_antibiogram_rows PRIMARY KEY (antibiogram_id, n), 
	CONSTRAINT ck_antibiogram_rows_tested_range CHECK (tested >= 1), 
	CONSTRAINT ck_antibiogram_rows_share_range CHECK (share BETWEEN 0 AND 1), 
	CONSTRAINT ck_antibiogram_rows_organism_length CHECK (length(organism) <= 200), 
	CONSTRAINT ck_antibiogram_rows_drug_length CHECK (length(drug) <= 200), 
	CONSTRAINT fk_antibiogram_rows_antibiogram_id_antibiograms FOREIGN KEY(antibiogram_id) REFERENCES antibiograms (id)
);
INSERT INTO "antibiogram_rows" VALUES('a',1,'E. coli','meropenem',412,0.985);
INSERT INTO "antibiogram_rows" VALUES('a',2,'µ – 日本','x',29,1.0);
CREATE TABLE antibiograms (
	id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	file_name TEXT NOT NULL, 
	title TEXT NOT NULL, 
	period_start TEXT NOT NULL, 
	period_end TEXT NOT NULL, 
	added_by TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_antibiograms PRIMARY KEY (id), 
	CONSTRAINT ck_antibiograms_title_length CHECK (length(title) <= 200)
);
INSERT INTO "antibiograms" VALUES('a','hash','icu.csv','St Elsewhere, intensive care','2025-01-01','2025-12-31','ann','2026-01-09 12:00:00.000000');
CREATE TABLE audit (
	actor TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	action TEXT NOT NULL, 
	object_type TEXT DEFAULT '' NOT NULL, 
	object_id TEXT DEFAULT '' NOT NULL, 
	detail TEXT NOT NULL, 
	prev_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	CONSTRAINT pk_audit PRIMARY KEY (actor, seq), 
	CONSTRAINT ck_audit_detail_length CHECK (length(detail) <= 10000)
);
INSERT INTO "audit" VALUES('*program*',1,'2026-11-30 10:04:13.034636','migration','database','0013','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','8cd2cf78ac415ddfbeb9ecb601cb1c137bcdf23a43a792267f2ded422e61643a');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-30 10:04:13.413035','chain opened','user','ann','{}','8cd2cf78ac415ddfbeb9ecb601cb1c137bcdf23a43a792267f2ded422e61643a','2e09449678a01ed8e7dcdd5194eca1a67d94c8503a17798d8ecbecdefc2f6194');
INSERT INTO "audit" VALUES('ann',1,'2026-11-30 10:04:13.446323','preferences','user','ann','{"train_ok": false}','0000000000000000000000000000000000000000000000000000000000000000','f695b44ac5502ff20f7c78f2d2489fa2442ac81301f569a9b996841f7371f012');
INSERT INTO "audit" VALUES('ann',2,'2026-11-30 10:04:24.040632','case save','case version','88b935b857cb388a','{"case": "363f0c17fbd5b3d2", "n": 1}','f695b44ac5502ff20f7c78f2d2489fa2442ac81301f569a9b996841f7371f012','50bd48807610ee37a12b1b078500e75f78002f92a2326f853038f158517eac19');
INSERT INTO "audit" VALUES('ann',3,'2026-11-30 10:04:24.109289','document','document','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','{"bytes": 46, "type": "text/plain"}','50bd48807610ee37a12b1b078500e75f78002f92a2326f853038f158517eac19','63cb17936193e11e5875111cf1973e9966891319f2bb5d6b16188e78669f581c');
INSERT INTO "audit" VALUES('ann',4,'2026-11-30 10:04:24.242219','run start','run group','6131370c8db3610c','{"samples": 1}','63cb17936193e11e5875111cf1973e9966891319f2bb5d6b16188e78669f581c','c89e7be9f15e0f3f641856c39e8fc6106459b39cdbc8e716eff86e1a8ac82347');
INSERT INTO "audit" VALUES('ann',5,'2026-11-30 10:04:24.483602','answer','run group','6131370c8db3610c','{"before_reveal": true, "skipped": false}','c89e7be9f15e0f3f641856c39e8fc6106459b39cdbc8e716eff86e1a8ac82347','9322e2fe95039c92b7f14f7c8be03de8643d13c8f716b10f2812ab6aab7aabc2');
INSERT INTO "audit" VALUES('ann',6,'2026-11-30 10:04:24.622449','run end','run','bdf0c2e710971e85','{"status": "complete"}','9322e2fe95039c92b7f14f7c8be03de8643d13c8f716b10f2812ab6aab7aabc2','5e1a05dda382e6b8928c66bfc1ddafbe4db73beca9e34fa242a151f97ec13fe2');
INSERT INTO "audit" VALUES('ann',7,'2026-11-30 10:04:25.021906','feedback','feedback','f5ae43f82dd7ebcd','{"run": "bdf0c2e710971e85", "supersedes": null, "thumb": "down", "train_ok": true}','5e1a05dda382e6b8928c66bfc1ddafbe4db73beca9e34fa242a151f97ec13fe2','5d4aab0d96e080aa54ed91ea6eca5c6083b44fdf03cdec8853a1ff01d6681a8c');
INSERT INTO "audit" VALUES('ann',8,'2026-11-30 10:04:25.060683','feedback','feedback','14bbbe82b496b452','{"run": "bdf0c2e710971e85", "supersedes": "f5ae43f82dd7ebcd", "thumb": "up", "train_ok": true}','5d4aab0d96e080aa54ed91ea6eca5c6083b44fdf03cdec8853a1ff01d6681a8c','a99c78d2fc3ffe3dd84cbfcf9a481e103f05d12e83e064690c1000b1c19fa3f7');
INSERT INTO "audit" VALUES('ann',9,'2026-11-30 10:04:25.217118','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','a99c78d2fc3ffe3dd84cbfcf9a481e103f05d12e83e064690c1000b1c19fa3f7','01de984a8a51d66a406ac8e6ad10a41408bd4916f7eafd0a199a540a0402216b');
INSERT INTO "audit" VALUES('ann',10,'2026-11-30 10:04:25.296507','reveal','run group','6131370c8db3610c','{"table": "reveals"}','01de984a8a51d66a406ac8e6ad10a41408bd4916f7eafd0a199a540a0402216b','669e8086c3a54dc96fced7b7e669f67f04b3e78c6de864539de11fa3ef88795b');
INSERT INTO "audit" VALUES('ann',11,'2026-11-30 10:04:25.516517','mapping','import mapping','e400d779726575fb9ded9738a252122c7e4776d53e8d71b7ae93b91954175442','{"table": "import_mappings"}','669e8086c3a54dc96fced7b7e669f67f04b3e78c6de864539de11fa3ef88795b','40c0297146babcee881ea118cbdb1664f7f690d7a26045d35ab79810c8820fdc');
INSERT INTO "audit" VALUES('ann',12,'2026-11-30 10:04:25.558021','series','series','6eb61edc972385fb','{"kind": "probe", "table": "series"}','40c0297146babcee881ea118cbdb1664f7f690d7a26045d35ab79810c8820fdc','8942e52c773852ba291f799bfcb969bff4ec405b985219c8d99f8360f3324fbe');
INSERT INTO "audit" VALUES('ann',13,'2026-11-30 10:04:25.632213','series point','run group','6131370c8db3610c','{"position": 0, "series": "6eb61edc972385fb", "table": "series_points"}','8942e52c773852ba291f799bfcb969bff4ec405b985219c8d99f8360f3324fbe','07d57e1816134e905d8feab6dc2c83eeacf64333e3033bd4eb4dc89aba81aecd');
INSERT INTO "audit" VALUES('ann',14,'2026-11-30 10:04:25.676303','case save','case version','9492e745cc8cab21','{"case": "363f0c17fbd5b3d2", "n": -1}','07d57e1816134e905d8feab6dc2c83eeacf64333e3033bd4eb4dc89aba81aecd','a35e7b399315f75afd5fafc67ad7e9d0e31d8d9d3347f1438a3e33972755a509');
INSERT INTO "audit" VALUES('ann',15,'2026-11-30 10:04:25.701612','reading','run','bdf0c2e710971e85','{"none": false, "table": "readings"}','a35e7b399315f75afd5fafc67ad7e9d0e31d8d9d3347f1438a3e33972755a509','fbeb3df5bf4b48d27af42d883c3cd909440431ae883cd91416361f47c6efccf5');
INSERT INTO "audit" VALUES('ann',16,'2026-11-30 10:04:25.755914','document added','library','a','{"pages": 2, "sha256": "hash of a", "supersedes": null}','fbeb3df5bf4b48d27af42d883c3cd909440431ae883cd91416361f47c6efccf5','3711c20a5dcb0da2191ab26e0bc85ab4c53c63897bd9f717b0309d1deb830bdd');
INSERT INTO "audit" VALUES('ann',17,'2026-11-30 10:04:25.767544','document added','library','b','{"pages": 2, "sha256": "hash of b", "supersedes": null}','3711c20a5dcb0da2191ab26e0bc85ab4c53c63897bd9f717b0309d1deb830bdd','1f702729d713ed71c6aa485630444e07a35640355e42d0b62f7cc55e7140a127');
INSERT INTO "audit" VALUES('ann',18,'2026-11-30 10:04:25.794060','document removed','library','b','{}','1f702729d713ed71c6aa485630444e07a35640355e42d0b62f7cc55e7140a127','06ba5498174e7aef3ece9ab6412f06672bc4da23c70ad9860ca1885d5196bd26');
INSERT INTO "audit" VALUES('ann',19,'2026-11-30 10:04:25.825763','library entry signed','library','ssc26-map-65','{"n": 1}','06ba5498174e7aef3ece9ab6412f06672bc4da23c70ad9860ca1885d5196bd26','f6bb38b1dc17d16dcd5d0073512dcd697e4fb76ba741f12851e2cca59f3b81a0');
INSERT INTO "audit" VALUES('ann',20,'2026-11-30 10:04:25.872127','antibiogram added','antibiogram','a','{"rows": 2, "sha256": "hash"}','f6bb38b1dc17d16dcd5d0073512dcd697e4fb76ba741f12851e2cca59f3b81a0','0fab8d58d0babd8be3be69d6d90047175096aea798094701f2b4079b06090041');
INSERT INTO "audit" VALUES('ann',21,'2026-11-30 10:04:25.929423','consult decided','card','8f0d7a52-3f0b-5b0e-9d2a-0c6f5f3f2f11','{"choice": "reject", "table": "consult_decisions", "train_ok": true}','0fab8d58d0babd8be3be69d6d90047175096aea798094701f2b4079b06090041','22e4024f8b39fe63f02b112b685f9f7123a7168589b8a744d28cdb4cec13d9d0');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-30 10:04:26.030709','chain opened','user','bob','{}','2e09449678a01ed8e7dcdd5194eca1a67d94c8503a17798d8ecbecdefc2f6194','1c6fb86b31b31a66da7f4252d10a6d6d8a2a9fe81775275ac71c9d6af535b530');
INSERT INTO "audit" VALUES('bob',1,'2026-11-30 10:04:26.030931','case save','case version','e9c7d0a473c11075','{"case": "b8b2e1580959cbf7", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','5b5458e83ae76b0460a9b0349c767b4414ee766e0c91f9072210303c1a7c1f68');
CREATE TABLE "case_versions" (
	id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	idem TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	parent_id TEXT, 
	content TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
	label TEXT NOT NULL, 
	source TEXT NOT NULL, 
	note TEXT DEFAULT ('') NOT NULL, 
	created DATETIME NOT NULL, 
	codebook TEXT DEFAULT ('') NOT NULL, 
	codebook_hash TEXT DEFAULT ('') NOT NULL, 
	cohort TEXT DEFAULT ('') NOT NULL, 
	cohort_hash TEXT DEFAULT ('') NOT NULL, 
	CONSTRAINT pk_case_versions PRIMARY KEY (id), 
	CONSTRAINT ck_case_versions_content_length CHECK (length(content) <= 1000000), 
	CONSTRAINT uq_case_versions_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT uq_case_versions_case_id_n UNIQUE (case_id, n), 
	CONSTRAINT fk_case_versions_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT ck_case_versions_note_length CHECK (length(note) <= 2000), 
	CONSTRAINT fk_case_versions_parent_id_case_versions FOREIGN KEY(parent_id) REFERENCES case_versions (id), 
	CONSTRAINT ck_case_versions_label_length CHECK (length(label) <= 200), 
	CONSTRAINT ck_case_versions_source_known CHECK (source IN ('public', 'entered', 'import', 'what-if'))
);
INSERT INTO "case_versions" VALUES('88b935b857cb388a','363f0c17fbd5b3d2','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-30 10:04:24.038973','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('9492e745cc8cab21','363f0c17fbd5b3d2','ann','what if',-1,'88b935b857cb388a','{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":2.0,"provenance":"entered","measured":true,"reason":""}]}','5f933e3016735ec6a3c3964a781144376da9e809b63659a760e3a47212208bef','72 years, septic','what-if','','2026-11-30 10:04:25.676029','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('e9c7d0a473c11075','b8b2e1580959cbf7','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-30 10:04:26.009196','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','rhc-sepsis','');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('363f0c17fbd5b3d2','ann',NULL,'2026-11-30 10:04:23.966078');
INSERT INTO "cases" VALUES('b8b2e1580959cbf7','bob','rhc-sepsis/patient-1','2026-11-30 10:04:26.008348');
CREATE TABLE codebooks (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_codebooks PRIMARY KEY (hash), 
	CONSTRAINT ck_codebooks_content_length CHECK (length(content) <= 10000000)
);
INSERT INTO "codebooks" VALUES('e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','tiny','{"name":"tiny","version":1,"title":"Tiny","population":"adults with sepsis","source":"made for tests","citation":"none","sections":["Baseline","Labs"],"ties":[],"features":[{"name":"age","label":"Age","section":"Baseline","kind":"integer","time":"admission","role":"predictor","definition":"","unit":"","unit_label":"years","decimals":0,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""},{"name":"lactate","label":"Lactate","section":"Labs","kind":"number","time":"day1","role":"predictor","definition":"","unit":"","unit_label":"mmol/L","decimals":1,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""}]}','2026-11-30 10:04:25.980061');
CREATE TABLE commitments (
	owner TEXT NOT NULL, 
	question_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	option INTEGER, 
	sure BOOLEAN NOT NULL, 
	before_reveal BOOLEAN, 
	used BOOLEAN NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_commitments PRIMARY KEY (owner, question_id, entry), 
	CONSTRAINT ck_commitments_sure_bool CHECK (sure IN (0, 1)), 
	CONSTRAINT ck_commitments_used_bool CHECK (used IN (0, 1))
);
INSERT INTO "commitments" VALUES('ann','question-7',9,1,1,1,0,'2026-11-30 10:04:25.217937');
CREATE TABLE consult_decisions (
	owner TEXT NOT NULL, 
	card TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	case_version_id TEXT NOT NULL, 
	question TEXT NOT NULL, 
	option TEXT NOT NULL, 
	choice TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	reasons TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	train_ok BOOLEAN NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_consult_decisions PRIMARY KEY (owner, card, entry), 
	CONSTRAINT ck_consult_decisions_choice_known CHECK (choice IN ('accept', 'modify', 'defer', 'reject')), 
	CONSTRAINT ck_consult_decisions_outcome_known CHECK (outcome IN ('accepted', 'overridden')), 
	CONSTRAINT ck_consult_decisions_question_length CHECK (length(question) <= 1000), 
	CONSTRAINT ck_consult_decisions_option_length CHECK (length(option) <= 100000), 
	CONSTRAINT ck_consult_decisions_comment_length CHECK (length(comment) <= 1000), 
	CONSTRAINT fk_consult_decisions_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT ck_consult_decisions_train_ok_bool CHECK (train_ok IN (0, 1))
);
INSERT INTO "consult_decisions" VALUES('ann','8f0d7a52-3f0b-5b0e-9d2a-0c6f5f3f2f11',21,'88b935b857cb388a','Antibiotics?','{"statement":"x"}','reject','overridden','["allergy","other"]','µ – 日本',1,'2026-11-30 10:04:25.929769');
CREATE TABLE documents (
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	text TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_documents PRIMARY KEY (owner, sha256), 
	CONSTRAINT ck_documents_text_length CHECK (length(text) <= 1000000)
);
INSERT INTO "documents" VALUES('ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','text/plain',46,'Ward round, day 1: weaning from noradrenaline.','2026-11-30 10:04:24.068317');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-30 10:04:13.470213');
CREATE TABLE feedback (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	idem TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	supersedes TEXT, 
	thumb TEXT NOT NULL, 
	reasons TEXT NOT NULL, 
	severity TEXT, 
	comment TEXT DEFAULT '' NOT NULL, 
	train_ok BOOLEAN NOT NULL, 
	prompt TEXT NOT NULL, 
	completion TEXT NOT NULL, 
	run_status TEXT NOT NULL, 
	engine TEXT DEFAULT '' NOT NULL, 
	model TEXT DEFAULT '' NOT NULL, 
	model_hash TEXT DEFAULT '' NOT NULL, 
	adapter TEXT DEFAULT '' NOT NULL, 
	adapter_hash TEXT DEFAULT '' NOT NULL, 
	seed BIGINT NOT NULL, 
	option_order TEXT NOT NULL, 
	question_id TEXT NOT NULL, 
	codebook_hash TEXT NOT NULL, 
	prompt_version INTEGER NOT NULL, 
	design TEXT NOT NULL, 
	created DATETIME NOT NULL, runtime TEXT DEFAULT '' NOT NULL, precision TEXT DEFAULT '' NOT NULL, messages TEXT, 
	CONSTRAINT pk_feedback PRIMARY KEY (id), 
	CONSTRAINT ck_feedback_severity_known CHECK (severity IN ('none', 'mild', 'moderate', 'severe')), 
	CONSTRAINT ck_feedback_thumb_known CHECK (thumb IN ('up', 'down')), 
	CONSTRAINT ck_feedback_comment_length CHECK (length(comment) <= 1000), 
	CONSTRAINT fk_feedback_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT fk_feedback_supersedes_feedback FOREIGN KEY(supersedes) REFERENCES feedback (id), 
	CONSTRAINT uq_feedback_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT uq_feedback_supersedes UNIQUE (supersedes), 
	CONSTRAINT ck_feedback_train_ok_bool CHECK (train_ok IN (0, 1))
);
INSERT INTO "feedback" VALUES('f5ae43f82dd7ebcd','ann','f1','bdf0c2e710971e85',NULL,'down','["other"]','mild','µ – 日本',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 10:04:24.996909','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
INSERT INTO "feedback" VALUES('14bbbe82b496b452','ann','f2','bdf0c2e710971e85','f5ae43f82dd7ebcd','up','["other"]',NULL,'',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 10:04:25.060307','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
CREATE TABLE group_documents (
	group_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_group_documents PRIMARY KEY (group_id, position), 
	CONSTRAINT fk_group_documents_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_group_documents_owner_sha256_documents FOREIGN KEY(owner, sha256) REFERENCES documents (owner, sha256)
);
INSERT INTO "group_documents" VALUES('6131370c8db3610c',0,'ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499');
CREATE TABLE group_marks (
	group_id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	starred BOOLEAN NOT NULL, 
	deleted DATETIME, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_group_marks PRIMARY KEY (group_id), 
	CONSTRAINT fk_group_marks_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT ck_group_marks_starred_bool CHECK (starred IN (0, 1))
);
INSERT INTO "group_marks" VALUES('6131370c8db3610c','ann',1,NULL,'2026-11-30 10:04:25.099487');
CREATE TABLE human_answers (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	idem TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	option INTEGER, 
	sure BOOLEAN NOT NULL, 
	before_reveal BOOLEAN NOT NULL, 
	created DATETIME NOT NULL, order_known BOOLEAN, 
	CONSTRAINT pk_human_answers PRIMARY KEY (id), 
	CONSTRAINT fk_human_answers_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT uq_human_answers_owner_group_id UNIQUE (owner, group_id), 
	CONSTRAINT uq_human_answers_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT ck_human_answers_sure_bool CHECK (sure IN (0, 1)), 
	CONSTRAINT ck_human_answers_before_reveal_bool CHECK (before_reveal IN (0, 1))
);
INSERT INTO "human_answers" VALUES('8cebcfe3414273e9','ann','a','6131370c8db3610c',1,1,1,'2026-11-30 10:04:24.444726',1);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',11,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst","otherwise":"","times":"","patients":"","blanks":"","repeats":"","untimed":"","origin":"","portions":""}}','2026-11-30 10:04:25.516799');
CREATE TABLE library_documents (
	id TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	file_name TEXT NOT NULL, 
	format TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	title TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	published TEXT NOT NULL, 
	valid_until TEXT DEFAULT '' NOT NULL, 
	population TEXT NOT NULL, 
	supersedes TEXT, 
	pages INTEGER NOT NULL, 
	passages INTEGER NOT NULL, 
	added_by TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_library_documents PRIMARY KEY (id), 
	CONSTRAINT ck_library_documents_title_length CHECK (length(title) <= 300), 
	CONSTRAINT ck_library_documents_organisation_length CHECK (length(organisation) <= 200), 
	CONSTRAINT ck_library_documents_population_length CHECK (length(population) <= 300), 
	CONSTRAINT fk_library_documents_supersedes_library_documents FOREIGN KEY(supersedes) REFERENCES library_documents (id)
);
INSERT INTO "library_documents" VALUES('a','hash of a','a.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 10:04:25.725890');
INSERT INTO "library_documents" VALUES('b','hash of b','b.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 10:04:25.765822');
CREATE TABLE library_pages (
	document_id TEXT NOT NULL, 
	page INTEGER NOT NULL, 
	label TEXT DEFAULT '' NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT pk_library_pages PRIMARY KEY (document_id, page), 
	CONSTRAINT ck_library_pages_text_length CHECK (length(text) <= 1000000), 
	CONSTRAINT fk_library_pages_document_id_library_documents FOREIGN KEY(document_id) REFERENCES library_documents (id)
);
INSERT INTO "library_pages" VALUES('a',1,'','Contents');
INSERT INTO "library_pages" VALUES('a',2,'µ – 日本','Start noradrenaline when the MAP stays under 65 mmHg.');
CREATE TABLE library_passages (
	document_id TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	page INTEGER NOT NULL, 
	start INTEGER NOT NULL, 
	stop INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_library_passages PRIMARY KEY (document_id, n), 
	CONSTRAINT fk_library_passages_document_id_page_library_pages FOREIGN KEY(document_id, page) REFERENCES library_pages (document_id, page)
);
INSERT INTO "library_passages" VALUES('a',1,1,0,8,'437aea62a5bd6ad4762e494c81b88532809a231477c82bdecf6fd6636908b7ab');
INSERT INTO "library_passages" VALUES('a',2,2,0,53,'0c01a6f3566c274748d72da6b438167a7da350ac63a20048baa4c9c417f0294d');
CREATE TABLE library_removals (
	document_id TEXT NOT NULL, 
	removed_by TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_library_removals PRIMARY KEY (document_id), 
	CONSTRAINT fk_library_removals_document_id_library_documents FOREIGN KEY(document_id) REFERENCES library_documents (id)
);
INSERT INTO "library_removals" VALUES('b','ann','2026-11-30 10:04:25.793296');
CREATE TABLE library_reviews (
	subject TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	content_hash TEXT NOT NULL, 
	signed BOOLEAN NOT NULL, 
	name TEXT NOT NULL, 
	signed_on TEXT NOT NULL, 
	comment TEXT DEFAULT '' NOT NULL, 
	noted_by TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_library_reviews PRIMARY KEY (subject, n), 
	CONSTRAINT ck_library_reviews_name_length CHECK (length(name) <= 200), 
	CONSTRAINT ck_library_reviews_comment_length CHECK (length(comment) <= 2000), 
	CONSTRAINT ck_library_reviews_signed_bool CHECK (signed IN (0, 1))
);
INSERT INTO "library_reviews" VALUES('ssc26-map-65',1,'hash',1,'Dr B. Ito','2026-11-29','µ – 日本','ann','2026-11-30 10:04:25.825019');
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"researcher":false,"cohort":"","notes":"auto","ack_version":0,"form":2}','2026-11-30 10:04:13.329729');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-30 10:04:13.253056','2026-11-30 10:04:13.253062');
CREATE TABLE readings (
	owner TEXT NOT NULL, 
	run_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	option INTEGER, 
	after_reveal BOOLEAN NOT NULL, 
	taken_back BOOLEAN NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_readings PRIMARY KEY (owner, run_id, entry), 
	CONSTRAINT fk_readings_run_id_runs FOREIGN KEY(run_id) REFERENCES runs (id), 
	CONSTRAINT ck_readings_after_reveal_bool CHECK (after_reveal IN (0, 1)), 
	CONSTRAINT ck_readings_taken_back_bool CHECK (taken_back IN (0, 1))
);
INSERT INTO "readings" VALUES('ann','bdf0c2e710971e85',15,1,1,0,'2026-11-30 10:04:25.701831');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','6131370c8db3610c',10,'2026-11-30 10:04:25.296891');
CREATE TABLE "run_groups" (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	idem TEXT NOT NULL, 
	case_version_id TEXT NOT NULL, 
	parent_group_id TEXT, 
	kind TEXT NOT NULL, 
	question TEXT NOT NULL, 
	question_id TEXT NOT NULL, 
	masked_feature TEXT NOT NULL, 
	codebook_hash TEXT NOT NULL, 
	design TEXT NOT NULL, 
	prompt_version INTEGER NOT NULL, 
	samples INTEGER NOT NULL, 
	seed BIGINT NOT NULL, 
	temperature FLOAT NOT NULL, 
	max_tokens INTEGER NOT NULL, 
	batch BOOLEAN NOT NULL, 
	seen BOOLEAN NOT NULL, 
	created DATETIME NOT NULL, 
	codebook TEXT DEFAULT ('') NOT NULL, 
	cohort TEXT DEFAULT ('') NOT NULL, 
	cohort_hash TEXT DEFAULT ('') NOT NULL, engine TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_run_groups PRIMARY KEY (id), 
	CONSTRAINT ck_run_groups_batch_bool CHECK (batch IN (0, 1)), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000), 
	CONSTRAINT fk_run_groups_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1)), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0)
);
INSERT INTO "run_groups" VALUES('6131370c8db3610c','ann','g','88b935b857cb388a',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-30 10:04:24.212377','tiny','','','embedded');
CREATE TABLE runs (
	id TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	process_id TEXT NOT NULL, 
	sample INTEGER NOT NULL, 
	status TEXT NOT NULL, 
	option_order TEXT NOT NULL, 
	seed BIGINT NOT NULL, 
	prompt TEXT NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	tokens INTEGER DEFAULT '0' NOT NULL, 
	finish_reason TEXT, 
	letter TEXT, 
	option INTEGER, 
	error TEXT DEFAULT '' NOT NULL, 
	engine TEXT DEFAULT '' NOT NULL, 
	model TEXT DEFAULT '' NOT NULL, 
	model_hash TEXT DEFAULT '' NOT NULL, 
	adapter TEXT DEFAULT '' NOT NULL, 
	adapter_hash TEXT DEFAULT '' NOT NULL, 
	created DATETIME NOT NULL, 
	started DATETIME, 
	first_token DATETIME, 
	ended DATETIME, runtime TEXT DEFAULT '' NOT NULL, precision TEXT DEFAULT '' NOT NULL, messages TEXT, options TEXT, logprobs TEXT, 
	CONSTRAINT pk_runs PRIMARY KEY (id), 
	CONSTRAINT ck_runs_ended_has_time CHECK ((ended IS NULL) = (status IN ('queued', 'waiting', 'streaming', 'checking'))), 
	CONSTRAINT ck_runs_finish_reason_known CHECK (finish_reason IN ('stop', 'length')), 
	CONSTRAINT ck_runs_complete_has_letter CHECK (status <> 'complete' OR letter IS NOT NULL), 
	CONSTRAINT ck_runs_status_known CHECK (status IN ('queued', 'waiting', 'streaming', 'checking', 'complete', 'truncated', 'unparsed', 'stopped', 'timeout', 'error', 'interrupted')), 
	CONSTRAINT ck_runs_error_length CHECK (length(error) <= 2000), 
	CONSTRAINT ck_runs_text_length CHECK (length(text) <= 1000000), 
	CONSTRAINT ck_runs_tokens_range CHECK (tokens >= 0), 
	CONSTRAINT fk_runs_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_runs_process_id_processes FOREIGN KEY(process_id) REFERENCES processes (id), 
	CONSTRAINT uq_runs_group_id_sample UNIQUE (group_id, sample)
);
INSERT INTO "runs" VALUES('bdf0c2e710971e85','6131370c8db3610c','ann','process-1',0,'complete','[0,1,2]',7,'','So \boxed{C}',5,'stop','C',2,'','replay','script','hash','','','2026-11-30 10:04:24.240982','2026-11-30 10:04:24.619709','2026-11-30 10:04:24.619714','2026-11-30 10:04:24.619943','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]',NULL,NULL);
CREATE TABLE series (
	owner TEXT NOT NULL, 
	id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	base_group_id TEXT, 
	"plan" TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_series PRIMARY KEY (owner, id), 
	CONSTRAINT ck_series_plan_length CHECK (length(plan) <= 100000), 
	CONSTRAINT fk_series_base_group_id_run_groups FOREIGN KEY(base_group_id) REFERENCES run_groups (id)
);
INSERT INTO "series" VALUES('ann','6eb61edc972385fb',12,'probe','6131370c8db3610c','{"removals":[{"without":"age","role":"cited"}]}','2026-11-30 10:04:25.558218');
CREATE TABLE series_points (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	series_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	base_group_id TEXT, 
	what TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_series_points PRIMARY KEY (owner, group_id), 
	CONSTRAINT ck_series_points_what_length CHECK (length(what) <= 100000), 
	CONSTRAINT ck_series_points_position_range CHECK (position >= 0), 
	CONSTRAINT fk_series_points_base_group_id_run_groups FOREIGN KEY(base_group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_series_points_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_series_points_owner_series_id_series FOREIGN KEY(owner, series_id) REFERENCES series (owner, id)
);
INSERT INTO "series_points" VALUES('ann','6131370c8db3610c',13,'6eb61edc972385fb',0,'6131370c8db3610c','{"without":"age","role":"cited"}','2026-11-30 10:04:25.632438');
CREATE INDEX ix_cases_owner ON cases (owner);
CREATE INDEX ix_runs_group_id ON runs (group_id);
CREATE INDEX ix_runs_process_id ON runs (process_id);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_human_answers_group_id ON human_answers (group_id);
CREATE INDEX ix_feedback_owner ON feedback (owner);
CREATE INDEX ix_feedback_run_id ON feedback (run_id);
CREATE UNIQUE INDEX uq_feedback_first ON feedback (owner, run_id) WHERE supersedes IS NULL;
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs FOR EACH ROW WHEN OLD.status NOT IN ('queued', 'waiting', 'streaming', 'checking') BEGIN SELECT RAISE(ABORT, 'an ended run never changes'); END;
CREATE TRIGGER human_answers_no_update BEFORE UPDATE ON human_answers FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'a human answer never changes'); END;
CREATE TRIGGER feedback_no_update BEFORE UPDATE ON feedback FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'feedback is superseded, never changed'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'the audit log never changes'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'the audit log never shrinks'); END;
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
CREATE INDEX ix_run_groups_owner_created ON run_groups (owner, created);
CREATE INDEX ix_run_groups_owner ON run_groups (owner);
CREATE INDEX ix_run_groups_case_version_id ON run_groups (case_version_id);
CREATE TRIGGER documents_no_update BEFORE UPDATE ON documents FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a document never changes'); END;
CREATE TRIGGER group_documents_no_update BEFORE UPDATE ON group_documents FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what a run was given never changes'); END;
CREATE INDEX ix_reveals_group_id ON reveals (group_id);
CREATE INDEX ix_readings_run_id ON readings (run_id);
CREATE TRIGGER reveals_no_update BEFORE UPDATE ON reveals FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER reveals_no_delete BEFORE DELETE ON reveals FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER commitments_no_update BEFORE UPDATE ON commitments FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER commitments_no_delete BEFORE DELETE ON commitments FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER readings_no_update BEFORE UPDATE ON readings FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER readings_no_delete BEFORE DELETE ON readings FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER import_mappings_no_update BEFORE UPDATE ON import_mappings FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER import_mappings_no_delete BEFORE DELETE ON import_mappings FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE INDEX ix_series_base_group_id ON series (base_group_id);
CREATE INDEX ix_series_points_base_group_id ON series_points (base_group_id);
CREATE INDEX ix_series_points_group_id ON series_points (group_id);
CREATE INDEX ix_series_points_owner_series_id ON series_points (owner, series_id);
CREATE TRIGGER series_no_update BEFORE UPDATE ON series FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER series_no_delete BEFORE DELETE ON series FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER series_points_no_update BEFORE UPDATE ON series_points FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER series_points_no_delete BEFORE DELETE ON series_points FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE INDEX ix_case_versions_owner ON case_versions (owner);
CREATE INDEX ix_case_versions_parent_id ON case_versions (parent_id);
CREATE INDEX ix_case_versions_case_id ON case_versions (case_id);
CREATE TRIGGER case_versions_no_update BEFORE UPDATE ON case_versions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a case version never changes'); END;
CREATE INDEX ix_library_documents_sha256 ON library_documents (sha256);
CREATE INDEX ix_library_documents_supersedes ON library_documents (supersedes);
CREATE TRIGGER library_documents_no_update BEFORE UPDATE ON library_documents FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a document of the library never changes'); END;
CREATE TRIGGER library_documents_no_delete BEFORE DELETE ON library_documents FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a document of the library never changes'); END;
CREATE TRIGGER library_removals_no_update BEFORE UPDATE ON library_removals FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was taken out of the library stays told'); END;
CREATE TRIGGER library_removals_no_delete BEFORE DELETE ON library_removals FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'what was taken out of the library stays told'); END;
CREATE TRIGGER library_pages_no_update BEFORE UPDATE ON library_pages FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a page of the library never changes'); END;
CREATE TRIGGER library_passages_no_update BEFORE UPDATE ON library_passages FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a passage of the library never changes'); END;
CREATE TRIGGER library_reviews_no_update BEFORE UPDATE ON library_reviews FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'signatures are added to, never changed'); END;
CREATE TRIGGER library_reviews_no_delete BEFORE DELETE ON library_reviews FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'signatures are added to, never changed'); END;
CREATE INDEX ix_consult_decisions_case_version_id ON consult_decisions (case_version_id);
CREATE TRIGGER antibiograms_no_update BEFORE UPDATE ON antibiograms FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'an antibiogram never changes'); END;
CREATE TRIGGER antibiograms_no_delete BEFORE DELETE ON antibiograms FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'an antibiogram never changes'); END;
CREATE TRIGGER antibiogram_rows_no_update BEFORE UPDATE ON antibiogram_rows FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'an antibiogram never changes'); END;
CREATE TRIGGER antibiogram_rows_no_delete BEFORE DELETE ON antibiogram_rows FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'an antibiogram never changes'); END;
CREATE TRIGGER consult_decisions_no_update BEFORE UPDATE ON consult_decisions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
CREATE TRIGGER consult_decisions_no_delete BEFORE DELETE ON consult_decisions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'facts are added to, never changed'); END;
COMMIT;
