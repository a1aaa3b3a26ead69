BEGIN TRANSACTION;
CREATE TABLE books (
	run_id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	read INTEGER NOT NULL, 
	"indexed" INTEGER NOT NULL, 
	unchanged INTEGER NOT NULL, 
	deleted INTEGER NOT NULL, 
	filtered INTEGER NOT NULL, 
	rejected INTEGER NOT NULL, 
	PRIMARY KEY (run_id, source), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "books" VALUES(1,'theses',61,60,0,1,0,0);
INSERT INTO "books" VALUES(2,'theses',3,2,0,0,0,1);
INSERT INTO "books" VALUES(4,'theses',64,62,0,1,0,1);
INSERT INTO "books" VALUES(3,'theses',64,62,0,1,0,1);
INSERT INTO "books" VALUES(5,'theses',21,1,0,0,0,20);
INSERT INTO "books" VALUES(6,'delete',1,0,0,1,0,0);
INSERT INTO "books" VALUES(7,'ojs',5,4,0,0,0,1);
CREATE TABLE checkpoints (
	target_id INTEGER NOT NULL, 
	file TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	items BIGINT NOT NULL, 
	finished BOOLEAN NOT NULL, 
	begun INTEGER NOT NULL, 
	books TEXT NOT NULL, 
	PRIMARY KEY (target_id, file)
);
INSERT INTO "checkpoints" VALUES(3,'/srv/library/other.xml','90c0c1c77879040edc5338444d7c81dd',4,1,8,'{"faults": 0, "sources": {"ojs": {"read": 4, "indexed": 4, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
INSERT INTO "checkpoints" VALUES(3,'/srv/library/big.xml','9b8a524a622dc8838728a73752f00d05',25,0,8,'{"faults": 0, "sources": {"ojs": {"read": 25, "indexed": 25, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
INSERT INTO "checkpoints" VALUES(2,'/srv/library/dumps/4.xml','a358b05d12fcf5a40f9ec50ac54759b7',30,0,9,'{"faults": 0, "sources": {"theses": {"read": 30, "indexed": 30, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
INSERT INTO "checkpoints" VALUES(4,'/srv/library/dumps/1.xml','34871a8d3edcf8c688bde0699df1db0d',30,0,11,'{"faults": 0, "sources": {"theses": {"read": 30, "indexed": 30, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
CREATE TABLE dead_letters (
	id INTEGER NOT NULL, 
	target_id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	sequence BIGINT NOT NULL, 
	source TEXT NOT NULL, 
	profile TEXT, 
	format TEXT NOT NULL, 
	document_id TEXT, 
	file TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	"offset" BIGINT, 
	stage TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	derive_version TEXT NOT NULL, 
	attempts INTEGER DEFAULT '1' NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_seen TEXT NOT NULL, 
	header TEXT, 
	digest BLOB NOT NULL, 
	raw BLOB NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (target_id, file, ordinal, digest), 
	FOREIGN KEY(target_id) REFERENCES targets (id), 
	FOREIGN KEY(run_id) REFERENCES runs (id)
);
INSERT INTO "dead_letters" VALUES(1,1,2,2,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r100','/srv/library/dumps/2.xml',2,351,'format','the record is <other>, not oai_dc:dc','1+icu77.1',1,'2026-11-29T22:21:27Z','2026-11-29T22:21:27Z','{"identifier": "r100", "datestamp": "2020-01-02T00:00:00Z", "sets": [], "deleted": false}',X'C56800AA8028E48FF41773E96B5B4799',X'3C6F7468657220786D6C6E733D22687474703A2F2F7777772E6F70656E61726368697665732E6F72672F4F41492F322E302F222F3E');
INSERT INTO "dead_letters" VALUES(2,2,4,63,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r100','/srv/library/dumps/2.xml',2,351,'format','the record is <other>, not oai_dc:dc','1+icu77.1',1,'2026-11-29T22:21:33Z','2026-11-29T22:21:33Z','{"identifier": "r100", "datestamp": "2020-01-02T00:00:00Z", "sets": [], "deleted": false}',X'C56800AA8028E48FF41773E96B5B4799',X'3C6F7468657220786D6C6E733D22687474703A2F2F7777772E6F70656E61726368697665732E6F72672F4F41492F322E302F222F3E');
INSERT INTO "dead_letters" VALUES(3,2,5,1,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r10','/srv/library/dumps/3.xml',1,67,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r10", "datestamp": null, "sets": [], "deleted": true}',X'2D3E81F0D79DBBD16F5E83460D3C3243',X'');
INSERT INTO "dead_letters" VALUES(4,2,5,2,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r11','/srv/library/dumps/3.xml',2,146,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r11", "datestamp": null, "sets": [], "deleted": true}',X'912E64A8EC958B36D9B80479723C4D9A',X'');
INSERT INTO "dead_letters" VALUES(5,2,5,3,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r12','/srv/library/dumps/3.xml',3,225,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r12", "datestamp": null, "sets": [], "deleted": true}',X'BFB6694CEF27138ADA2A3596E1000339',X'');
INSERT INTO "dead_letters" VALUES(6,2,5,4,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r13','/srv/library/dumps/3.xml',4,304,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r13", "datestamp": null, "sets": [], "deleted": true}',X'7A1FF81641A50302E44AE05A26F1D2E9',X'');
INSERT INTO "dead_letters" VALUES(7,2,5,5,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r14','/srv/library/dumps/3.xml',5,383,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r14", "datestamp": null, "sets": [], "deleted": true}',X'172607A471FE10D5363A1A00EF04ED4C',X'');
INSERT INTO "dead_letters" VALUES(8,2,5,6,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r15','/srv/library/dumps/3.xml',6,462,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r15", "datestamp": null, "sets": [], "deleted": true}',X'C0600C89321BDC72015C2F03FFE015D7',X'');
INSERT INTO "dead_letters" VALUES(9,2,5,7,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r16','/srv/library/dumps/3.xml',7,541,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r16", "datestamp": null, "sets": [], "deleted": true}',X'C76F027B0E9BA11BC5EF8850829AD80D',X'');
INSERT INTO "dead_letters" VALUES(10,2,5,8,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r17','/srv/library/dumps/3.xml',8,620,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r17", "datestamp": null, "sets": [], "deleted": true}',X'967BF02FFE89AC55001440DAA3010E7E',X'');
INSERT INTO "dead_letters" VALUES(11,2,5,9,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r18','/srv/library/dumps/3.xml',9,699,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r18", "datestamp": null, "sets": [], "deleted": true}',X'DB151FFAD3DEFD355879F96B2BDA49B6',X'');
INSERT INTO "dead_letters" VALUES(12,2,5,10,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r19','/srv/library/dumps/3.xml',10,778,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r19", "datestamp": null, "sets": [], "deleted": true}',X'4E6131245ECF5CC40BA67950F4073486',X'');
INSERT INTO "dead_letters" VALUES(13,2,5,11,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r20','/srv/library/dumps/3.xml',11,857,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r20", "datestamp": null, "sets": [], "deleted": true}',X'A22D2DB02B4B84380041190800179132',X'');
INSERT INTO "dead_letters" VALUES(14,2,5,12,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r21','/srv/library/dumps/3.xml',12,936,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r21", "datestamp": null, "sets": [], "deleted": true}',X'F389E45FA1146A21336E076A3D2C3A65',X'');
INSERT INTO "dead_letters" VALUES(15,2,5,13,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r22','/srv/library/dumps/3.xml',13,1015,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r22", "datestamp": null, "sets": [], "deleted": true}',X'2773A1AF046DA8855856B312DA558957',X'');
INSERT INTO "dead_letters" VALUES(16,2,5,14,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r23','/srv/library/dumps/3.xml',14,1094,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r23", "datestamp": null, "sets": [], "deleted": true}',X'E285A70BE0D8A3EE33EB73E42117F467',X'');
INSERT INTO "dead_letters" VALUES(17,2,5,15,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r24','/srv/library/dumps/3.xml',15,1173,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r24", "datestamp": null, "sets": [], "deleted": true}',X'F174B68ED56011257E6454AAABBFCA50',X'');
INSERT INTO "dead_letters" VALUES(18,2,5,16,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r25','/srv/library/dumps/3.xml',16,1252,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r25", "datestamp": null, "sets": [], "deleted": true}',X'B6730DC4B5515A13308CFEB2F0D7C4AB',X'');
INSERT INTO "dead_letters" VALUES(19,2,5,17,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r26','/srv/library/dumps/3.xml',17,1331,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r26", "datestamp": null, "sets": [], "deleted": true}',X'E9E37B0034B456A9D56C25D6B7868557',X'');
INSERT INTO "dead_letters" VALUES(20,2,5,18,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r27','/srv/library/dumps/3.xml',18,1410,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r27", "datestamp": null, "sets": [], "deleted": true}',X'0B60EEB48D18B923C2621E1B5B7E2614',X'');
INSERT INTO "dead_letters" VALUES(21,2,5,19,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r28','/srv/library/dumps/3.xml',19,1489,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r28", "datestamp": null, "sets": [], "deleted": true}',X'F4678D4A6E96807173702611E14DCAC2',X'');
INSERT INTO "dead_letters" VALUES(22,2,5,20,'theses','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r29','/srv/library/dumps/3.xml',20,1568,'held','a deletion that is held: not counted yet, or more at once than delete.max_share lets through','1+icu77.1',1,'2026-11-29T22:21:39Z','2026-11-29T22:21:39Z','{"identifier": "r29", "datestamp": null, "sets": [], "deleted": true}',X'602F3AC32C1616531ABAB69F39156243',X'');
INSERT INTO "dead_letters" VALUES(23,3,7,3,'ojs','{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}','oai_dc','r202','/srv/library/more.xml',3,643,'index','the engine was out of memory','1+icu77.1',1,'2026-11-29T22:21:47Z','2026-11-29T22:21:47Z','{"identifier": "r202", "datestamp": "2020-01-01T00:00:00Z", "sets": [], "deleted": false}',X'C89394DE986E950689C6C44DE31A34AE',X'3C6F61695F64633A646320786D6C6E733A6F61695F64633D22687474703A2F2F7777772E6F70656E61726368697665732E6F72672F4F41492F322E302F6F61695F64632F223E3C64633A7469746C6520786D6C6E733A64633D22687474703A2F2F7075726C2E6F72672F64632F656C656D656E74732F312E312F223E5469746C6520323032206F6620313C2F64633A7469746C653E3C2F6F61695F64633A64633E');
CREATE TABLE deletions (
	target TEXT NOT NULL, 
	id TEXT NOT NULL, 
	PRIMARY KEY (target, id)
);
INSERT INTO "deletions" VALUES('embedded:catalogue','r5');
CREATE TABLE documents (
	target_id INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	fingerprint BLOB NOT NULL, 
	PRIMARY KEY (target_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "documents" VALUES(1,'r0',X'863692C4A807DF281E1FBEFAC9528ADE');
INSERT INTO "documents" VALUES(1,'r1',X'9D38A4D92C5C000D552C7514F4D28E16');
INSERT INTO "documents" VALUES(1,'r10',X'D7690D7915613777575C3B3FFB0AC2E9');
INSERT INTO "documents" VALUES(1,'r11',X'A3B839986A883809F8BAA05B834A9C0B');
INSERT INTO "documents" VALUES(1,'r12',X'D7EBA1F7F906D15789067B0FFE4F933A');
INSERT INTO "documents" VALUES(1,'r13',X'B7671FCD99DE5FFF97C0FA6AE4A41CC6');
INSERT INTO "documents" VALUES(1,'r14',X'FC80A4E65C982AC8CFF98758F188B28B');
INSERT INTO "documents" VALUES(1,'r15',X'8A62821C652B0B59D15D1BC1C91C2412');
INSERT INTO "documents" VALUES(1,'r16',X'A21F16237437D6384DEB0503508738A6');
INSERT INTO "documents" VALUES(1,'r17',X'5CE5DC1AB7189153FBBA42243B6665F9');
INSERT INTO "documents" VALUES(1,'r18',X'267A9D77DE1E50F0F145462E050376F3');
INSERT INTO "documents" VALUES(1,'r19',X'B3ED1DAD294FEA562A470BF17E9CE7C5');
INSERT INTO "documents" VALUES(1,'r2',X'27FFE284C599BCDFBAD551DCE10B1363');
INSERT INTO "documents" VALUES(1,'r20',X'2E8921C8E4CA47DFCEE25ECDF5A4D26A');
INSERT INTO "documents" VALUES(1,'r21',X'A7D976F03877A8746F6AA80E272621D6');
INSERT INTO "documents" VALUES(1,'r22',X'8F8A9BA5BA582F859714996642DABBC4');
INSERT INTO "documents" VALUES(1,'r23',X'220EEEC5ED5AAD9B971778ACC831348E');
INSERT INTO "documents" VALUES(1,'r24',X'5416DE48AD1A10F9F17FAACC94B73B04');
INSERT INTO "documents" VALUES(1,'r25',X'0CB1C991C8DB60FA4409FCEED1E64155');
INSERT INTO "documents" VALUES(1,'r26',X'31A37692681C9DD32282AB4CA63417DF');
INSERT INTO "documents" VALUES(1,'r27',X'DBF9A797EF5A34F25685495811B4CEA5');
INSERT INTO "documents" VALUES(1,'r28',X'4499586A2F49DE70A2EC7BA0FA276176');
INSERT INTO "documents" VALUES(1,'r29',X'327C8CD7AEB62C53EA4B5C5250796999');
INSERT INTO "documents" VALUES(1,'r3',X'B84B8AA04E0F605E6495E01DED9E8FB3');
INSERT INTO "documents" VALUES(1,'r30',X'BC8F28619E1588F937488EDE04305C05');
INSERT INTO "documents" VALUES(1,'r31',X'66D1B0C9BCAEB8251A7499A224EF2733');
INSERT INTO "documents" VALUES(1,'r32',X'E2B9A1DD3F13D38315B69F47E95279CA');
INSERT INTO "documents" VALUES(1,'r33',X'0857D2E9C31133617B4FBB6BEDDB6E8D');
INSERT INTO "documents" VALUES(1,'r34',X'ED692C87EE8C3CFEABE93BC98101673E');
INSERT INTO "documents" VALUES(1,'r35',X'ADC9CDCB317A266813FD0B619840A3AD');
INSERT INTO "documents" VALUES(1,'r36',X'FB253B0694638AF56463D0A0510F96E4');
INSERT INTO "documents" VALUES(1,'r37',X'1DE04F333CCDA0F3B0DFF7C486E82F0A');
INSERT INTO "documents" VALUES(1,'r38',X'96D866C68C5C1D773D0EDFFFA6CDD330');
INSERT INTO "documents" VALUES(1,'r39',X'3BD443ABBD70839BA424638E5E1469E1');
INSERT INTO "documents" VALUES(1,'r4',X'2FFE75906F26BBEDA76A719CF7A4AA7F');
INSERT INTO "documents" VALUES(1,'r40',X'F588E01E8BF09BA864AED16F73592666');
INSERT INTO "documents" VALUES(1,'r41',X'90F7E27DDD28A8B1324560CA74707180');
INSERT INTO "documents" VALUES(1,'r42',X'A44979BBC351A95AFDAB1A4DFB83E815');
INSERT INTO "documents" VALUES(1,'r43',X'7F4EE34D80CE475A6DA765361B6339B3');
INSERT INTO "documents" VALUES(1,'r44',X'B15A3F4D3C72F31B94FCB1F466EA1BFE');
INSERT INTO "documents" VALUES(1,'r45',X'30BF6E1773488F42C398F694142CA86D');
INSERT INTO "documents" VALUES(1,'r46',X'DE187D76D7EE792EBCF0DE4D5EA887F1');
INSERT INTO "documents" VALUES(1,'r47',X'239484FB1284F79418C5786D35C17453');
INSERT INTO "documents" VALUES(1,'r48',X'A1C6F06CF5848EF01E9917746F1BB4B5');
INSERT INTO "documents" VALUES(1,'r49',X'0F539AAC99F161BF050A0503E819532A');
INSERT INTO "documents" VALUES(1,'r5',X'C6FC8976FEC5FBCEAD3335722DB43961');
INSERT INTO "documents" VALUES(1,'r50',X'CF1665E07F316A21DC7587B0A8A5EA16');
INSERT INTO "documents" VALUES(1,'r51',X'A76EF91742F1026A1D2A461FCEB3C780');
INSERT INTO "documents" VALUES(1,'r52',X'BD08EBA660954429B47C0951A19BDB4C');
INSERT INTO "documents" VALUES(1,'r53',X'400CA915EB3C22D6DDDE1C293BABAB1C');
INSERT INTO "documents" VALUES(1,'r54',X'7059608B8EB07E073C37434AA673E588');
INSERT INTO "documents" VALUES(1,'r55',X'4216DB18A725CF6D1CDA9E2D492191DC');
INSERT INTO "documents" VALUES(1,'r56',X'99E331A05D2B4E15B8A25D0C5819231A');
INSERT INTO "documents" VALUES(1,'r57',X'C0185161C36410AE3D344EBD487C6770');
INSERT INTO "documents" VALUES(1,'r58',X'5B6C4E2A42D242E375AAC1C533303B14');
INSERT INTO "documents" VALUES(1,'r59',X'9E805DB579D28C4EAD504D11F4F88FCC');
INSERT INTO "documents" VALUES(1,'r6',X'7CC74E6563C5D368E76342717835F152');
INSERT INTO "documents" VALUES(1,'r61',X'27DE1E58BB3341A33FD5B41015E8AEBA');
INSERT INTO "documents" VALUES(1,'r7',X'ECD7770F498D35D4D2549429EF908250');
INSERT INTO "documents" VALUES(1,'r8',X'17F6B7586E9F9F3DAEA7BCC10486F2FC');
INSERT INTO "documents" VALUES(1,'r9',X'0573F8BE527FF80619ED18A2722E8B2E');
INSERT INTO "documents" VALUES(2,'r0',X'863692C4A807DF281E1FBEFAC9528ADE');
INSERT INTO "documents" VALUES(2,'r1',X'9D38A4D92C5C000D552C7514F4D28E16');
INSERT INTO "documents" VALUES(2,'r10',X'D7690D7915613777575C3B3FFB0AC2E9');
INSERT INTO "documents" VALUES(2,'r11',X'A3B839986A883809F8BAA05B834A9C0B');
INSERT INTO "documents" VALUES(2,'r12',X'D7EBA1F7F906D15789067B0FFE4F933A');
INSERT INTO "documents" VALUES(2,'r13',X'B7671FCD99DE5FFF97C0FA6AE4A41CC6');
INSERT INTO "documents" VALUES(2,'r14',X'FC80A4E65C982AC8CFF98758F188B28B');
INSERT INTO "documents" VALUES(2,'r15',X'8A62821C652B0B59D15D1BC1C91C2412');
INSERT INTO "documents" VALUES(2,'r16',X'A21F16237437D6384DEB0503508738A6');
INSERT INTO "documents" VALUES(2,'r17',X'5CE5DC1AB7189153FBBA42243B6665F9');
INSERT INTO "documents" VALUES(2,'r18',X'267A9D77DE1E50F0F145462E050376F3');
INSERT INTO "documents" VALUES(2,'r19',X'B3ED1DAD294FEA562A470BF17E9CE7C5');
INSERT INTO "documents" VALUES(2,'r2',X'27FFE284C599BCDFBAD551DCE10B1363');
INSERT INTO "documents" VALUES(2,'r20',X'2E8921C8E4CA47DFCEE25ECDF5A4D26A');
INSERT INTO "documents" VALUES(2,'r21',X'A7D976F03877A8746F6AA80E272621D6');
INSERT INTO "documents" VALUES(2,'r22',X'8F8A9BA5BA582F859714996642DABBC4');
INSERT INTO "documents" VALUES(2,'r23',X'220EEEC5ED5AAD9B971778ACC831348E');
INSERT INTO "documents" VALUES(2,'r24',X'5416DE48AD1A10F9F17FAACC94B73B04');
INSERT INTO "documents" VALUES(2,'r25',X'0CB1C991C8DB60FA4409FCEED1E64155');
INSERT INTO "documents" VALUES(2,'r26',X'31A37692681C9DD32282AB4CA63417DF');
INSERT INTO "documents" VALUES(2,'r27',X'DBF9A797EF5A34F25685495811B4CEA5');
INSERT INTO "documents" VALUES(2,'r28',X'4499586A2F49DE70A2EC7BA0FA276176');
INSERT INTO "documents" VALUES(2,'r29',X'327C8CD7AEB62C53EA4B5C5250796999');
INSERT INTO "documents" VALUES(2,'r3',X'B84B8AA04E0F605E6495E01DED9E8FB3');
INSERT INTO "documents" VALUES(2,'r30',X'BC8F28619E1588F937488EDE04305C05');
INSERT INTO "documents" VALUES(2,'r31',X'66D1B0C9BCAEB8251A7499A224EF2733');
INSERT INTO "documents" VALUES(2,'r32',X'E2B9A1DD3F13D38315B69F47E95279CA');
INSERT INTO "documents" VALUES(2,'r33',X'0857D2E9C31133617B4FBB6BEDDB6E8D');
INSERT INTO "documents" VALUES(2,'r34',X'ED692C87EE8C3CFEABE93BC98101673E');
INSERT INTO "documents" VALUES(2,'r35',X'ADC9CDCB317A266813FD0B619840A3AD');
INSERT INTO "documents" VALUES(2,'r36',X'FB253B0694638AF56463D0A0510F96E4');
INSERT INTO "documents" VALUES(2,'r37',X'1DE04F333CCDA0F3B0DFF7C486E82F0A');
INSERT INTO "documents" VALUES(2,'r38',X'96D866C68C5C1D773D0EDFFFA6CDD330');
INSERT INTO "documents" VALUES(2,'r39',X'3BD443ABBD70839BA424638E5E1469E1');
INSERT INTO "documents" VALUES(2,'r4',X'2FFE75906F26BBEDA76A719CF7A4AA7F');
INSERT INTO "documents" VALUES(2,'r40',X'F588E01E8BF09BA864AED16F73592666');
INSERT INTO "documents" VALUES(2,'r41',X'90F7E27DDD28A8B1324560CA74707180');
INSERT INTO "documents" VALUES(2,'r42',X'A44979BBC351A95AFDAB1A4DFB83E815');
INSERT INTO "documents" VALUES(2,'r43',X'7F4EE34D80CE475A6DA765361B6339B3');
INSERT INTO "documents" VALUES(2,'r44',X'B15A3F4D3C72F31B94FCB1F466EA1BFE');
INSERT INTO "documents" VALUES(2,'r45',X'30BF6E1773488F42C398F694142CA86D');
INSERT INTO "documents" VALUES(2,'r46',X'DE187D76D7EE792EBCF0DE4D5EA887F1');
INSERT INTO "documents" VALUES(2,'r47',X'239484FB1284F79418C5786D35C17453');
INSERT INTO "documents" VALUES(2,'r48',X'A1C6F06CF5848EF01E9917746F1BB4B5');
INSERT INTO "documents" VALUES(2,'r49',X'0F539AAC99F161BF050A0503E819532A');
INSERT INTO "documents" VALUES(2,'r50',X'CF1665E07F316A21DC7587B0A8A5EA16');
INSERT INTO "documents" VALUES(2,'r500',X'EC1B5820A97DC4FD79A3DE10C37A47BC');
INSERT INTO "documents" VALUES(2,'r501',X'FB37A353EC1E67E61B5ACA0918CCCD01');
INSERT INTO "documents" VALUES(2,'r502',X'FC5766A26EBC79E003131A0A733E1B51');
INSERT INTO "documents" VALUES(2,'r503',X'31FAAD28338658F20D6FBFACEB3B1B94');
INSERT INTO "documents" VALUES(2,'r504',X'E2884B649A12FE2A7A534C6D9261B3D6');
INSERT INTO "documents" VALUES(2,'r505',X'8F3F76478730BE2AE09AC8EDE310107F');
INSERT INTO "documents" VALUES(2,'r506',X'F39C368DD4A0533EFA0465A28375ECBD');
INSERT INTO "documents" VALUES(2,'r507',X'00FD142595E1710AC4AFF3C3E3AF8829');
INSERT INTO "documents" VALUES(2,'r508',X'243A873533F7395A72C4FEE81E60281E');
INSERT INTO "documents" VALUES(2,'r509',X'FB205657DBA317E4678A97B39746CC60');
INSERT INTO "documents" VALUES(2,'r51',X'A76EF91742F1026A1D2A461FCEB3C780');
INSERT INTO "documents" VALUES(2,'r510',X'C8EBCA1EA4A9144E3205A3EED2CCEE8F');
INSERT INTO "documents" VALUES(2,'r511',X'3F56F30A7D92D6D949A4EE9E48D554B1');
INSERT INTO "documents" VALUES(2,'r512',X'074FCF19FA1B466F6491E50CD8CD3F5E');
INSERT INTO "documents" VALUES(2,'r513',X'2D3F3E6E19D9561E0DDF591742BE6FAD');
INSERT INTO "documents" VALUES(2,'r514',X'F9C0532F88094927A0696B049A2CADCB');
INSERT INTO "documents" VALUES(2,'r515',X'A1EC69F3091B5FF7B80A7C2150DB5AAF');
INSERT INTO "documents" VALUES(2,'r516',X'3003C90362711D19131999CC64924B5A');
INSERT INTO "documents" VALUES(2,'r517',X'CDD63681D5AFA432C1CEA024EA366A84');
INSERT INTO "documents" VALUES(2,'r518',X'7E6D50EAD2CD59E082A411FD2ECF9E88');
INSERT INTO "documents" VALUES(2,'r519',X'85BA3B060E40FD71E5308485C1D81FE2');
INSERT INTO "documents" VALUES(2,'r52',X'BD08EBA660954429B47C0951A19BDB4C');
INSERT INTO "documents" VALUES(2,'r520',X'A3CEE44DF4CE0141994A342D565A9A08');
INSERT INTO "documents" VALUES(2,'r521',X'7CE967C9A85AABD32863D37E206A749F');
INSERT INTO "documents" VALUES(2,'r522',X'47167DB300F4A17576813B622B51269A');
INSERT INTO "documents" VALUES(2,'r523',X'1674572BCECA20BA65436963CF067590');
INSERT INTO "documents" VALUES(2,'r524',X'700A7CB2C630AAF52F73D37091C8BB41');
INSERT INTO "documents" VALUES(2,'r525',X'DE19EE816F665097D50FA526D8198C6D');
INSERT INTO "documents" VALUES(2,'r526',X'62EF3770AB11EDA23A55173C6564386F');
INSERT INTO "documents" VALUES(2,'r527',X'8BD73754DFAFC4ED2CC7D563E24D1CFB');
INSERT INTO "documents" VALUES(2,'r528',X'FD728A15165C793F842E2CBE69256BA0');
INSERT INTO "documents" VALUES(2,'r529',X'8EEF1FFC5087C54C5BB6377B9DD7C0AC');
INSERT INTO "documents" VALUES(2,'r53',X'400CA915EB3C22D6DDDE1C293BABAB1C');
INSERT INTO "documents" VALUES(2,'r54',X'7059608B8EB07E073C37434AA673E588');
INSERT INTO "documents" VALUES(2,'r55',X'4216DB18A725CF6D1CDA9E2D492191DC');
INSERT INTO "documents" VALUES(2,'r56',X'99E331A05D2B4E15B8A25D0C5819231A');
INSERT INTO "documents" VALUES(2,'r57',X'C0185161C36410AE3D344EBD487C6770');
INSERT INTO "documents" VALUES(2,'r58',X'5B6C4E2A42D242E375AAC1C533303B14');
INSERT INTO "documents" VALUES(2,'r59',X'9E805DB579D28C4EAD504D11F4F88FCC');
INSERT INTO "documents" VALUES(2,'r6',X'7CC74E6563C5D368E76342717835F152');
INSERT INTO "documents" VALUES(2,'r61',X'27DE1E58BB3341A33FD5B41015E8AEBA');
INSERT INTO "documents" VALUES(2,'r62',X'1D9ED4B796A56C51DBEE38B50B1FAB0B');
INSERT INTO "documents" VALUES(2,'r7',X'ECD7770F498D35D4D2549429EF908250');
INSERT INTO "documents" VALUES(2,'r8',X'17F6B7586E9F9F3DAEA7BCC10486F2FC');
INSERT INTO "documents" VALUES(2,'r9',X'0573F8BE527FF80619ED18A2722E8B2E');
INSERT INTO "documents" VALUES(3,'r200',X'46B404123213524493A9D4CFA226BE99');
INSERT INTO "documents" VALUES(3,'r201',X'5924E220623BECF312DC2FEAEB5527AA');
INSERT INTO "documents" VALUES(3,'r203',X'DA1787D852E482E90B39154311296AC9');
INSERT INTO "documents" VALUES(3,'r204',X'93E2E2C69FED308B13162C45EF0F44FC');
INSERT INTO "documents" VALUES(3,'r210',X'340CD9542FBA94C189836F4410C0A77D');
INSERT INTO "documents" VALUES(3,'r211',X'0CEC7B9E93A4EA121A1CEB6EB68C78D6');
INSERT INTO "documents" VALUES(3,'r212',X'DAA068DF97571277F1432D9C3D43B521');
INSERT INTO "documents" VALUES(3,'r213',X'81535A2BBA79A3619D0426F08DA401EC');
INSERT INTO "documents" VALUES(3,'r300',X'AD33DE97F2063309513A53DCCCE15167');
INSERT INTO "documents" VALUES(3,'r301',X'34328E935FA968AC046100628B8FA963');
INSERT INTO "documents" VALUES(3,'r302',X'77B95E67395EA11A8BABA672DBB0DF68');
INSERT INTO "documents" VALUES(3,'r303',X'EF7369939D5CE68823D50883DCB63936');
INSERT INTO "documents" VALUES(3,'r304',X'201FB49DD847D95733B449F2C2CCE3C9');
INSERT INTO "documents" VALUES(3,'r305',X'A719C16B766FDA6D0C4C5830C1BA890D');
INSERT INTO "documents" VALUES(3,'r306',X'AD56D13152E7109DD440B6667AC817D2');
INSERT INTO "documents" VALUES(3,'r307',X'93B53A4B4A235B34BF731EFFE8D57144');
INSERT INTO "documents" VALUES(3,'r308',X'193278D016D0031CECF6AB1DEA16D264');
INSERT INTO "documents" VALUES(3,'r309',X'C743B28BB0C5A254E78936A9A9031EC1');
INSERT INTO "documents" VALUES(3,'r310',X'A733C8323C4F02A17B93F5BAB6D66A98');
INSERT INTO "documents" VALUES(3,'r311',X'4A0C2E8DDCBAB82C9E89BAE129122A44');
INSERT INTO "documents" VALUES(3,'r312',X'86E5606FCDF9686A473850448D193C73');
INSERT INTO "documents" VALUES(3,'r313',X'C3AEDCC46E88624DADBCE29F2A75541D');
INSERT INTO "documents" VALUES(3,'r314',X'B7BC0CA72B977219976C89D98CB25E7B');
INSERT INTO "documents" VALUES(3,'r315',X'CCC74A93FF47CABAA4E05F827A3952D7');
INSERT INTO "documents" VALUES(3,'r316',X'DB41D9B5CC3775BEBB7FBA817722C3BA');
INSERT INTO "documents" VALUES(3,'r317',X'925B9ABC90E4FF1EB38F29AC1FB7E763');
INSERT INTO "documents" VALUES(3,'r318',X'923B89CBC0C18A5CD39C6A7E1520B6FC');
INSERT INTO "documents" VALUES(3,'r319',X'CC794A4D628B85FB8E25A4453C4606F5');
INSERT INTO "documents" VALUES(3,'r320',X'423E49FBA9E1A26FDE05284034FAC022');
INSERT INTO "documents" VALUES(3,'r321',X'E844B737436896336D4EE5E8F9ADBE61');
INSERT INTO "documents" VALUES(3,'r322',X'5538E8A7DE5E06FD70EB7B4EF9CD227D');
INSERT INTO "documents" VALUES(3,'r323',X'F77DB73AA6F05F57B2D95253D411E5BA');
INSERT INTO "documents" VALUES(3,'r324',X'3ED0D486CF894BA7E8F2BC9E3B2C12AF');
INSERT INTO "documents" VALUES(4,'r0',X'863692C4A807DF281E1FBEFAC9528ADE');
INSERT INTO "documents" VALUES(4,'r1',X'9D38A4D92C5C000D552C7514F4D28E16');
INSERT INTO "documents" VALUES(4,'r10',X'D7690D7915613777575C3B3FFB0AC2E9');
INSERT INTO "documents" VALUES(4,'r11',X'A3B839986A883809F8BAA05B834A9C0B');
INSERT INTO "documents" VALUES(4,'r12',X'D7EBA1F7F906D15789067B0FFE4F933A');
INSERT INTO "documents" VALUES(4,'r13',X'B7671FCD99DE5FFF97C0FA6AE4A41CC6');
INSERT INTO "documents" VALUES(4,'r14',X'FC80A4E65C982AC8CFF98758F188B28B');
INSERT INTO "documents" VALUES(4,'r15',X'8A62821C652B0B59D15D1BC1C91C2412');
INSERT INTO "documents" VALUES(4,'r16',X'A21F16237437D6384DEB0503508738A6');
INSERT INTO "documents" VALUES(4,'r17',X'5CE5DC1AB7189153FBBA42243B6665F9');
INSERT INTO "documents" VALUES(4,'r18',X'267A9D77DE1E50F0F145462E050376F3');
INSERT INTO "documents" VALUES(4,'r19',X'B3ED1DAD294FEA562A470BF17E9CE7C5');
INSERT INTO "documents" VALUES(4,'r2',X'B96F1844A41F0D8EAAA94D2DDD1FF631');
INSERT INTO "documents" VALUES(4,'r20',X'2E8921C8E4CA47DFCEE25ECDF5A4D26A');
INSERT INTO "documents" VALUES(4,'r21',X'A7D976F03877A8746F6AA80E272621D6');
INSERT INTO "documents" VALUES(4,'r22',X'8F8A9BA5BA582F859714996642DABBC4');
INSERT INTO "documents" VALUES(4,'r23',X'220EEEC5ED5AAD9B971778ACC831348E');
INSERT INTO "documents" VALUES(4,'r24',X'5416DE48AD1A10F9F17FAACC94B73B04');
INSERT INTO "documents" VALUES(4,'r25',X'0CB1C991C8DB60FA4409FCEED1E64155');
INSERT INTO "documents" VALUES(4,'r26',X'31A37692681C9DD32282AB4CA63417DF');
INSERT INTO "documents" VALUES(4,'r27',X'DBF9A797EF5A34F25685495811B4CEA5');
INSERT INTO "documents" VALUES(4,'r28',X'4499586A2F49DE70A2EC7BA0FA276176');
INSERT INTO "documents" VALUES(4,'r29',X'327C8CD7AEB62C53EA4B5C5250796999');
INSERT INTO "documents" VALUES(4,'r3',X'B84B8AA04E0F605E6495E01DED9E8FB3');
INSERT INTO "documents" VALUES(4,'r4',X'2FFE75906F26BBEDA76A719CF7A4AA7F');
INSERT INTO "documents" VALUES(4,'r5',X'C6FC8976FEC5FBCEAD3335722DB43961');
INSERT INTO "documents" VALUES(4,'r6',X'7CC74E6563C5D368E76342717835F152');
INSERT INTO "documents" VALUES(4,'r7',X'ECD7770F498D35D4D2549429EF908250');
INSERT INTO "documents" VALUES(4,'r8',X'17F6B7586E9F9F3DAEA7BCC10486F2FC');
INSERT INTO "documents" VALUES(4,'r9',X'0573F8BE527FF80619ED18A2722E8B2E');
CREATE TABLE files (
	target_id INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	file TEXT NOT NULL, 
	signature TEXT NOT NULL, 
	PRIMARY KEY (target_id, source, file)
);
INSERT INTO "files" VALUES(1,'theses','/srv/library/dumps/1.xml','17310 1795990879331896756 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(1,'theses','/srv/library/dumps/2.xml','803 1795990883494227082 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(2,'theses','/srv/library/dumps/1.xml','17310 1795990879331896756 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(2,'theses','/srv/library/dumps/2.xml','803 1795990883494227082 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(2,'theses','/srv/library/dumps/3.xml','1957 1795990894300578849 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(4,'theses','/srv/library/dumps/1.xml','begun 17310 1795990879331896756 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(4,'theses','/srv/library/dumps/2.xml','begun 803 1795990883494227082 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(4,'theses','/srv/library/dumps/3.xml','begun 1957 1795990894300578849 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO "files" VALUES(4,'theses','/srv/library/dumps/4.xml','begun 17371 1795990913004063669 b14cda7f28986356a5b5bb1705bb8aa6');
CREATE TABLE generations (
	target TEXT NOT NULL, 
	name TEXT NOT NULL, 
	state TEXT NOT NULL, 
	made TEXT NOT NULL, 
	promoted TEXT, 
	documents BIGINT, 
	PRIMARY KEY (target, name)
);
INSERT INTO "generations" VALUES('embedded:catalogue','g20261129t222132','former','2026-11-29T22:21:32Z','2026-11-29T22:21:32Z',NULL);
INSERT INTO "generations" VALUES('embedded:catalogue','g20261129t222133','live','2026-11-29T22:21:32Z','2026-11-29T22:21:33Z',61);
INSERT INTO "generations" VALUES('embedded:catalogue','g20261129t222202','building','2026-11-29T22:22:02Z',NULL,NULL);
CREATE TABLE journal (
	target TEXT NOT NULL, 
	settings TEXT NOT NULL, 
	PRIMARY KEY (target)
);
INSERT INTO "journal" VALUES('elasticsearch+http://search:9200/biblio','{"refresh_interval": "1s", "number_of_replicas": null}');
CREATE TABLE layout (
	version INTEGER NOT NULL
);
INSERT INTO "layout" VALUES(3);
CREATE TABLE locks (
	target TEXT NOT NULL, 
	owner TEXT NOT NULL, 
	host TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	born TEXT NOT NULL, 
	command TEXT NOT NULL, 
	since TEXT NOT NULL, 
	beat FLOAT NOT NULL, 
	PRIMARY KEY (target)
);
INSERT INTO "locks" VALUES('embedded:plain','57a3063677fe41f686cdbcf9fe523e95','loader',14607,'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 245453','load','2026-11-29T22:21:52Z',1.76445091200272202488e+09);
INSERT INTO "locks" VALUES('embedded:catalogue','a63c2302ec2c458daa991cc209c83488','loader',14827,'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 245942','sync','2026-11-29T22:21:57Z',1.76445091752784609798e+09);
INSERT INTO "locks" VALUES('embedded:catalogue#','9ab7c90dda9946b8bf8ef2223a3c6f0d','loader',15011,'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 246484','reindex','2026-11-29T22:22:02Z',1.76445092232249593734e+09);
INSERT INTO "locks" VALUES('embedded:catalogue#g20261129t222202','1537e7565d924460b1b1e6c24e3c3d6c','loader',15011,'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 246484','reindex load','2026-11-29T22:22:02Z',1.76445092245184493066e+09);
CREATE TABLE runs (
	id INTEGER NOT NULL, 
	command TEXT NOT NULL, 
	target TEXT NOT NULL, 
	derive_version TEXT NOT NULL, 
	started TEXT NOT NULL, 
	finished TEXT, 
	exit_code INTEGER, 
	message TEXT, 
	seconds FLOAT DEFAULT '0' NOT NULL, 
	retries INTEGER DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "runs" VALUES(1,'sync','embedded:catalogue','1+icu77.1','2026-11-29T22:21:22Z','2026-11-29T22:21:22Z',0,NULL,2.73004956000022502848e-01,0);
INSERT INTO "runs" VALUES(2,'sync','embedded:catalogue','1+icu77.1','2026-11-29T22:21:26Z','2026-11-29T22:21:27Z',1,NULL,3.98441006999746605288e-01,0);
INSERT INTO "runs" VALUES(3,'reindex','embedded:catalogue','1+icu77.1','2026-11-29T22:21:32Z','2026-11-29T22:21:33Z',1,NULL,1.21581652500026393681e+00,0);
INSERT INTO "runs" VALUES(4,'reindex load','embedded:catalogue','1+icu77.1','2026-11-29T22:21:32Z','2026-11-29T22:21:33Z',1,NULL,4.97107812000194826396e-01,0);
INSERT INTO "runs" VALUES(5,'sync','embedded:catalogue','1+icu77.1','2026-11-29T22:21:38Z','2026-11-29T22:21:39Z',5,'HELD: deletions of 20 documents; the rest is loaded',4.1751723600009427173e-01,0);
INSERT INTO "runs" VALUES(6,'delete','embedded:catalogue','1+icu77.1','2026-11-29T22:21:43Z','2026-11-29T22:21:44Z',0,NULL,2.4910595300025306642e-01,0);
INSERT INTO "runs" VALUES(7,'load','embedded:plain','1+icu77.1','2026-11-29T22:21:47Z','2026-11-29T22:21:47Z',1,NULL,2.52801722000185691285e-01,0);
INSERT INTO "runs" VALUES(8,'load','embedded:plain','1+icu77.1','2026-11-29T22:21:52Z',NULL,NULL,NULL,0.0,0);
INSERT INTO "runs" VALUES(9,'sync','embedded:catalogue','1+icu77.1','2026-11-29T22:21:57Z',NULL,NULL,NULL,0.0,0);
INSERT INTO "runs" VALUES(10,'reindex','embedded:catalogue','1+icu77.1','2026-11-29T22:22:02Z',NULL,NULL,NULL,0.0,0);
INSERT INTO "runs" VALUES(11,'reindex load','embedded:catalogue','1+icu77.1','2026-11-29T22:22:02Z',NULL,NULL,NULL,0.0,0);
CREATE TABLE targets (
	id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	identity TEXT DEFAULT '' NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (url)
);
INSERT INTO "targets" VALUES(1,'embedded:catalogue#g20261129t222132','db0d6d5276b4498394902a17d570d51e');
INSERT INTO "targets" VALUES(2,'embedded:catalogue#g20261129t222133','6e1c3c1efe8b4e3b848f1714e22293a8');
INSERT INTO "targets" VALUES(3,'embedded:plain','1bcaae5c466f4a11befb87f517a72752');
INSERT INTO "targets" VALUES(4,'embedded:catalogue#g20261129t222202','ea1394a5fe494c01bbcf436f425a54f7');
CREATE TABLE tracked (
	tracked_target_id INTEGER NOT NULL, 
	id TEXT NOT NULL, 
	first BIGINT NOT NULL, 
	last BIGINT NOT NULL, 
	changed BIGINT, 
	deleted BIGINT, 
	PRIMARY KEY (tracked_target_id, id)
)
 WITHOUT ROWID

;
INSERT INTO "tracked" VALUES(1,'r0',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r1',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r10',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r11',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r12',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r13',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r14',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r15',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r16',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r17',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r18',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r19',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r2',1795990882,1795990887,1577923200,NULL);
INSERT INTO "tracked" VALUES(1,'r20',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r21',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r22',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r23',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r24',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r25',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r26',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r27',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r28',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r29',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r3',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r30',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r31',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r32',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r33',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r34',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r35',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r36',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r37',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r38',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r39',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r4',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r40',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r41',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r42',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r43',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r44',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r45',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r46',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r47',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r48',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r49',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r5',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r50',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r500',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r501',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r502',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r503',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r504',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r505',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r506',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r507',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r508',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r509',1795990917,1795990917,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r51',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r510',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r511',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r512',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r513',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r514',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r515',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r516',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r517',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r518',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r519',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r52',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r520',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r521',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r522',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r523',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r524',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r525',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r526',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r527',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r528',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r529',1795990918,1795990918,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r53',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r54',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r55',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r56',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r57',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r58',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r59',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r6',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r61',1795990887,1795990887,1577923200,NULL);
INSERT INTO "tracked" VALUES(1,'r62',1795990898,1795990898,1578009600,NULL);
INSERT INTO "tracked" VALUES(1,'r7',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r8',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(1,'r9',1795990882,1795990882,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r200',1795990907,1795990907,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r201',1795990907,1795990907,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r203',1795990907,1795990907,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r204',1795990907,1795990907,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r210',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r211',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r212',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r213',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r300',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r301',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r302',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r303',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r304',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r305',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r306',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r307',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r308',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r309',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r310',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r311',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r312',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r313',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r314',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r315',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r316',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r317',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r318',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r319',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r320',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r321',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r322',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r323',1795990912,1795990912,1577836800,NULL);
INSERT INTO "tracked" VALUES(2,'r324',1795990912,1795990912,1577836800,NULL);
CREATE TABLE tracked_targets (
	id INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (url)
);
INSERT INTO "tracked_targets" VALUES(1,'embedded:catalogue');
INSERT INTO "tracked_targets" VALUES(2,'embedded:plain');
COMMIT;
