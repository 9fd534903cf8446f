-- Files that people come in by.

-- owner: internal/transfer
-- An import is read in passes: a dry run changes nothing, a run has its effects. position is the row of the file up to
-- which the current pass has dealt with every row; it moves in the transaction of the rows' effects.
CREATE TABLE transfer_import (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    name         TEXT    NOT NULL,            -- of the file, for people to recognise
    state        TEXT    NOT NULL,            -- uploaded, mapped, checking, checked, running, done, stopped, failed
    layout       JSONB   NOT NULL,            -- how the file is built: format, encoding, delimiter, sheet, columns
    plan         JSONB   NOT NULL,            -- what each column means
    file         TEXT    NOT NULL,            -- hash of the encrypted file; '' once it is thrown away
    size         BIGINT  NOT NULL,            -- bytes of the file as it was uploaded
    total        BIGINT  NOT NULL,            -- rows with data
    pass         INTEGER NOT NULL DEFAULT 0,
    dry          BOOLEAN NOT NULL DEFAULT TRUE, -- what the current pass is
    position     BIGINT  NOT NULL DEFAULT 0,
    counts       JSONB   NOT NULL DEFAULT '{}', -- of the current pass
    foreseen     JSONB   NOT NULL DEFAULT '{}', -- of the last whole dry run
    reason       TEXT    NOT NULL DEFAULT '', -- code of what it failed for
    actor        TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    began_at     BIGINT  NOT NULL DEFAULT 0,  -- the current pass, or its last resumption
    began_done   BIGINT  NOT NULL DEFAULT 0,  -- rows it had dealt with then
    moved_at     BIGINT  NOT NULL DEFAULT 0,  -- the last rows
    ended_at     BIGINT  NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX transfer_import_created ON transfer_import (community_id, created_at, id);

-- owner: internal/transfer
-- Why rows were not taken. What stood in them is in the file, which is encrypted.
CREATE TABLE transfer_problem (
    community_id TEXT    NOT NULL,
    import       TEXT    NOT NULL,
    pass         INTEGER NOT NULL,
    at_row       BIGINT  NOT NULL,
    reasons      JSONB   NOT NULL,
    PRIMARY KEY (community_id, import, pass, at_row)
);

-- owner: internal/transfer
-- What columns meant the last time a file with these headers came.
CREATE TABLE transfer_mapping (
    community_id TEXT   NOT NULL,
    headers      TEXT   NOT NULL, -- hash of the folded headers in their order
    plan         JSONB  NOT NULL,
    saved_at     BIGINT NOT NULL,
    PRIMARY KEY (community_id, headers)
);
