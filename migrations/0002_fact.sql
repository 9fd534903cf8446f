-- The log of facts: appended once, never changed, in 64 shards a community.

-- owner: internal/spine/fact
CREATE TABLE fact_shard (
    community_id TEXT     NOT NULL,
    shard        SMALLINT NOT NULL,
    pos          BIGINT   NOT NULL,
    PRIMARY KEY (community_id, shard)
);

-- owner: internal/spine/fact
-- only sqlite
CREATE TABLE fact (
    community_id TEXT     NOT NULL,
    shard        SMALLINT NOT NULL,
    pos          BIGINT   NOT NULL,
    id           TEXT     NOT NULL,
    kind         TEXT     NOT NULL,
    person       TEXT     NOT NULL,
    subject      TEXT     NOT NULL,
    circle       TEXT     NOT NULL,
    entry        TEXT     NOT NULL,
    actor        TEXT     NOT NULL,
    at           BIGINT   NOT NULL,
    recorded_at  BIGINT   NOT NULL,
    data         JSONB    NOT NULL,
    PRIMARY KEY (community_id, shard, pos)
) WITHOUT ROWID;
-- end
-- only postgres
CREATE TABLE fact (
    community_id TEXT     NOT NULL,
    shard        SMALLINT NOT NULL,
    pos          BIGINT   NOT NULL,
    id           TEXT     NOT NULL,
    kind         TEXT     NOT NULL,
    person       TEXT     NOT NULL,
    subject      TEXT     NOT NULL,
    circle       TEXT     NOT NULL,
    entry        TEXT     NOT NULL,
    actor        TEXT     NOT NULL,
    at           BIGINT   NOT NULL,
    recorded_at  BIGINT   NOT NULL,
    data         JSONB    NOT NULL,
    PRIMARY KEY (community_id, shard, pos, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE TABLE fact_other PARTITION OF fact DEFAULT;
-- end
CREATE INDEX fact_person ON fact (community_id, person, at) WHERE person <> '';
CREATE INDEX fact_subject ON fact (community_id, subject, recorded_at) WHERE subject <> '';
CREATE INDEX fact_circle ON fact (community_id, circle, recorded_at) WHERE circle <> '';

-- owner: internal/spine/fact
CREATE TABLE fact_key (
    community_id TEXT NOT NULL,
    key          TEXT NOT NULL,
    hash         TEXT NOT NULL,
    fact_id      TEXT NOT NULL,
    PRIMARY KEY (community_id, key)
);

-- owner: internal/spine/fact
-- A row with community '' and shard -1 marks that a subscriber is known to the installation.
CREATE TABLE fact_cursor (
    community_id TEXT     NOT NULL,
    subscriber   TEXT     NOT NULL,
    shard        SMALLINT NOT NULL,
    pos          BIGINT   NOT NULL,
    PRIMARY KEY (community_id, subscriber, shard)
);

-- owner: internal/spine/fact
CREATE TABLE fact_parked (
    community_id TEXT     NOT NULL,
    subscriber   TEXT     NOT NULL,
    shard        SMALLINT NOT NULL,
    pos          BIGINT   NOT NULL,
    subject      TEXT     NOT NULL, -- the person, else the subject: whose later facts are held back
    error        TEXT     NOT NULL, -- '' for a fact that only waits behind a parked one
    parked_at    BIGINT   NOT NULL,
    PRIMARY KEY (community_id, subscriber, shard, pos)
);
