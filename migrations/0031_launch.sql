-- Launches with who promised to share, placements with what came of them, posts on other people's platforms, and sharing that is
-- shown by a picture.

-- owner: internal/domain/launch
CREATE TABLE launch (
    community_id     TEXT   NOT NULL,
    id               TEXT   NOT NULL,
    title            TEXT   NOT NULL,
    product          TEXT   NOT NULL DEFAULT '', -- plan:vip; '' is the community as a whole
    begins           BIGINT NOT NULL,
    ends             BIGINT NOT NULL,
    target_pledges   BIGINT NOT NULL,
    target_reach     BIGINT NOT NULL,
    target_endorsers BIGINT NOT NULL,
    version          BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    closed_at        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (community_id, id),
    CHECK (ends > begins)
);
CREATE INDEX launch_begins ON launch (community_id, begins, id);

-- owner: internal/domain/launch
CREATE TABLE launch_pledge (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    launch       TEXT    NOT NULL,
    person       TEXT    NOT NULL,
    state        TEXT    NOT NULL,            -- asked, promised, declined, done
    asked_at     BIGINT  NOT NULL DEFAULT 0,  -- 0: nobody asked, they came by themselves
    asked_by     TEXT    NOT NULL DEFAULT '',
    contacts     BIGINT  NOT NULL DEFAULT 0,  -- promised
    shares       BIGINT  NOT NULL DEFAULT 0,  -- promised
    link         TEXT    NOT NULL DEFAULT '', -- their share link, once they promised
    promised_at  BIGINT  NOT NULL DEFAULT 0,
    due_at       BIGINT  NOT NULL DEFAULT 0,  -- when it was told that the time has come
    done_at      BIGINT  NOT NULL DEFAULT 0,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (community_id, id),
    CHECK (contacts >= 0 AND shares >= 0 AND (state NOT IN ('promised', 'done') OR (link <> '' AND shares > 0)) AND (state <> 'done' OR done_at > 0))
);
CREATE UNIQUE INDEX launch_pledge_person ON launch_pledge (community_id, launch, person);
CREATE INDEX launch_pledge_of ON launch_pledge (community_id, person, id);
CREATE INDEX launch_pledge_state ON launch_pledge (community_id, launch, state, id);
CREATE INDEX launch_pledge_newest ON launch_pledge (community_id, launch, id);
CREATE INDEX launch_pledge_waits ON launch_pledge (community_id, launch, id) WHERE state = 'promised' AND due_at = 0;

-- owner: internal/domain/launch
CREATE TABLE launch_endorser (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    launch       TEXT   NOT NULL,
    person       TEXT   NOT NULL DEFAULT '',
    name         TEXT   NOT NULL,
    title        TEXT   NOT NULL DEFAULT '',
    quote        TEXT   NOT NULL DEFAULT '',
    consent_at   BIGINT NOT NULL DEFAULT 0,  -- 0: has not agreed to these words
    consent_by   TEXT   NOT NULL DEFAULT '', -- the operator who has it in writing
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    CHECK ((consent_at > 0) = (consent_by <> ''))
);
CREATE INDEX launch_endorser_launch ON launch_endorser (community_id, launch, id);
CREATE INDEX launch_endorser_person ON launch_endorser (community_id, person) WHERE person <> '';

-- owner: internal/domain/launch
CREATE TABLE launch_resource (
    community_id TEXT    NOT NULL,
    id           TEXT    NOT NULL,
    launch       TEXT    NOT NULL,
    kind         TEXT    NOT NULL, -- text, picture, video, gift, channel, other
    title        TEXT    NOT NULL,
    link         TEXT    NOT NULL DEFAULT '',
    ready        BOOLEAN NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX launch_resource_launch ON launch_resource (community_id, launch, id);


-- Which pool a placement is of: accounts with the same audience, groups, mid-size accounts.
ALTER TABLE intake_placement ADD COLUMN pool TEXT NOT NULL DEFAULT '';

-- owner: internal/domain/intake
-- Persons whose first way in was an entry of a placement.
CREATE TABLE intake_origin (
    community_id TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    placement    TEXT   NOT NULL,
    entry        TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    contact_at   BIGINT NOT NULL DEFAULT 0, -- when they could be reached: registered, or added a contact
    PRIMARY KEY (community_id, person)
);
CREATE INDEX intake_origin_placement ON intake_origin (community_id, placement, at, person);

-- owner: internal/domain/intake
-- Orders of those persons.
CREATE TABLE intake_sale (
    community_id TEXT   NOT NULL,
    order_id     TEXT   NOT NULL,
    placement    TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    paid         BIGINT NOT NULL,
    refunded     BIGINT NOT NULL DEFAULT 0,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, order_id),
    CHECK (paid > 0 AND refunded >= 0 AND refunded <= paid)
);
CREATE INDEX intake_sale_placement ON intake_sale (community_id, placement, at, order_id);
CREATE INDEX intake_sale_person ON intake_sale (community_id, person, placement);

-- owner: internal/domain/intake
CREATE TABLE intake_placement_count (
    community_id TEXT   NOT NULL,
    placement    TEXT   NOT NULL,
    what         TEXT   NOT NULL, -- came, contacts, converted: persons; orders; paid, refunded: fen
    n            BIGINT NOT NULL,
    PRIMARY KEY (community_id, placement, what)
);

-- owner: internal/domain/intake
-- Articles, videos and the like on other people's platforms, each with an entry of its own.
CREATE TABLE intake_post (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    source       TEXT   NOT NULL,            -- the place
    title        TEXT   NOT NULL,
    entry        TEXT   NOT NULL,
    planned_at   BIGINT NOT NULL,
    published_at BIGINT NOT NULL DEFAULT 0,
    link         TEXT   NOT NULL DEFAULT '', -- where it can be read
    reach        BIGINT NOT NULL DEFAULT 0,  -- reads, as the place tells
    reach_at     BIGINT NOT NULL DEFAULT 0,
    dropped_at   BIGINT NOT NULL DEFAULT 0,
    version      BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    CHECK (reach >= 0 AND (published_at = 0 OR link <> '') AND (published_at = 0 OR dropped_at = 0))
);
CREATE UNIQUE INDEX intake_post_entry ON intake_post (community_id, entry);
CREATE INDEX intake_post_planned ON intake_post (community_id, planned_at, id);
CREATE INDEX intake_post_source ON intake_post (community_id, source, planned_at, id);

-- owner: internal/domain/growth
-- A request to everybody to do something and show it by a picture.
CREATE TABLE growth_call (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    rule         TEXT   NOT NULL,
    terms        JSONB  NOT NULL,            -- the rule as it was when the call went out
    product      TEXT   NOT NULL DEFAULT '', -- whose share link goes with it
    note         TEXT   NOT NULL DEFAULT '', -- what this one is about
    created_at   BIGINT NOT NULL,
    created_by   TEXT   NOT NULL,
    ends         BIGINT NOT NULL,
    PRIMARY KEY (community_id, id)
);
CREATE INDEX growth_call_ends ON growth_call (community_id, ends, id);

-- owner: internal/domain/growth
CREATE TABLE growth_proof (
    community_id TEXT   NOT NULL,
    id           TEXT   NOT NULL,
    call         TEXT   NOT NULL,
    person       TEXT   NOT NULL,
    picture      TEXT   NOT NULL, -- '' once its person was erased
    device       TEXT   NOT NULL, -- keyed hash
    address      TEXT   NOT NULL, -- keyed hash
    state        TEXT   NOT NULL, -- waits, held, approved, refused
    suspicions   JSONB  NOT NULL, -- why it is held, or was
    reason       TEXT   NOT NULL DEFAULT '', -- why it was refused
    task         TEXT   NOT NULL DEFAULT '',
    kind         TEXT   NOT NULL,            -- of the reward: money, points
    amount       BIGINT NOT NULL,            -- fen or points
    entry        TEXT   NOT NULL DEFAULT '', -- that posted it
    decided_by   TEXT   NOT NULL DEFAULT '',
    decided_at   BIGINT NOT NULL DEFAULT 0,
    fact         TEXT   NOT NULL,
    at           BIGINT NOT NULL,
    PRIMARY KEY (community_id, id),
    CHECK (amount > 0 AND (state = 'approved') = (entry <> '') AND (state IN ('approved', 'refused')) = (decided_at > 0) AND (state = 'refused') = (reason <> ''))
);
CREATE UNIQUE INDEX growth_proof_live ON growth_proof (community_id, call, person) WHERE state <> 'refused';
CREATE INDEX growth_proof_person ON growth_proof (community_id, person, id);
CREATE INDEX growth_proof_call ON growth_proof (community_id, call, id);
CREATE INDEX growth_proof_state ON growth_proof (community_id, state, id);
CREATE INDEX growth_proof_picture ON growth_proof (community_id, picture, id) WHERE picture <> '';
CREATE INDEX growth_proof_device ON growth_proof (community_id, device, call) WHERE device <> '';
CREATE INDEX growth_proof_address ON growth_proof (community_id, address, call, at) WHERE address <> '';
CREATE INDEX growth_proof_burst ON growth_proof (community_id, call, at);
