-- Work that is due (timers) and slow work for the outside (jobs). Both are the installation's own: nodes claim across communities.

-- owner: internal/platform/job
CREATE TABLE timer (
    kind         TEXT   NOT NULL,
    community_id TEXT   NOT NULL,
    ref          TEXT   NOT NULL,
    due_at       BIGINT NOT NULL,
    attempts     INTEGER NOT NULL DEFAULT 0,
    error        TEXT   NOT NULL DEFAULT '',
    PRIMARY KEY (kind, community_id, ref)
);
CREATE INDEX timer_due ON timer (due_at);

-- owner: internal/platform/job
CREATE TABLE job (
    id           TEXT   NOT NULL PRIMARY KEY,
    community_id TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    key          TEXT   NOT NULL DEFAULT '',
    state        TEXT   NOT NULL DEFAULT 'ready', -- ready, dead
    run_at       BIGINT NOT NULL,
    lease_until  BIGINT NOT NULL DEFAULT 0,       -- on the machine's clock
    attempts     INTEGER NOT NULL DEFAULT 0,
    error        TEXT   NOT NULL DEFAULT '',
    payload      JSONB  NOT NULL DEFAULT '{}',
    created_at   BIGINT NOT NULL
);
CREATE INDEX job_ready ON job (kind, run_at) WHERE state = 'ready';
CREATE UNIQUE INDEX job_key ON job (kind, community_id, key) WHERE key <> '';
