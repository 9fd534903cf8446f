-- owner: internal/playbook
CREATE TABLE playbook_applied (
    community_id TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    name         TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    applied_at   BIGINT  NOT NULL,
    applied_by   TEXT    NOT NULL,
    PRIMARY KEY (community_id, version)
);
