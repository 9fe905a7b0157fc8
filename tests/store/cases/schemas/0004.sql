CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE pace (
	"key" VARCHAR NOT NULL, 
	next_at DATETIME NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE source (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	host VARCHAR NOT NULL, 
	active BOOLEAN NOT NULL, 
	due DATETIME NOT NULL, 
	lease_until DATETIME, 
	etag VARCHAR, 
	last_modified VARCHAR, 
	body_hash VARCHAR, 
	failures INTEGER NOT NULL, 
	outcome VARCHAR, 
	error VARCHAR, 
	error_kind VARCHAR, 
	title VARCHAR, 
	language VARCHAR, 
	notes JSON NOT NULL, 
	entries INTEGER NOT NULL, 
	first_poll DATETIME, 
	last_poll DATETIME, 
	last_ok DATETIME, 
	last_new DATETIME, address VARCHAR, polite VARCHAR DEFAULT '' NOT NULL, whole DATETIME, passing INTEGER DEFAULT '0' NOT NULL, soft INTEGER DEFAULT '0' NOT NULL, hard INTEGER DEFAULT '0' NOT NULL, walls INTEGER DEFAULT '0' NOT NULL, health VARCHAR DEFAULT 'new' NOT NULL, health_since DATETIME, moved_to VARCHAR, moved_since DATETIME, moved_seen INTEGER DEFAULT '0' NOT NULL, interval FLOAT, arrivals JSON DEFAULT '[]' NOT NULL, planned DATETIME, identity VARCHAR, trail JSON DEFAULT '[]' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE text (
	article_id INTEGER NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (article_id), 
	FOREIGN KEY(article_id) REFERENCES article (id)
);
CREATE TABLE decision (
	id INTEGER NOT NULL, 
	hit_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(hit_id) REFERENCES hit (id)
);
CREATE TABLE delivery (
	id INTEGER NOT NULL, 
	hit_id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	alert VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	created DATETIME NOT NULL, 
	due DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	lease_until DATETIME, 
	attempts INTEGER NOT NULL, 
	unknown INTEGER NOT NULL, 
	sent DATETIME, 
	error VARCHAR, batch VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT state_known CHECK (state IN ('pending', 'sending', 'failed', 'sent', 'expired', 'dead', 'suppressed')), 
	FOREIGN KEY(article_id) REFERENCES article (id), 
	FOREIGN KEY(hit_id) REFERENCES hit (id), 
	UNIQUE (article_id, alert)
);
CREATE TABLE attempt (
	id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	ended DATETIME NOT NULL, 
	outcome VARCHAR NOT NULL, 
	error VARCHAR, 
	PRIMARY KEY (id), 
	FOREIGN KEY(delivery_id) REFERENCES delivery (id)
);
CREATE TABLE "hit" (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	topic VARCHAR NOT NULL, 
	grade VARCHAR NOT NULL, 
	score FLOAT NOT NULL, 
	terms JSON NOT NULL, 
	why JSON NOT NULL, 
	found DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	note VARCHAR NOT NULL, 
	search VARCHAR NOT NULL, 
	withdrawn BOOLEAN DEFAULT 0 NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT state_known CHECK (state IN ('new', 'relevant', 'irrelevant', 'starred')), 
	UNIQUE (article_id, topic), 
	FOREIGN KEY(article_id) REFERENCES article (id)
);
CREATE TABLE "article" (
	id INTEGER NOT NULL, 
	url_key VARCHAR NOT NULL, 
	url VARCHAR, 
	host VARCHAR, 
	source_id INTEGER NOT NULL, 
	title VARCHAR NOT NULL, 
	feed_text VARCHAR NOT NULL, 
	author VARCHAR, 
	published DATETIME, 
	language VARCHAR, 
	found DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	due DATETIME NOT NULL, 
	lease_until DATETIME, 
	attempts INTEGER NOT NULL, 
	read_at DATETIME, 
	extraction VARCHAR, 
	canonical_url VARCHAR, 
	error VARCHAR, 
	verdicts JSON NOT NULL, 
	notes JSON NOT NULL, 
	near VARCHAR, 
	page_url VARCHAR, 
	heading VARCHAR, 
	polite VARCHAR, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	edited DATETIME, 
	blocked VARCHAR, outlet VARCHAR, 
	PRIMARY KEY (id), 
	CONSTRAINT state_known CHECK (state IN ('pending', 'again', 'done')), 
	UNIQUE (url_key), 
	FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE TABLE gap (
	id INTEGER NOT NULL, 
	source_id INTEGER NOT NULL, 
	noticed DATETIME NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME NOT NULL, 
	state VARCHAR NOT NULL, 
	steps INTEGER NOT NULL, 
	read_back INTEGER NOT NULL, 
	words VARCHAR NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT state_known CHECK (state IN ('reading', 'closed', 'open')), 
	FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	subject VARCHAR NOT NULL, 
	was VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	words VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE revision (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	until DATETIME NOT NULL, 
	title VARCHAR NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(article_id) REFERENCES article (id), 
	UNIQUE (article_id, number)
);
CREATE TABLE "sighting" (
	source_id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	article_id INTEGER NOT NULL, 
	guid VARCHAR, 
	title VARCHAR NOT NULL, 
	published DATETIME, 
	seen DATETIME NOT NULL, 
	fingerprint VARCHAR, 
	letters VARCHAR, 
	control BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (source_id, "key"), 
	FOREIGN KEY(article_id) REFERENCES article (id), 
	FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE TABLE coverage (
	article_id INTEGER NOT NULL, 
	seen DATETIME NOT NULL, 
	caught VARCHAR NOT NULL, 
	ours INTEGER, 
	came DATETIME, 
	twin INTEGER, 
	ruled DATETIME NOT NULL, 
	PRIMARY KEY (article_id), 
	CONSTRAINT caught_known CHECK (caught IN ('found', 'later', 'missed')), 
	FOREIGN KEY(article_id) REFERENCES article (id), 
	FOREIGN KEY(ours) REFERENCES article (id), 
	FOREIGN KEY(twin) REFERENCES article (id)
);
CREATE INDEX ix_source_due ON source (due);
CREATE INDEX ix_decision_hit_id ON decision (hit_id);
CREATE INDEX delivery_queue ON delivery (state, due);
CREATE INDEX ix_delivery_hit_id ON delivery (hit_id);
CREATE INDEX ix_attempt_delivery_id ON attempt (delivery_id);
CREATE INDEX ix_hit_found ON hit (found);
CREATE INDEX ix_hit_topic ON hit (topic);
CREATE INDEX article_near ON article (near, found);
CREATE INDEX article_queue ON article (state, due);
CREATE INDEX ix_article_source_id ON article (source_id);
CREATE INDEX article_leased ON article (polite) WHERE lease_until IS NOT NULL;
CREATE INDEX ix_gap_source_id ON gap (source_id);
CREATE INDEX ix_notice_at ON notice (at);
CREATE INDEX ix_revision_article_id ON revision (article_id);
CREATE INDEX ix_sighting_article_id ON sighting (article_id);
CREATE INDEX sighting_fingerprint ON sighting (source_id, fingerprint);
CREATE INDEX ix_coverage_seen ON coverage (seen);
INSERT INTO alembic_version VALUES ('0004');
INSERT INTO source ("id", "name", "url", "kind", "host", "active", "due", "failures", "notes", "entries", "health") VALUES (1, 'Courier', 'https://courier.example/feed', 'feed', 'courier.example', 1, '2026-02-12 09:30:00.000000', 0, '[]', 5, 'ok');
INSERT INTO source ("id", "name", "url", "kind", "host", "active", "due", "failures", "notes", "entries", "health", "language") VALUES (2, 'Вісник', 'https://visnyk.example/rss', 'feed', 'visnyk.example', 1, '2026-02-12 09:30:00.000000', 0, '[]', 5, 'ok', 'uk');
INSERT INTO article ("id", "url_key", "source_id", "title", "feed_text", "found", "state", "due", "attempts", "verdicts", "notes", "read_at", "language", "url") VALUES (1, 'https://visnyk.example/1', 2, 'Контактна група з оборони України зібралася в Рамштайні', 'A summary.', '2026-02-12 09:30:00.000000', 'done', '2026-02-12 09:30:00.000000', 0, '[{"topic": "ramstein", "hit": true, "grade": "certain", "score": 10, "terms": [], "why": ["named: +10"]}]', '[]', '2026-02-12 09:30:00.000000', 'uk', 'https://visnyk.example/1');
INSERT INTO article ("id", "url_key", "source_id", "title", "feed_text", "found", "state", "due", "attempts", "verdicts", "notes", "read_at", "url") VALUES (2, 'https://courier.example/2', 1, 'Rain until Sunday', 'A summary.', '2026-02-12 09:30:00.000000', 'done', '2026-02-12 09:30:00.000000', 0, '[]', '[]', '2026-02-12 09:30:00.000000', 'https://courier.example/2');
INSERT INTO article ("id", "url_key", "source_id", "title", "feed_text", "found", "state", "due", "attempts", "verdicts", "notes", "read_at", "url") VALUES (3, 'https://courier.example/3', 1, 'Not read yet', 'A summary.', '2026-02-12 09:30:00.000000', 'pending', '2026-02-12 09:30:00.000000', 0, '[]', '[]', '2026-02-12 09:30:00.000000', 'https://courier.example/3');
INSERT INTO article ("id", "url_key", "source_id", "title", "feed_text", "found", "state", "due", "attempts", "verdicts", "notes", "read_at", "near", "url") VALUES (4, 'entry:4', 1, 'A live page', 'A summary.', '2026-02-12 09:30:00.000000', 'done', '2026-02-12 09:30:00.000000', 0, '[]', '[]', '2026-02-12 09:30:00.000000', 'score 2', 'https://courier.example/4');
INSERT INTO article ("id", "url_key", "source_id", "title", "feed_text", "found", "state", "due", "attempts", "verdicts", "notes", "read_at", "url") VALUES (5, 'https://courier.example/5', 1, 'A second report', 'A summary.', '2026-02-12 09:30:00.000000', 'done', '2026-02-12 09:30:00.000000', 0, '[{"topic": "ramstein", "hit": true, "grade": "certain", "score": 10, "terms": [], "why": ["named: +10"]}]', '[]', '2026-02-12 09:30:00.000000', 'https://courier.example/5');
INSERT INTO sighting ("source_id", "key", "article_id", "title", "seen") VALUES (2, 'guid-1', 1, 'As the feed had it', '2026-02-12 09:30:00.000000');
INSERT INTO sighting ("source_id", "key", "article_id", "title", "seen") VALUES (1, 'guid-2', 2, 'As the feed had it', '2026-02-12 09:30:00.000000');
INSERT INTO sighting ("source_id", "key", "article_id", "title", "seen") VALUES (1, 'guid-3', 3, 'As the feed had it', '2026-02-12 09:30:00.000000');
INSERT INTO sighting ("source_id", "key", "article_id", "title", "seen") VALUES (1, 'guid-4', 4, 'As the feed had it', '2026-02-12 09:30:00.000000');
INSERT INTO sighting ("source_id", "key", "article_id", "title", "seen") VALUES (1, 'guid-5', 5, 'As the feed had it', '2026-02-12 09:30:00.000000');
INSERT INTO sighting ("source_id", "key", "article_id", "title", "seen") VALUES (1, 'guid-1', 1, 'As the feed had it', '2026-02-12 09:30:00.000000');
INSERT INTO text ("article_id", "body") VALUES (1, X'78DA2D8DD10980400C4357E904CEA82EE08F9C200EA1A25038BD5B21D9C854FD28B4798F140B136E2676ECD9C20D070A2ECD0E47860B0C862A560C77E44CC6EE053D4EA9FE639D8EFA1951C6217C4EA668D32245C1FB2147E7AC8E516FD6E60143A15C28');
INSERT INTO text ("article_id", "body") VALUES (2, X'78DA2D8DD10980400C4357E904CEA82EE08F9C200EA1A25038BD5B21D9C854FD28B4798F140B136E2676ECD9C20D070A2ECD0E47860B0C862A560C77E44CC6EE053D4EA9FE639D8EFA1951C6217C4EA668D32245C1FB2147E7AC8E516FD6E60143A15C28');
INSERT INTO text ("article_id", "body") VALUES (5, X'78DA2D8DD10980400C4357E904CEA82EE08F9C200EA1A25038BD5B21D9C854FD28B4798F140B136E2676ECD9C20D070A2ECD0E47860B0C862A560C77E44CC6EE053D4EA9FE639D8EFA1951C6217C4EA668D32245C1FB2147E7AC8E516FD6E60143A15C28');
INSERT INTO hit ("id", "article_id", "topic", "grade", "score", "terms", "why", "found", "state", "note", "search", "revision") VALUES (1, 1, 'ramstein', 'certain', 10.0, '[]', '["named: +10"]', '2026-02-12 09:30:00.000000', 'new', '', 'контактна група з оборони україни зібралася в рамштайні
міністри домовилися про нові системи протиповітряної оборони для києва.', 1);
INSERT INTO hit ("id", "article_id", "topic", "grade", "score", "terms", "why", "found", "state", "note", "search", "revision") VALUES (2, 5, 'ramstein', 'certain', 10.0, '[]', '["named: +10"]', '2026-02-12 09:30:00.000000', 'starred', '', 'контактна група з оборони україни зібралася в рамштайні
міністри домовилися про нові системи протиповітряної оборони для києва.', 1);
INSERT INTO decision ("id", "hit_id", "at", "state", "note") VALUES (1, 2, '2026-02-12 09:30:00.000000', 'starred', 'for the weekly');
INSERT INTO notice ("id", "at", "subject", "was", "state", "words") VALUES (1, '2026-02-12 09:30:00.000000', 'Courier', 'ok', 'failing', 'http 503');
INSERT INTO delivery ("id", "hit_id", "article_id", "alert", "key", "state", "created", "due", "expires", "attempts", "unknown", "sent") VALUES (1, 1, 1, 'mail', 'k1', 'sent', '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', '2026-02-19 09:30:00.000000', 0, 0, '2026-02-12 09:30:00.000000');
INSERT INTO delivery ("id", "hit_id", "article_id", "alert", "key", "state", "created", "due", "expires", "attempts", "unknown") VALUES (2, 2, 5, 'mail', 'k2', 'failed', '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', '2026-02-19 09:30:00.000000', 1, 0);
INSERT INTO attempt ("id", "delivery_id", "ended", "outcome") VALUES (1, 1, '2026-02-12 09:30:00.000000', 'sent');
INSERT INTO attempt ("id", "delivery_id", "ended", "outcome", "error") VALUES (2, 2, '2026-02-12 09:30:00.000000', 'failed', '451 later');
INSERT INTO pace ("key", "next_at") VALUES ('host:courier.example', '2026-02-12 09:30:00.000000');
INSERT INTO gap ("id", "source_id", "noticed", "since", "until", "state", "steps", "read_back", "words") VALUES (1, 1, '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', 'closed', 0, 0, '');
INSERT INTO revision ("id", "article_id", "number", "until", "title", "body") VALUES (1, 1, 1, '2026-02-12 09:30:00.000000', 'Контактна група', X'78DA2D8DD10980400C4357E904CEA82EE08F9C200EA1A25038BD5B21D9C854FD28B4798F140B136E2676ECD9C20D070A2ECD0E47860B0C862A560C77E44CC6EE053D4EA9FE639D8EFA1951C6217C4EA668D32245C1FB2147E7AC8E516FD6E60143A15C28');
INSERT INTO coverage ("article_id", "seen", "caught", "ruled", "ours") VALUES (1, '2026-02-12 09:30:00.000000', 'found', '2026-02-12 09:30:00.000000', 1);
