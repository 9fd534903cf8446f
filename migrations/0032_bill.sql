-- Companies with the people in them, their memberships with places for colleagues, what goes on invoices; bills of payment channels and
-- what in them differs from our books.

-- owner: internal/domain/people
CREATE TABLE people_organisation (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    key          TEXT   NOT NULL,            -- makes founding it idempotent
    name         TEXT   NOT NULL,
    owner        TEXT   NOT NULL DEFAULT '', -- operator who looks after it
    invoice      TEXT   NOT NULL DEFAULT '', -- encrypted
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX people_organisation_key ON people_organisation (community_id, key);
CREATE INDEX people_organisation_created ON people_organisation (community_id, created_at, id);

-- owner: internal/domain/people
CREATE TABLE people_organisation_member (
    community_id TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    role         TEXT   NOT NULL,            -- contact, finance, colleague
    joined_at    BIGINT NOT NULL,
    left_at      BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, organisation, person)
);
CREATE INDEX people_organisation_member_person ON people_organisation_member (community_id, person);
CREATE INDEX people_organisation_member_joined ON people_organisation_member (community_id, organisation, joined_at, person) WHERE left_at = 0;

-- owner: internal/domain/people
-- What a person wants on their own invoices.
CREATE TABLE people_invoice (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    invoice      TEXT   NOT NULL, -- encrypted
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, person)
);

ALTER TABLE membership_term ADD COLUMN organisation TEXT NOT NULL DEFAULT ''; -- whose it is: its person's if empty, else this company's
DROP INDEX membership_term_held;
CREATE UNIQUE INDEX membership_term_held ON membership_term (community_id, person, plan, organisation) WHERE state = 'held';
CREATE INDEX membership_term_organisation ON membership_term (community_id, organisation) WHERE organisation <> '';

-- owner: internal/domain/membership
-- A place for a colleague: invited by a link, then taken by whoever claimed it.
CREATE TABLE membership_colleague (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    organisation TEXT   NOT NULL,
    key          TEXT   NOT NULL,            -- makes inviting idempotent
    token        TEXT   NOT NULL,            -- of the link
    state        TEXT   NOT NULL,            -- invited, taken, ended
    seat         TEXT   NOT NULL,
    invited_by   TEXT   NOT NULL,            -- person
    invited_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,            -- of the invitation
    person       TEXT   NOT NULL DEFAULT '', -- who took it
    taken_at     BIGINT NOT NULL DEFAULT 0,
    ended_at     BIGINT NOT NULL DEFAULT 0,
    why          TEXT   NOT NULL DEFAULT '', -- it ended: taken_back, left, over, merged, erased
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX membership_colleague_key ON membership_colleague (community_id, key);
CREATE UNIQUE INDEX membership_colleague_token ON membership_colleague (community_id, token);
CREATE UNIQUE INDEX membership_colleague_taken ON membership_colleague (community_id, organisation, person) WHERE state = 'taken';
CREATE INDEX membership_colleague_person ON membership_colleague (community_id, person) WHERE state = 'taken';
CREATE INDEX membership_colleague_organisation ON membership_colleague (community_id, organisation, invited_at, id);

ALTER TABLE shop_order ADD COLUMN organisation TEXT NOT NULL DEFAULT ''; -- for which the buyer ordered
CREATE INDEX shop_order_organisation ON shop_order (community_id, organisation, created_at, id) WHERE organisation <> '';

-- owner: internal/domain/shop
CREATE TABLE shop_bill (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    day          TEXT   NOT NULL,            -- 2006-01-02, of the channel's zone
    hash         TEXT   NOT NULL,            -- of the file
    state        TEXT   NOT NULL,            -- reading, compared
    lines        BIGINT NOT NULL,
    paid         BIGINT NOT NULL,            -- fen
    refunded     BIGINT NOT NULL,            -- fen
    fee          BIGINT NOT NULL,            -- fen that the channel has kept
    entry        TEXT   NOT NULL DEFAULT '', -- by which the fee came into the books
    found        BIGINT NOT NULL DEFAULT 0,  -- differences
    actor        TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    compared_at  BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX shop_bill_day ON shop_bill (community_id, channel, day);
CREATE INDEX shop_bill_newest ON shop_bill (community_id, day, id);

-- owner: internal/domain/shop
CREATE TABLE shop_bill_line (
    community_id TEXT   NOT NULL,
    bill         TEXT   NOT NULL,
    n            BIGINT NOT NULL,            -- of the file
    channel      TEXT   NOT NULL,
    what         TEXT   NOT NULL,            -- payment, refund
    ref          TEXT   NOT NULL,            -- our number: of a payment or refund
    outside      TEXT   NOT NULL,            -- the channel's number
    merchant     TEXT   NOT NULL,
    state        TEXT   NOT NULL,            -- in the channel's words
    settled      BOOLEAN NOT NULL,           -- the channel says that it was done
    amount       BIGINT NOT NULL,
    fee          BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, bill, n)
);
CREATE INDEX shop_bill_line_ref ON shop_bill_line (community_id, channel, what, ref, bill, n);

-- owner: internal/domain/shop
CREATE TABLE shop_difference (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    bill         TEXT   NOT NULL,
    kind         TEXT   NOT NULL,            -- not_ours, not_in_bill, amount, state, twice, merchant
    what         TEXT   NOT NULL,            -- payment, refund
    n            BIGINT NOT NULL,            -- line of the file; 0: it has none
    ref          TEXT   NOT NULL,
    outside      TEXT   NOT NULL DEFAULT '',
    order_id     TEXT   NOT NULL DEFAULT '',
    theirs       BIGINT NOT NULL DEFAULT 0,  -- fen in the bill
    ours         BIGINT NOT NULL DEFAULT 0,  -- fen in our books
    their_state  TEXT   NOT NULL DEFAULT '',
    our_state    TEXT   NOT NULL DEFAULT '',
    found_at     BIGINT NOT NULL,
    resolved_at  BIGINT NOT NULL DEFAULT 0,
    resolved_by  TEXT   NOT NULL DEFAULT '', -- operator; empty: another bill has it
    reason       TEXT   NOT NULL DEFAULT '',
    later        TEXT   NOT NULL DEFAULT '', -- the bill that has what this one lacked
    PRIMARY KEY (community_id, id)
);
CREATE UNIQUE INDEX shop_difference_once ON shop_difference (community_id, bill, kind, what, ref, n);
CREATE INDEX shop_difference_found ON shop_difference (community_id, found_at, id);
CREATE INDEX shop_difference_open ON shop_difference (community_id, found_at, id) WHERE resolved_at = 0;
CREATE INDEX shop_difference_bill ON shop_difference (community_id, bill, found_at, id);
CREATE INDEX shop_difference_lacking ON shop_difference (community_id, what, ref) WHERE kind = 'not_in_bill' AND resolved_at = 0;

-- What came in, and what was asked back, on a day.
CREATE INDEX shop_payment_day ON shop_payment (community_id, channel, paid_at, id) WHERE state = 'received';
CREATE INDEX shop_refund_day ON shop_refund (community_id, asked_at, id) WHERE state = 'done';
