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
INSERT INTO "audit" VALUES('*program*',1,'2026-11-30 01:47:45.971523','migration','database','0010','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','ee9a8079ef7031964cb860b36c40871e7c3ca7021eec0c2a7ce43bc229fc1dbc');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-30 01:47:46.066878','chain opened','user','ann','{}','ee9a8079ef7031964cb860b36c40871e7c3ca7021eec0c2a7ce43bc229fc1dbc','2398a3d41bd22d4f148158d92723da448198726f6a72eb712d62f8ef1d54ac16');
INSERT INTO "audit" VALUES('ann',1,'2026-11-30 01:47:46.067427','preferences','user','ann','{"train_ok": false}','0000000000000000000000000000000000000000000000000000000000000000','a84caf5a7b4f99fba8e337a9ffbc408508799fd01ea28ef975114a749272bb8c');
INSERT INTO "audit" VALUES('ann',2,'2026-11-30 01:47:48.244262','case save','case version','e51e9292bee2bb4d','{"case": "1dd50ad95e902e8d", "n": 1}','a84caf5a7b4f99fba8e337a9ffbc408508799fd01ea28ef975114a749272bb8c','0e2f15c033b0450ee75092cf79036df546840cd659a8b5c87bb0b183ca6886f3');
INSERT INTO "audit" VALUES('ann',3,'2026-11-30 01:47:48.277684','document','document','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','{"bytes": 46, "type": "text/plain"}','0e2f15c033b0450ee75092cf79036df546840cd659a8b5c87bb0b183ca6886f3','9646b34d49ae4942dace637934ef3b3f32e4921e7767391a1087a8ed3e2332bc');
INSERT INTO "audit" VALUES('ann',4,'2026-11-30 01:47:48.333709','run start','run group','445bed9527e1fca9','{"samples": 1}','9646b34d49ae4942dace637934ef3b3f32e4921e7767391a1087a8ed3e2332bc','e612fd213f5656b6bd3eedd2790fad2c06f55859198d1a1fb5b1f82ee1bd8c1a');
INSERT INTO "audit" VALUES('ann',5,'2026-11-30 01:47:48.348558','answer','run group','445bed9527e1fca9','{"before_reveal": true, "skipped": false}','e612fd213f5656b6bd3eedd2790fad2c06f55859198d1a1fb5b1f82ee1bd8c1a','ba99defc46c155d23c260ab8dff6df52081904d6c4415906bf463e5c0f82244c');
INSERT INTO "audit" VALUES('ann',6,'2026-11-30 01:47:48.383640','run end','run','66b1c92755468626','{"status": "complete"}','ba99defc46c155d23c260ab8dff6df52081904d6c4415906bf463e5c0f82244c','e007e4d258b278735afab88c4544b6ebf5ce6f22d2f0e1d77ee14c96c95b1fdb');
INSERT INTO "audit" VALUES('ann',7,'2026-11-30 01:47:48.443986','feedback','feedback','f5f7b3618c7b463b','{"run": "66b1c92755468626", "supersedes": null, "thumb": "down", "train_ok": true}','e007e4d258b278735afab88c4544b6ebf5ce6f22d2f0e1d77ee14c96c95b1fdb','6ad72ec8f154032a2134ffb5e123f0a6c0a839d7df51a26593387b057461dc9e');
INSERT INTO "audit" VALUES('ann',8,'2026-11-30 01:47:48.452358','feedback','feedback','df63e3bcf03ecea3','{"run": "66b1c92755468626", "supersedes": "f5f7b3618c7b463b", "thumb": "up", "train_ok": true}','6ad72ec8f154032a2134ffb5e123f0a6c0a839d7df51a26593387b057461dc9e','9a112d752da595933aa27932247566d50112d9897b60d1c9c539e267b5a6af52');
INSERT INTO "audit" VALUES('ann',9,'2026-11-30 01:47:48.477854','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','9a112d752da595933aa27932247566d50112d9897b60d1c9c539e267b5a6af52','68c8eec3b9d07f0ba6dbd87931d0f31834eb88fbb281780b5129affe5bf4d239');
INSERT INTO "audit" VALUES('ann',10,'2026-11-30 01:47:48.498988','reveal','run group','445bed9527e1fca9','{"table": "reveals"}','68c8eec3b9d07f0ba6dbd87931d0f31834eb88fbb281780b5129affe5bf4d239','9c26c2b32b01eee3269994f5cf086158ef2a7f9202afc501177b103f4a4274e1');
INSERT INTO "audit" VALUES('ann',11,'2026-11-30 01:47:48.527396','mapping','import mapping','b8265c1e112ab1c26fc43fbd5d6bdfff4f6f41a0009bb615334bf57ab57c8578','{"table": "import_mappings"}','9c26c2b32b01eee3269994f5cf086158ef2a7f9202afc501177b103f4a4274e1','053e6705ef74470de2af4b22504f0e382b15e48b58191bce84e51005d9ac064a');
INSERT INTO "audit" VALUES('ann',12,'2026-11-30 01:47:48.550940','reading','run','66b1c92755468626','{"none": false, "table": "readings"}','053e6705ef74470de2af4b22504f0e382b15e48b58191bce84e51005d9ac064a','7b6983f308a1d16cb05ce51f1045256a0b7606303c72c7ef44ccb47ca78429d4');
INSERT INTO "audit" VALUES('ann',13,'2026-11-30 01:47:48.564386','document added','library','a','{"pages": 2, "sha256": "hash of a", "supersedes": null}','7b6983f308a1d16cb05ce51f1045256a0b7606303c72c7ef44ccb47ca78429d4','96dda9a03e0b9edba0d0556259318900d384db78690d6b87b50f1187b3c04cac');
INSERT INTO "audit" VALUES('ann',14,'2026-11-30 01:47:48.582288','document added','library','b','{"pages": 2, "sha256": "hash of b", "supersedes": null}','96dda9a03e0b9edba0d0556259318900d384db78690d6b87b50f1187b3c04cac','442f510652d43eb3e4e458c5f9bca5c85a08deb894fa3f6fcb1fc7d1e9f5f6f4');
INSERT INTO "audit" VALUES('ann',15,'2026-11-30 01:47:48.603315','document removed','library','b','{}','442f510652d43eb3e4e458c5f9bca5c85a08deb894fa3f6fcb1fc7d1e9f5f6f4','beab65afb9dce4fd3f8246b783a9c21aea90c71a9bba51e9682a49eed19d4f49');
INSERT INTO "audit" VALUES('ann',16,'2026-11-30 01:47:48.611090','library entry signed','library','ssc26-map-65','{"n": 1}','beab65afb9dce4fd3f8246b783a9c21aea90c71a9bba51e9682a49eed19d4f49','be6637786f0b56a4a198ea5b0476af97057e3bbe18921dc12c0cec1623eceae9');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-30 01:47:48.627240','chain opened','user','bob','{}','2398a3d41bd22d4f148158d92723da448198726f6a72eb712d62f8ef1d54ac16','8c00f58bda2a538a31fcd88886f0c2f688223659a344d9eeceb76340605152df');
INSERT INTO "audit" VALUES('bob',1,'2026-11-30 01:47:48.627350','case save','case version','0c73129831830963','{"case": "14e1ef5bb1ab1711", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','08e780acc543457a4a54f77e842cc281210a23402a9e57a5b3f13d3e2573619a');
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
INSERT INTO "case_versions" VALUES('e51e9292bee2bb4d','1dd50ad95e902e8d','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-30 01:47:48.242995','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('0c73129831830963','14e1ef5bb1ab1711','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-30 01:47:48.626520','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','rhc-sepsis','');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('1dd50ad95e902e8d','ann',NULL,'2026-11-30 01:47:48.202963');
INSERT INTO "cases" VALUES('14e1ef5bb1ab1711','bob','rhc-sepsis/patient-1','2026-11-30 01:47:48.626207');
CREATE TABLE codebooks (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_codebooks PRIMARY KEY (hash), 
	CONSTRAINT ck_codebooks_content_length CHECK (length(content) <= 10000000)
);
INSERT INTO "codebooks" VALUES('e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','tiny','{"name":"tiny","version":1,"title":"Tiny","population":"adults with sepsis","source":"made for tests","citation":"none","sections":["Baseline","Labs"],"ties":[],"features":[{"name":"age","label":"Age","section":"Baseline","kind":"integer","time":"admission","role":"predictor","definition":"","unit":"","unit_label":"years","decimals":0,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""},{"name":"lactate","label":"Lactate","section":"Labs","kind":"number","time":"day1","role":"predictor","definition":"","unit":"","unit_label":"mmol/L","decimals":1,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""}]}','2026-11-30 01:47:48.617941');
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
INSERT INTO "commitments" VALUES('ann','question-7',9,1,1,1,0,'2026-11-30 01:47:48.478008');
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
INSERT INTO "documents" VALUES('ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','text/plain',46,'Ward round, day 1: weaning from noradrenaline.','2026-11-30 01:47:48.263568');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-30 01:47:46.081689');
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
INSERT INTO "feedback" VALUES('f5f7b3618c7b463b','ann','f1','66b1c92755468626',NULL,'down','["other"]','mild','µ – 日本',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 01:47:48.436064','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
INSERT INTO "feedback" VALUES('df63e3bcf03ecea3','ann','f2','66b1c92755468626','f5f7b3618c7b463b','up','["other"]',NULL,'',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 01:47:48.452102','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
CREATE TABLE group_documents (
	group_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_group_documents PRIMARY KEY (group_id, position), 
	CONSTRAINT fk_group_documents_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_group_documents_owner_sha256_documents FOREIGN KEY(owner, sha256) REFERENCES documents (owner, sha256)
);
INSERT INTO "group_documents" VALUES('445bed9527e1fca9',0,'ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499');
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
INSERT INTO "group_marks" VALUES('445bed9527e1fca9','ann',1,NULL,'2026-11-30 01:47:48.454521');
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
INSERT INTO "human_answers" VALUES('a1b70bdd7828801c','ann','a','445bed9527e1fca9',1,1,1,'2026-11-30 01:47:48.347529',1);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',11,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst"}}','2026-11-30 01:47:48.527542');
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
INSERT INTO "library_documents" VALUES('a','hash of a','a.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 01:47:48.561014');
INSERT INTO "library_documents" VALUES('b','hash of b','b.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 01:47:48.581048');
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
INSERT INTO "library_removals" VALUES('b','ann','2026-11-30 01:47:48.602770');
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
INSERT INTO "library_reviews" VALUES('ssc26-map-65',1,'hash',1,'Dr B. Ito','2026-11-29','µ – 日本','ann','2026-11-30 01:47:48.610610');
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"researcher":false,"cohort":"","ack_version":0,"form":2}','2026-11-30 01:47:46.055113');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-30 01:47:46.039895','2026-11-30 01:47:46.039901');
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
INSERT INTO "readings" VALUES('ann','66b1c92755468626',12,1,1,0,'2026-11-30 01:47:48.551091');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','445bed9527e1fca9',10,'2026-11-30 01:47:48.499144');
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
	CONSTRAINT fk_run_groups_case_version_id_case_versions FOREIGN KEY(case_version_id) REFERENCES case_versions (id), 
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id), 
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1)), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000)
);
INSERT INTO "run_groups" VALUES('445bed9527e1fca9','ann','g','e51e9292bee2bb4d',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-30 01:47:48.305661','tiny','','','embedded');
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
INSERT INTO "runs" VALUES('66b1c92755468626','445bed9527e1fca9','ann','process-1',0,'complete','[0,1,2]',7,'','So \boxed{C}',5,'stop','C',2,'','replay','script','hash','','','2026-11-30 01:47:48.308361','2026-11-30 01:47:48.381931','2026-11-30 01:47:48.381936','2026-11-30 01:47:48.382088','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]',NULL);
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
CREATE INDEX ix_run_groups_case_version_id ON run_groups (case_version_id);
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
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
COMMIT;
