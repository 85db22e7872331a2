BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0008');
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
INSERT INTO "audit" VALUES('*program*',1,'2026-11-29 23:22:46.495695','migration','database','0008','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','c4a416060ae8fc17fb813a7c248d44291fcfb1a129c5b303a4af14249b6ac61a');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-29 23:22:46.542887','chain opened','user','ann','{}','c4a416060ae8fc17fb813a7c248d44291fcfb1a129c5b303a4af14249b6ac61a','6b43c304b9177da8ae2500253a6e16ff1af28086eae18addc39cfe4bbd65ba19');
INSERT INTO "audit" VALUES('ann',1,'2026-11-29 23:22:46.543436','preferences','user','ann','{"train_ok": false}','0000000000000000000000000000000000000000000000000000000000000000','2a3d9248a40d60cbcc90c8dcb7d8d05b40188026b6b5b45689a4c58db96d14a3');
INSERT INTO "audit" VALUES('ann',2,'2026-11-29 23:22:47.733526','case save','case version','8547966d16017110','{"case": "0d3aa4bfa605d14d", "n": 1}','2a3d9248a40d60cbcc90c8dcb7d8d05b40188026b6b5b45689a4c58db96d14a3','306410595d572f3fa3e23ae9753e41fe234c473dc64c7c0ff94ac51a6a2e886f');
INSERT INTO "audit" VALUES('ann',3,'2026-11-29 23:22:47.738680','document','document','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','{"bytes": 46, "type": "text/plain"}','306410595d572f3fa3e23ae9753e41fe234c473dc64c7c0ff94ac51a6a2e886f','e42b7e95faaa238c7510c1e5e2c10384cfd5eeb36191bbe61921cfab579fe438');
INSERT INTO "audit" VALUES('ann',4,'2026-11-29 23:22:47.748705','run start','run group','9b154bc1b9019e93','{"samples": 1}','e42b7e95faaa238c7510c1e5e2c10384cfd5eeb36191bbe61921cfab579fe438','38cc813fc9ba2aa9c0985454ae30d50dd2edc48d3ee5c9700ea159cf982943ab');
INSERT INTO "audit" VALUES('ann',5,'2026-11-29 23:22:47.758683','answer','run group','9b154bc1b9019e93','{"before_reveal": true, "skipped": false}','38cc813fc9ba2aa9c0985454ae30d50dd2edc48d3ee5c9700ea159cf982943ab','e44e4675545fcedcfe74fa9f4f32e7df5d184e6969c35ce3c2be1b5879f028bf');
INSERT INTO "audit" VALUES('ann',6,'2026-11-29 23:22:47.769484','run end','run','6a19316910a7c848','{"status": "complete"}','e44e4675545fcedcfe74fa9f4f32e7df5d184e6969c35ce3c2be1b5879f028bf','f49f937f8dcad7b52ce1527d8481e64adb43289faeab5f8889a63e4205c7b7fd');
INSERT INTO "audit" VALUES('ann',7,'2026-11-29 23:22:47.808668','feedback','feedback','95a9d950f7a76b86','{"run": "6a19316910a7c848", "supersedes": null, "thumb": "down", "train_ok": true}','f49f937f8dcad7b52ce1527d8481e64adb43289faeab5f8889a63e4205c7b7fd','3b41bcc044c6c50843b0a825c85a0ed4427d0ec92c82f075cd384cf031cafbd7');
INSERT INTO "audit" VALUES('ann',8,'2026-11-29 23:22:47.817386','feedback','feedback','6b76b3c826b55699','{"run": "6a19316910a7c848", "supersedes": "95a9d950f7a76b86", "thumb": "up", "train_ok": true}','3b41bcc044c6c50843b0a825c85a0ed4427d0ec92c82f075cd384cf031cafbd7','57693304cdce741432144971172fb70ae3cc2bf445936227dc210416d363a0a8');
INSERT INTO "audit" VALUES('ann',9,'2026-11-29 23:22:47.895940','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','57693304cdce741432144971172fb70ae3cc2bf445936227dc210416d363a0a8','7fa1924b034acd2a8bca6a0014518f167eee133a9a5979cc277081c4c59b95ad');
INSERT INTO "audit" VALUES('ann',10,'2026-11-29 23:22:47.934944','reveal','run group','9b154bc1b9019e93','{"table": "reveals"}','7fa1924b034acd2a8bca6a0014518f167eee133a9a5979cc277081c4c59b95ad','31f9a6246787c371c9286e3d42481b8c05a563cb3da9ef0f9acf9a3cabad9cd2');
INSERT INTO "audit" VALUES('ann',11,'2026-11-29 23:22:47.939864','mapping','import mapping','b8265c1e112ab1c26fc43fbd5d6bdfff4f6f41a0009bb615334bf57ab57c8578','{"table": "import_mappings"}','31f9a6246787c371c9286e3d42481b8c05a563cb3da9ef0f9acf9a3cabad9cd2','9757998f38c8fcf9b217dcbaa26018b2f83543893c708cd65093dbaf6476bca5');
INSERT INTO "audit" VALUES('ann',12,'2026-11-29 23:22:48.041221','reading','run','6a19316910a7c848','{"none": false, "table": "readings"}','9757998f38c8fcf9b217dcbaa26018b2f83543893c708cd65093dbaf6476bca5','cc51e9cab50c629dc509ce4e977eb004d579d64a268e41c466a56188fa925ca4');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-29 23:22:48.071740','chain opened','user','bob','{}','6b43c304b9177da8ae2500253a6e16ff1af28086eae18addc39cfe4bbd65ba19','5b24d96f5caac5bb0200014b08c4bb72983e6195a47fdfc2e5ffaf24e394f2de');
INSERT INTO "audit" VALUES('bob',1,'2026-11-29 23:22:48.071860','case save','case version','34076a9de147e8cb','{"case": "d3001b5b823a15d6", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','9192895df35c6e60eb6c471b450d6c32ced086f1503263943b52f66307c74b65');
CREATE TABLE case_versions (
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
	note TEXT DEFAULT '' NOT NULL, 
	created DATETIME NOT NULL, codebook TEXT DEFAULT '' NOT NULL, codebook_hash TEXT DEFAULT '' NOT NULL, cohort TEXT DEFAULT '' NOT NULL, cohort_hash TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_case_versions PRIMARY KEY (id), 
	CONSTRAINT ck_case_versions_source_known CHECK (source IN ('public', 'entered', 'import')), 
	CONSTRAINT ck_case_versions_content_length CHECK (length(content) <= 1000000), 
	CONSTRAINT ck_case_versions_label_length CHECK (length(label) <= 200), 
	CONSTRAINT ck_case_versions_note_length CHECK (length(note) <= 2000), 
	CONSTRAINT fk_case_versions_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT fk_case_versions_parent_id_case_versions FOREIGN KEY(parent_id) REFERENCES case_versions (id), 
	CONSTRAINT uq_case_versions_case_id_n UNIQUE (case_id, n), 
	CONSTRAINT uq_case_versions_owner_idem UNIQUE (owner, idem)
);
INSERT INTO "case_versions" VALUES('8547966d16017110','0d3aa4bfa605d14d','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-29 23:22:47.728058','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('34076a9de147e8cb','d3001b5b823a15d6','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-29 23:22:48.070908','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','rhc-sepsis','');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('0d3aa4bfa605d14d','ann',NULL,'2026-11-29 23:22:47.719515');
INSERT INTO "cases" VALUES('d3001b5b823a15d6','bob','rhc-sepsis/patient-1','2026-11-29 23:22:48.070566');
CREATE TABLE codebooks (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_codebooks PRIMARY KEY (hash), 
	CONSTRAINT ck_codebooks_content_length CHECK (length(content) <= 10000000)
);
INSERT INTO "codebooks" VALUES('e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','tiny','{"name":"tiny","version":1,"title":"Tiny","population":"adults with sepsis","source":"made for tests","citation":"none","sections":["Baseline","Labs"],"ties":[],"features":[{"name":"age","label":"Age","section":"Baseline","kind":"integer","time":"admission","role":"predictor","definition":"","unit":"","unit_label":"years","decimals":0,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""},{"name":"lactate","label":"Lactate","section":"Labs","kind":"number","time":"day1","role":"predictor","definition":"","unit":"","unit_label":"mmol/L","decimals":1,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""}]}','2026-11-29 23:22:48.054401');
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
INSERT INTO "commitments" VALUES('ann','question-7',9,1,1,1,0,'2026-11-29 23:22:47.896101');
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
INSERT INTO "documents" VALUES('ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','text/plain',46,'Ward round, day 1: weaning from noradrenaline.','2026-11-29 23:22:47.737377');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-29 23:22:46.557019');
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
INSERT INTO "feedback" VALUES('95a9d950f7a76b86','ann','f1','6a19316910a7c848',NULL,'down','["other"]','mild','µ – 日本',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-29 23:22:47.806989','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
INSERT INTO "feedback" VALUES('6b76b3c826b55699','ann','f2','6a19316910a7c848','95a9d950f7a76b86','up','["other"]',NULL,'',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-29 23:22:47.817191','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
CREATE TABLE group_documents (
	group_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_group_documents PRIMARY KEY (group_id, position), 
	CONSTRAINT fk_group_documents_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_group_documents_owner_sha256_documents FOREIGN KEY(owner, sha256) REFERENCES documents (owner, sha256)
);
INSERT INTO "group_documents" VALUES('9b154bc1b9019e93',0,'ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499');
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
INSERT INTO "group_marks" VALUES('9b154bc1b9019e93','ann',1,NULL,'2026-11-29 23:22:47.889185');
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
INSERT INTO "human_answers" VALUES('bbd50a7df5210fe6','ann','a','9b154bc1b9019e93',1,1,1,'2026-11-29 23:22:47.757707',1);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',11,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst"}}','2026-11-29 23:22:47.939989');
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"researcher":false,"cohort":"","ack_version":0}','2026-11-29 23:22:46.541012');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-29 23:22:46.525205','2026-11-29 23:22:46.525214');
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
INSERT INTO "readings" VALUES('ann','6a19316910a7c848',12,1,1,0,'2026-11-29 23:22:48.041447');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','9b154bc1b9019e93',10,'2026-11-29 23:22:47.935117');
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
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id), 
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1)), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0), 
	CONSTRAINT fk_run_groups_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT ck_run_groups_batch_bool CHECK (batch IN (0, 1)), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000)
);
INSERT INTO "run_groups" VALUES('9b154bc1b9019e93','ann','g','8547966d16017110',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-29 23:22:47.745866','tiny','','','embedded');
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
	ended DATETIME, runtime TEXT DEFAULT '' NOT NULL, precision TEXT DEFAULT '' NOT NULL, messages TEXT, options TEXT, 
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
INSERT INTO "runs" VALUES('6a19316910a7c848','9b154bc1b9019e93','ann','process-1',0,'complete','[0,1,2]',7,'','So \boxed{C}',5,'stop','C',2,'','replay','script','hash','','','2026-11-29 23:22:47.747966','2026-11-29 23:22:47.767518','2026-11-29 23:22:47.767522','2026-11-29 23:22:47.767634','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]',NULL);
CREATE INDEX ix_cases_owner ON cases (owner);
CREATE INDEX ix_case_versions_case_id ON case_versions (case_id);
CREATE INDEX ix_case_versions_owner ON case_versions (owner);
CREATE INDEX ix_case_versions_parent_id ON case_versions (parent_id);
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
CREATE TRIGGER case_versions_no_update BEFORE UPDATE ON case_versions FOR EACH ROW BEGIN SELECT RAISE(ABORT, 'a case version never changes'); END;
CREATE INDEX ix_run_groups_owner_created ON run_groups (owner, created);
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
CREATE INDEX ix_run_groups_case_version_id ON run_groups (case_version_id);
CREATE INDEX ix_run_groups_owner ON run_groups (owner);
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
COMMIT;
