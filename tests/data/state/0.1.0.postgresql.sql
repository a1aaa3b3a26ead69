CREATE TABLE public.books (
    run_id integer NOT NULL,
    source text NOT NULL,
    read integer NOT NULL,
    indexed integer NOT NULL,
    unchanged integer NOT NULL,
    deleted integer NOT NULL,
    filtered integer NOT NULL,
    rejected integer NOT NULL
);
CREATE TABLE public.checkpoints (
    target_id integer NOT NULL,
    file text NOT NULL,
    signature text NOT NULL,
    items bigint NOT NULL,
    finished boolean NOT NULL,
    begun integer NOT NULL,
    books text NOT NULL
);
CREATE TABLE public.dead_letters (
    id integer NOT NULL,
    target_id integer NOT NULL,
    run_id integer NOT NULL,
    sequence bigint NOT NULL,
    source text NOT NULL,
    profile text,
    format text NOT NULL,
    document_id text,
    file text NOT NULL,
    ordinal integer NOT NULL,
    "offset" bigint,
    stage text NOT NULL,
    reason text NOT NULL,
    derive_version text NOT NULL,
    attempts integer DEFAULT 1 NOT NULL,
    first_seen text NOT NULL,
    last_seen text NOT NULL,
    header text,
    digest bytea NOT NULL,
    raw bytea NOT NULL
);
CREATE SEQUENCE public.dead_letters_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.dead_letters_id_seq OWNED BY public.dead_letters.id;
CREATE TABLE public.deletions (
    target text NOT NULL,
    id text NOT NULL
);
CREATE TABLE public.documents (
    target_id integer NOT NULL,
    id text NOT NULL,
    fingerprint bytea NOT NULL
);
CREATE TABLE public.files (
    target_id integer NOT NULL,
    source text NOT NULL,
    file text NOT NULL,
    signature text NOT NULL
);
CREATE TABLE public.generations (
    target text NOT NULL,
    name text NOT NULL,
    state text NOT NULL,
    made text NOT NULL,
    promoted text,
    documents bigint
);
CREATE TABLE public.journal (
    target text NOT NULL,
    settings text NOT NULL
);
CREATE TABLE public.layout (
    version integer NOT NULL
);
CREATE TABLE public.locks (
    target text NOT NULL,
    owner text NOT NULL,
    host text NOT NULL,
    pid integer NOT NULL,
    born text NOT NULL,
    command text NOT NULL,
    since text NOT NULL,
    beat double precision NOT NULL
);
CREATE TABLE public.runs (
    id integer NOT NULL,
    command text NOT NULL,
    target text NOT NULL,
    derive_version text NOT NULL,
    started text NOT NULL,
    finished text,
    exit_code integer,
    message text,
    seconds double precision DEFAULT '0'::double precision NOT NULL,
    retries integer DEFAULT 0 NOT NULL
);
CREATE SEQUENCE public.runs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.runs_id_seq OWNED BY public.runs.id;
CREATE TABLE public.targets (
    id integer NOT NULL,
    url text NOT NULL,
    identity text DEFAULT ''::text NOT NULL
);
CREATE SEQUENCE public.targets_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.targets_id_seq OWNED BY public.targets.id;
CREATE TABLE public.tracked (
    tracked_target_id integer NOT NULL,
    id text NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    changed bigint,
    deleted bigint
);
CREATE TABLE public.tracked_targets (
    id integer NOT NULL,
    url text NOT NULL
);
CREATE SEQUENCE public.tracked_targets_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.tracked_targets_id_seq OWNED BY public.tracked_targets.id;
ALTER TABLE ONLY public.dead_letters ALTER COLUMN id SET DEFAULT nextval('public.dead_letters_id_seq'::regclass);
ALTER TABLE ONLY public.runs ALTER COLUMN id SET DEFAULT nextval('public.runs_id_seq'::regclass);
ALTER TABLE ONLY public.targets ALTER COLUMN id SET DEFAULT nextval('public.targets_id_seq'::regclass);
ALTER TABLE ONLY public.tracked_targets ALTER COLUMN id SET DEFAULT nextval('public.tracked_targets_id_seq'::regclass);
INSERT INTO public.books VALUES (1, 'theses', 61, 60, 0, 1, 0, 0);
INSERT INTO public.books VALUES (2, 'theses', 3, 2, 0, 0, 0, 1);
INSERT INTO public.books VALUES (4, 'theses', 64, 62, 0, 1, 0, 1);
INSERT INTO public.books VALUES (3, 'theses', 64, 62, 0, 1, 0, 1);
INSERT INTO public.books VALUES (5, 'theses', 21, 1, 0, 0, 0, 20);
INSERT INTO public.books VALUES (6, 'delete', 1, 0, 0, 1, 0, 0);
INSERT INTO public.books VALUES (7, 'ojs', 5, 4, 0, 0, 0, 1);
INSERT INTO public.checkpoints VALUES (3, '/srv/library/other.xml', 'e51868453f1fdd98fff7fae1982e9fbc', 4, true, 8, '{"faults": 0, "sources": {"ojs": {"read": 4, "indexed": 4, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
INSERT INTO public.checkpoints VALUES (3, '/srv/library/big.xml', 'f13b4319f8bef27bbe2f1eaeb118b26c', 25, false, 8, '{"faults": 0, "sources": {"ojs": {"read": 25, "indexed": 25, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
INSERT INTO public.checkpoints VALUES (2, '/srv/library/dumps/4.xml', '2a106119f80cc41c6cffa1737ab0a26a', 30, false, 9, '{"faults": 0, "sources": {"theses": {"read": 30, "indexed": 30, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
INSERT INTO public.checkpoints VALUES (4, '/srv/library/dumps/1.xml', '3736c4198b897b4f89ac2a9e7908651f', 30, false, 11, '{"faults": 0, "sources": {"theses": {"read": 30, "indexed": 30, "unchanged": 0, "deleted": 0, "filtered": 0, "rejected": 0}}, "held": {}}');
INSERT INTO public.dead_letters VALUES (1, 1, 2, 2, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r100', '/srv/library/dumps/2.xml', 2, 351, 'format', 'the record is <other>, not oai_dc:dc', '1+icu77.1', 1, '2026-11-29T22:22:30Z', '2026-11-29T22:22:30Z', '{"identifier": "r100", "datestamp": "2020-01-02T00:00:00Z", "sets": [], "deleted": false}', '\xc56800aa8028e48ff41773e96b5b4799', '\x3c6f7468657220786d6c6e733d22687474703a2f2f7777772e6f70656e61726368697665732e6f72672f4f41492f322e302f222f3e');
INSERT INTO public.dead_letters VALUES (2, 2, 4, 63, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r100', '/srv/library/dumps/2.xml', 2, 351, 'format', 'the record is <other>, not oai_dc:dc', '1+icu77.1', 1, '2026-11-29T22:22:39Z', '2026-11-29T22:22:39Z', '{"identifier": "r100", "datestamp": "2020-01-02T00:00:00Z", "sets": [], "deleted": false}', '\xc56800aa8028e48ff41773e96b5b4799', '\x3c6f7468657220786d6c6e733d22687474703a2f2f7777772e6f70656e61726368697665732e6f72672f4f41492f322e302f222f3e');
INSERT INTO public.dead_letters VALUES (3, 2, 5, 1, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r10', '/srv/library/dumps/3.xml', 1, 67, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r10", "datestamp": null, "sets": [], "deleted": true}', '\x2d3e81f0d79dbbd16f5e83460d3c3243', '\x');
INSERT INTO public.dead_letters VALUES (4, 2, 5, 2, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r11', '/srv/library/dumps/3.xml', 2, 146, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r11", "datestamp": null, "sets": [], "deleted": true}', '\x912e64a8ec958b36d9b80479723c4d9a', '\x');
INSERT INTO public.dead_letters VALUES (5, 2, 5, 3, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r12', '/srv/library/dumps/3.xml', 3, 225, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r12", "datestamp": null, "sets": [], "deleted": true}', '\xbfb6694cef27138ada2a3596e1000339', '\x');
INSERT INTO public.dead_letters VALUES (6, 2, 5, 4, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r13', '/srv/library/dumps/3.xml', 4, 304, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r13", "datestamp": null, "sets": [], "deleted": true}', '\x7a1ff81641a50302e44ae05a26f1d2e9', '\x');
INSERT INTO public.dead_letters VALUES (7, 2, 5, 5, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r14', '/srv/library/dumps/3.xml', 5, 383, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r14", "datestamp": null, "sets": [], "deleted": true}', '\x172607a471fe10d5363a1a00ef04ed4c', '\x');
INSERT INTO public.dead_letters VALUES (8, 2, 5, 6, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r15', '/srv/library/dumps/3.xml', 6, 462, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r15", "datestamp": null, "sets": [], "deleted": true}', '\xc0600c89321bdc72015c2f03ffe015d7', '\x');
INSERT INTO public.dead_letters VALUES (9, 2, 5, 7, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r16', '/srv/library/dumps/3.xml', 7, 541, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r16", "datestamp": null, "sets": [], "deleted": true}', '\xc76f027b0e9ba11bc5ef8850829ad80d', '\x');
INSERT INTO public.dead_letters VALUES (10, 2, 5, 8, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r17', '/srv/library/dumps/3.xml', 8, 620, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r17", "datestamp": null, "sets": [], "deleted": true}', '\x967bf02ffe89ac55001440daa3010e7e', '\x');
INSERT INTO public.dead_letters VALUES (11, 2, 5, 9, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r18', '/srv/library/dumps/3.xml', 9, 699, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r18", "datestamp": null, "sets": [], "deleted": true}', '\xdb151ffad3defd355879f96b2bda49b6', '\x');
INSERT INTO public.dead_letters VALUES (12, 2, 5, 10, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r19', '/srv/library/dumps/3.xml', 10, 778, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r19", "datestamp": null, "sets": [], "deleted": true}', '\x4e6131245ecf5cc40ba67950f4073486', '\x');
INSERT INTO public.dead_letters VALUES (13, 2, 5, 11, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r20', '/srv/library/dumps/3.xml', 11, 857, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r20", "datestamp": null, "sets": [], "deleted": true}', '\xa22d2db02b4b84380041190800179132', '\x');
INSERT INTO public.dead_letters VALUES (14, 2, 5, 12, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r21', '/srv/library/dumps/3.xml', 12, 936, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r21", "datestamp": null, "sets": [], "deleted": true}', '\xf389e45fa1146a21336e076a3d2c3a65', '\x');
INSERT INTO public.dead_letters VALUES (15, 2, 5, 13, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r22', '/srv/library/dumps/3.xml', 13, 1015, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r22", "datestamp": null, "sets": [], "deleted": true}', '\x2773a1af046da8855856b312da558957', '\x');
INSERT INTO public.dead_letters VALUES (16, 2, 5, 14, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r23', '/srv/library/dumps/3.xml', 14, 1094, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r23", "datestamp": null, "sets": [], "deleted": true}', '\xe285a70be0d8a3ee33eb73e42117f467', '\x');
INSERT INTO public.dead_letters VALUES (17, 2, 5, 15, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r24', '/srv/library/dumps/3.xml', 15, 1173, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r24", "datestamp": null, "sets": [], "deleted": true}', '\xf174b68ed56011257e6454aaabbfca50', '\x');
INSERT INTO public.dead_letters VALUES (18, 2, 5, 16, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r25', '/srv/library/dumps/3.xml', 16, 1252, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r25", "datestamp": null, "sets": [], "deleted": true}', '\xb6730dc4b5515a13308cfeb2f0d7c4ab', '\x');
INSERT INTO public.dead_letters VALUES (19, 2, 5, 17, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r26', '/srv/library/dumps/3.xml', 17, 1331, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r26", "datestamp": null, "sets": [], "deleted": true}', '\xe9e37b0034b456a9d56c25d6b7868557', '\x');
INSERT INTO public.dead_letters VALUES (20, 2, 5, 18, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r27', '/srv/library/dumps/3.xml', 18, 1410, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r27", "datestamp": null, "sets": [], "deleted": true}', '\x0b60eeb48d18b923c2621e1b5b7e2614', '\x');
INSERT INTO public.dead_letters VALUES (21, 2, 5, 19, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r28', '/srv/library/dumps/3.xml', 19, 1489, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r28", "datestamp": null, "sets": [], "deleted": true}', '\xf4678d4a6e96807173702611e14dcac2', '\x');
INSERT INTO public.dead_letters VALUES (22, 2, 5, 20, 'theses', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r29', '/srv/library/dumps/3.xml', 20, 1568, 'held', 'a deletion that is held: not counted yet, or more at once than delete.max_share lets through', '1+icu77.1', 1, '2026-11-29T22:22:48Z', '2026-11-29T22:22:48Z', '{"identifier": "r29", "datestamp": null, "sets": [], "deleted": true}', '\x602f3ac32c1616531abab69f39156243', '\x');
INSERT INTO public.dead_letters VALUES (23, 3, 7, 3, 'ojs', '{"name": "ojs", "format": "oai_dc", "id_prefix": "", "id_search": [], "id_replace": [], "constants": {"record_format": "ojs", "institution": ["My University"], "collection": ["OJS"], "format": ["Online"]}, "title_sort": "current", "options": {"id_tag": "identifier", "preferred_lang": "", "topic_facet": true, "type_to_format": false, "all_urls": false, "relative_url_base": "", "order": ["language", "topic", "format", "author", "title", "title_alt", "description", "publisher", "publishDate", "url"], "languages": "iso639_1", "topic_separators": [], "first_type_only": false, "type_words": {}, "invert_names": false, "join_descriptions": "", "join_publishers": "", "best_date": false, "url_prefix": "", "urn_resolver": "", "drop_without_url": false, "fullrecord": false}}', 'oai_dc', 'r202', '/srv/library/more.xml', 3, 643, 'index', 'the engine was out of memory', '1+icu77.1', 1, '2026-11-29T22:23:04Z', '2026-11-29T22:23:04Z', '{"identifier": "r202", "datestamp": "2020-01-01T00:00:00Z", "sets": [], "deleted": false}', '\xc89394de986e950689c6c44de31a34ae', '\x3c6f61695f64633a646320786d6c6e733a6f61695f64633d22687474703a2f2f7777772e6f70656e61726368697665732e6f72672f4f41492f322e302f6f61695f64632f223e3c64633a7469746c6520786d6c6e733a64633d22687474703a2f2f7075726c2e6f72672f64632f656c656d656e74732f312e312f223e5469746c6520323032206f6620313c2f64633a7469746c653e3c2f6f61695f64633a64633e');
INSERT INTO public.deletions VALUES ('embedded:catalogue', 'r5');
INSERT INTO public.documents VALUES (1, 'r3', '\xb84b8aa04e0f605e6495e01ded9e8fb3');
INSERT INTO public.documents VALUES (1, 'r0', '\x863692c4a807df281e1fbefac9528ade');
INSERT INTO public.documents VALUES (1, 'r1', '\x9d38a4d92c5c000d552c7514f4d28e16');
INSERT INTO public.documents VALUES (1, 'r4', '\x2ffe75906f26bbeda76a719cf7a4aa7f');
INSERT INTO public.documents VALUES (1, 'r5', '\xc6fc8976fec5fbcead3335722db43961');
INSERT INTO public.documents VALUES (1, 'r6', '\x7cc74e6563c5d368e76342717835f152');
INSERT INTO public.documents VALUES (1, 'r7', '\xecd7770f498d35d4d2549429ef908250');
INSERT INTO public.documents VALUES (1, 'r8', '\x17f6b7586e9f9f3daea7bcc10486f2fc');
INSERT INTO public.documents VALUES (1, 'r9', '\x0573f8be527ff80619ed18a2722e8b2e');
INSERT INTO public.documents VALUES (1, 'r10', '\xd7690d7915613777575c3b3ffb0ac2e9');
INSERT INTO public.documents VALUES (1, 'r11', '\xa3b839986a883809f8baa05b834a9c0b');
INSERT INTO public.documents VALUES (1, 'r12', '\xd7eba1f7f906d15789067b0ffe4f933a');
INSERT INTO public.documents VALUES (1, 'r13', '\xb7671fcd99de5fff97c0fa6ae4a41cc6');
INSERT INTO public.documents VALUES (1, 'r14', '\xfc80a4e65c982ac8cff98758f188b28b');
INSERT INTO public.documents VALUES (1, 'r15', '\x8a62821c652b0b59d15d1bc1c91c2412');
INSERT INTO public.documents VALUES (1, 'r16', '\xa21f16237437d6384deb0503508738a6');
INSERT INTO public.documents VALUES (1, 'r17', '\x5ce5dc1ab7189153fbba42243b6665f9');
INSERT INTO public.documents VALUES (1, 'r18', '\x267a9d77de1e50f0f145462e050376f3');
INSERT INTO public.documents VALUES (1, 'r19', '\xb3ed1dad294fea562a470bf17e9ce7c5');
INSERT INTO public.documents VALUES (1, 'r22', '\x8f8a9ba5ba582f859714996642dabbc4');
INSERT INTO public.documents VALUES (1, 'r23', '\x220eeec5ed5aad9b971778acc831348e');
INSERT INTO public.documents VALUES (1, 'r20', '\x2e8921c8e4ca47dfcee25ecdf5a4d26a');
INSERT INTO public.documents VALUES (1, 'r21', '\xa7d976f03877a8746f6aa80e272621d6');
INSERT INTO public.documents VALUES (1, 'r24', '\x5416de48ad1a10f9f17faacc94b73b04');
INSERT INTO public.documents VALUES (1, 'r25', '\x0cb1c991c8db60fa4409fceed1e64155');
INSERT INTO public.documents VALUES (1, 'r26', '\x31a37692681c9dd32282ab4ca63417df');
INSERT INTO public.documents VALUES (1, 'r27', '\xdbf9a797ef5a34f25685495811b4cea5');
INSERT INTO public.documents VALUES (1, 'r28', '\x4499586a2f49de70a2ec7ba0fa276176');
INSERT INTO public.documents VALUES (1, 'r29', '\x327c8cd7aeb62c53ea4b5c5250796999');
INSERT INTO public.documents VALUES (1, 'r32', '\xe2b9a1dd3f13d38315b69f47e95279ca');
INSERT INTO public.documents VALUES (1, 'r33', '\x0857d2e9c31133617b4fbb6beddb6e8d');
INSERT INTO public.documents VALUES (1, 'r30', '\xbc8f28619e1588f937488ede04305c05');
INSERT INTO public.documents VALUES (1, 'r31', '\x66d1b0c9bcaeb8251a7499a224ef2733');
INSERT INTO public.documents VALUES (1, 'r34', '\xed692c87ee8c3cfeabe93bc98101673e');
INSERT INTO public.documents VALUES (1, 'r35', '\xadc9cdcb317a266813fd0b619840a3ad');
INSERT INTO public.documents VALUES (1, 'r36', '\xfb253b0694638af56463d0a0510f96e4');
INSERT INTO public.documents VALUES (1, 'r37', '\x1de04f333ccda0f3b0dff7c486e82f0a');
INSERT INTO public.documents VALUES (1, 'r38', '\x96d866c68c5c1d773d0edfffa6cdd330');
INSERT INTO public.documents VALUES (1, 'r39', '\x3bd443abbd70839ba424638e5e1469e1');
INSERT INTO public.documents VALUES (1, 'r40', '\xf588e01e8bf09ba864aed16f73592666');
INSERT INTO public.documents VALUES (1, 'r41', '\x90f7e27ddd28a8b1324560ca74707180');
INSERT INTO public.documents VALUES (1, 'r44', '\xb15a3f4d3c72f31b94fcb1f466ea1bfe');
INSERT INTO public.documents VALUES (1, 'r45', '\x30bf6e1773488f42c398f694142ca86d');
INSERT INTO public.documents VALUES (1, 'r42', '\xa44979bbc351a95afdab1a4dfb83e815');
INSERT INTO public.documents VALUES (1, 'r43', '\x7f4ee34d80ce475a6da765361b6339b3');
INSERT INTO public.documents VALUES (1, 'r48', '\xa1c6f06cf5848ef01e9917746f1bb4b5');
INSERT INTO public.documents VALUES (1, 'r49', '\x0f539aac99f161bf050a0503e819532a');
INSERT INTO public.documents VALUES (1, 'r46', '\xde187d76d7ee792ebcf0de4d5ea887f1');
INSERT INTO public.documents VALUES (1, 'r47', '\x239484fb1284f79418c5786d35c17453');
INSERT INTO public.documents VALUES (1, 'r52', '\xbd08eba660954429b47c0951a19bdb4c');
INSERT INTO public.documents VALUES (1, 'r53', '\x400ca915eb3c22d6ddde1c293babab1c');
INSERT INTO public.documents VALUES (1, 'r50', '\xcf1665e07f316a21dc7587b0a8a5ea16');
INSERT INTO public.documents VALUES (1, 'r51', '\xa76ef91742f1026a1d2a461fceb3c780');
INSERT INTO public.documents VALUES (1, 'r56', '\x99e331a05d2b4e15b8a25d0c5819231a');
INSERT INTO public.documents VALUES (1, 'r57', '\xc0185161c36410ae3d344ebd487c6770');
INSERT INTO public.documents VALUES (1, 'r54', '\x7059608b8eb07e073c37434aa673e588');
INSERT INTO public.documents VALUES (1, 'r55', '\x4216db18a725cf6d1cda9e2d492191dc');
INSERT INTO public.documents VALUES (1, 'r58', '\x5b6c4e2a42d242e375aac1c533303b14');
INSERT INTO public.documents VALUES (1, 'r59', '\x9e805db579d28c4ead504d11f4f88fcc');
INSERT INTO public.documents VALUES (1, 'r2', '\x27ffe284c599bcdfbad551dce10b1363');
INSERT INTO public.documents VALUES (1, 'r61', '\x27de1e58bb3341a33fd5b41015e8aeba');
INSERT INTO public.documents VALUES (2, 'r0', '\x863692c4a807df281e1fbefac9528ade');
INSERT INTO public.documents VALUES (2, 'r1', '\x9d38a4d92c5c000d552c7514f4d28e16');
INSERT INTO public.documents VALUES (2, 'r3', '\xb84b8aa04e0f605e6495e01ded9e8fb3');
INSERT INTO public.documents VALUES (2, 'r4', '\x2ffe75906f26bbeda76a719cf7a4aa7f');
INSERT INTO public.documents VALUES (2, 'r6', '\x7cc74e6563c5d368e76342717835f152');
INSERT INTO public.documents VALUES (2, 'r7', '\xecd7770f498d35d4d2549429ef908250');
INSERT INTO public.documents VALUES (2, 'r8', '\x17f6b7586e9f9f3daea7bcc10486f2fc');
INSERT INTO public.documents VALUES (2, 'r9', '\x0573f8be527ff80619ed18a2722e8b2e');
INSERT INTO public.documents VALUES (2, 'r10', '\xd7690d7915613777575c3b3ffb0ac2e9');
INSERT INTO public.documents VALUES (2, 'r11', '\xa3b839986a883809f8baa05b834a9c0b');
INSERT INTO public.documents VALUES (2, 'r12', '\xd7eba1f7f906d15789067b0ffe4f933a');
INSERT INTO public.documents VALUES (2, 'r13', '\xb7671fcd99de5fff97c0fa6ae4a41cc6');
INSERT INTO public.documents VALUES (2, 'r14', '\xfc80a4e65c982ac8cff98758f188b28b');
INSERT INTO public.documents VALUES (2, 'r15', '\x8a62821c652b0b59d15d1bc1c91c2412');
INSERT INTO public.documents VALUES (2, 'r18', '\x267a9d77de1e50f0f145462e050376f3');
INSERT INTO public.documents VALUES (2, 'r19', '\xb3ed1dad294fea562a470bf17e9ce7c5');
INSERT INTO public.documents VALUES (2, 'r16', '\xa21f16237437d6384deb0503508738a6');
INSERT INTO public.documents VALUES (2, 'r17', '\x5ce5dc1ab7189153fbba42243b6665f9');
INSERT INTO public.documents VALUES (2, 'r20', '\x2e8921c8e4ca47dfcee25ecdf5a4d26a');
INSERT INTO public.documents VALUES (2, 'r21', '\xa7d976f03877a8746f6aa80e272621d6');
INSERT INTO public.documents VALUES (2, 'r22', '\x8f8a9ba5ba582f859714996642dabbc4');
INSERT INTO public.documents VALUES (2, 'r23', '\x220eeec5ed5aad9b971778acc831348e');
INSERT INTO public.documents VALUES (2, 'r26', '\x31a37692681c9dd32282ab4ca63417df');
INSERT INTO public.documents VALUES (2, 'r27', '\xdbf9a797ef5a34f25685495811b4cea5');
INSERT INTO public.documents VALUES (2, 'r24', '\x5416de48ad1a10f9f17faacc94b73b04');
INSERT INTO public.documents VALUES (2, 'r25', '\x0cb1c991c8db60fa4409fceed1e64155');
INSERT INTO public.documents VALUES (2, 'r28', '\x4499586a2f49de70a2ec7ba0fa276176');
INSERT INTO public.documents VALUES (2, 'r29', '\x327c8cd7aeb62c53ea4b5c5250796999');
INSERT INTO public.documents VALUES (2, 'r30', '\xbc8f28619e1588f937488ede04305c05');
INSERT INTO public.documents VALUES (2, 'r31', '\x66d1b0c9bcaeb8251a7499a224ef2733');
INSERT INTO public.documents VALUES (2, 'r34', '\xed692c87ee8c3cfeabe93bc98101673e');
INSERT INTO public.documents VALUES (2, 'r35', '\xadc9cdcb317a266813fd0b619840a3ad');
INSERT INTO public.documents VALUES (2, 'r32', '\xe2b9a1dd3f13d38315b69f47e95279ca');
INSERT INTO public.documents VALUES (2, 'r33', '\x0857d2e9c31133617b4fbb6beddb6e8d');
INSERT INTO public.documents VALUES (2, 'r38', '\x96d866c68c5c1d773d0edfffa6cdd330');
INSERT INTO public.documents VALUES (2, 'r39', '\x3bd443abbd70839ba424638e5e1469e1');
INSERT INTO public.documents VALUES (2, 'r36', '\xfb253b0694638af56463d0a0510f96e4');
INSERT INTO public.documents VALUES (2, 'r37', '\x1de04f333ccda0f3b0dff7c486e82f0a');
INSERT INTO public.documents VALUES (2, 'r42', '\xa44979bbc351a95afdab1a4dfb83e815');
INSERT INTO public.documents VALUES (2, 'r43', '\x7f4ee34d80ce475a6da765361b6339b3');
INSERT INTO public.documents VALUES (2, 'r40', '\xf588e01e8bf09ba864aed16f73592666');
INSERT INTO public.documents VALUES (2, 'r41', '\x90f7e27ddd28a8b1324560ca74707180');
INSERT INTO public.documents VALUES (2, 'r46', '\xde187d76d7ee792ebcf0de4d5ea887f1');
INSERT INTO public.documents VALUES (2, 'r47', '\x239484fb1284f79418c5786d35c17453');
INSERT INTO public.documents VALUES (2, 'r44', '\xb15a3f4d3c72f31b94fcb1f466ea1bfe');
INSERT INTO public.documents VALUES (2, 'r45', '\x30bf6e1773488f42c398f694142ca86d');
INSERT INTO public.documents VALUES (2, 'r48', '\xa1c6f06cf5848ef01e9917746f1bb4b5');
INSERT INTO public.documents VALUES (2, 'r49', '\x0f539aac99f161bf050a0503e819532a');
INSERT INTO public.documents VALUES (2, 'r50', '\xcf1665e07f316a21dc7587b0a8a5ea16');
INSERT INTO public.documents VALUES (2, 'r51', '\xa76ef91742f1026a1d2a461fceb3c780');
INSERT INTO public.documents VALUES (2, 'r54', '\x7059608b8eb07e073c37434aa673e588');
INSERT INTO public.documents VALUES (2, 'r55', '\x4216db18a725cf6d1cda9e2d492191dc');
INSERT INTO public.documents VALUES (2, 'r52', '\xbd08eba660954429b47c0951a19bdb4c');
INSERT INTO public.documents VALUES (2, 'r53', '\x400ca915eb3c22d6ddde1c293babab1c');
INSERT INTO public.documents VALUES (2, 'r58', '\x5b6c4e2a42d242e375aac1c533303b14');
INSERT INTO public.documents VALUES (2, 'r59', '\x9e805db579d28c4ead504d11f4f88fcc');
INSERT INTO public.documents VALUES (2, 'r56', '\x99e331a05d2b4e15b8a25d0c5819231a');
INSERT INTO public.documents VALUES (2, 'r57', '\xc0185161c36410ae3d344ebd487c6770');
INSERT INTO public.documents VALUES (2, 'r2', '\x27ffe284c599bcdfbad551dce10b1363');
INSERT INTO public.documents VALUES (2, 'r61', '\x27de1e58bb3341a33fd5b41015e8aeba');
INSERT INTO public.documents VALUES (2, 'r62', '\x1d9ed4b796a56c51dbee38b50b1fab0b');
INSERT INTO public.documents VALUES (3, 'r203', '\xda1787d852e482e90b39154311296ac9');
INSERT INTO public.documents VALUES (3, 'r200', '\x46b404123213524493a9d4cfa226be99');
INSERT INTO public.documents VALUES (3, 'r201', '\x5924e220623becf312dc2feaeb5527aa');
INSERT INTO public.documents VALUES (3, 'r204', '\x93e2e2c69fed308b13162c45ef0f44fc');
INSERT INTO public.documents VALUES (3, 'r210', '\x340cd9542fba94c189836f4410c0a77d');
INSERT INTO public.documents VALUES (3, 'r211', '\x0cec7b9e93a4ea121a1ceb6eb68c78d6');
INSERT INTO public.documents VALUES (3, 'r212', '\xdaa068df97571277f1432d9c3d43b521');
INSERT INTO public.documents VALUES (3, 'r213', '\x81535a2bba79a3619d0426f08da401ec');
INSERT INTO public.documents VALUES (3, 'r300', '\xad33de97f2063309513a53dccce15167');
INSERT INTO public.documents VALUES (3, 'r301', '\x34328e935fa968ac046100628b8fa963');
INSERT INTO public.documents VALUES (3, 'r302', '\x77b95e67395ea11a8baba672dbb0df68');
INSERT INTO public.documents VALUES (3, 'r303', '\xef7369939d5ce68823d50883dcb63936');
INSERT INTO public.documents VALUES (3, 'r304', '\x201fb49dd847d95733b449f2c2cce3c9');
INSERT INTO public.documents VALUES (3, 'r307', '\x93b53a4b4a235b34bf731effe8d57144');
INSERT INTO public.documents VALUES (3, 'r308', '\x193278d016d0031cecf6ab1dea16d264');
INSERT INTO public.documents VALUES (3, 'r305', '\xa719c16b766fda6d0c4c5830c1ba890d');
INSERT INTO public.documents VALUES (3, 'r306', '\xad56d13152e7109dd440b6667ac817d2');
INSERT INTO public.documents VALUES (3, 'r309', '\xc743b28bb0c5a254e78936a9a9031ec1');
INSERT INTO public.documents VALUES (3, 'r310', '\xa733c8323c4f02a17b93f5bab6d66a98');
INSERT INTO public.documents VALUES (3, 'r311', '\x4a0c2e8ddcbab82c9e89bae129122a44');
INSERT INTO public.documents VALUES (3, 'r312', '\x86e5606fcdf9686a473850448d193c73');
INSERT INTO public.documents VALUES (3, 'r313', '\xc3aedcc46e88624dadbce29f2a75541d');
INSERT INTO public.documents VALUES (3, 'r314', '\xb7bc0ca72b977219976c89d98cb25e7b');
INSERT INTO public.documents VALUES (3, 'r317', '\x925b9abc90e4ff1eb38f29ac1fb7e763');
INSERT INTO public.documents VALUES (3, 'r318', '\x923b89cbc0c18a5cd39c6a7e1520b6fc');
INSERT INTO public.documents VALUES (3, 'r315', '\xccc74a93ff47cabaa4e05f827a3952d7');
INSERT INTO public.documents VALUES (3, 'r316', '\xdb41d9b5cc3775bebb7fba817722c3ba');
INSERT INTO public.documents VALUES (3, 'r321', '\xe844b737436896336d4ee5e8f9adbe61');
INSERT INTO public.documents VALUES (3, 'r322', '\x5538e8a7de5e06fd70eb7b4ef9cd227d');
INSERT INTO public.documents VALUES (3, 'r319', '\xcc794a4d628b85fb8e25a4453c4606f5');
INSERT INTO public.documents VALUES (3, 'r320', '\x423e49fba9e1a26fde05284034fac022');
INSERT INTO public.documents VALUES (3, 'r323', '\xf77db73aa6f05f57b2d95253d411e5ba');
INSERT INTO public.documents VALUES (3, 'r324', '\x3ed0d486cf894ba7e8f2bc9e3b2c12af');
INSERT INTO public.documents VALUES (2, 'r502', '\xfc5766a26ebc79e003131a0a733e1b51');
INSERT INTO public.documents VALUES (2, 'r503', '\x31faad28338658f20d6fbfaceb3b1b94');
INSERT INTO public.documents VALUES (2, 'r500', '\xec1b5820a97dc4fd79a3de10c37a47bc');
INSERT INTO public.documents VALUES (2, 'r501', '\xfb37a353ec1e67e61b5aca0918cccd01');
INSERT INTO public.documents VALUES (2, 'r506', '\xf39c368dd4a0533efa0465a28375ecbd');
INSERT INTO public.documents VALUES (2, 'r507', '\x00fd142595e1710ac4aff3c3e3af8829');
INSERT INTO public.documents VALUES (2, 'r504', '\xe2884b649a12fe2a7a534c6d9261b3d6');
INSERT INTO public.documents VALUES (2, 'r505', '\x8f3f76478730be2ae09ac8ede310107f');
INSERT INTO public.documents VALUES (2, 'r508', '\x243a873533f7395a72c4fee81e60281e');
INSERT INTO public.documents VALUES (2, 'r509', '\xfb205657dba317e4678a97b39746cc60');
INSERT INTO public.documents VALUES (2, 'r510', '\xc8ebca1ea4a9144e3205a3eed2ccee8f');
INSERT INTO public.documents VALUES (2, 'r511', '\x3f56f30a7d92d6d949a4ee9e48d554b1');
INSERT INTO public.documents VALUES (2, 'r512', '\x074fcf19fa1b466f6491e50cd8cd3f5e');
INSERT INTO public.documents VALUES (2, 'r513', '\x2d3f3e6e19d9561e0ddf591742be6fad');
INSERT INTO public.documents VALUES (2, 'r516', '\x3003c90362711d19131999cc64924b5a');
INSERT INTO public.documents VALUES (2, 'r517', '\xcdd63681d5afa432c1cea024ea366a84');
INSERT INTO public.documents VALUES (2, 'r514', '\xf9c0532f88094927a0696b049a2cadcb');
INSERT INTO public.documents VALUES (2, 'r515', '\xa1ec69f3091b5ff7b80a7c2150db5aaf');
INSERT INTO public.documents VALUES (2, 'r518', '\x7e6d50ead2cd59e082a411fd2ecf9e88');
INSERT INTO public.documents VALUES (2, 'r519', '\x85ba3b060e40fd71e5308485c1d81fe2');
INSERT INTO public.documents VALUES (2, 'r522', '\x47167db300f4a17576813b622b51269a');
INSERT INTO public.documents VALUES (2, 'r523', '\x1674572bceca20ba65436963cf067590');
INSERT INTO public.documents VALUES (2, 'r520', '\xa3cee44df4ce0141994a342d565a9a08');
INSERT INTO public.documents VALUES (2, 'r521', '\x7ce967c9a85aabd32863d37e206a749f');
INSERT INTO public.documents VALUES (2, 'r524', '\x700a7cb2c630aaf52f73d37091c8bb41');
INSERT INTO public.documents VALUES (2, 'r525', '\xde19ee816f665097d50fa526d8198c6d');
INSERT INTO public.documents VALUES (2, 'r526', '\x62ef3770ab11eda23a55173c6564386f');
INSERT INTO public.documents VALUES (2, 'r527', '\x8bd73754dfafc4ed2cc7d563e24d1cfb');
INSERT INTO public.documents VALUES (2, 'r528', '\xfd728a15165c793f842e2cbe69256ba0');
INSERT INTO public.documents VALUES (2, 'r529', '\x8eef1ffc5087c54c5bb6377b9dd7c0ac');
INSERT INTO public.documents VALUES (4, 'r2', '\xb96f1844a41f0d8eaaa94d2ddd1ff631');
INSERT INTO public.documents VALUES (4, 'r3', '\xb84b8aa04e0f605e6495e01ded9e8fb3');
INSERT INTO public.documents VALUES (4, 'r0', '\x863692c4a807df281e1fbefac9528ade');
INSERT INTO public.documents VALUES (4, 'r1', '\x9d38a4d92c5c000d552c7514f4d28e16');
INSERT INTO public.documents VALUES (4, 'r6', '\x7cc74e6563c5d368e76342717835f152');
INSERT INTO public.documents VALUES (4, 'r7', '\xecd7770f498d35d4d2549429ef908250');
INSERT INTO public.documents VALUES (4, 'r4', '\x2ffe75906f26bbeda76a719cf7a4aa7f');
INSERT INTO public.documents VALUES (4, 'r5', '\xc6fc8976fec5fbcead3335722db43961');
INSERT INTO public.documents VALUES (4, 'r8', '\x17f6b7586e9f9f3daea7bcc10486f2fc');
INSERT INTO public.documents VALUES (4, 'r9', '\x0573f8be527ff80619ed18a2722e8b2e');
INSERT INTO public.documents VALUES (4, 'r10', '\xd7690d7915613777575c3b3ffb0ac2e9');
INSERT INTO public.documents VALUES (4, 'r11', '\xa3b839986a883809f8baa05b834a9c0b');
INSERT INTO public.documents VALUES (4, 'r12', '\xd7eba1f7f906d15789067b0ffe4f933a');
INSERT INTO public.documents VALUES (4, 'r13', '\xb7671fcd99de5fff97c0fa6ae4a41cc6');
INSERT INTO public.documents VALUES (4, 'r14', '\xfc80a4e65c982ac8cff98758f188b28b');
INSERT INTO public.documents VALUES (4, 'r15', '\x8a62821c652b0b59d15d1bc1c91c2412');
INSERT INTO public.documents VALUES (4, 'r16', '\xa21f16237437d6384deb0503508738a6');
INSERT INTO public.documents VALUES (4, 'r17', '\x5ce5dc1ab7189153fbba42243b6665f9');
INSERT INTO public.documents VALUES (4, 'r18', '\x267a9d77de1e50f0f145462e050376f3');
INSERT INTO public.documents VALUES (4, 'r19', '\xb3ed1dad294fea562a470bf17e9ce7c5');
INSERT INTO public.documents VALUES (4, 'r20', '\x2e8921c8e4ca47dfcee25ecdf5a4d26a');
INSERT INTO public.documents VALUES (4, 'r21', '\xa7d976f03877a8746f6aa80e272621d6');
INSERT INTO public.documents VALUES (4, 'r24', '\x5416de48ad1a10f9f17faacc94b73b04');
INSERT INTO public.documents VALUES (4, 'r25', '\x0cb1c991c8db60fa4409fceed1e64155');
INSERT INTO public.documents VALUES (4, 'r22', '\x8f8a9ba5ba582f859714996642dabbc4');
INSERT INTO public.documents VALUES (4, 'r23', '\x220eeec5ed5aad9b971778acc831348e');
INSERT INTO public.documents VALUES (4, 'r28', '\x4499586a2f49de70a2ec7ba0fa276176');
INSERT INTO public.documents VALUES (4, 'r29', '\x327c8cd7aeb62c53ea4b5c5250796999');
INSERT INTO public.documents VALUES (4, 'r26', '\x31a37692681c9dd32282ab4ca63417df');
INSERT INTO public.documents VALUES (4, 'r27', '\xdbf9a797ef5a34f25685495811b4cea5');
INSERT INTO public.files VALUES (1, 'theses', '/srv/library/dumps/1.xml', '17310 1795990937168755597 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (1, 'theses', '/srv/library/dumps/2.xml', '803 1795990945043388267 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (2, 'theses', '/srv/library/dumps/1.xml', '17310 1795990937168755597 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (2, 'theses', '/srv/library/dumps/2.xml', '803 1795990945043388267 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (2, 'theses', '/srv/library/dumps/3.xml', '1957 1795990962288687698 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (4, 'theses', '/srv/library/dumps/1.xml', 'begun 17310 1795990937168755597 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (4, 'theses', '/srv/library/dumps/2.xml', 'begun 803 1795990945043388267 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (4, 'theses', '/srv/library/dumps/3.xml', 'begun 1957 1795990962288687698 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.files VALUES (4, 'theses', '/srv/library/dumps/4.xml', 'begun 17371 1795990992767644936 b14cda7f28986356a5b5bb1705bb8aa6');
INSERT INTO public.generations VALUES ('embedded:catalogue', 'g20261129t222238', 'former', '2026-11-29T22:22:38Z', '2026-11-29T22:22:38Z', NULL);
INSERT INTO public.generations VALUES ('embedded:catalogue', 'g20261129t222239', 'live', '2026-11-29T22:22:38Z', '2026-11-29T22:22:40Z', 61);
INSERT INTO public.generations VALUES ('embedded:catalogue', 'g20261129t222326', 'building', '2026-11-29T22:23:26Z', NULL, NULL);
INSERT INTO public.journal VALUES ('elasticsearch+http://search:9200/biblio', '{"refresh_interval": "1s", "number_of_replicas": null}');
INSERT INTO public.layout VALUES (3);
INSERT INTO public.locks VALUES ('embedded:plain', '4cb70aa60a524f64bea123d8d45191f0', 'loader', 19210, 'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 253249', 'load', '2026-11-29T22:23:11Z', 1764450991.413349);
INSERT INTO public.locks VALUES ('embedded:catalogue', '73106cbeeeff4c408512b5c55ccef11c', 'loader', 19633, 'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 253918', 'sync', '2026-11-29T22:23:17Z', 1764450997.9449582);
INSERT INTO public.locks VALUES ('embedded:catalogue#', '122d293c253c49c089327a72fb2e497d', 'loader', 20240, 'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 254570', 'reindex', '2026-11-29T22:23:26Z', 1764451006.0471895);
INSERT INTO public.locks VALUES ('embedded:catalogue#g20261129t222326', '60ccee0541a14578bc1e4d68492cebd7', 'loader', 20240, 'ac33905e-6cc1-438d-8af5-51a6bbcdb326 pid:[4026531836] 254570', 'reindex load', '2026-11-29T22:23:26Z', 1764451006.3324924);
INSERT INTO public.runs VALUES (1, 'sync', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:22:22Z', '2026-11-29T22:22:23Z', 0, NULL, 0.6447347690000242, 0);
INSERT INTO public.runs VALUES (2, 'sync', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:22:30Z', '2026-11-29T22:22:30Z', 1, NULL, 0.5738260739999532, 0);
INSERT INTO public.runs VALUES (4, 'reindex load', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:22:39Z', '2026-11-29T22:22:40Z', 1, NULL, 0.6574979259999054, 0);
INSERT INTO public.runs VALUES (3, 'reindex', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:22:38Z', '2026-11-29T22:22:40Z', 1, NULL, 2.2656480189998547, 0);
INSERT INTO public.runs VALUES (5, 'sync', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:22:47Z', '2026-11-29T22:22:48Z', 5, 'HELD: deletions of 20 documents; the rest is loaded', 0.49988134299974263, 0);
INSERT INTO public.runs VALUES (6, 'delete', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:22:55Z', '2026-11-29T22:22:55Z', 0, NULL, 0.6271604140001728, 0);
INSERT INTO public.runs VALUES (7, 'load', 'embedded:plain', '1+icu77.1', '2026-11-29T22:23:04Z', '2026-11-29T22:23:04Z', 1, NULL, 0.5739405110002735, 0);
INSERT INTO public.runs VALUES (8, 'load', 'embedded:plain', '1+icu77.1', '2026-11-29T22:23:11Z', NULL, NULL, NULL, 0, 0);
INSERT INTO public.runs VALUES (9, 'sync', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:23:18Z', NULL, NULL, NULL, 0, 0);
INSERT INTO public.runs VALUES (10, 'reindex', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:23:26Z', NULL, NULL, NULL, 0, 0);
INSERT INTO public.runs VALUES (11, 'reindex load', 'embedded:catalogue', '1+icu77.1', '2026-11-29T22:23:26Z', NULL, NULL, NULL, 0, 0);
INSERT INTO public.targets VALUES (1, 'embedded:catalogue#g20261129t222238', 'dbf5b629f17e4fbda87b1f1076b92dd0');
INSERT INTO public.targets VALUES (2, 'embedded:catalogue#g20261129t222239', '9e1e5428f8924742891d7259246e764d');
INSERT INTO public.targets VALUES (3, 'embedded:plain', '9eba093242514424ab1f750d8d9d0187');
INSERT INTO public.targets VALUES (4, 'embedded:catalogue#g20261129t222326', '3ba090e65e46440eaeb9e3bf96329580');
INSERT INTO public.tracked VALUES (1, 'r0', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r1', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r10', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r11', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r12', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r13', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r14', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r15', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r16', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r17', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r18', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r19', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r20', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r21', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r22', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r23', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r24', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r25', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r26', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r27', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r28', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r29', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r3', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r30', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r31', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r32', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r33', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r34', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r35', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r36', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r37', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r38', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r39', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r4', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r40', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r41', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r42', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r43', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r44', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r45', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r46', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r47', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r48', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r49', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r50', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r51', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r52', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r53', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r54', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r55', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r56', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r57', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r58', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r59', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r6', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r7', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r8', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r9', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r2', 1795990943, 1795990950, 1577923200, NULL);
INSERT INTO public.tracked VALUES (1, 'r61', 1795990950, 1795990950, 1577923200, NULL);
INSERT INTO public.tracked VALUES (1, 'r62', 1795990967, 1795990967, 1578009600, NULL);
INSERT INTO public.tracked VALUES (2, 'r200', 1795990984, 1795990984, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r201', 1795990984, 1795990984, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r203', 1795990984, 1795990984, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r204', 1795990984, 1795990984, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r210', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r211', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r212', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r213', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r300', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r301', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r302', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r303', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r304', 1795990991, 1795990991, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r305', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r306', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r307', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r308', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r309', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r310', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r311', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r312', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r313', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r314', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r315', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r316', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r317', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r318', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r319', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r320', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r321', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r322', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r323', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (2, 'r324', 1795990992, 1795990992, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r500', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r501', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r502', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r503', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r504', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r505', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r506', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r507', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r508', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r509', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r510', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r511', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r512', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r513', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r514', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r515', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r516', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r517', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r518', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r519', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r520', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r521', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r522', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r523', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r524', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r525', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r526', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r527', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r528', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r529', 1795990998, 1795990998, 1577836800, NULL);
INSERT INTO public.tracked VALUES (1, 'r5', 1795990943, 1795990943, 1577836800, NULL);
INSERT INTO public.tracked_targets VALUES (1, 'embedded:catalogue');
INSERT INTO public.tracked_targets VALUES (2, 'embedded:plain');
SELECT pg_catalog.setval('public.dead_letters_id_seq', 23, true);
SELECT pg_catalog.setval('public.runs_id_seq', 11, true);
SELECT pg_catalog.setval('public.targets_id_seq', 4, true);
SELECT pg_catalog.setval('public.tracked_targets_id_seq', 2, true);
ALTER TABLE ONLY public.books
    ADD CONSTRAINT books_pkey PRIMARY KEY (run_id, source);
ALTER TABLE ONLY public.checkpoints
    ADD CONSTRAINT checkpoints_pkey PRIMARY KEY (target_id, file);
ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_target_id_file_ordinal_digest_key UNIQUE (target_id, file, ordinal, digest);
ALTER TABLE ONLY public.deletions
    ADD CONSTRAINT deletions_pkey PRIMARY KEY (target, id);
ALTER TABLE ONLY public.documents
    ADD CONSTRAINT documents_pkey PRIMARY KEY (target_id, id);
ALTER TABLE ONLY public.files
    ADD CONSTRAINT files_pkey PRIMARY KEY (target_id, source, file);
ALTER TABLE ONLY public.generations
    ADD CONSTRAINT generations_pkey PRIMARY KEY (target, name);
ALTER TABLE ONLY public.journal
    ADD CONSTRAINT journal_pkey PRIMARY KEY (target);
ALTER TABLE ONLY public.locks
    ADD CONSTRAINT locks_pkey PRIMARY KEY (target);
ALTER TABLE ONLY public.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.targets
    ADD CONSTRAINT targets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.targets
    ADD CONSTRAINT targets_url_key UNIQUE (url);
ALTER TABLE ONLY public.tracked
    ADD CONSTRAINT tracked_pkey PRIMARY KEY (tracked_target_id, id);
ALTER TABLE ONLY public.tracked_targets
    ADD CONSTRAINT tracked_targets_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.tracked_targets
    ADD CONSTRAINT tracked_targets_url_key UNIQUE (url);
ALTER TABLE ONLY public.books
    ADD CONSTRAINT books_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);
ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.runs(id);
ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_target_id_fkey FOREIGN KEY (target_id) REFERENCES public.targets(id);
