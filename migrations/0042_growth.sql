-- In which order growth came to know of touches and orders, which the dates that they tell of don't say; what somebody let through; who paid.

ALTER TABLE growth_bond ADD COLUMN made TEXT NOT NULL DEFAULT ''; -- an id of when it was kept, or allowed on a look
UPDATE growth_bond SET made = id;
CREATE INDEX growth_bond_made ON growth_bond (community_id, programme, made);

ALTER TABLE growth_sale ADD COLUMN heard TEXT NOT NULL DEFAULT ''; -- an id of when growth heard of it
UPDATE growth_sale SET heard = fact;
CREATE INDEX growth_sale_paid ON growth_sale (community_id, paid_at);

ALTER TABLE growth_reward ADD COLUMN allowed BOOLEAN NOT NULL DEFAULT FALSE; -- somebody looked at it and let it through

ALTER TABLE shop_payment ADD COLUMN payer TEXT NOT NULL DEFAULT ''; -- a keyed hash of the account that paid, if the channel says it

-- owner: internal/domain/team
-- Which person one of the staff is.
CREATE TABLE team_person (
    community_id TEXT NOT NULL,
    staff        TEXT NOT NULL, -- an operator
    person       TEXT NOT NULL,
    PRIMARY KEY (community_id, staff)
);
CREATE INDEX team_person_person ON team_person (community_id, person);
