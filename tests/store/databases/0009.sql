BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0009');
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
INSERT INTO "audit" VALUES('*program*',1,'2026-11-30 01:48:00.954525','migration','database','0009','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','2038b8ada2f82e3aa9d7883c744941f500864f72a9c2f9b61b78dac22c022272');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-30 01:48:01.023732','chain opened','user','ann','{}','2038b8ada2f82e3aa9d7883c744941f500864f72a9c2f9b61b78dac22c022272','dbb483a37249341a62a9a6d6cd800dfca978c75e4d9966ed7ead110795ba19cb');
INSERT INTO "audit" VALUES('ann',1,'2026-11-30 01:48:01.024233','preferences','user','ann','{"train_ok": false}','0000000000000000000000000000000000000000000000000000000000000000','6c45126242013e714301bd72c3b40328fdac9e3386eef52bd764af2b6d4d581d');
INSERT INTO "audit" VALUES('ann',2,'2026-11-30 01:48:01.951214','case save','case version','d2ab6bedf8dd39ce','{"case": "35dda5be1aaa8041", "n": 1}','6c45126242013e714301bd72c3b40328fdac9e3386eef52bd764af2b6d4d581d','d1e31699d93933694ebc7d21a08b7511b9feda7be205952932949408ab6c0b2f');
INSERT INTO "audit" VALUES('ann',3,'2026-11-30 01:48:01.962888','document','document','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','{"bytes": 46, "type": "text/plain"}','d1e31699d93933694ebc7d21a08b7511b9feda7be205952932949408ab6c0b2f','dccdf9c603f69d051f190c779c5a428f69d990764e6047c1f6743f53de2bb45f');
INSERT INTO "audit" VALUES('ann',4,'2026-11-30 01:48:01.991542','run start','run group','78eb6c283f68dc6c','{"samples": 1}','dccdf9c603f69d051f190c779c5a428f69d990764e6047c1f6743f53de2bb45f','2cccaa28577bcfa0f38fefa6639776df760ed3a293286f8f4f0376909448caab');
INSERT INTO "audit" VALUES('ann',5,'2026-11-30 01:48:02.021692','answer','run group','78eb6c283f68dc6c','{"before_reveal": true, "skipped": false}','2cccaa28577bcfa0f38fefa6639776df760ed3a293286f8f4f0376909448caab','b2fda38867d063ad2785b38c37403ebd50c10baebee7d0c1a69715cccb302b72');
INSERT INTO "audit" VALUES('ann',6,'2026-11-30 01:48:02.034787','run end','run','f93f84a1dc8dc817','{"status": "complete"}','b2fda38867d063ad2785b38c37403ebd50c10baebee7d0c1a69715cccb302b72','3612e7cb15e0c9e4dcee50767c15672daced019f476037ff26c354a4ed386705');
INSERT INTO "audit" VALUES('ann',7,'2026-11-30 01:48:02.083066','feedback','feedback','7df7964fd2870bf0','{"run": "f93f84a1dc8dc817", "supersedes": null, "thumb": "down", "train_ok": true}','3612e7cb15e0c9e4dcee50767c15672daced019f476037ff26c354a4ed386705','4e922dc064dad5de171985cc71c978f95babce2e31fc1a107a177b435fa840fa');
INSERT INTO "audit" VALUES('ann',8,'2026-11-30 01:48:02.089825','feedback','feedback','c91faec4927f5fe8','{"run": "f93f84a1dc8dc817", "supersedes": "7df7964fd2870bf0", "thumb": "up", "train_ok": true}','4e922dc064dad5de171985cc71c978f95babce2e31fc1a107a177b435fa840fa','fd5d748ae2586c87c251261415842bf61beb506225d333b4a10c33214ced364f');
INSERT INTO "audit" VALUES('ann',9,'2026-11-30 01:48:02.101628','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','fd5d748ae2586c87c251261415842bf61beb506225d333b4a10c33214ced364f','d05e714fd441b25e389ecf2731d0d0d363aa44bb14a8829d21ab128fd4a8f384');
INSERT INTO "audit" VALUES('ann',10,'2026-11-30 01:48:02.106097','reveal','run group','78eb6c283f68dc6c','{"table": "reveals"}','d05e714fd441b25e389ecf2731d0d0d363aa44bb14a8829d21ab128fd4a8f384','327ea79344a8f31883f5e027d42cdabb5ff1b14df95d2efccb744a562c7dc8ed');
INSERT INTO "audit" VALUES('ann',11,'2026-11-30 01:48:02.110096','mapping','import mapping','b8265c1e112ab1c26fc43fbd5d6bdfff4f6f41a0009bb615334bf57ab57c8578','{"table": "import_mappings"}','327ea79344a8f31883f5e027d42cdabb5ff1b14df95d2efccb744a562c7dc8ed','214294ddebd5380db24f58e0454e94656547c45ef767fb41bee3d00b7171706c');
INSERT INTO "audit" VALUES('ann',12,'2026-11-30 01:48:02.114325','series','series','6eb61edc972385fb','{"kind": "probe", "table": "series"}','214294ddebd5380db24f58e0454e94656547c45ef767fb41bee3d00b7171706c','77e0723c966592167dbbfa31a91b698e6d30a8f3a68087344852629c4ab37039');
INSERT INTO "audit" VALUES('ann',13,'2026-11-30 01:48:02.120799','series point','run group','78eb6c283f68dc6c','{"position": 0, "series": "6eb61edc972385fb", "table": "series_points"}','77e0723c966592167dbbfa31a91b698e6d30a8f3a68087344852629c4ab37039','30bbd85931f0f46dc84258c5cca8011aa640ae10dc24a268dcdc681e9596c94c');
INSERT INTO "audit" VALUES('ann',14,'2026-11-30 01:48:02.134516','reading','run','f93f84a1dc8dc817','{"none": false, "table": "readings"}','30bbd85931f0f46dc84258c5cca8011aa640ae10dc24a268dcdc681e9596c94c','ab4650f4967646771ce54a01231da9e3c833a1bc4bc676bac9942fc172291337');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-30 01:48:02.154948','chain opened','user','bob','{}','dbb483a37249341a62a9a6d6cd800dfca978c75e4d9966ed7ead110795ba19cb','f5488234597fe45a79f3b294e4dc5500cb66dacd0d4ac9ab1cf5a3525a1106e9');
INSERT INTO "audit" VALUES('bob',1,'2026-11-30 01:48:02.155061','case save','case version','68705690ee418a8d','{"case": "22a9c30c9b72f867", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','ef2127332ee87047dbf68b56bdb7e8c0ebb37acc84f52511079b60d9d2141281');
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
INSERT INTO "case_versions" VALUES('d2ab6bedf8dd39ce','35dda5be1aaa8041','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-30 01:48:01.950193','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('68705690ee418a8d','22a9c30c9b72f867','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-30 01:48:02.154248','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','rhc-sepsis','');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('35dda5be1aaa8041','ann',NULL,'2026-11-30 01:48:01.939480');
INSERT INTO "cases" VALUES('22a9c30c9b72f867','bob','rhc-sepsis/patient-1','2026-11-30 01:48:02.153947');
CREATE TABLE codebooks (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_codebooks PRIMARY KEY (hash), 
	CONSTRAINT ck_codebooks_content_length CHECK (length(content) <= 10000000)
);
INSERT INTO "codebooks" VALUES('e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','tiny','{"name":"tiny","version":1,"title":"Tiny","population":"adults with sepsis","source":"made for tests","citation":"none","sections":["Baseline","Labs"],"ties":[],"features":[{"name":"age","label":"Age","section":"Baseline","kind":"integer","time":"admission","role":"predictor","definition":"","unit":"","unit_label":"years","decimals":0,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""},{"name":"lactate","label":"Lactate","section":"Labs","kind":"number","time":"day1","role":"predictor","definition":"","unit":"","unit_label":"mmol/L","decimals":1,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""}]}','2026-11-30 01:48:02.150198');
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
INSERT INTO "commitments" VALUES('ann','question-7',9,1,1,1,0,'2026-11-30 01:48:02.101775');
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
INSERT INTO "documents" VALUES('ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','text/plain',46,'Ward round, day 1: weaning from noradrenaline.','2026-11-30 01:48:01.961386');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-30 01:48:01.028931');
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
INSERT INTO "feedback" VALUES('7df7964fd2870bf0','ann','f1','f93f84a1dc8dc817',NULL,'down','["other"]','mild','µ – 日本',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 01:48:02.076482','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
INSERT INTO "feedback" VALUES('c91faec4927f5fe8','ann','f2','f93f84a1dc8dc817','7df7964fd2870bf0','up','["other"]',NULL,'',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 01:48:02.089516','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
CREATE TABLE group_documents (
	group_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_group_documents PRIMARY KEY (group_id, position), 
	CONSTRAINT fk_group_documents_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_group_documents_owner_sha256_documents FOREIGN KEY(owner, sha256) REFERENCES documents (owner, sha256)
);
INSERT INTO "group_documents" VALUES('78eb6c283f68dc6c',0,'ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499');
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
INSERT INTO "group_marks" VALUES('78eb6c283f68dc6c','ann',1,NULL,'2026-11-30 01:48:02.094054');
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
INSERT INTO "human_answers" VALUES('6b3daa29e8857d2f','ann','a','78eb6c283f68dc6c',1,1,1,'2026-11-30 01:48:02.012236',1);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',11,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst"}}','2026-11-30 01:48:02.110196');
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"researcher":false,"cohort":"","ack_version":0,"form":2}','2026-11-30 01:48:01.022129');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-30 01:48:01.007179','2026-11-30 01:48:01.007184');
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
INSERT INTO "readings" VALUES('ann','f93f84a1dc8dc817',14,1,1,0,'2026-11-30 01:48:02.134645');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','78eb6c283f68dc6c',10,'2026-11-30 01:48:02.106210');
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
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1)), 
	CONSTRAINT ck_run_groups_batch_bool CHECK (batch IN (0, 1)), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT fk_run_groups_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id)
);
INSERT INTO "run_groups" VALUES('78eb6c283f68dc6c','ann','g','d2ab6bedf8dd39ce',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-30 01:48:01.981920','tiny','','','embedded');
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
INSERT INTO "runs" VALUES('f93f84a1dc8dc817','78eb6c283f68dc6c','ann','process-1',0,'complete','[0,1,2]',7,'','So \boxed{C}',5,'stop','C',2,'','replay','script','hash','','','2026-11-30 01:48:01.990738','2026-11-30 01:48:02.032592','2026-11-30 01:48:02.032596','2026-11-30 01:48:02.032743','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]',NULL);
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
INSERT INTO "series" VALUES('ann','6eb61edc972385fb',12,'probe','78eb6c283f68dc6c','{"removals":[{"without":"age","role":"cited"}]}','2026-11-30 01:48:02.114418');
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
INSERT INTO "series_points" VALUES('ann','78eb6c283f68dc6c',13,'6eb61edc972385fb',0,'78eb6c283f68dc6c','{"without":"age","role":"cited"}','2026-11-30 01:48:02.125054');
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
CREATE INDEX ix_run_groups_owner ON run_groups (owner);
CREATE INDEX ix_run_groups_owner_created ON run_groups (owner, created);
CREATE INDEX ix_run_groups_case_version_id ON run_groups (case_version_id);
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
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
COMMIT;
