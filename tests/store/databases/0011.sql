BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0011');
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
INSERT INTO "audit" VALUES('*program*',1,'2026-11-30 02:48:52.867879','migration','database','0011','{"from": "nothing"}','0000000000000000000000000000000000000000000000000000000000000000','7b30a6a61f197416f6ff2863e0ad35bf0ace27dc9ddd1e5e5581aabfb715f806');
INSERT INTO "audit" VALUES('*program*',2,'2026-11-30 02:48:52.883628','chain opened','user','ann','{}','7b30a6a61f197416f6ff2863e0ad35bf0ace27dc9ddd1e5e5581aabfb715f806','b74d2dd52ff4d1f87f2ed91111063d179d8ee6e82dde95073956b982f1e28ac7');
INSERT INTO "audit" VALUES('ann',1,'2026-11-30 02:48:52.884244','preferences','user','ann','{"train_ok": false}','0000000000000000000000000000000000000000000000000000000000000000','595939fbd1e7e303572b3089d788f05cb93205cc89190b9e3aa5743fd8cf0bfd');
INSERT INTO "audit" VALUES('ann',2,'2026-11-30 02:48:53.364566','case save','case version','fb0d4c33e84da1a3','{"case": "1ec4f5ea2183db71", "n": 1}','595939fbd1e7e303572b3089d788f05cb93205cc89190b9e3aa5743fd8cf0bfd','b2233d5b67bd26606fe20c38f90e41c4e43e924073e11c996e493b8a32712aa1');
INSERT INTO "audit" VALUES('ann',3,'2026-11-30 02:48:53.367437','document','document','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','{"bytes": 46, "type": "text/plain"}','b2233d5b67bd26606fe20c38f90e41c4e43e924073e11c996e493b8a32712aa1','9be919a5bdee89a96830b0d5e0324426d1bc1446b5119d234f65d7a16f112487');
INSERT INTO "audit" VALUES('ann',4,'2026-11-30 02:48:53.374960','run start','run group','c832eea02368c755','{"samples": 1}','9be919a5bdee89a96830b0d5e0324426d1bc1446b5119d234f65d7a16f112487','09495e1d58cfcd06f41670a2d6ac63d575679dfe01e1d2d01bc6ea92ff030ebf');
INSERT INTO "audit" VALUES('ann',5,'2026-11-30 02:48:53.382362','answer','run group','c832eea02368c755','{"before_reveal": true, "skipped": false}','09495e1d58cfcd06f41670a2d6ac63d575679dfe01e1d2d01bc6ea92ff030ebf','dad05f5927e1284d045d6fcd6e6c5114bcf07974c00314ce69eb9e5f5028a141');
INSERT INTO "audit" VALUES('ann',6,'2026-11-30 02:48:53.388119','run end','run','89caa1f4987a635d','{"status": "complete"}','dad05f5927e1284d045d6fcd6e6c5114bcf07974c00314ce69eb9e5f5028a141','03f6e73d96337dc79d23f52724b4888d7f1fb09dc3202e4c24c0550877db469e');
INSERT INTO "audit" VALUES('ann',7,'2026-11-30 02:48:53.411733','feedback','feedback','52d8b65991e1a254','{"run": "89caa1f4987a635d", "supersedes": null, "thumb": "down", "train_ok": true}','03f6e73d96337dc79d23f52724b4888d7f1fb09dc3202e4c24c0550877db469e','b80634e73fec553ae4920a78e9110d895e8cc3a8b01f50d249a3862bb11b7827');
INSERT INTO "audit" VALUES('ann',8,'2026-11-30 02:48:53.413350','feedback','feedback','31414924fe1b8fdb','{"run": "89caa1f4987a635d", "supersedes": "52d8b65991e1a254", "thumb": "up", "train_ok": true}','b80634e73fec553ae4920a78e9110d895e8cc3a8b01f50d249a3862bb11b7827','6bbf18dd94bbe491943e199464e940b81ff372c4f77a4144cd6dc3df85493f8d');
INSERT INTO "audit" VALUES('ann',9,'2026-11-30 02:48:53.419412','commitment','question','question-7','{"before_reveal": true, "skipped": false, "table": "commitments"}','6bbf18dd94bbe491943e199464e940b81ff372c4f77a4144cd6dc3df85493f8d','7b1f1f39e4d11fb182b42d6e28de22238dc814ca2d3be9da829deec3015076da');
INSERT INTO "audit" VALUES('ann',10,'2026-11-30 02:48:53.421633','reveal','run group','c832eea02368c755','{"table": "reveals"}','7b1f1f39e4d11fb182b42d6e28de22238dc814ca2d3be9da829deec3015076da','791931bdcd8c959acf85944f4429141351820fed3ac99c25f41eee0b894e4267');
INSERT INTO "audit" VALUES('ann',11,'2026-11-30 02:48:53.423665','mapping','import mapping','e400d779726575fb9ded9738a252122c7e4776d53e8d71b7ae93b91954175442','{"table": "import_mappings"}','791931bdcd8c959acf85944f4429141351820fed3ac99c25f41eee0b894e4267','051f8cf72372dab4a76d91cd339c6401802425063fde2867e9645387d6e145f5');
INSERT INTO "audit" VALUES('ann',12,'2026-11-30 02:48:53.425979','series','series','6eb61edc972385fb','{"kind": "probe", "table": "series"}','051f8cf72372dab4a76d91cd339c6401802425063fde2867e9645387d6e145f5','4a609d734bb098594e435c3b39d3e690bccadd4526f671d24b87e6a381db58e6');
INSERT INTO "audit" VALUES('ann',13,'2026-11-30 02:48:53.428806','series point','run group','c832eea02368c755','{"position": 0, "series": "6eb61edc972385fb", "table": "series_points"}','4a609d734bb098594e435c3b39d3e690bccadd4526f671d24b87e6a381db58e6','b33587755eb89b093d3a79e76763403dfd94aabbc53742c0071ba5ff1a6e0064');
INSERT INTO "audit" VALUES('ann',14,'2026-11-30 02:48:53.431840','case save','case version','2075a1cefd5f8e3d','{"case": "1ec4f5ea2183db71", "n": -1}','b33587755eb89b093d3a79e76763403dfd94aabbc53742c0071ba5ff1a6e0064','0ffa6a8b55e0407799a196dea61c6ed341f935f05f9934b9d02e50abd6eb8ab5');
INSERT INTO "audit" VALUES('ann',15,'2026-11-30 02:48:53.433871','reading','run','89caa1f4987a635d','{"none": false, "table": "readings"}','0ffa6a8b55e0407799a196dea61c6ed341f935f05f9934b9d02e50abd6eb8ab5','07ec1c34e1dea469dfe8f763e0f9abc1b54d403e3780aa2813dba2c48450b71c');
INSERT INTO "audit" VALUES('ann',16,'2026-11-30 02:48:53.438022','document added','library','a','{"pages": 2, "sha256": "hash of a", "supersedes": null}','07ec1c34e1dea469dfe8f763e0f9abc1b54d403e3780aa2813dba2c48450b71c','bc3afae96303502163a03db839d161ed4c59932df61e04fcfe7f179885cf3961');
INSERT INTO "audit" VALUES('ann',17,'2026-11-30 02:48:53.439542','document added','library','b','{"pages": 2, "sha256": "hash of b", "supersedes": null}','bc3afae96303502163a03db839d161ed4c59932df61e04fcfe7f179885cf3961','a81ba25d3fd81ded09afcb2a4ded7478ff75788758cf72b452cbf87cb7ff5abd');
INSERT INTO "audit" VALUES('ann',18,'2026-11-30 02:48:53.442141','document removed','library','b','{}','a81ba25d3fd81ded09afcb2a4ded7478ff75788758cf72b452cbf87cb7ff5abd','9841f453ba9f40d80e742ef2ee0ee387bd4246329ab3efd4be68545993fd8ca4');
INSERT INTO "audit" VALUES('ann',19,'2026-11-30 02:48:53.444665','library entry signed','library','ssc26-map-65','{"n": 1}','9841f453ba9f40d80e742ef2ee0ee387bd4246329ab3efd4be68545993fd8ca4','5feee6f6444d1824b31742e34b769ca17f1cbc7dd1dba78a16a055b2daf83b8c');
INSERT INTO "audit" VALUES('*program*',3,'2026-11-30 02:48:53.449693','chain opened','user','bob','{}','b74d2dd52ff4d1f87f2ed91111063d179d8ee6e82dde95073956b982f1e28ac7','48bb3f8092551233ba19afdd02d51109c0c81a3689f04fec98a3db6096a2d41a');
INSERT INTO "audit" VALUES('bob',1,'2026-11-30 02:48:53.449803','case save','case version','ddde74605656d35e','{"case": "d73a42b4b6c5151b", "n": 1}','0000000000000000000000000000000000000000000000000000000000000000','54563403619a5f8e541c159bebc5240b691608fcdf1f6a4b3ed841b4fd034e57');
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
	CONSTRAINT uq_case_versions_case_id_n UNIQUE (case_id, n), 
	CONSTRAINT ck_case_versions_label_length CHECK (length(label) <= 200), 
	CONSTRAINT fk_case_versions_parent_id_case_versions FOREIGN KEY(parent_id) REFERENCES case_versions (id), 
	CONSTRAINT ck_case_versions_note_length CHECK (length(note) <= 2000), 
	CONSTRAINT fk_case_versions_case_id_cases FOREIGN KEY(case_id) REFERENCES cases (id), 
	CONSTRAINT ck_case_versions_content_length CHECK (length(content) <= 1000000), 
	CONSTRAINT ck_case_versions_source_known CHECK (source IN ('public', 'entered', 'import', 'what-if'))
);
INSERT INTO "case_versions" VALUES('fb0d4c33e84da1a3','1ec4f5ea2183db71','ann','case',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72 years, septic','entered','','2026-11-30 02:48:53.363689','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('2075a1cefd5f8e3d','1ec4f5ea2183db71','ann','what if',-1,'fb0d4c33e84da1a3','{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":2.0,"provenance":"entered","measured":true,"reason":""}]}','5f933e3016735ec6a3c3964a781144376da9e809b63659a760e3a47212208bef','72 years, septic','what-if','','2026-11-30 02:48:53.431666','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','','');
INSERT INTO "case_versions" VALUES('ddde74605656d35e','d73a42b4b6c5151b','bob','public/rhc-sepsis/patient-1',1,NULL,'{"patient":"patient-1","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","entries":[{"feature":"age","value":72.0,"provenance":"entered","measured":true,"reason":""},{"feature":"lactate","value":4.2,"provenance":"entered","measured":true,"reason":""}]}','f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9','72-year-old','public','','2026-11-30 02:48:53.448917','tiny','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','rhc-sepsis','');
CREATE TABLE cases (
	id TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	public_key TEXT, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_cases PRIMARY KEY (id), 
	CONSTRAINT uq_cases_owner_public_key UNIQUE (owner, public_key)
);
INSERT INTO "cases" VALUES('1ec4f5ea2183db71','ann',NULL,'2026-11-30 02:48:53.361565');
INSERT INTO "cases" VALUES('d73a42b4b6c5151b','bob','rhc-sepsis/patient-1','2026-11-30 02:48:53.448515');
CREATE TABLE codebooks (
	hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_codebooks PRIMARY KEY (hash), 
	CONSTRAINT ck_codebooks_content_length CHECK (length(content) <= 10000000)
);
INSERT INTO "codebooks" VALUES('e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','tiny','{"name":"tiny","version":1,"title":"Tiny","population":"adults with sepsis","source":"made for tests","citation":"none","sections":["Baseline","Labs"],"ties":[],"features":[{"name":"age","label":"Age","section":"Baseline","kind":"integer","time":"admission","role":"predictor","definition":"","unit":"","unit_label":"years","decimals":0,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""},{"name":"lactate","label":"Lactate","section":"Labs","kind":"number","time":"day1","role":"predictor","definition":"","unit":"","unit_label":"mmol/L","decimals":1,"levels":[],"impossible":null,"confirm":null,"reference":null,"not_measured":[],"derived_from":[],"aliases":[],"loinc":""}]}','2026-11-30 02:48:53.446260');
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
INSERT INTO "commitments" VALUES('ann','question-7',9,1,1,1,0,'2026-11-30 02:48:53.419556');
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
INSERT INTO "documents" VALUES('ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499','text/plain',46,'Ward round, day 1: weaning from noradrenaline.','2026-11-30 02:48:53.366139');
CREATE TABLE drafts (
	owner TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (owner, "key"), 
	CONSTRAINT ck_drafts_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "drafts" VALUES('ann','enter','{"lactate":"4."}','2026-11-30 02:48:52.884963');
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
INSERT INTO "feedback" VALUES('52d8b65991e1a254','ann','f1','89caa1f4987a635d',NULL,'down','["other"]','mild','µ – 日本',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 02:48:53.409940','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
INSERT INTO "feedback" VALUES('31414924fe1b8fdb','ann','f2','89caa1f4987a635d','52d8b65991e1a254','up','["other"]',NULL,'',1,'','So \boxed{C}','complete','replay','script','hash','','',7,'[0,1,2]','question-7','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2',1,'stratified','2026-11-30 02:48:53.413047','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]');
CREATE TABLE group_documents (
	group_id TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	owner TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	CONSTRAINT pk_group_documents PRIMARY KEY (group_id, position), 
	CONSTRAINT fk_group_documents_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id), 
	CONSTRAINT fk_group_documents_owner_sha256_documents FOREIGN KEY(owner, sha256) REFERENCES documents (owner, sha256)
);
INSERT INTO "group_documents" VALUES('c832eea02368c755',0,'ann','0bacafb665dd522615220cbcc5782dcd67aa25ac4dc84c97195e6787dd086499');
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
INSERT INTO "group_marks" VALUES('c832eea02368c755','ann',1,NULL,'2026-11-30 02:48:53.415531');
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
INSERT INTO "human_answers" VALUES('ae7989871bc4d6f9','ann','a','c832eea02368c755',1,1,1,'2026-11-30 02:48:53.381385',1);
CREATE TABLE import_mappings (
	owner TEXT NOT NULL, 
	name TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	content TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_import_mappings PRIMARY KEY (owner, name, entry), 
	CONSTRAINT ck_import_mappings_content_length CHECK (length(content) <= 1000000)
);
INSERT INTO "import_mappings" VALUES('ann','ward 7',11,'{"name":"ward 7","version":1,"mapping":{"codebook":"tiny","layout":"wide","columns":[],"names":[],"decimal":"point","choice":"worst","otherwise":"","times":"","patients":"","blanks":"","repeats":"","untimed":"","origin":"","portions":""}}','2026-11-30 02:48:53.423760');
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
INSERT INTO "library_documents" VALUES('a','hash of a','a.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 02:48:53.434949');
INSERT INTO "library_documents" VALUES('b','hash of b','b.pdf','pdf',9,'Shock pathway','St Elsewhere','2025-03','','adults',NULL,2,2,'ann','2026-11-30 02:48:53.438796');
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
INSERT INTO "library_removals" VALUES('b','ann','2026-11-30 02:48:53.441751');
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
INSERT INTO "library_reviews" VALUES('ssc26-map-65',1,'hash',1,'Dr B. Ito','2026-11-29','µ – 日本','ann','2026-11-30 02:48:53.444191');
CREATE TABLE preferences (
	owner TEXT NOT NULL, 
	content TEXT NOT NULL, 
	updated DATETIME NOT NULL, 
	CONSTRAINT pk_preferences PRIMARY KEY (owner)
);
INSERT INTO "preferences" VALUES('ann','{"samples":5,"commit_first":true,"reasoning_open":true,"train_ok":false,"text_size":"normal","shortcuts":true,"researcher":false,"cohort":"","notes":"auto","ack_version":0,"form":2}','2026-11-30 02:48:52.881504');
CREATE TABLE processes (
	id TEXT NOT NULL, 
	host TEXT DEFAULT '' NOT NULL, 
	pid INTEGER NOT NULL, 
	started DATETIME NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	CONSTRAINT pk_processes PRIMARY KEY (id)
);
INSERT INTO "processes" VALUES('process-1','here',1,'2026-11-30 02:48:52.877708','2026-11-30 02:48:52.877715');
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
INSERT INTO "readings" VALUES('ann','89caa1f4987a635d',15,1,1,0,'2026-11-30 02:48:53.433983');
CREATE TABLE reveals (
	owner TEXT NOT NULL, 
	group_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	CONSTRAINT pk_reveals PRIMARY KEY (owner, group_id), 
	CONSTRAINT fk_reveals_group_id_run_groups FOREIGN KEY(group_id) REFERENCES run_groups (id)
);
INSERT INTO "reveals" VALUES('ann','c832eea02368c755',10,'2026-11-30 02:48:53.421745');
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
	CONSTRAINT ck_run_groups_batch_bool CHECK (batch IN (0, 1)), 
	CONSTRAINT uq_run_groups_owner_idem UNIQUE (owner, idem), 
	CONSTRAINT ck_run_groups_max_tokens_range CHECK (max_tokens > 0), 
	CONSTRAINT ck_run_groups_seen_bool CHECK (seen IN (0, 1)), 
	CONSTRAINT fk_run_groups_parent_group_id_run_groups FOREIGN KEY(parent_group_id) REFERENCES run_groups (id), 
	CONSTRAINT ck_run_groups_samples_range CHECK (samples BETWEEN 1 AND 1000), 
	CONSTRAINT ck_run_groups_temperature_range CHECK (temperature >= 0)
);
INSERT INTO "run_groups" VALUES('c832eea02368c755','ann','g','fb0d4c33e84da1a3',NULL,'mask','{"id":"question-7","patient":"patient-1","case_hash":"f24c212fa397748452ebdce86a5dab448ac947e30722b43ecaa5ff5186aee3e9","codebook":"tiny","codebook_hash":"e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2","masked_feature":"lactate","hidden":[],"guard_off":[],"seed":7,"options":[{"text":"1.0 mmol/L","value":1.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"2.0 mmol/L","value":2.0,"prior":0.3333333333333333,"low":null,"high":null},{"text":"4.2 mmol/L","value":4.2,"prior":0.3333333333333333,"low":null,"high":null}],"kind":"mask","design":"stratified","design_version":1,"key":2,"recorded":4.2}','question-7','lactate','e0431d37e425720bb9c4fed7322fac4f05da5f2f415d1e6759a2efd98fd3fbd2','stratified',1,1,7,0.0,400,0,0,'2026-11-30 02:48:53.372043','tiny','','','embedded');
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
INSERT INTO "runs" VALUES('89caa1f4987a635d','c832eea02368c755','ann','process-1',0,'complete','[0,1,2]',7,'','So \boxed{C}',5,'stop','C',2,'','replay','script','hash','','','2026-11-30 02:48:53.374226','2026-11-30 02:48:53.386449','2026-11-30 02:48:53.386452','2026-11-30 02:48:53.386570','','','[{"role":"system","content":"You reason over one record of a registry. Population: adults with sepsis. Think step by step from the values shown, then give the letter of the single most likely option as \\boxed{letter}."},{"role":"user","content":"## Baseline\nAge: 72 years\n## Labs\nLactate: [MASK]\n\nWhat would be the masked value of ''Lactate'' (mmol/L) in section Labs?\nA) 1.0 mmol/L\nB) 2.0 mmol/L\nC) 4.2 mmol/L"},{"role":"assistant","content":"Let''s think step by step."}]',NULL);
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
INSERT INTO "series" VALUES('ann','6eb61edc972385fb',12,'probe','c832eea02368c755','{"removals":[{"without":"age","role":"cited"}]}','2026-11-30 02:48:53.426071');
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
INSERT INTO "series_points" VALUES('ann','c832eea02368c755',13,'6eb61edc972385fb',0,'c832eea02368c755','{"without":"age","role":"cited"}','2026-11-30 02:48:53.428968');
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
CREATE INDEX ix_run_groups_owner_created ON run_groups (owner, created);
CREATE INDEX ix_run_groups_parent_group_id ON run_groups (parent_group_id);
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
CREATE INDEX ix_case_versions_parent_id ON case_versions (parent_id);
CREATE INDEX ix_case_versions_case_id ON case_versions (case_id);
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
COMMIT;
