BEGIN TRANSACTION;
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
	steps TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(learner) REFERENCES learners (id)
);
INSERT INTO "attempts" VALUES('11111111-1111-4111-8111-111111111111','DsNwcm307BsY25vT9QpomN','human-behaviour','quiz','0123456789abcdef','["one", "two"]','2026-11-01 00:00:00.000000','2026-11-01 00:00:00.000000',1.0,2.0,0,'[]');
CREATE TABLE cohorts (
	code VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	modules TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	closes DATETIME, 
	PRIMARY KEY (code)
);
INSERT INTO "cohorts" VALUES('2ASS-6HCF','Spring','["human-behaviour"]','2026-11-01 00:00:00.000000',NULL);
CREATE TABLE contents (
	version VARCHAR(16) NOT NULL, 
	kind VARCHAR(20) NOT NULL, 
	activity VARCHAR(80) NOT NULL, 
	json TEXT NOT NULL, 
	PRIMARY KEY (version)
);
CREATE TABLE learners (
	id VARCHAR(40) NOT NULL, 
	cohort VARCHAR(20) NOT NULL, 
	joined DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(cohort) REFERENCES cohorts (code)
);
INSERT INTO "learners" VALUES('DsNwcm307BsY25vT9QpomN','2ASS-6HCF','2026-11-01 00:00:00.000000');
CREATE TABLE migrations (
	name VARCHAR(80) NOT NULL, 
	applied DATETIME NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "migrations" VALUES('0001-first','2026-11-24 00:25:52.040557');
CREATE TABLE names (
	learner VARCHAR(40) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	PRIMARY KEY (learner), 
	FOREIGN KEY(learner) REFERENCES learners (id)
);
INSERT INTO "names" VALUES('DsNwcm307BsY25vT9QpomN','Mair');
CREATE TABLE responses (
	id VARCHAR(36) NOT NULL, 
	attempt VARCHAR(36) NOT NULL, 
	item VARCHAR(80) NOT NULL, 
	seq INTEGER NOT NULL, 
	response TEXT NOT NULL, 
	at VARCHAR(40) NOT NULL, 
	received DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(attempt) REFERENCES attempts (id)
);
INSERT INTO "responses" VALUES('22222222-2222-4222-8222-222222222222','11111111-1111-4111-8111-111111111111','one',1,'["a", "b"]','','2026-11-01 00:00:00.000000');
CREATE TABLE sessions (
	hash VARCHAR(64) NOT NULL, 
	learner VARCHAR(40) NOT NULL, 
	PRIMARY KEY (hash), 
	FOREIGN KEY(learner) REFERENCES learners (id)
);
INSERT INTO "sessions" VALUES('bad4a99ac4b9d091ab699198844c08fd65e395c17e9cac1ca2dc0dc1f47ff794','DsNwcm307BsY25vT9QpomN');
CREATE TABLE tokens (
	hash VARCHAR(64) NOT NULL, 
	role VARCHAR(20) NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (hash)
);
CREATE INDEX ix_learners_cohort ON learners (cohort);
CREATE INDEX ix_attempts_learner ON attempts (learner);
CREATE INDEX ix_responses_attempt ON responses (attempt);
COMMIT;
