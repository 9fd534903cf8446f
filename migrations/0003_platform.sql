-- The installation's own ground: communities, who works in them and how they prove it, what they did, and stored files.

-- owner: internal/platform/community
CREATE TABLE community (
    id               TEXT    NOT NULL PRIMARY KEY,
    slug             TEXT    NOT NULL UNIQUE,
    name             JSONB   NOT NULL, -- language → name
    zone             TEXT    NOT NULL,
    lang             TEXT    NOT NULL,
    playbook         TEXT    NOT NULL DEFAULT '',
    playbook_version TEXT    NOT NULL DEFAULT '',
    settings         JSONB   NOT NULL DEFAULT '{}', -- public: pages may show all of it
    revision         BIGINT  NOT NULL DEFAULT 1,
    created_at       BIGINT  NOT NULL
);

-- owner: internal/platform/authn
CREATE TABLE operator (
    id           TEXT    NOT NULL PRIMARY KEY,
    email        TEXT    NOT NULL UNIQUE, -- case-folded
    name         TEXT    NOT NULL,
    password     TEXT    NOT NULL DEFAULT '', -- '' until an invitation is accepted
    totp         TEXT    NOT NULL DEFAULT '', -- encrypted; '' until confirmed
    totp_pending TEXT    NOT NULL DEFAULT '', -- encrypted; shown, not yet confirmed
    totp_step    BIGINT  NOT NULL DEFAULT 0,  -- the last step whose code was used
    admin        BOOLEAN NOT NULL DEFAULT FALSE, -- of the installation; no right in any community
    disabled     BOOLEAN NOT NULL DEFAULT FALSE,
    created_at   BIGINT  NOT NULL
);

-- owner: internal/platform/authn
CREATE TABLE operator_role (
    community_id TEXT   NOT NULL,
    operator_id  TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, operator_id, role)
);
-- "Which communities may I open?" is asked of the whole installation, so this index starts with the operator.
CREATE INDEX operator_role_operator ON operator_role (operator_id);

-- owner: internal/platform/authn
CREATE TABLE session (
    id           TEXT    NOT NULL PRIMARY KEY,
    token_hash   TEXT    NOT NULL UNIQUE,
    operator_id  TEXT    NOT NULL DEFAULT '',
    community_id TEXT    NOT NULL DEFAULT '', -- of a member's session
    person_id    TEXT    NOT NULL DEFAULT '',
    mfa          BOOLEAN NOT NULL DEFAULT FALSE,
    agent        TEXT    NOT NULL DEFAULT '',
    created_at   BIGINT  NOT NULL,
    seen_at      BIGINT  NOT NULL,
    expires_at   BIGINT  NOT NULL
);
CREATE INDEX session_operator ON session (operator_id) WHERE operator_id <> '';
CREATE INDEX session_person ON session (community_id, person_id) WHERE person_id <> '';
CREATE INDEX session_expires ON session (expires_at);

-- owner: internal/platform/authn
-- What may be used once: the set-up token, invitations, password resets, recovery codes. Used is deleted. The
-- installation's own have community ''.
CREATE TABLE one_time (
    community_id TEXT     NOT NULL,
    kind         TEXT     NOT NULL, -- setup, invite, reset, recovery
    owner_id     TEXT     NOT NULL, -- the operator; '' for set-up
    slot         SMALLINT NOT NULL,
    hash         TEXT     NOT NULL,
    roles        JSONB    NOT NULL DEFAULT '[]', -- what an invitation grants
    expires_at   BIGINT   NOT NULL,              -- 0 for never
    PRIMARY KEY (community_id, kind, owner_id, slot)
);

-- owner: internal/platform/authn
-- Counters of attempts in a window that begins with the first. Those of the installation have community ''.
CREATE TABLE attempt (
    community_id TEXT   NOT NULL,
    kind         TEXT   NOT NULL,
    key          TEXT   NOT NULL, -- keyed hash of an email, phone or address
    count        BIGINT NOT NULL,
    ends_at      BIGINT NOT NULL,
    PRIMARY KEY (community_id, kind, key)
);
CREATE INDEX attempt_ends ON attempt (community_id, ends_at);

-- owner: internal/platform/authn
CREATE TABLE phone_code (
    community_id TEXT     NOT NULL,
    purpose      TEXT     NOT NULL,
    phone_hash   TEXT     NOT NULL,
    code_hash    TEXT     NOT NULL,
    attempts     SMALLINT NOT NULL DEFAULT 0,
    expires_at   BIGINT   NOT NULL,
    PRIMARY KEY (community_id, purpose, phone_hash)
);
CREATE INDEX phone_code_expires ON phone_code (community_id, expires_at);

-- owner: internal/platform/authn
CREATE TABLE api_token (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    scopes       JSONB  NOT NULL,
    hash         TEXT   NOT NULL,
    created_by   TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    used_at      BIGINT NOT NULL DEFAULT 0,
    expires_at   BIGINT NOT NULL DEFAULT 0, -- 0 for never
    revoked_at   BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);

-- owner: internal/platform/audit
CREATE TABLE audit (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    actor_kind   TEXT   NOT NULL,
    actor_id     TEXT   NOT NULL,
    action       TEXT   NOT NULL,
    target_kind  TEXT   NOT NULL,
    target_id    TEXT   NOT NULL,
    detail       JSONB  NOT NULL,
    address      TEXT   NOT NULL,
    request      TEXT   NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX audit_at ON audit (community_id, at, id);
CREATE INDEX audit_target ON audit (community_id, target_id, at, id);
CREATE INDEX audit_actor ON audit (community_id, actor_id, at, id);

-- owner: internal/platform/idem
CREATE TABLE idempotency (
    community_id TEXT    NOT NULL,
    principal    TEXT    NOT NULL,
    route        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    body_hash    TEXT    NOT NULL,
    status       INTEGER NOT NULL,
    body         TEXT    NOT NULL, -- encrypted: an answer may show a phone or a new token
    expires_at   BIGINT  NOT NULL,
    PRIMARY KEY (community_id, principal, route, key)
);
CREATE INDEX idempotency_expires ON idempotency (community_id, expires_at);

-- owner: internal/platform/blob
CREATE TABLE blob (
    community_id TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    kind         TEXT    NOT NULL, -- its media type
    size         BIGINT  NOT NULL,
    width        INTEGER NOT NULL DEFAULT 0,
    height       INTEGER NOT NULL DEFAULT 0,
    thumb        TEXT    NOT NULL DEFAULT '', -- hash of its small picture; '' when it is small itself
    refs         BIGINT  NOT NULL DEFAULT 0 CHECK (refs >= 0),
    uploaded_by  TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL, -- moved on when the same content is uploaded again
    PRIMARY KEY (community_id, hash)
);
CREATE INDEX blob_unused ON blob (community_id, created_at) WHERE refs = 0;
