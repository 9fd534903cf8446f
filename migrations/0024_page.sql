-- Landing pages in versions, and what became of those who saw each.

-- The landing page that an entry shows; '' is the one that the playbook has for all.
ALTER TABLE intake_entry ADD COLUMN page TEXT NOT NULL DEFAULT '';

-- Whoever took the first step from a page, with the version they had seen. A person counts once a page.
-- owner: internal/domain/intake
CREATE TABLE intake_lead (
    community_id TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    page         TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    at           BIGINT  NOT NULL,
    term         TEXT    NOT NULL DEFAULT '', -- the first membership they bought since
    paid         BIGINT  NOT NULL DEFAULT 0,  -- fen, for it
    PRIMARY KEY (community_id, person, page)
);
CREATE INDEX intake_lead_term ON intake_lead (community_id, term) WHERE term <> '';

-- owner: internal/domain/intake
CREATE TABLE intake_page_version (
    community_id TEXT    NOT NULL,
    page         TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    revision     INTEGER NOT NULL, -- rises when its words change: figures of other words are others
    hash         TEXT    NOT NULL,
    active       BOOLEAN NOT NULL,
    since        BIGINT  NOT NULL,
    PRIMARY KEY (community_id, page, version, revision)
);

-- owner: internal/domain/intake
CREATE TABLE intake_page_count (
    community_id TEXT    NOT NULL,
    page         TEXT    NOT NULL,
    version      TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    what         TEXT    NOT NULL, -- seen, begun, bought, refunded: persons; paid: fen
    n            BIGINT  NOT NULL,
    PRIMARY KEY (community_id, page, version, revision, what)
);
