package archtest

import "testing"

func tablesOf(t *testing.T, files map[string]string) ([]*table, []string) {
	t.Helper()
	tables, problems, err := schema(example(files))
	if err != nil {
		t.Fatal(err)
	}
	return tables, problems
}

func TestOwnersControl(t *testing.T) {
	tables, problems := tablesOf(t, map[string]string{"migrations/0001_people.sql": `
-- owner: internal/domain/people
-- What a person is.
CREATE TABLE person (
    community_id TEXT NOT NULL,
    id           TEXT NOT NULL, -- a semicolon; and an apostrophe's tail
    note         TEXT NOT NULL DEFAULT 'CREATE TABLE hidden (id TEXT);',
    PRIMARY KEY (community_id, id)
);

-- owner: internal/domain/people

CREATE TABLE detached (community_id TEXT NOT NULL PRIMARY KEY);
CREATE TABLE IF NOT EXISTS "orphan" (community_id TEXT NOT NULL PRIMARY KEY);
-- owner: internal/domain/peple
CREATE TABLE misspelt (community_id TEXT NOT NULL PRIMARY KEY);
-- owner: internal/domain/people
-- only sqlite
CREATE VIRTUAL TABLE person_search USING fts5 (words);
-- end
-- only postgres
CREATE TABLE person_search (community_id TEXT NOT NULL, words tsvector, PRIMARY KEY (community_id)) PARTITION BY LIST (community_id);
CREATE TABLE person_search_rest PARTITION OF person_search DEFAULT;
-- end
-- only mysql
-- end
`})
	bites(t, problems, "(sqlite): table detached has no owner", "(postgres): table detached has no owner",
		"(sqlite): table orphan has no owner", "(postgres): table orphan has no owner",
		"(sqlite): table misspelt is owned by internal/domain/peple", "(postgres): table misspelt is owned by internal/domain/peple",
		`"mysql" is no database of ours`)

	got := map[string]string{}
	for _, table := range tables {
		got[table.dialect+" "+table.name] = table.owner
	}
	for name, owner := range map[string]string{
		"sqlite person": "internal/domain/people", "postgres person": "internal/domain/people",
		"sqlite person_search": "internal/domain/people", "postgres person_search": "internal/domain/people",
		"postgres person_search_rest": "internal/domain/people",
	} {
		if got[name] != owner {
			t.Errorf("%s is owned by %q, not %q", name, got[name], owner)
		}
	}
	if len(got) != 11 {
		t.Errorf("%d tables were found, not 11: %v", len(got), got)
	}
}

func TestKeysControl(t *testing.T) {
	tables, problems := tablesOf(t, map[string]string{"migrations/0001_keys.sql": `
-- owner: internal/platform/job
CREATE TABLE job (id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL UNIQUE);
-- owner: internal/spine/seat
CREATE TABLE good (community_id TEXT NOT NULL, a TEXT NOT NULL CHECK (a <> 'unique'), PRIMARY KEY (community_id, a), UNIQUE (community_id, a));
-- owner: internal/spine/seat
CREATE TABLE bad_column (id TEXT NOT NULL PRIMARY KEY, community_id TEXT NOT NULL);
-- owner: internal/spine/seat
CREATE TABLE bad_order (community_id TEXT NOT NULL, id TEXT NOT NULL, CONSTRAINT k PRIMARY KEY (id, community_id)) WITHOUT ROWID;
-- owner: internal/spine/seat
CREATE TABLE none (community_id TEXT NOT NULL);
-- owner: internal/spine/seat
CREATE TABLE token (community_id TEXT NOT NULL PRIMARY KEY, token TEXT NOT NULL);
CREATE UNIQUE INDEX token_token ON token (token) WHERE token <> '';
CREATE UNIQUE INDEX token_fine ON token (community_id, token DESC);
CREATE INDEX token_any ON token (token);
-- owner: internal/spine/seat
-- only postgres
CREATE TABLE forked (community_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (community_id, id));
-- end
-- only sqlite
CREATE TABLE forked (community_id TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (id));
-- end
`})
	bites(t, problems)
	var want []string
	for _, dialect := range dialects {
		want = append(want,
			"("+dialect+"): the primary key of table bad_column begins with id",
			"("+dialect+"): the primary key of table bad_order begins with id",
			"("+dialect+"): table none has no primary key",
			"("+dialect+"): the unique key of table token begins with token")
	}
	bites(t, checkKeys(tables, installationTables), append(want, "(sqlite): the primary key of table forked begins with id")...)
}
