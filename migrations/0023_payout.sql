-- Payout batches: who is paid what, approved by a second person. Amounts are fen.

-- owner: internal/domain/payout
CREATE TABLE payout_batch (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    state        TEXT   NOT NULL,            -- drafting, draft, approved, paying, done, cancelling, cancelled
    threshold    BIGINT NOT NULL,            -- who has less is not in it
    withhold_bp  BIGINT NOT NULL,            -- of what is paid, held back for taxes
    period       TEXT   NOT NULL,            -- 2026-11, in the community's zone
    created_by   TEXT   NOT NULL,
    approved_by  TEXT   NOT NULL DEFAULT '',
    looked       TEXT   NOT NULL DEFAULT '', -- the last account that was looked at
    fact         TEXT   NOT NULL,            -- that began it
    created_at   BIGINT NOT NULL,
    approved_at  BIGINT NOT NULL DEFAULT 0,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id),
    CHECK (approved_by <> created_by AND threshold > 0 AND withhold_bp >= 0 AND withhold_bp < 10000)
);
CREATE INDEX payout_batch_created ON payout_batch (community_id, created_at, id);

-- owner: internal/domain/payout
-- What one account is paid. Kept for tax reports, also when its person was erased.
CREATE TABLE payout_line (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    batch        TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    account      TEXT   NOT NULL,
    gross        BIGINT NOT NULL,
    withheld     BIGINT NOT NULL,
    net          BIGINT NOT NULL,
    state        TEXT   NOT NULL,            -- reserved, paid, failed, returned
    reason       TEXT   NOT NULL DEFAULT '', -- why it failed
    attempt      BIGINT NOT NULL DEFAULT 1,
    name         TEXT   NOT NULL,            -- the legal name, encrypted
    phone        TEXT   NOT NULL,            -- encrypted
    created_at   BIGINT NOT NULL,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id),
    CHECK (gross > 0 AND withheld >= 0 AND net = gross - withheld AND state IN ('reserved', 'paid', 'failed', 'returned'))
);
CREATE UNIQUE INDEX payout_line_account ON payout_line (community_id, batch, account);
CREATE INDEX payout_line_batch ON payout_line (community_id, batch, state, id);
CREATE INDEX payout_line_person ON payout_line (community_id, person, created_at, id);
