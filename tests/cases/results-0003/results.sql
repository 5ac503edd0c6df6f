BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE attempts (
	id VARCHAR(36) NOT NULL, 
	learner VARCHAR(40) NOT NULL, 
	activity VARCHAR(80) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	version VARCHAR(16) NOT NULL, 
	items TEXT NOT NULL, 
	started DATETIME NOT NULL, 
	submitted DATETIME, 
	raw FLOAT, 
	max FLOAT, 
	passed BOOLEAN, 
	steps TEXT NOT NULL, pass_mark FLOAT, scored_by VARCHAR(20) DEFAULT 'service' NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(learner) REFERENCES learners (id)
);
INSERT INTO "attempts" VALUES('00000001-0000-4000-8000-000000000000','0000000000000000000001','graded','quiz','6874b353ec3d1d63','["ask-or-tell", "whose-goal"]','2026-11-20 09:05:00.000000','2026-11-20 09:09:00.000000',2.0,2.0,1,'[]',75.0,'service');
INSERT INTO "attempts" VALUES('00000006-0000-4000-8000-000000000000','0000000000000000000002','graded','quiz','6874b353ec3d1d63','["ask-or-tell", "whose-goal"]','2026-11-20 09:06:00.000000',NULL,NULL,NULL,NULL,'[]',NULL,'service');
INSERT INTO "attempts" VALUES('00000009-0000-4000-8000-000000000000','0000000000000000000002','story','scenario','dfae2d84e70e7626','[]','2026-11-20 09:08:00.000000','2026-11-20 09:09:00.000000',2.0,2.0,NULL,'[{"node": "door", "choice": "ask"}]',NULL,'service');
CREATE TABLE cohorts (
	code VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	modules TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	closes DATETIME, opens DATETIME, pass_mark INTEGER, attempts INTEGER, feedback VARCHAR(20) DEFAULT 'after-submission' NOT NULL, names VARCHAR(20) DEFAULT 'optional' NOT NULL, erases DATETIME, 
	PRIMARY KEY (code)
);
INSERT INTO "cohorts" VALUES('SPRN-G234','Gwanwyn – Ŵyn','["first"]','2026-11-20 09:00:00.000000','2026-11-29 09:00:00.000000','2026-11-20 09:01:00.000000',75,2,'after-closing','required','2027-02-27 09:00:00.000000');
CREATE TABLE conflicts (
	id INTEGER NOT NULL, 
	response_id VARCHAR(36) NOT NULL, 
	attempt VARCHAR(36) NOT NULL, 
	item VARCHAR(80) NOT NULL, 
	seq INTEGER NOT NULL, 
	response TEXT NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	received DATETIME NOT NULL, 
	reason VARCHAR(40) NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(attempt) REFERENCES attempts (id)
);
INSERT INTO "conflicts" VALUES(1,'00000008-0000-4000-8000-000000000000','00000001-0000-4000-8000-000000000000','whose-goal',9,'"ours"','late','2026-11-20 09:20:00.000000','after-submission');
CREATE TABLE contents (
	version VARCHAR(16) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	activity VARCHAR(80) NOT NULL, 
	json TEXT NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "contents" VALUES('6874b353ec3d1d63','quiz','graded','{"format": 1, "kind": "quiz", "version": "6874b353ec3d1d63", "id": "graded", "lang": "en-GB", "title": "Graded", "purpose": "graded", "intro": null, "pass_mark": 80, "items": [{"id": "ask-or-tell", "type": "single-choice", "stem": "<p>What keeps a choice with the person?</p>", "points": 1, "options": [{"id": "ask", "text": "Asking what matters", "feedback": "<p>It leaves the choice.</p>"}, {"id": "tell", "text": "Telling what is best", "feedback": "<p>It takes the choice away.</p>"}], "weights": {"ask": 1}, "explanation": null, "basis": "theory", "evidence": [{"label": "Brehm 1966", "href": "book/references.html#ref-brehm1966", "kind": "source"}], "read": {"title": "Start", "href": "modules/first/start.html"}, "max": 1}, {"id": "whose-goal", "type": "single-choice", "stem": "<p>Whose goal comes first?</p>", "points": 1, "options": [{"id": "theirs", "text": "The person’s own goal", "feedback": "<p>It leaves the choice.</p>"}, {"id": "ours", "text": "The goal of the service", "feedback": "<p>It takes the choice away.</p>"}], "weights": {"theirs": 1}, "explanation": null, "basis": "theory", "evidence": [{"label": "Brehm 1966", "href": "book/references.html#ref-brehm1966", "kind": "source"}], "read": {"title": "Start", "href": "modules/first/start.html"}, "max": 1}]}');
INSERT INTO "contents" VALUES('dfae2d84e70e7626','scenario','story','{"format": 1, "kind": "scenario", "version": "dfae2d84e70e7626", "id": "story", "lang": "en-GB", "title": "Story", "summary": "<p>A short one.</p>", "role": "<p>You are a nurse.</p>", "minutes": 5, "content_note": null, "cast": [{"id": "glenys", "name": "Glenys Pugh", "about": null, "initials": "GP"}], "meters": [{"id": "trust", "label": "Trust", "start": 2, "min": 0, "max": 5, "words": []}], "start": "door", "nodes": {"door": {"kind": "decision", "title": null, "scene": "<p>A door opens.</p>", "lines": [{"who": "glenys", "says": "I’m managing."}], "ask": "What do you say?", "choices": [{"id": "ask", "text": "Ask her.", "support": "well", "points": 2, "effects": {"trust": 2}, "consequence": "<p>She smiles.</p>", "feedback": "<p>It leaves the choice.</p>", "basis": "theory", "evidence": [{"label": "Brehm 1966", "href": "book/references.html#ref-brehm1966", "kind": "source"}], "goto": [{"node": "inside", "when": [{"meter": "trust", "op": ">=", "value": 3}]}, {"node": "outside", "when": []}]}, {"id": "tell", "text": "Tell her.", "support": "poorly", "points": 0, "effects": {"trust": -1}, "consequence": "<p>She frowns.</p>", "feedback": "<p>It takes it away.</p>", "basis": "judgement", "evidence": [], "goto": [{"node": "outside", "when": []}]}]}, "inside": {"kind": "ending", "title": null, "scene": "<p>Tea.</p>", "lines": [], "ending": {"title": "Tea", "kind": "good"}, "debrief": "<p>It went well.</p>"}, "outside": {"kind": "ending", "title": null, "scene": "<p>Rain.</p>", "lines": [], "ending": {"title": "Rain", "kind": "poor"}, "debrief": "<p>It did not.</p>"}}, "best": [{"node": "door", "choice": "ask"}]}');
CREATE TABLE learners (
	id VARCHAR(40) NOT NULL, 
	cohort VARCHAR(20) NOT NULL, 
	joined DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(cohort) REFERENCES cohorts (code)
);
INSERT INTO "learners" VALUES('0000000000000000000001','SPRN-G234','2026-11-20 09:02:00.125000');
INSERT INTO "learners" VALUES('0000000000000000000002','SPRN-G234','2026-11-20 09:03:00.000000');
CREATE TABLE limits (
	"key" VARCHAR(64) NOT NULL, 
	started DATETIME NOT NULL, 
	count INTEGER NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE names (
	learner VARCHAR(40) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	PRIMARY KEY (learner), 
	FOREIGN KEY(learner) REFERENCES learners (id)
);
INSERT INTO "names" VALUES('0000000000000000000001','Siân Ŵyn');
INSERT INTO "names" VALUES('0000000000000000000002','=Huw');
CREATE TABLE participants (
	hash VARCHAR(64) NOT NULL, 
	room VARCHAR(12) NOT NULL, 
	joined DATETIME NOT NULL, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(room) REFERENCES rooms (code)
);
INSERT INTO "participants" VALUES('eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','BCD-FGH','2026-11-20 09:41:00.000000');
CREATE TABLE records (
	hash VARCHAR(64) NOT NULL, 
	learner VARCHAR(40) NOT NULL, 
	journal VARCHAR(36) NOT NULL, 
	entries TEXT NOT NULL, 
	imported DATETIME NOT NULL, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(learner) REFERENCES learners (id)
);
INSERT INTO "records" VALUES('ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff','0000000000000000000001','journal-1','["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"]','2026-11-20 09:30:00.000000');
CREATE TABLE responses (
	id VARCHAR(36) NOT NULL, 
	attempt VARCHAR(36) NOT NULL, 
	item VARCHAR(80) NOT NULL, 
	seq INTEGER NOT NULL, 
	response TEXT NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	received DATETIME NOT NULL, final BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(attempt) REFERENCES attempts (id)
);
INSERT INTO "responses" VALUES('00000002-0000-4000-8000-000000000000','00000001-0000-4000-8000-000000000000','ask-or-tell',0,'"tell"','2026-11-20T10:00:00+01:00','2026-11-20 09:05:00.000000',0);
INSERT INTO "responses" VALUES('00000003-0000-4000-8000-000000000000','00000001-0000-4000-8000-000000000000','ask-or-tell',1,'"ask"','2026-11-20T10:00:00+01:00','2026-11-20 09:05:01.007000',0);
INSERT INTO "responses" VALUES('00000004-0000-4000-8000-000000000000','00000001-0000-4000-8000-000000000000','whose-goal',2,'null','2026-11-20T10:00:00+01:00','2026-11-20 09:05:02.014000',0);
INSERT INTO "responses" VALUES('00000005-0000-4000-8000-000000000000','00000001-0000-4000-8000-000000000000','whose-goal',3,'"theirs"','2026-11-20T10:00:00+01:00','2026-11-20 09:05:03.021000',0);
INSERT INTO "responses" VALUES('00000007-0000-4000-8000-000000000000','00000006-0000-4000-8000-000000000000','ask-or-tell',0,'"tell"','2026-11-20T10:00:00+01:00','2026-11-20 09:06:00.000000',0);
CREATE TABLE rooms (
	code VARCHAR(12) NOT NULL, 
	owner VARCHAR(80) NOT NULL, 
	scenario VARCHAR(80) NOT NULL, 
	version VARCHAR(16) NOT NULL, 
	screen VARCHAR(64) NOT NULL, 
	created DATETIME NOT NULL, 
	rev INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	notes TEXT NOT NULL, 
	ended DATETIME, 
	PRIMARY KEY (code)
);
INSERT INTO "rooms" VALUES('BCD-FGH','dr-jones','story','dfae2d84e70e7626','screen-key','2026-11-20 09:40:00.000000',1,'{"steps": [], "phase": "vote", "ballot": 1, "ballots": [{"node": "door", "opened": "2026-11-20T09:41:00+00:00", "closed": null, "counts": null}], "chosen": [], "log": [], "timer": null, "paused": false}','Dim brys – 5 min',NULL);
CREATE TABLE sessions (
	hash VARCHAR(64) NOT NULL, 
	learner VARCHAR(40) NOT NULL, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(learner) REFERENCES learners (id)
);
INSERT INTO "sessions" VALUES('9e698b8c6037804ccbbe6c18e200ec6ffaaf278123e93c222a96eda8d4bc65b7','0000000000000000000001');
INSERT INTO "sessions" VALUES('ae99a22705e96d08b460b970bcb62b9349cc1f8983c974f56ddcc356da203fb1','0000000000000000000002');
CREATE TABLE settings (
	name VARCHAR(40) NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "settings" VALUES('salt','salt');
INSERT INTO "settings" VALUES('signing-key','1111111111111111111111111111111111111111111111111111111111111111');
CREATE TABLE tokens (
	hash VARCHAR(64) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (hash)
);
INSERT INTO "tokens" VALUES('bf80eb20c4be14e9fe7928522f0163a6181eae5a9339284d1904f81610a32df2','assessor','Mrs Prydderch','2026-11-20 09:00:00.000000');
CREATE TABLE votes (
	room VARCHAR(12) NOT NULL, 
	ballot INTEGER NOT NULL, 
	participant VARCHAR(64) NOT NULL, 
	choice VARCHAR(80) NOT NULL, 
	changes INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	PRIMARY KEY (room, ballot, participant), 
	FOREIGN KEY(room) REFERENCES rooms (code)
);
INSERT INTO "votes" VALUES('BCD-FGH',1,'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee','tell',1,'2026-11-20 09:42:00.500000');
CREATE INDEX ix_learners_cohort ON learners (cohort);
CREATE INDEX ix_attempts_learner ON attempts (learner);
CREATE INDEX ix_responses_attempt ON responses (attempt);
CREATE INDEX ix_sessions_learner ON sessions (learner);
CREATE INDEX ix_conflicts_attempt ON conflicts (attempt);
CREATE INDEX ix_records_learner ON records (learner);
CREATE INDEX ix_records_journal ON records (journal);
CREATE INDEX ix_rooms_owner ON rooms (owner);
CREATE INDEX ix_participants_room ON participants (room);
COMMIT;
