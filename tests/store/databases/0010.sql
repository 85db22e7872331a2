BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0010');
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
INSERT INTO "audit" VALUES('*program*',1,'2026-11-30 02:38:32.852392','migration','database','0010','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','06bc45537247a6bc743ac9a23ac5a045deb7b4ff8b8e386e20cacaf2cd9a58dd');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-30 02:38:32.886743','chain opened','user','ann','{}','06bc45537247a6bc743ac9a23ac5a045deb7b4ff8b8e386e20cacaf2cd9a58dd','da5e25ad27be7cf7cfa3e08f6649baecbf2b581d3f5c6a79b8a44bf9b02bb1de');
INSERT INTO "audit" VALUES('ann',1,'2026-11-30 02:38:32.887231','preferences','user','ann','{"train_ok": false}','0000000000000000000000000000000000000000000000000000000000000000','e9912163f62bc08e56c77edfa13abccb58b6442dcc1cf52a9315830db4fbb4fb');
INSERT INTO "audit" VALUES('ann',2,'2026-11-30 02:38:34.263798','case save','case version','d15ca344674e37b9','{"case": "d749981d6390a9b0", "n": 1}','e9912163f62bc08e56c77edfa13abccb58b6442dcc1cf52a9315830db4fbb4fb','d962a611c5ed7cae9525d481f32a4a91339bdc6f8034988b9ca640337a1d2dd8');
INSERT INTO "audit" VALUES('ann',3,'2026-11-30 02:38:34.279428','document','document','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','{"bytes": 46, "type": "text/plain"}','d962a611c5ed7cae9525d481f32a4a91339bdc6f8034988b9ca640337a1d2dd8','0c87a76f1410afde2fde5228ee80284aaa9225846dd07dc7e9e52330de9a0981');
INSERT INTO "audit" VALUES('ann',4,'2026-11-30 02:38:34.324571','run start','run group','12a4ae0deaeea17d','{"samples": 1}','0c87a76f1410afde2fde5228ee80284aaa9225846dd07dc7e9e52330de9a0981','2c76df4c00d7a630e21477c7f32507634683b1d6bd99dddaabd56096c56a00d2');
INSERT INTO "audit" VALUES('ann',5,'2026-11-30 02:38:34.370920','answer','run group','12a4ae0deaeea17d','{"before_reveal": true, "skipped": false}','2c76df4c00d7a630e21477c7f32507634683b1d6bd99dddaabd56096c56a00d2','b5574a3774926337afe0a01e488aaeace5d560c5bc97670ffd9beaa299e8cbdc');
INSERT INTO "audit" VALUES('ann',6,'2026-11-30 02:38:34.402727','run end','run','8f8662ffb627dd6f','{"status": "complete"}','b5574a3774926337afe0a01e488aaeace5d560c5bc97670ffd9beaa299e8cbdc','6589aa77e5623105a46a14a18f365b48b2c43218a7d3af847bc654e6418d4759');
INSERT INTO "audit" VALUES('ann',7,'2026-11-30 02:38:34.460119','feedback','feedback','955e11917e00109e','{"run": "8f8662ffb627dd6f", "supersedes": null, "thumb": "down", "train_ok": true}','6589aa77e5623105a46a14a18f365b48b2c43218a7d3af847bc654e6418d4759','0f34e481d41cb46971b4fe1fe308a3cf710be93170b30859cacc6ac2deb7f3ed');
INSERT INTO "audit" VALUES('ann',8,'2026-11-30 02:38:34.475922','feedback','feedback','edf219ee16b4d7f6','{"run": "8f8662ffb627dd6f", "supersedes": "955e11917e00109e", "thumb": "up", "train_ok": true}','0f34e481d41cb46971b4fe1fe308a3cf710be93170b30859cacc6ac2deb7f3ed','175ffcef49152bab95c02ef591bcade6ad4634c1f0908ecea7cf6fb62cc6e660');
INSERT INTO "audit" VALUES('ann',9,'2026-11-30 02:38:34.487379','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','175ffcef49152bab95c02ef591bcade6ad4634c1f0908ecea7cf6fb62cc6e660','9901337770e14498eb7dacaa0d118f949d13349a2122df39ad26cb0cafb0ec16');
INSERT INTO "audit" VALUES('ann',10,'2026-11-30 02:38:34.502916','reveal','run group','12a4ae0deaeea17d','{"table": "reveals"}','9901337770e14498eb7dacaa0d118f949d13349a2122df39ad26cb0cafb0ec16','e70e446df034fa30785d9bf6de937f76c3eb3ed179128b169301ea03290ca8b5');
INSERT INTO "audit" VALUES('ann',11,'2026-11-30 02:38:34.507503','mapping','import mapping','b8265c1e112ab1c26fc43fbd5d6bdfff4f6f41a0009bb615334bf57ab57c8578','{"table": "import_mappings"}','e70e446df034fa30785d9bf6de937f76c3eb3ed179128b169301ea03290ca8b5','45c2d0155d3ddadcdb5538aae753c411360c6cd7beac74dd1fe4aad3304ed796');
INSERT INTO "audit" VALUES('ann',12,'2026-11-30 02:38:34.514973','series','series','6eb61edc972385fb','{"kind": "probe", "table": "series"}','45c2d0155d3ddadcdb5538aae753c411360c6cd7beac74dd1fe4aad3304ed796','7ddbafa796e018d913636292caa729ccd4d963b3e98dbf7ff1c7ac816876a6ce');
INSERT INTO "audit" VALUES('ann',13,'2026-11-30 02:38:34.535579','series point','run group','12a4ae0deaeea17d','{"position": 0, "series": "6eb61edc972385fb", "table": "series_points"}','7ddbafa796e018d913636292caa729ccd4d963b3e98dbf7ff1c7ac816876a6ce','0f8d9360391a149415d81c4550e47b50b87781a1253ccef976bf3ff374cd3a28');
INSERT INTO "audit" VALUES('ann',14,'2026-11-30 02:38:34.547798','case save','case version','a3cabc621b0db4a9','{"case": "d749981d6390a9b0", "n": -1}','0f8d9360391a149415d81c4550e47b50b87781a1253ccef976bf3ff374cd3a28','c62a06af07cba787a26cf36145fe2ab803e3d3b81886180c325952c729b64415');
INSERT INTO "audit" VALUES('ann',15,'2026-11-30 02:38:34.554584','reading','run','8f8662ffb627dd6f','{"none": false, "table": "readings"}','c62a06af07cba787a26cf36145fe2ab803e3d3b81886180c325952c729b64415','f828a83ae61116cb0619813edd8db2f67cca11226de0a881f27da9e5b3ba4d45');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-30 02:38:34.570859','chain opened','user','bob','{}','da5e25ad27be7cf7cfa3e08f6649baecbf2b581d3f5c6a79b8a44bf9b02bb1de','e67fb070bf520e7447e2aff3086bc075dc205702d0fe2144c1f88f5d07232202');
INSERT INTO "audit" VALUES('bob',1,'2026-11-30 02:38:34.570985','case save','case version','527eff906b3787fe','{"case": "e5babe6a8ce26245", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','7cfec53e90fbd425776db369fb069e8975b7421abaacc9242e385412c90009a5');
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
	CONSTRAINT ck_case_versions_label_length CHECK (length(label) <= 200), 
	CONSTRAINT fk_case_versions_parent_id_case_versions FOREIGN KEY(parent_id) REFERENCES case_versions (id), 
	CONSTRAINT ck_case_versions_content_length CHECK (length(content) <= 1000000), 
	CONSTRAINT fk_case_versions_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT ck_case_versions_note_length CHECK (length(note) <= 2000), 
	CONSTRAINT uq_case_versions_case_id_n UNIQUE (case_id, n), 
	CONSTRAINT ck_case_versions_source_known CHECK (source IN ('public', 'entered', 'import', 'what-if'))
);
INSERT INTO "case_versions" VALUES('d15ca344674e37b9','d749981d6390a9b0','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-30 02:38:34.262498','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('a3cabc621b0db4a9','d749981d6390a9b0','ann','what if',-1,'d15ca344674e37b9','{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":2.0,"provenance":"entered","measured":true,"reason":""}]}','5f933e3016735ec6a3c3964a781144376da9e809b63659a760e3a47212208bef','72 years, septic','what-if','','2026-11-30 02:38:34.547594','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('527eff906b3787fe','e5babe6a8ce26245','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-30 02:38:34.564484','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','rhc-sepsis','');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('d749981d6390a9b0','ann',NULL,'2026-11-30 02:38:34.238828');
INSERT INTO "cases" VALUES('e5babe6a8ce26245','bob','rhc-sepsis/patient-1','2026-11-30 02:38:34.564171');
CREATE TABLE codebooks (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_codebooks PRIMARY KEY (hash), 
	CONSTRAINT ck_codebooks_content_length CHECK (length(content) <= 10000000)
);
INSERT INTO "codebooks" VALUES('e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','tiny','{"name":"tiny","version":1,"title":"Tiny","population":"adults with sepsis","source":"made for tests","citation":"none","sections":["Baseline","Labs"],"ties":[],"features":[{"name":"age","label":"Age","section":"Baseline","kind":"integer","time":"admission","role":"predictor","definition":"","unit":"","unit_label":"years","decimals":0,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""},{"name":"lactate","label":"Lactate","section":"Labs","kind":"number","time":"day1","role":"predictor","definition":"","unit":"","unit_label":"mmol/L","decimals":1,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""}]}','2026-11-30 02:38:34.559308');
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
INSERT INTO "commitments" VALUES('ann','question-7',9,1,1,1,0,'2026-11-30 02:38:34.487529');
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
INSERT INTO "documents" VALUES('ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','text/plain',46,'Ward round, day 1: weaning from noradrenaline.','2026-11-30 02:38:34.277773');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-30 02:38:32.912250');
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
INSERT INTO "feedback" VALUES('955e11917e00109e','ann','f1','8f8662ffb627dd6f',NULL,'down','["other"]','mild','µ – 日本',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 02:38:34.458208','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
INSERT INTO "feedback" VALUES('edf219ee16b4d7f6','ann','f2','8f8662ffb627dd6f','955e11917e00109e','up','["other"]',NULL,'',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 02:38:34.475705','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
CREATE TABLE group_documents (
	group_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_group_documents PRIMARY KEY (group_id, position), 
	CONSTRAINT fk_group_documents_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_group_documents_owner_sha256_documents FOREIGN KEY(owner, sha256) REFERENCES documents (owner, sha256)
);
INSERT INTO "group_documents" VALUES('12a4ae0deaeea17d',0,'ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499');
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
INSERT INTO "group_marks" VALUES('12a4ae0deaeea17d','ann',1,NULL,'2026-11-30 02:38:34.479732');
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
INSERT INTO "human_answers" VALUES('b838c5c3d37647e7','ann','a','12a4ae0deaeea17d',1,1,1,'2026-11-30 02:38:34.369545',1);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',11,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst"}}','2026-11-30 02:38:34.507631');
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"researcher":false,"cohort":"","ack_version":0,"form":2}','2026-11-30 02:38:32.885435');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-30 02:38:32.878913','2026-11-30 02:38:32.878918');
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
INSERT INTO "readings" VALUES('ann','8f8662ffb627dd6f',15,1,1,0,'2026-11-30 02:38:34.554730');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','12a4ae0deaeea17d',10,'2026-11-30 02:38:34.503087');
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
	CONSTRAINT fk_run_groups_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT ck_run_groups_batch_bool CHECK (batch IN (0, 1)), 
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1)), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000)
);
INSERT INTO "run_groups" VALUES('12a4ae0deaeea17d','ann','g','d15ca344674e37b9',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-30 02:38:34.300658','tiny','','','embedded');
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
INSERT INTO "runs" VALUES('8f8662ffb627dd6f','12a4ae0deaeea17d','ann','process-1',0,'complete','[0,1,2]',7,'','So \boxed{C}',5,'stop','C',2,'','replay','script','hash','','','2026-11-30 02:38:34.312117','2026-11-30 02:38:34.388510','2026-11-30 02:38:34.388514','2026-11-30 02:38:34.388686','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]',NULL);
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
INSERT INTO "series" VALUES('ann','6eb61edc972385fb',12,'probe','12a4ae0deaeea17d','{"removals":[{"without":"age","role":"cited"}]}','2026-11-30 02:38:34.515103');
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
INSERT INTO "series_points" VALUES('ann','12a4ae0deaeea17d',13,'6eb61edc972385fb',0,'12a4ae0deaeea17d','{"without":"age","role":"cited"}','2026-11-30 02:38:34.535739');
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
CREATE INDEX ix_run_groups_owner ON run_groups (owner);
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
CREATE INDEX ix_run_groups_case_version_id ON run_groups (case_version_id);
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
COMMIT;
