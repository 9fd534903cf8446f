-- A title is open once; votes follow merges of persons; topics, and guests by what they speak about, are found by words; words of the
-- erased go when an event gives its topic back; bills know by which rule their fee was summed; who asks for a company's contact is told
-- once there is one.

ALTER TABLE event_topic ADD COLUMN folded TEXT NOT NULL DEFAULT '';        -- the title as titles are compared
ALTER TABLE event_topic ADD COLUMN words  TEXT NOT NULL DEFAULT '';        -- title and about as they are searched
ALTER TABLE event_topic ADD COLUMN orphan BOOLEAN NOT NULL DEFAULT FALSE;  -- taken, and who proposed it was erased: its words go when its event gives it back

-- Who was erased is no longer in the row of what they proposed, but in the fact of it.
UPDATE event_topic SET orphan = TRUE WHERE person = '' AND state = 'taken'
    AND EXISTS (SELECT 1 FROM fact f WHERE f.community_id = event_topic.community_id AND f.subject = event_topic.id AND f.subject <> '' AND f.kind = 'event.topic_proposed' AND f.person <> '');
UPDATE event_topic SET title = '', about = '', state = 'closed' WHERE person = '' AND state <> 'taken'
    AND EXISTS (SELECT 1 FROM fact f WHERE f.community_id = event_topic.community_id AND f.subject = event_topic.id AND f.subject <> '' AND f.kind = 'event.topic_proposed' AND f.person <> '');

-- SQL folds less than the program does, which folds a topic anew when its words are changed.
UPDATE event_topic SET folded = lower(replace(title, ' ', '')), words = lower(replace(title, ' ', '')) || '
' || lower(replace(replace(about, ' ', ''), '
', '')) WHERE title <> '';
-- Of those that were open twice the younger ones stay apart.
UPDATE event_topic SET folded = folded || ' ' || id WHERE state = 'open' AND EXISTS (SELECT 1 FROM event_topic o
    WHERE o.community_id = event_topic.community_id AND o.folded = event_topic.folded AND o.state = 'open' AND o.id < event_topic.id);
DROP INDEX event_topic_title;
CREATE UNIQUE INDEX event_topic_open ON event_topic (community_id, folded) WHERE state = 'open' AND folded <> '';

ALTER TABLE event_topic_vote ADD COLUMN counted BOOLEAN NOT NULL DEFAULT TRUE; -- of the votes of persons who are one human the eldest is
UPDATE event_topic_vote SET counted = FALSE WHERE EXISTS (SELECT 1 FROM person p
    JOIN person q ON q.community_id = p.community_id AND q.root = p.root AND q.id <> p.id
    JOIN event_topic_vote o ON o.community_id = q.community_id AND o.person = q.id AND o.topic = event_topic_vote.topic
        AND (o.at < event_topic_vote.at OR o.at = event_topic_vote.at AND o.person < event_topic_vote.person)
    WHERE p.community_id = event_topic_vote.community_id AND p.id = event_topic_vote.person);
UPDATE event_topic SET votes = (SELECT count(*) FROM event_topic_vote v WHERE v.community_id = event_topic.community_id AND v.topic = event_topic.id AND v.counted)
    WHERE EXISTS (SELECT 1 FROM event_topic_vote v WHERE v.community_id = event_topic.community_id AND v.topic = event_topic.id AND NOT v.counted);

ALTER TABLE event_guest ADD COLUMN speaks TEXT NOT NULL DEFAULT ''; -- the topics as they are searched
UPDATE event_guest SET speaks = lower(replace(CAST(topics AS TEXT), ' ', '')) WHERE state <> 'erased';

-- Until 0036 a bill's fee was that of all its lines, in whole fen, also of those that are another merchant's.
ALTER TABLE shop_bill ADD COLUMN fee_of_all BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE shop_bill SET fee_of_all = TRUE WHERE state = 'compared'
    AND fee * 1000 = (SELECT COALESCE(SUM(l.fee_exact), 0) FROM shop_bill_line l WHERE l.community_id = shop_bill.community_id AND l.bill = shop_bill.id)
    AND EXISTS (SELECT 1 FROM shop_bill_line l WHERE l.community_id = shop_bill.community_id AND l.bill = shop_bill.id AND NOT l.ours AND l.fee_exact <> 0)
    AND NOT EXISTS (SELECT 1 FROM shop_bill_line l WHERE l.community_id = shop_bill.community_id AND l.bill = shop_bill.id AND l.fee_exact % 1000 <> 0);

ALTER TABLE people_organisation ADD COLUMN asked TEXT NOT NULL DEFAULT ''; -- the task by which staff was asked for a contact, until there is one
UPDATE people_organisation SET asked = COALESCE((SELECT MAX(t.id) FROM task t WHERE t.community_id = people_organisation.community_id AND t.subject = people_organisation.id
    AND t.subject <> '' AND t.kind = 'company-contact' AND t.state IN ('open', 'claimed')), '');
