-- Uses of benefits: whose, by whom, and what was written down of them. Of what companies share, colleagues use what their contact bought.

ALTER TABLE membership_use ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE membership_use ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE membership_use ADD COLUMN note TEXT NOT NULL DEFAULT '';
UPDATE membership_use SET person = COALESCE((SELECT t.person FROM membership_entitlement e JOIN membership_term t ON t.community_id = e.community_id AND t.id = e.term
    WHERE e.community_id = membership_use.community_id AND e.id = membership_use.entitlement), '');
CREATE INDEX membership_use_person ON membership_use (community_id, person, used_at);
