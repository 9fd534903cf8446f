-- What an event came to, for those who had a ticket and for members: in the words of whoever made it.

ALTER TABLE event ADD COLUMN summary TEXT NOT NULL DEFAULT '';
