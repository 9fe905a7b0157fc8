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
	last_new DATETIME, address VARCHAR, polite VARCHAR DEFAULT '' NOT NULL, whole DATETIME, passing INTEGER DEFAULT '0' NOT NULL, soft INTEGER DEFAULT '0' NOT NULL, hard INTEGER DEFAULT '0' NOT NULL, walls INTEGER DEFAULT '0' NOT NULL, health VARCHAR DEFAULT 'new' NOT NULL, health_since DATETIME, moved_to VARCHAR, moved_since DATETIME, moved_seen INTEGER DEFAULT '0' NOT NULL, interval FLOAT, arrivals JSON DEFAULT '[]' NOT NULL, planned DATETIME, identity VARCHAR, trail JSON DEFAULT '[]' NOT NULL, country VARCHAR, paused DATETIME, paused_by VARCHAR DEFAULT '' NOT NULL, articles INTEGER DEFAULT '0' NOT NULL, 
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
	note VARCHAR NOT NULL, who VARCHAR DEFAULT '' NOT NULL, tags JSON DEFAULT '[]' NOT NULL, undoes INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(hit_id) REFERENCES hit (id)
);
CREATE TABLE attempt (
	id INTEGER NOT NULL, 
	delivery_id INTEGER NOT NULL, 
	ended DATETIME NOT NULL, 
	outcome VARCHAR NOT NULL, 
	error VARCHAR, alert VARCHAR DEFAULT '' NOT NULL, message VARCHAR DEFAULT '' NOT NULL, 
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
	withdrawn BOOLEAN DEFAULT 0 NOT NULL, revision INTEGER DEFAULT '1' NOT NULL, source_id INTEGER REFERENCES source (id), story_id INTEGER REFERENCES story (id), language VARCHAR, country VARCHAR, 
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
	FOREIGN KEY(source_id) REFERENCES source (id), 
	UNIQUE (url_key)
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
CREATE TABLE story (
	id INTEGER NOT NULL, 
	opened DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE print (
	article_id INTEGER NOT NULL, 
	story_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	language VARCHAR, 
	title VARCHAR NOT NULL, 
	length INTEGER NOT NULL, 
	signature BLOB NOT NULL, 
	marks JSON NOT NULL, 
	how VARCHAR NOT NULL, 
	score FLOAT NOT NULL, 
	why VARCHAR NOT NULL, 
	PRIMARY KEY (article_id), 
	FOREIGN KEY(article_id) REFERENCES article (id), 
	FOREIGN KEY(story_id) REFERENCES story (id)
);
CREATE TABLE suggestion (
	id INTEGER NOT NULL, 
	article_id INTEGER NOT NULL, 
	story_id INTEGER NOT NULL, 
	score FLOAT NOT NULL, 
	why VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	decided DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT state_known CHECK (state IN ('open', 'merged', 'rejected')), 
	FOREIGN KEY(article_id) REFERENCES article (id), 
	FOREIGN KEY(story_id) REFERENCES story (id), 
	UNIQUE (article_id, story_id)
);
CREATE TABLE "notice" (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	subject VARCHAR NOT NULL, 
	was VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	words VARCHAR NOT NULL, 
	kind VARCHAR DEFAULT 'source' NOT NULL, 
	topic VARCHAR, 
	language VARCHAR, 
	told BOOLEAN DEFAULT 0 NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE "delivery" (
	id INTEGER NOT NULL, 
	hit_id INTEGER, 
	article_id INTEGER, 
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
	error VARCHAR, 
	batch VARCHAR, 
	notice_id INTEGER, 
	story_id INTEGER, 
	held VARCHAR, 
	is_update BOOLEAN DEFAULT 0 NOT NULL, 
	urgent BOOLEAN DEFAULT 0 NOT NULL, 
	alone BOOLEAN DEFAULT 0 NOT NULL, 
	put_off BOOLEAN DEFAULT 0 NOT NULL, 
	refused BOOLEAN DEFAULT 0 NOT NULL, 
	wakes INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT delivery_notice FOREIGN KEY(notice_id) REFERENCES notice (id), 
	CONSTRAINT delivery_story FOREIGN KEY(story_id) REFERENCES story (id), 
	CONSTRAINT delivery_notice_once UNIQUE (notice_id, alert), 
	CONSTRAINT state_known CHECK (state IN ('pending', 'held', 'sending', 'failed', 'sent', 'expired', 'dead', 'suppressed', 'cancelled')), 
	FOREIGN KEY(article_id) REFERENCES article (id), 
	FOREIGN KEY(hit_id) REFERENCES hit (id), 
	UNIQUE (article_id, alert)
);
CREATE TABLE channel (
	alert VARCHAR NOT NULL, 
	address VARCHAR NOT NULL, 
	health VARCHAR NOT NULL, 
	since DATETIME, 
	failures INTEGER NOT NULL, 
	next_at DATETIME, 
	lease_until DATETIME, 
	recent JSON NOT NULL, 
	error VARCHAR, 
	told BOOLEAN NOT NULL, 
	PRIMARY KEY (alert), 
	CONSTRAINT health_known CHECK (health IN ('ok', 'failing', 'refused'))
);
CREATE TABLE hit_text (
	hit_id INTEGER NOT NULL, 
	folded VARCHAR NOT NULL, 
	PRIMARY KEY (hit_id), 
	FOREIGN KEY(hit_id) REFERENCES hit (id)
);
CREATE TABLE hit_tag (
	hit_id INTEGER NOT NULL, 
	tag VARCHAR NOT NULL, 
	PRIMARY KEY (hit_id, tag), 
	FOREIGN KEY(hit_id) REFERENCES hit (id)
);
CREATE TABLE saved_filter (
	id INTEGER NOT NULL, 
	name VARCHAR NOT NULL, 
	"query" VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
CREATE TABLE login (
	"key" VARCHAR NOT NULL, 
	who VARCHAR NOT NULL, 
	proof VARCHAR NOT NULL, 
	created DATETIME NOT NULL, 
	expires DATETIME NOT NULL, 
	PRIMARY KEY ("key")
);
CREATE TABLE source_day (
	source_id INTEGER NOT NULL, 
	day VARCHAR NOT NULL, 
	entries INTEGER NOT NULL, 
	hits INTEGER NOT NULL, 
	PRIMARY KEY (source_id, day), 
	FOREIGN KEY(source_id) REFERENCES source (id)
);
CREATE VIRTUAL TABLE hit_search USING fts5(runs, content='', detail=none, columnsize=0, tokenize='ascii');
CREATE INDEX ix_source_due ON source (due);
CREATE INDEX ix_decision_hit_id ON decision (hit_id);
CREATE INDEX ix_attempt_delivery_id ON attempt (delivery_id);
CREATE INDEX ix_article_source_id ON article (source_id);
CREATE INDEX ix_gap_source_id ON gap (source_id);
CREATE INDEX ix_revision_article_id ON revision (article_id);
CREATE INDEX ix_sighting_article_id ON sighting (article_id);
CREATE INDEX sighting_fingerprint ON sighting (source_id, fingerprint);
CREATE INDEX ix_coverage_seen ON coverage (seen);
CREATE INDEX ix_print_story_id ON print (story_id);
CREATE INDEX ix_print_at ON print (at);
CREATE INDEX ix_suggestion_article_id ON suggestion (article_id);
CREATE INDEX ix_suggestion_story_id ON suggestion (story_id);
CREATE INDEX ix_notice_at ON notice (at);
CREATE INDEX ix_notice_told ON notice (told);
CREATE INDEX delivery_queue ON delivery (state, due);
CREATE INDEX ix_delivery_hit_id ON delivery (hit_id);
CREATE INDEX delivery_of_alert ON delivery (alert, state);
CREATE INDEX delivery_of_story ON delivery (story_id, alert);
CREATE INDEX attempt_of_alert ON attempt (alert, ended);
CREATE INDEX ix_channel_address ON channel (address);
CREATE INDEX ix_hit_tag_tag ON hit_tag (tag);
CREATE INDEX ix_login_expires ON login (expires);
CREATE INDEX hit_listed ON hit (found, id, topic, grade, language, source_id, country, state, withdrawn, story_id);
CREATE INDEX hit_of_story ON hit (story_id, found, id, topic, grade, language, source_id, country, state, withdrawn, article_id);
CREATE INDEX hit_of_source ON hit (source_id, found, id, withdrawn);
CREATE INDEX hit_kind ON hit (language, topic, source_id, withdrawn);
CREATE INDEX article_near ON article (found, id, language, source_id) WHERE near IS NOT NULL;
CREATE INDEX article_canonical ON article (canonical_url) WHERE canonical_url IS NOT NULL;
CREATE INDEX article_on_page ON article (url) WHERE url_key >= 'entry:' AND url_key < 'entry;';
CREATE INDEX sighting_of_nets ON sighting (source_id, article_id, seen, control) WHERE control IS 1;
CREATE INDEX ix_decision_at ON decision (at);
CREATE INDEX delivery_sent ON delivery (sent);
CREATE INDEX delivery_in_state ON delivery (state, id);
CREATE INDEX delivery_on_alert ON delivery (alert, id);
CREATE INDEX delivery_last ON delivery (alert, sent);
CREATE INDEX suggestion_open ON suggestion (state, score);
CREATE INDEX source_leased ON source (polite) WHERE lease_until IS NOT NULL;
CREATE INDEX article_waiting ON article (due, id, polite, lease_until, source_id, state) WHERE state IN ('pending', 'again');
CREATE INDEX article_done ON article (due, id) WHERE state = 'done';
CREATE INDEX article_leased ON article (polite, lease_until) WHERE lease_until IS NOT NULL;
INSERT INTO alembic_version VALUES ('0008');
INSERT INTO source ("id", "name", "url", "kind", "host", "active", "due", "failures", "notes", "entries", "health") VALUES (1, 'Courier', 'https://courier.example/feed', 'feed', 'courier.example', 1, '2026-02-12 09:30:00.000000', 0, '[]', 5, 'ok');
INSERT INTO source ("id", "name", "url", "kind", "host", "active", "due", "failures", "notes", "entries", "health", "country", "language") VALUES (2, 'Вісник', 'https://visnyk.example/rss', 'feed', 'visnyk.example', 1, '2026-02-12 09:30:00.000000', 0, '[]', 5, 'ok', 'UA', 'uk');
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
INSERT INTO story ("id", "opened") VALUES (3, '2026-02-12 09:30:00.000000');
INSERT INTO print ("article_id", "story_id", "at", "title", "length", "signature", "marks", "how", "score", "why") VALUES (1, 3, '2026-02-12 09:30:00.000000', 'Контактна група з оборони України зібралася в Рамштайні', 0, X'', '[]', '', 0.0, '');
INSERT INTO print ("article_id", "story_id", "at", "title", "length", "signature", "marks", "how", "score", "why") VALUES (5, 3, '2026-02-12 09:30:00.000000', 'A second report', 0, X'', '[]', 'copy', 0.0, '');
INSERT INTO hit ("id", "article_id", "topic", "grade", "score", "terms", "why", "found", "state", "note", "revision", "source_id", "story_id", "language", "country") VALUES (1, 1, 'ramstein', 'certain', 10.0, '[]', '["named: +10"]', '2026-02-12 09:30:00.000000', 'new', '', 1, 2, 3, 'uk', 'UA');
INSERT INTO hit ("id", "article_id", "topic", "grade", "score", "terms", "why", "found", "state", "note", "revision", "source_id", "story_id", "language") VALUES (2, 5, 'ramstein', 'certain', 10.0, '[]', '["named: +10"]', '2026-02-12 09:30:00.000000', 'starred', '', 1, 1, 3, NULL);
INSERT INTO hit_text ("hit_id", "folded") VALUES (1, 'контактна група з оборони украіни зібралася в рамштаині міністри домовилися про нові системи протиповітряноі оборони для києва.');
INSERT INTO hit_search ("rowid", "runs") VALUES (1, '0043d0043000000 004560044200440 004400043e0043d 00440004300043b 004380000000000 004480044200430 00442004300043a 004560000000000 s00000004320044000430 0043d0045600000 s0043d004560043c00456 00442004400044f 004380043f0043e 004370000000000 0043d0044200430 00438004410044f 00442004350043c 00440004430043f 00430004380043d 0043c0044800442 004320045600442 00440004300043c 004310043e00440 0043a0044000430 0043f0043e00432 004320045600000 s0043d00438004430043a 004300002e00000 004560044100442 004430043f00430 004330044000443 s0043b0044f0043a00438 s0043c004380043f00440 004560043d00456 s0043f004300043700000 00432004300002e 0043b0043800441 s00432004560044100438 0044f0043d0043e 004380043d00456 004540043200430 00430004410044f 004310044000430 0043e0043200456 0043e0043200438 004350043c00438 0043c0043800000 004410044200435 0043e0000000000 s004400043e0043d0043e s0043d004380043700456 00432004380043b 004420043000438 0043d0043e00456 004300043b00430 0043d0045600441 0043c0043e00432 s00000004370043e00431 0043e0043c0043e 0043c004560043d 0043e0043d00438 004320000000000 004420044000438 004370045600431 004400043e00000 0043f004400043e 0043e0044200438 004300043a00442 0043e004400043e 004400043e00442 004410044f00000 s0043d004300043300440 004560043100440 004410044200440 0043b0043000441 0043a0043800454 s0044000438004340043e 004340043b0044f 004300043c00448 0043e0043d00442 00442004380043f 0043a004420043d 0002e0000000000 004380043b00438 004420043d00430 0043a0043e0043d 004400043800000 004300000000000 s004410044f0043f00440 s0043e004560043e00431 0043b0044f00000 004400043000456 004380044100442 0043d0043800000 s0043d00438004340043b 004430043a00440 0044f0000000000 00430004560043d 004380045400432 0043e0045600000 0043d0043e00432 004560043d00438 004400044f0043d 0043e004310043e s004410044f0043200000 004410043800441 0043f0043000000 004340043e0043c');
INSERT INTO hit_text ("hit_id", "folded") VALUES (2, 'контактна група з оборони украіни зібралася в рамштаині міністри домовилися про нові системи протиповітряноі оборони для києва.');
INSERT INTO hit_search ("rowid", "runs") VALUES (2, '0043d0043000000 004560044200440 004400043e0043d 00440004300043b 004380000000000 004480044200430 00442004300043a 004560000000000 s00000004320044000430 0043d0045600000 s0043d004560043c00456 00442004400044f 004380043f0043e 004370000000000 0043d0044200430 00438004410044f 00442004350043c 00440004430043f 00430004380043d 0043c0044800442 004320045600442 00440004300043c 004310043e00440 0043a0044000430 0043f0043e00432 004320045600000 s0043d00438004430043a 004300002e00000 004560044100442 004430043f00430 004330044000443 s0043b0044f0043a00438 s0043c004380043f00440 004560043d00456 s0043f004300043700000 00432004300002e 0043b0043800441 s00432004560044100438 0044f0043d0043e 004380043d00456 004540043200430 00430004410044f 004310044000430 0043e0043200456 0043e0043200438 004350043c00438 0043c0043800000 004410044200435 0043e0000000000 s004400043e0043d0043e s0043d004380043700456 00432004380043b 004420043000438 0043d0043e00456 004300043b00430 0043d0045600441 0043c0043e00432 s00000004370043e00431 0043e0043c0043e 0043c004560043d 0043e0043d00438 004320000000000 004420044000438 004370045600431 004400043e00000 0043f004400043e 0043e0044200438 004300043a00442 0043e004400043e 004400043e00442 004410044f00000 s0043d004300043300440 004560043100440 004410044200440 0043b0043000441 0043a0043800454 s0044000438004340043e 004340043b0044f 004300043c00448 0043e0043d00442 00442004380043f 0043a004420043d 0002e0000000000 004380043b00438 004420043d00430 0043a0043e0043d 004400043800000 004300000000000 s004410044f0043f00440 s0043e004560043e00431 0043b0044f00000 004400043000456 004380044100442 0043d0043800000 s0043d00438004340043b 004430043a00440 0044f0000000000 00430004560043d 004380045400432 0043e0045600000 0043d0043e00432 004560043d00438 004400044f0043d 0043e004310043e s004410044f0043200000 004410043800441 0043f0043000000 004340043e0043c');
INSERT INTO hit_tag ("hit_id", "tag") VALUES (2, 'air defence');
INSERT INTO decision ("id", "hit_id", "at", "state", "note") VALUES (1, 2, '2026-02-12 09:30:00.000000', 'starred', 'for the weekly');
INSERT INTO notice ("id", "at", "subject", "was", "state", "words", "kind") VALUES (1, '2026-02-12 09:30:00.000000', 'Courier', 'ok', 'failing', 'http 503', 'source');
INSERT INTO delivery ("id", "alert", "key", "state", "created", "due", "expires", "attempts", "unknown", "hit_id", "article_id", "sent") VALUES (1, 'mail', 'k1', 'sent', '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', '2026-02-19 09:30:00.000000', 0, 0, 1, 1, '2026-02-12 09:30:00.000000');
INSERT INTO delivery ("id", "alert", "key", "state", "created", "due", "expires", "attempts", "unknown", "hit_id", "article_id") VALUES (2, 'mail', 'k2', 'failed', '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', '2026-02-19 09:30:00.000000', 1, 0, 2, 5);
INSERT INTO attempt ("id", "delivery_id", "ended", "outcome", "alert", "message") VALUES (1, 1, '2026-02-12 09:30:00.000000', 'sent', 'mail', 'k1');
INSERT INTO attempt ("id", "delivery_id", "ended", "outcome", "error") VALUES (2, 2, '2026-02-12 09:30:00.000000', 'failed', '451 later');
INSERT INTO channel ("alert", "address", "health", "failures", "recent", "told") VALUES ('mail', 'mail', 'ok', 0, '[]', 0);
INSERT INTO pace ("key", "next_at") VALUES ('host:courier.example', '2026-02-12 09:30:00.000000');
INSERT INTO gap ("id", "source_id", "noticed", "since", "until", "state", "steps", "read_back", "words") VALUES (1, 1, '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000', 'closed', 0, 0, '');
INSERT INTO revision ("id", "article_id", "number", "until", "title", "body") VALUES (1, 1, 1, '2026-02-12 09:30:00.000000', 'Контактна група', X'78DA2D8DD10980400C4357E904CEA82EE08F9C200EA1A25038BD5B21D9C854FD28B4798F140B136E2676ECD9C20D070A2ECD0E47860B0C862A560C77E44CC6EE053D4EA9FE639D8EFA1951C6217C4EA668D32245C1FB2147E7AC8E516FD6E60143A15C28');
INSERT INTO coverage ("article_id", "seen", "caught", "ruled", "ours") VALUES (1, '2026-02-12 09:30:00.000000', 'found', '2026-02-12 09:30:00.000000', 1);
INSERT INTO suggestion ("id", "article_id", "story_id", "score", "why", "state") VALUES (1, 5, 3, 0.7, 'both name Kyiv', 'open');
INSERT INTO saved_filter ("id", "name", "query", "who", "created") VALUES (1, 'Kyiv', 'search=Kyiv', '', '2026-02-12 09:30:00.000000');
INSERT INTO login ("key", "who", "proof", "created", "expires") VALUES ('0f', 'Olena', '', '2026-02-12 09:30:00.000000', '2026-02-12 09:30:00.000000');
INSERT INTO source_day ("source_id", "day", "entries", "hits") VALUES (1, '2026-02-12', 5, 1);
INSERT INTO source_day ("source_id", "day", "entries", "hits") VALUES (2, '2026-02-12', 1, 1);
