package verify

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// reference declares that a column names a row of another table. An empty text names none.
type reference struct {
	table  string
	row    string // what names the row t itself
	column string
	to     string // table
	key    string // its column
	of     string // which rows t; "" for all
	and    string // what else must hold of t and the row x that it names
}

// references are the columns that point at rows of other tables, but for those that a part proves itself.
var references = []reference{
	{"person", "id", "root", "person", "id", "", "x.root = x.id"},
	{"person", "id", "merged_into", "person", "id", "", ""},
	{"person", "id", "first_entry", "intake_entry", "id", "", ""},
	{"person", "id", "last_entry", "intake_entry", "id", "", ""},
	{"people_identifier", "kind || ' ' || value", "person", "person", "id", "", ""},
	{"people_index", "kind || ' ' || hash", "person", "person", "id", "", ""},
	{"people_tag", "tag || ' ' || person", "person", "person", "id", "", ""},
	{"people_tag", "tag || ' ' || person", "via", "person", "id", "", ""},
	{"people_anchor", "id", "person", "person", "id", "", ""},
	{"people_consent", "id", "person", "person", "id", "", ""},
	{"people_merge", "id", "from_person", "person", "id", "", ""},
	{"people_merge", "id", "into_person", "person", "id", "", ""},
	{"people_proposal", "one || ' ' || other", "one", "person", "id", "", ""},
	{"people_proposal", "one || ' ' || other", "other", "person", "id", "", ""},
	{"people_blocked", "kind || ' ' || value", "person", "person", "id", "", ""},

	{"seat", "id", "group_name", "seat_group", "name", "", ""},
	{"seat", "id", "moved_from", "seat", "id", "", ""},
	{"seat", "id", "circle", "circle", "id", "", ""},
	{"seat", "id", "holder", "person", "id", "t.person = TRUE", ""},
	{"seat_pool", "id", "circle", "circle", "id", "", ""},
	{"seat_holder", "group_name || ' ' || holder", "group_name", "seat_group", "name", "", ""},
	{"seat_wait", "group_name || ' ' || holder", "group_name", "seat_group", "name", "", ""},
	{"seat_wait", "group_name || ' ' || holder", "pool_id", "seat_pool", "id", "", ""},
	{"seat_wait", "group_name || ' ' || holder", "holder", "person", "id", "t.person = TRUE", ""},

	{"path_run", "id", "path", "path_version", "path", "", "x.version = t.version"},
	{"path_run", "id", "person", "person", "id", "", ""},
	{"path_run", "id", "task", "task", "id", "", ""},
	{"path_run", "id", "entry", "intake_entry", "id", "", ""},
	{"path_run", "id", "circle", "circle", "id", "", ""},
	{"path_log", "run || ' ' || move", "run", "path_run", "id", "", ""},

	{"task", "id", "person", "person", "id", "", ""},
	{"task", "id", "circle", "circle", "id", "", ""},
	{"task", "id", "subject", "path_run", "id", "t.subject_kind = 'run'", ""},

	{"ledger_entry", "id", "reverses", "ledger_entry", "id", "", ""},
	{"ledger_due", "id", "of_entry", "ledger_entry", "id", "", ""},
	{"ledger_due", "id", "entry_id", "ledger_entry", "id", "", ""},
	{"ledger_payout", "key", "reserved_by", "ledger_entry", "id", "", ""},
	{"ledger_payout", "key", "ended_by", "ledger_entry", "id", "", ""},

	{"circle", "id", "group_name", "circle_template", "name", "", "x.version = t.version"},
	{"circle_group", "name", "name", "seat_group", "name", "", ""},
	{"circle_staff", "circle_id || ' ' || staff", "circle_id", "circle", "id", "", ""},
	{"circle_member", "id", "person", "person", "id", "", ""},
	{"circle_member", "id", "seat_id", "seat", "id", "", ""},
	{"circle_member", "id", "from_circle", "circle", "id", "", ""},
	{"circle_message", "id", "author", "person", "id", "t.author_kind = 'member'", ""},
	{"circle_message", "id", "picture", "blob", "hash", "", ""},
	{"circle_message", "id", "thumb", "blob", "hash", "", ""},
	{"circle_activity", "circle_id || ' ' || person", "circle_id", "circle", "id", "", ""},
	{"circle_activity", "circle_id || ' ' || person", "person", "person", "id", "", ""},
	{"circle_day", "circle_id || ' ' || day", "circle_id", "circle", "id", "", ""},

	{"intake_placement", "id", "source", "intake_source", "id", "", ""},
	{"intake_entry", "id", "source", "intake_source", "id", "", ""},
	{"intake_entry", "id", "placement", "intake_placement", "id", "", ""},
	{"intake_entry", "id", "owner", "person", "id", "", ""},
	{"intake_entry", "id", "path", "path_version", "path", "", ""},
	{"intake_entry", "id", "opening", "intake_opening", "id", "", ""},
	{"intake_entry", "id", "live_code", "seat_group", "name", "", ""},
	{"intake_entry", "id", "successor", "intake_entry", "id", "", ""},
	{"intake_reservation", "opening || ' ' || number", "opening", "intake_opening", "id", "", "t.number <= x.last_number"},
	{"intake_reservation", "opening || ' ' || number", "person", "person", "id", "", ""},
	{"intake_reservation", "opening || ' ' || number", "entry", "intake_entry", "id", "", ""},
	{"intake_registration", "id", "person", "person", "id", "", ""},
	{"intake_registration", "id", "entry", "intake_entry", "id", "", ""},
	{"intake_count", "entry || ' ' || day || ' ' || what", "entry", "intake_entry", "id", "", ""},

	{"membership_wave", "id", "id", "seat_pool", "id", "", ""},
	{"membership_member", "person", "person", "person", "id", "", ""},
	{"membership_term", "id", "person", "person", "id", "", ""},
	{"membership_term", "id", "seat", "seat", "id", "t.state IN ('bought', 'upgraded')", "x.state = 'taken'"},
	{"membership_number", "text", "person", "person", "id", "", ""},
	{"membership_entitlement", "id", "term", "membership_term", "id", "", ""},
	{"membership_entitlement", "id", "id", "seat_pool", "id", "t.granted > 0", "x.capacity = t.granted"},
	{"membership_use", "key", "entitlement", "membership_entitlement", "id", "", ""},
	{"membership_use", "key", "seat", "seat", "id", "t.returned_at = 0", "x.state = 'taken' AND x.qty = t.qty"},

	{"shop_order", "id", "person", "person", "id", "", ""},
	{"shop_order", "id", "payment", "shop_payment", "id", "", "x.order_id = t.id AND x.state = 'received'"},
	{"shop_order", "id", "entry", "ledger_entry", "id", "", "x.subject = t.id"},
	{"shop_line", "order_id || ' ' || n", "order_id", "shop_order", "id", "", ""},
	{"shop_line", "order_id || ' ' || n", "ref", "membership_term", "id", "t.kind = 'plan'", ""},
	{"shop_payment", "id", "order_id", "shop_order", "id", "", ""},
	{"shop_payment", "id", "entry", "ledger_entry", "id", "", "x.subject = t.order_id"},
	{"shop_refund", "id", "payment", "shop_payment", "id", "", "x.order_id = t.order_id"},
	{"shop_refund", "id", "id", "job", "key", "t.state = 'asked'", "x.kind = 'shop.refund'"},
	{"shop_order", "id", "id", "job", "key", "t.state = 'paid'", "x.kind = 'shop.deliver'"},

	{"touch", "id", "person", "person", "id", "", ""},
	{"touch", "id", "campaign", "touch_campaign", "id", "", ""},
	{"touch", "id", "id", "job", "key", "t.state = 'queued'", "x.kind = 'touch.send'"},
	{"touch_budget", "person || ' ' || span", "person", "person", "id", "", ""},
	{"touch_campaign_count", "campaign || ' ' || state", "campaign", "touch_campaign", "id", "", ""},

	{"transfer_import", "id", "file", "blob", "hash", "", ""},
	{"transfer_problem", "import || ' ' || at_row", "import", "transfer_import", "id", "", ""},

	{"blob", "hash", "thumb", "blob", "hash", "", ""},
	{"operator_role", "operator_id || ' ' || role", "operator_id", "operator", "id", "", ""},

	// Facts outlive texts, never the rows they name.
	{"fact", "id", "person", "person", "id", "", ""},
	{"fact", "id", "circle", "circle", "id", "", ""},
	{"fact", "id", "entry", "intake_entry", "id", "", ""},
	{"fact", "id", "data ->> 'seat'", "seat", "id", "t.kind LIKE 'seat.%'", ""},
	{"fact", "id", "data ->> 'registration'", "intake_registration", "id", "t.kind = 'intake.registered'", ""},
	{"fact", "id", "data ->> 'run'", "path_run", "id", "t.kind LIKE 'path.%'", ""},
	{"fact", "id", "data ->> 'task'", "task", "id", "t.kind LIKE 'task.%'", ""},
	{"fact", "id", "data ->> 'entry'", "ledger_entry", "id", "t.kind LIKE 'ledger.%'", ""},
}

// ofInstallation are tables whose rows belong to no community.
var ofInstallation = map[string]bool{"operator": true}

// query finds the rows that name one that is missing.
func (x reference) query() string {
	column := "t." + x.column
	where, there := `t.community_id = $1 AND `+column+` <> ''`, `x.`+x.key+` = `+column
	if !ofInstallation[x.to] {
		there = `x.community_id = t.community_id AND ` + there
	}
	if x.of != "" {
		where += ` AND ` + x.of
	}
	if x.and != "" {
		there += ` AND ` + x.and
	}
	row := "t." + strings.ReplaceAll(x.row, "|| ' ' || ", "|| ' ' || t.")
	return `SELECT ` + row + ` FROM ` + x.table + ` t WHERE ` + where + ` AND NOT EXISTS (SELECT 1 FROM ` + x.to + ` x WHERE ` + there + `) ORDER BY 1 LIMIT $2`
}

// checkReferences finds rows that point at rows which are not there.
func checkReferences(tx *db.Tx, r *Report, _ time.Time) error {
	for _, x := range references {
		reason := fmt.Sprintf("%s.%s names a row of %s that is not there", x.table, x.column, x.to)
		if x.and != "" {
			reason += ", or not so that " + x.and
		}
		if err := r.each(tx, partOfTable(x.table)+".reference", reason, x.query()); err != nil {
			return err
		}
	}
	return nil
}

// counted are the tables whose rows a report counts as a part's.
var counted = map[string]string{
	"seat": "seat", "path": "path_run", "task": "task", "person": "person", "intake": "intake_registration", "circle": "circle_member", "touch": "touch",
	"membership": "membership_term", "shop": "shop_order",
}

func countRows(tx *db.Tx, r *Report, _ time.Time) error {
	for part, table := range counted {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM `+table+` WHERE community_id = $1`, tx.Community()).Scan(&n); err != nil {
			return fmt.Errorf("count %s: %w", table, err)
		}
		r.Checked[part] = n
	}
	return nil
}

// partOfTable is the part that a table's flaws are told under.
func partOfTable(table string) string {
	part, _, _ := strings.Cut(table, "_")
	if part == "people" {
		part = "person"
	}
	return part
}

// partOf is the part of a flaw's kind.
func partOf(kind string) string {
	part, _, _ := strings.Cut(kind, ".")
	return part
}
