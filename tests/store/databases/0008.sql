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
INSERT INTO "audit" VALUES('*program*',1,'2026-11-22 15:27:29.911991','migration','database','0001','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','89c69b63280ac2543d0aa6053e352e4783bd73fa06c061d6cc0cb078f22c2e3e');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-22 15:27:29.985226','chain opened','user','ann','{}','89c69b63280ac2543d0aa6053e352e4783bd73fa06c061d6cc0cb078f22c2e3e','529273c98e6ef1d74236011f4ad03b1a8b7188716603a118f7eefec9b626d081');
INSERT INTO "audit" VALUES('ann',1,'2026-11-22 15:27:29.986502','case save','case version','5b3d27be9c497717','{"case": "75873c32d12c282b", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','967cca07517cae92f90b95ecc277cebbf272cd44a4a16f7a5dcebe1466c5fb22');
INSERT INTO "audit" VALUES('ann',2,'2026-11-22 15:27:30.008544','run start','run group','a5f50e4e2f29fbe2','{"samples": 1}','967cca07517cae92f90b95ecc277cebbf272cd44a4a16f7a5dcebe1466c5fb22','404d8dae7e0d975c8527e708f2145a9cae09b97fc677b43cd31e9f43da16aaea');
INSERT INTO "audit" VALUES('ann',3,'2026-11-22 15:27:30.022964','run end','run','c02f729e337327d8','{"status": "complete"}','404d8dae7e0d975c8527e708f2145a9cae09b97fc677b43cd31e9f43da16aaea','e044fb3b930e2899955f887c91cb80bda7cde43e35b3ce70044a15baaf36520f');
INSERT INTO "audit" VALUES('ann',4,'2026-11-22 15:27:30.035298','answer','run group','a5f50e4e2f29fbe2','{"skipped": false}','e044fb3b930e2899955f887c91cb80bda7cde43e35b3ce70044a15baaf36520f','43a5515fc0204b6c05b8c9cf79ef4c394489f8dc9ec94cb268b876db14774947');
INSERT INTO "audit" VALUES('ann',5,'2026-11-22 15:27:30.052481','feedback','feedback','6a1eb0623facb77c','{"run": "c02f729e337327d8", "supersedes": null, "thumb": "down", "train_ok": true}','43a5515fc0204b6c05b8c9cf79ef4c394489f8dc9ec94cb268b876db14774947','562287096278c7c9deaeded9d2e7e3556b76c803061b9405f563308e38bd665e');
INSERT INTO "audit" VALUES('ann',6,'2026-11-22 15:27:30.065243','feedback','feedback','7b18b86b15d84dfe','{"run": "c02f729e337327d8", "supersedes": "6a1eb0623facb77c", "thumb": "up", "train_ok": false}','562287096278c7c9deaeded9d2e7e3556b76c803061b9405f563308e38bd665e','8ab49085e135b544dd391b88271b03e8deac21ecd108d45beb37a4096d36717a');
INSERT INTO "audit" VALUES('ann',7,'2026-11-22 15:27:30.071485','preferences','user','ann','{"train_ok": false}','8ab49085e135b544dd391b88271b03e8deac21ecd108d45beb37a4096d36717a','d6681105b8787ea38a265917b69615c5c1a6bbdc7f19fec865ec2e089687217a');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-22 15:27:30.092662','chain opened','user','bob','{}','529273c98e6ef1d74236011f4ad03b1a8b7188716603a118f7eefec9b626d081','311e1153f57c6012b50c199b594aee83e0733810255dce9db9fac08a416f483d');
INSERT INTO "audit" VALUES('bob',1,'2026-11-22 15:27:30.093417','case save','case version','84e11ee16093de44','{"case": "3fa6509245b9e5c6", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','2443ba64e0ea586fa8c9b0360333e7f2450d3d25bfe0eb6f9cc07fe15757478f');
INSERT INTO "audit" VALUES('*program*',4,'2026-11-22 18:16:39.258384','migration','database','0002','{"from": "0001"}','311e1153f57c6012b50c199b594aee83e0733810255dce9db9fac08a416f483d','369b6aa57a94f3a2cf0471497813d48d4c245f2bf541d795a882616dd528218e');
INSERT INTO "audit" VALUES('*program*',5,'2026-11-29 19:13:52.662383','migration','database','0003','{"from": "0002"}','369b6aa57a94f3a2cf0471497813d48d4c245f2bf541d795a882616dd528218e','9f3a86afbed8d95bafe470f21da9c08b314a87ce008e0da0756502b9555a688c');
INSERT INTO "audit" VALUES('*program*',6,'2026-11-29 19:58:44.162347','migration','database','0004','{"from": "0003"}','9f3a86afbed8d95bafe470f21da9c08b314a87ce008e0da0756502b9555a688c','9c4d4f7c967a6595b1093c098233533d6cd98963c014f862c6d4132a100fde66');
INSERT INTO "audit" VALUES('*program*',7,'2026-11-29 23:12:37.450836','migration','database','0008','{"from": "0004"}','9c4d4f7c967a6595b1093c098233533d6cd98963c014f862c6d4132a100fde66','ee1c977dd9a653ef847139d002ddd5c7b712bf31a58e10b97d7c3c682c92f927');
INSERT INTO "audit" VALUES('ann',8,'2026-11-29 23:12:37.566562','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','d6681105b8787ea38a265917b69615c5c1a6bbdc7f19fec865ec2e089687217a','1f9efb09d3666e203fc99ee794ded644f42d8b402bd55f415d2c8ae7c4bb039d');
INSERT INTO "audit" VALUES('ann',9,'2026-11-29 23:12:37.607278','reveal','run group','a5f50e4e2f29fbe2','{"table": "reveals"}','1f9efb09d3666e203fc99ee794ded644f42d8b402bd55f415d2c8ae7c4bb039d','5ec5f69ec0fb318e224c89797f472e89b417c89c0b412e4573592f2854071d32');
INSERT INTO "audit" VALUES('ann',10,'2026-11-29 23:12:37.627090','mapping','import mapping','b8265c1e112ab1c26fc43fbd5d6bdfff4f6f41a0009bb615334bf57ab57c8578','{"table": "import_mappings"}','5ec5f69ec0fb318e224c89797f472e89b417c89c0b412e4573592f2854071d32','a759c832289f78a864ce038f36809b79aaf2dfb21d7cf3abfa5fc02853a01839');
INSERT INTO "audit" VALUES('ann',11,'2026-11-29 23:12:37.646862','reading','run','c02f729e337327d8','{"none": false, "table": "readings"}','a759c832289f78a864ce038f36809b79aaf2dfb21d7cf3abfa5fc02853a01839','c9754f11eb56fab98888529c08162c4931f208ec748d1e8ac1ac55f62fbacd08');
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
	created DATETIME NOT NULL, 
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
INSERT INTO "case_versions" VALUES('5b3d27be9c497717','75873c32d12c282b','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-22 15:27:29.981281');
INSERT INTO "case_versions" VALUES('84e11ee16093de44','3fa6509245b9e5c6','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-22 15:27:30.086250');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('75873c32d12c282b','ann',NULL,'2026-11-22 15:27:29.977972');
INSERT INTO "cases" VALUES('3fa6509245b9e5c6','bob','rhc-sepsis/patient-1','2026-11-22 15:27:30.085322');
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
INSERT INTO "commitments" VALUES('ann','question-7',8,1,1,1,0,'2026-11-29 23:12:37.567256');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-22 15:27:30.079834');
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
	created DATETIME NOT NULL, runtime TEXT DEFAULT '' NOT NULL, precision TEXT DEFAULT '' NOT NULL, 
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
INSERT INTO "feedback" VALUES('6a1eb0623facb77c','ann','f','c02f729e337327d8',NULL,'down','["unsafe suggestion"]','mild','µ – 日本',1,'prompt 0','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-22 15:27:30.049252','','');
INSERT INTO "feedback" VALUES('7b18b86b15d84dfe','ann','g','c02f729e337327d8','6a1eb0623facb77c','up','["other"]',NULL,'',0,'prompt 0','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-22 15:27:30.063916','','');
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
INSERT INTO "group_marks" VALUES('a5f50e4e2f29fbe2','ann',1,NULL,'2026-11-22 18:16:39.286629');
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
INSERT INTO "human_answers" VALUES('2d1d29f4623b59e0','ann','a','a5f50e4e2f29fbe2',1,1,1,'2026-11-22 15:27:30.033074',NULL);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',10,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst"}}','2026-11-29 23:12:37.627277');
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"ack_version":0}','2026-11-22 15:27:30.069906');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-22 15:27:29.960992','2026-11-22 15:27:29.960999');
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
INSERT INTO "readings" VALUES('ann','c02f729e337327d8',11,1,1,0,'2026-11-29 23:12:37.647039');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','a5f50e4e2f29fbe2',9,'2026-11-29 23:12:37.607467');
CREATE TABLE run_groups (
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
	CONSTRAINT pk_run_groups PRIMARY KEY (id), 
	CONSTRAINT ck_run_groups_kind_known CHECK (kind IN ('mask', 'missing')), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0), 
	CONSTRAINT fk_run_groups_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id), 
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT ck_run_groups_batch_bool CHECK (batch IN (0, 1)), 
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1))
);
INSERT INTO "run_groups" VALUES('a5f50e4e2f29fbe2','ann','group','5b3d27be9c497717',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-22 15:27:30.003562');
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
	ended DATETIME, runtime TEXT DEFAULT '' NOT NULL, precision TEXT DEFAULT '' NOT NULL, 
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
INSERT INTO "runs" VALUES('c02f729e337327d8','a5f50e4e2f29fbe2','ann','process-1',0,'complete','[0,1,2]',7,'prompt 0','So \boxed{C}',4,'stop','C',2,'','replay','script','hash','','','2026-11-22 15:27:30.006649','2026-11-22 15:27:30.017333','2026-11-22 15:27:30.017336','2026-11-22 15:27:30.017579','','');
CREATE INDEX ix_cases_owner ON cases (owner);
CREATE INDEX ix_case_versions_case_id ON case_versions (case_id);
CREATE INDEX ix_case_versions_owner ON case_versions (owner);
CREATE INDEX ix_case_versions_parent_id ON case_versions (parent_id);
CREATE INDEX ix_run_groups_case_version_id ON run_groups (case_version_id);
CREATE INDEX ix_run_groups_owner ON run_groups (owner);
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
CREATE INDEX ix_runs_group_id ON runs (group_id);
CREATE INDEX ix_runs_process_id ON runs (process_id);
CREATE INDEX ix_runs_status ON runs (status);
CREATE INDEX ix_human_answers_group_id ON human_answers (group_id);
CREATE INDEX ix_feedback_owner ON feedback (owner);
CREATE INDEX ix_feedback_run_id ON feedback (run_id);
CREATE UNIQUE INDEX uq_feedback_first ON feedback (owner, run_id) WHERE supersedes IS NULL;
CREATE TRIGGER case_versions_no_update BEFORE UPDATE ON case_versions FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'a case version never changes'); END;
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs FOR EACH ROW WHEN OLD.status NOT IN ('queued', 'waiting', 'streaming', 'checking') BEGIN SELECT RAISE(ABORT, 'an ended run never changes'); END;
CREATE TRIGGER human_answers_no_update BEFORE UPDATE ON human_answers FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'a human answer never changes'); END;
CREATE TRIGGER feedback_no_update BEFORE UPDATE ON feedback FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'feedback is superseded, never changed'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'the audit log never changes'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit FOR EACH ROW  BEGIN SELECT RAISE(ABORT, 'the audit log never shrinks'); END;
CREATE INDEX ix_run_groups_owner_created ON run_groups (owner, created);
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
