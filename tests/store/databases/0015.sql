BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0015');
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
INSERT INTO "audit" VALUES('*program*',1,'2026-11-30 23:37:03.104114','migration','database','0015','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','b65890e5950e57d4c06335a4ba4d9d7c70527657aa8a56052229e012ad28a28a');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-30 23:37:03.253410','chain opened','user','ann','{}','b65890e5950e57d4c06335a4ba4d9d7c70527657aa8a56052229e012ad28a28a','d2b0ced8c1c0b5639387d43ab046a00ea91833fbbabf0c0c6c405d4d86a44a6d');
INSERT INTO "audit" VALUES('ann',1,'2026-11-30 23:37:03.254268','preferences','user','ann','{"train_ok": false}','0000000000000000000000000000000000000000000000000000000000000000','e7b37dc620f4be3e48f30dfad59e3280bdc9d18b27bdd7f9f085fb96f7f4f09b');
INSERT INTO "audit" VALUES('ann',2,'2026-11-30 23:37:06.107496','case save','case version','8fec19e657c47edb','{"case": "8256072884e6432e", "n": 1}','e7b37dc620f4be3e48f30dfad59e3280bdc9d18b27bdd7f9f085fb96f7f4f09b','701c3f4f89c9110858507d772237ae7e147a936c9c8b754db82d0d0e1cfbbbcc');
INSERT INTO "audit" VALUES('ann',3,'2026-11-30 23:37:06.161349','run start','run group','8a8ffceb49495579','{"samples": 1}','701c3f4f89c9110858507d772237ae7e147a936c9c8b754db82d0d0e1cfbbbcc','6fcfe29449544ba609d26f4553d0c317779323c645dfef1e4c2e0f262b3ff365');
INSERT INTO "audit" VALUES('ann',4,'2026-11-30 23:37:06.213867','answer','run group','8a8ffceb49495579','{"before_reveal": true, "skipped": false}','6fcfe29449544ba609d26f4553d0c317779323c645dfef1e4c2e0f262b3ff365','9a2dbbc612ffbbf622db89b331a7373c61fa69296ca849e6ebb734d1e284150b');
INSERT INTO "audit" VALUES('ann',5,'2026-11-30 23:37:06.252602','run end','run','945142e009994ebb','{"status": "complete"}','9a2dbbc612ffbbf622db89b331a7373c61fa69296ca849e6ebb734d1e284150b','99d16a5cbf67824f2fa033236eadbfc26c3a010478ad3a913e86ee6d86a28b6f');
INSERT INTO "audit" VALUES('ann',6,'2026-11-30 23:37:06.374046','feedback','feedback','55ebbb5c5ac65da0','{"run": "945142e009994ebb", "supersedes": null, "thumb": "down", "train_ok": true}','99d16a5cbf67824f2fa033236eadbfc26c3a010478ad3a913e86ee6d86a28b6f','6b8847c000caf3de51fef1dc04dba5eba74d38b42408ea7f2b41093e47e8c177');
INSERT INTO "audit" VALUES('ann',7,'2026-11-30 23:37:06.379082','feedback','feedback','8ab6a67768e77e4a','{"run": "945142e009994ebb", "supersedes": "55ebbb5c5ac65da0", "thumb": "up", "train_ok": true}','6b8847c000caf3de51fef1dc04dba5eba74d38b42408ea7f2b41093e47e8c177','b6784cbe9a1a34bc1e9191c9e843675d91de32960a705b4582b50e8a59b5c83e');
INSERT INTO "audit" VALUES('ann',8,'2026-11-30 23:37:06.385564','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','b6784cbe9a1a34bc1e9191c9e843675d91de32960a705b4582b50e8a59b5c83e','2a3d3f41f4d496a8531757c3b7092a33c4a7e5594e296703c146daa0fc102d57');
INSERT INTO "audit" VALUES('ann',9,'2026-11-30 23:37:06.396295','reveal','run group','8a8ffceb49495579','{"table": "reveals"}','2a3d3f41f4d496a8531757c3b7092a33c4a7e5594e296703c146daa0fc102d57','660e3d260f410f5c8723207f78710357e7202146509d149d39e219a8af2410f1');
INSERT INTO "audit" VALUES('ann',10,'2026-11-30 23:37:06.408127','mapping','import mapping','79a3e0f5c3ccac500ad0f0b8b9f45b3ba2f1f96ee9f1b53e92c7348540a5b273','{"table": "import_mappings"}','660e3d260f410f5c8723207f78710357e7202146509d149d39e219a8af2410f1','cf47e77eb50d6dc0db93970ba72e6ea074be375f7b5d6b23d076c589d63d15b6');
INSERT INTO "audit" VALUES('ann',11,'2026-11-30 23:37:06.428046','series','series','6eb61edc972385fb','{"kind": "probe", "table": "series"}','cf47e77eb50d6dc0db93970ba72e6ea074be375f7b5d6b23d076c589d63d15b6','d10928e60d037eaf6705c30f958c9dea07c982a583b1d3aa5583daf1d31e8a7e');
INSERT INTO "audit" VALUES('ann',12,'2026-11-30 23:37:06.433453','series point','run group','8a8ffceb49495579','{"position": 0, "series": "6eb61edc972385fb", "table": "series_points"}','d10928e60d037eaf6705c30f958c9dea07c982a583b1d3aa5583daf1d31e8a7e','6ed16064995881b0b2256bf595e4f8680f6e0e29ae85a3e8fc56156dcfaf9ad4');
INSERT INTO "audit" VALUES('ann',13,'2026-11-30 23:37:06.438149','case save','case version','1c7e8a3f1bee4b07','{"case": "8256072884e6432e", "n": -1}','6ed16064995881b0b2256bf595e4f8680f6e0e29ae85a3e8fc56156dcfaf9ad4','37a785b38ba5379dc93c29400ee0eed49769f250fba26262ea1c297592d1fcb9');
INSERT INTO "audit" VALUES('ann',14,'2026-11-30 23:37:06.458057','reading','run','945142e009994ebb','{"none": false, "table": "readings"}','37a785b38ba5379dc93c29400ee0eed49769f250fba26262ea1c297592d1fcb9','21882bdfe93e51e5610a6377db23a3492ca515ccd6eb26b37f1e252433f18211');
INSERT INTO "audit" VALUES('ann',15,'2026-11-30 23:37:06.491757','document added','library','a','{"pages": 2, "sha256": "hash of a", "supersedes": null}','21882bdfe93e51e5610a6377db23a3492ca515ccd6eb26b37f1e252433f18211','dec34db953cfc441ba301f19c70a26b14f7cf6e93ac1eb975a12184993c1cdc3');
INSERT INTO "audit" VALUES('ann',16,'2026-11-30 23:37:06.500208','document added','library','b','{"pages": 2, "sha256": "hash of b", "supersedes": null}','dec34db953cfc441ba301f19c70a26b14f7cf6e93ac1eb975a12184993c1cdc3','65bce61b4b1362ee71417f56c6b33eacb063d1e37da5cc1e2067a17a9f45a9cd');
INSERT INTO "audit" VALUES('ann',17,'2026-11-30 23:37:06.535362','document removed','library','b','{}','65bce61b4b1362ee71417f56c6b33eacb063d1e37da5cc1e2067a17a9f45a9cd','4a40e1c01b6656a80cc19dc7cb9ba5b8bcb4b6d8299da20ea87a50e1d6372647');
INSERT INTO "audit" VALUES('ann',18,'2026-11-30 23:37:06.816426','library entry signed','library','ssc26-map-65','{"n": 1}','4a40e1c01b6656a80cc19dc7cb9ba5b8bcb4b6d8299da20ea87a50e1d6372647','225d4754e74e08bca287b7734c87b8af2ba220b897bb59f4e62ba4a76050ab59');
INSERT INTO "audit" VALUES('ann',19,'2026-11-30 23:37:06.823529','antibiogram added','antibiogram','a','{"rows": 2, "sha256": "hash"}','225d4754e74e08bca287b7734c87b8af2ba220b897bb59f4e62ba4a76050ab59','1977407d6adb912f5cc6506f830359bf3b53b2405a8b7c180c1e32cc89592d43');
INSERT INTO "audit" VALUES('ann',20,'2026-11-30 23:37:06.841004','consult decided','card','8f0d7a52-3f0b-5b0e-9d2a-0c6f5f3f2f11','{"choice": "reject", "table": "consult_decisions", "train_ok": true}','1977407d6adb912f5cc6506f830359bf3b53b2405a8b7c180c1e32cc89592d43','1333864339cbf93ce0afd8966bcdcdbe9bd435c9909ee4f370b4671dc667652b');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-30 23:37:06.861461','chain opened','user','bob','{}','d2b0ced8c1c0b5639387d43ab046a00ea91833fbbabf0c0c6c405d4d86a44a6d','11a94297700af0f7dbaff9395de79b7246edc6b0fa30114497ee5f12f9b56dff');
INSERT INTO "audit" VALUES('bob',1,'2026-11-30 23:37:06.861596','case save','case version','1a55669d08af9012','{"case": "eb82ed6287630bef", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','b8c182206b7204dfdcb7c68cd5ae8a6e00c0ec2fdf1d9115b99a32b43ecdaaaa');
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
	CONSTRAINT uq_case_versions_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT ck_case_versions_note_length CHECK (length(note) <= 2000), 
	CONSTRAINT fk_case_versions_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT uq_case_versions_case_id_n UNIQUE (case_id, n), 
	CONSTRAINT fk_case_versions_parent_id_case_versions FOREIGN KEY(parent_id) REFERENCES case_versions (id), 
	CONSTRAINT ck_case_versions_label_length CHECK (length(label) <= 200), 
	CONSTRAINT ck_case_versions_content_length CHECK (length(content) <= 1000000), 
	CONSTRAINT ck_case_versions_source_known CHECK (source IN ('public', 'entered', 'import', 'what-if'))
);
INSERT INTO "case_versions" VALUES('8fec19e657c47edb','8256072884e6432e','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-30 23:37:06.106058','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('1c7e8a3f1bee4b07','8256072884e6432e','ann','what if',-1,'8fec19e657c47edb','{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":2.0,"provenance":"entered","measured":true,"reason":""}]}','5f933e3016735ec6a3c3964a781144376da9e809b63659a760e3a47212208bef','72 years, septic','what-if','','2026-11-30 23:37:06.437927','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('1a55669d08af9012','eb82ed6287630bef','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-30 23:37:06.860467','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','rhc-sepsis','');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('8256072884e6432e','ann',NULL,'2026-11-30 23:37:06.095976');
INSERT INTO "cases" VALUES('eb82ed6287630bef','bob','rhc-sepsis/patient-1','2026-11-30 23:37:06.860085');
CREATE TABLE codebooks (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_codebooks PRIMARY KEY (hash), 
	CONSTRAINT ck_codebooks_content_length CHECK (length(content) <= 10000000)
);
INSERT INTO "codebooks" VALUES('e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','tiny','{"name":"tiny","version":1,"title":"Tiny","population":"adults with sepsis","source":"made for tests","citation":"none","sections":["Baseline","Labs"],"ties":[],"features":[{"name":"age","label":"Age","section":"Baseline","kind":"integer","time":"admission","role":"predictor","definition":"","unit":"","unit_label":"years","decimals":0,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""},{"name":"lactate","label":"Lactate","section":"Labs","kind":"number","time":"day1","role":"predictor","definition":"","unit":"","unit_label":"mmol/L","decimals":1,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""}]}','2026-11-30 23:37:06.856588');
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
INSERT INTO "commitments" VALUES('ann','question-7',8,1,1,1,0,'2026-11-30 23:37:06.385874');
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
INSERT INTO "consult_decisions" VALUES('ann','8f0d7a52-3f0b-5b0e-9d2a-0c6f5f3f2f11',20,'8fec19e657c47edb','Antibiotics?','{"statement":"x"}','reject','overridden','["allergy","other"]','µ – 日本',1,'2026-11-30 23:37:06.841318');
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
INSERT INTO "documents" VALUES('ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','text/plain',46,'Ward round, day 1: weaning from noradrenaline.','2026-11-30 23:37:06.154418');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-30 23:37:03.265485');
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
INSERT INTO "feedback" VALUES('55ebbb5c5ac65da0','ann','f1','945142e009994ebb',NULL,'down','["other"]','mild','µ – 日本',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 23:37:06.371430','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
INSERT INTO "feedback" VALUES('8ab6a67768e77e4a','ann','f2','945142e009994ebb','55ebbb5c5ac65da0','up','["other"]',NULL,'',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 23:37:06.378851','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
CREATE TABLE group_documents (
	group_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_group_documents PRIMARY KEY (group_id, position), 
	CONSTRAINT fk_group_documents_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_group_documents_owner_sha256_documents FOREIGN KEY(owner, sha256) REFERENCES documents (owner, sha256)
);
INSERT INTO "group_documents" VALUES('8a8ffceb49495579',0,'ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499');
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
INSERT INTO "group_marks" VALUES('8a8ffceb49495579','ann',1,NULL,'2026-11-30 23:37:06.381156');
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
INSERT INTO "human_answers" VALUES('e6cda43379bbd590','ann','a','8a8ffceb49495579',1,1,1,'2026-11-30 23:37:06.198147',1);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',10,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst","otherwise":"","times":"","patients":"","blanks":"","repeats":"","untimed":"","origin":"","portions":"","alike":"","centres":"","rivals":[],"several":""}}','2026-11-30 23:37:06.408309');
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
INSERT INTO "library_documents" VALUES('a','hash of a','a.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 23:37:06.469576');
INSERT INTO "library_documents" VALUES('b','hash of b','b.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 23:37:06.492911');
CREATE TABLE library_indexed (
	document_id TEXT NOT NULL, 
	form TEXT NOT NULL, 
	passages INTEGER NOT NULL, 
	words INTEGER NOT NULL, 
	CONSTRAINT pk_library_indexed PRIMARY KEY (document_id), 
	CONSTRAINT fk_library_indexed_document_id_library_documents FOREIGN KEY(document_id) REFERENCES library_documents (id)
);
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
INSERT INTO "library_removals" VALUES('b','ann','2026-11-30 23:37:06.533940');
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
INSERT INTO "library_reviews" VALUES('ssc26-map-65',1,'hash',1,'Dr B. Ito','2026-11-29','µ – 日本','ann','2026-11-30 23:37:06.546162');
CREATE TABLE library_words (
	document_id TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	words TEXT NOT NULL, 
	CONSTRAINT pk_library_words PRIMARY KEY (document_id, n), 
	CONSTRAINT fk_library_words_document_id_n_library_passages FOREIGN KEY(document_id, n) REFERENCES library_passages (document_id, n)
);
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"researcher":false,"cohort":"","notes":"auto","ack_version":0,"form":2}','2026-11-30 23:37:03.224603');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-30 23:37:03.202641','2026-11-30 23:37:03.202650');
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
INSERT INTO "readings" VALUES('ann','945142e009994ebb',14,1,1,0,'2026-11-30 23:37:06.460304');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','8a8ffceb49495579',9,'2026-11-30 23:37:06.397436');
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
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id), 
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1)), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000), 
	CONSTRAINT fk_run_groups_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT ck_run_groups_batch_bool CHECK (batch IN (0, 1)), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem)
);
INSERT INTO "run_groups" VALUES('8a8ffceb49495579','ann','g','8fec19e657c47edb',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-30 23:37:06.152454','tiny','','','embedded');
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
INSERT INTO "runs" VALUES('945142e009994ebb','8a8ffceb49495579','ann','process-1',0,'complete','[0,1,2]',7,'','So \boxed{C}',5,'stop','C',2,'','replay','script','hash','','','2026-11-30 23:37:06.160187','2026-11-30 23:37:06.239579','2026-11-30 23:37:06.239585','2026-11-30 23:37:06.241466','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]',NULL,NULL);
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
INSERT INTO "series" VALUES('ann','6eb61edc972385fb',11,'probe','8a8ffceb49495579','{"removals":[{"without":"age","role":"cited"}]}','2026-11-30 23:37:06.428930');
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
INSERT INTO "series_points" VALUES('ann','8a8ffceb49495579',12,'6eb61edc972385fb',0,'8a8ffceb49495579','{"without":"age","role":"cited"}','2026-11-30 23:37:06.433626');
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
CREATE INDEX ix_run_groups_case_version_id ON run_groups (case_version_id);
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
CREATE INDEX ix_run_groups_owner ON run_groups (owner);
CREATE INDEX ix_run_groups_owner_created ON run_groups (owner, created);
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
CREATE INDEX ix_case_versions_case_id ON case_versions (case_id);
CREATE INDEX ix_case_versions_parent_id ON case_versions (parent_id);
CREATE INDEX ix_case_versions_owner ON case_versions (owner);
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
CREATE INDEX ix_library_words_words ON library_words (words);
CREATE INDEX ix_group_documents_owner_sha256 ON group_documents (owner, sha256);
COMMIT;
