-- Paths: versions of their definitions, runs, what each run did, and the counts of each step.

-- owner: internal/spine/path
CREATE TABLE path_version (
    community_id TEXT    NOT NULL,
    path         TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    definition   JSONB   NOT NULL,
    hash         TEXT    NOT NULL,
    active       BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (community_id, path, version)
);

-- owner: internal/spine/path
CREATE TABLE path_run (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    path         TEXT    NOT NULL,
    version      INTEGER NOT NULL,
    subject      TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    once_key     TEXT    NOT NULL DEFAULT '',
    state        TEXT    NOT NULL, -- running, ended
    outcome      TEXT    NOT NULL DEFAULT '',
    step         TEXT    NOT NULL,
    entered_at   BIGINT  NOT NULL, -- the present step
    due_at       BIGINT  NOT NULL DEFAULT 0,
    task         TEXT    NOT NULL DEFAULT '',
    moves        INTEGER NOT NULL DEFAULT 0,
    early        JSONB   NOT NULL, -- facts that came while the run did not wait for them
    circle       TEXT    NOT NULL DEFAULT '',
    entry        TEXT    NOT NULL DEFAULT '',
    vars         JSONB   NOT NULL DEFAULT '{}',
    started_at   BIGINT  NOT NULL,
    ended_at     BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX path_run_subject ON path_run (community_id, subject, path) WHERE state = 'running';
CREATE UNIQUE INDEX path_run_once ON path_run (community_id, path, once_key) WHERE once_key <> '';
CREATE INDEX path_run_step ON path_run (community_id, path, step, entered_at) WHERE state = 'running';
CREATE INDEX path_run_latest ON path_run (community_id, subject, started_at);

-- owner: internal/spine/path
CREATE TABLE path_log (
    community_id TEXT    NOT NULL,
    run          TEXT    NOT NULL,
    move         INTEGER NOT NULL,
    step         TEXT    NOT NULL,
    at           BIGINT  NOT NULL, -- when the run left the step
    entered_at   BIGINT  NOT NULL,
    cause        TEXT    NOT NULL, -- the fact's id, or time
    outcome      TEXT    NOT NULL,
    PRIMARY KEY (community_id, run, move)
);

-- owner: internal/spine/path
-- Counts are spread over slots (one for each connection that commits), so that no row is everybody's.
CREATE TABLE path_count (
    community_id TEXT     NOT NULL,
    path         TEXT     NOT NULL,
    version      INTEGER  NOT NULL,
    step         TEXT     NOT NULL,
    outcome      TEXT     NOT NULL, -- '' counts entries, else how the step was left
    slot         SMALLINT NOT NULL,
    runs         BIGINT   NOT NULL,
    seconds      BIGINT   NOT NULL, -- spent in the step by those that left it so
    PRIMARY KEY (community_id, path, version, step, outcome, slot)
);
