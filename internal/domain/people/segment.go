package people

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// Chooser builds one statement that chooses people. Its methods give conditions on the person p, never NULL, which the
// caller joins by AND, OR and NOT. Values only ever become parameters.
type Chooser struct {
	tx   *db.Tx
	args []any
	conf Settings
	now  time.Time
}

// Choose begins a statement.
func (s *Service) Choose(tx *db.Tx) (*Chooser, error) {
	conf, err := s.config(tx)
	return &Chooser{tx: tx, args: []any{tx.Community()}, conf: conf, now: tx.Now()}, err
}

// Arg makes a value a parameter and gives its place: $2. The first one is the community.
func (c *Chooser) Arg(value any) string {
	c.args = append(c.args, value)
	return fmt.Sprintf("$%d", len(c.args))
}

// Zone is the community's.
func (c *Chooser) Zone() *time.Location { return c.conf.Zone }

// Self is the expression of the person's id.
const Self = `p.id`

// MergedIDs is a query for the ids of those who were merged into the person: what happened to them is the person's too.
const MergedIDs = `SELECT o.id FROM person o WHERE o.community_id = $1 AND o.root = p.id AND o.merged_into <> ''`

// Test is what is asked of a field. All that is given must hold.
type Test struct {
	Is    []string // its value is one of these; of a list, one of its lines is
	From  string   // at least: a number, or a day as 2006-01-02
	To    string   // less than a day, at most a number
	Known *bool    // it has a value, or has none
}

// chosenFields are the columns that conditions may ask for besides the built-in fields.
var chosenFields = []FieldName{"stage", FieldName(DueDate), FieldName(BirthDate), "first_source", "first_entry", "last_source", "last_entry"}

// FieldType tells the type of a field that conditions may ask for: built-in, or custom.<name> as the playbook declares it.
func (c *Chooser) FieldType(name FieldName) (FieldType, error) {
	if f, custom := strings.CutPrefix(string(name), customPrefix); custom {
		i := slices.IndexFunc(c.conf.Fields, func(x Field) bool { return string(x.Name) == f })
		if i < 0 {
			return "", ErrField.With("field", string(name))
		}
		return cmp.Or(c.conf.Fields[i].Type, TextField), nil
	}
	b, builtIn := builtins[name]
	switch {
	case builtIn && b.date, name == FieldName(DueDate), name == FieldName(BirthDate):
		return DateField, nil
	case builtIn, slices.Contains(chosenFields, name):
		return TextField, nil
	}
	return "", ErrField.With("field", string(name))
}

// Field asks for a field's value. A test that doesn't suit the field is refused.
func (c *Chooser) Field(name FieldName, t Test) (string, error) {
	typ, err := c.FieldType(name)
	if err != nil {
		return "", err
	}
	ask := c.text
	key, custom := strings.CutPrefix(string(name), customPrefix)
	column := `p.` + string(name)
	if custom {
		column, ask = c.Arg(key), c.custom
	} else if builtins[name].lines {
		ask = c.lines
	}
	parts, err := ask(column, typ, t)
	if err != nil {
		return "", err
	}
	if !custom && t.Known != nil {
		empty := ""
		if b, ok := builtins[name]; ok {
			empty = b.empty()
		}
		op := ` = `
		if *t.Known {
			op = ` <> `
		}
		parts = append(parts, column+op+c.Arg(empty))
	}
	if len(parts) == 0 {
		return "TRUE", nil
	}
	return "(" + strings.Join(parts, " AND ") + ")", nil
}

// text asks for a column of its own. An index leaves out those who lack the value, so the statement says that they have it.
func (c *Chooser) text(column string, typ FieldType, t Test) (parts []string, err error) {
	if len(t.Is) > 0 {
		parts = append(parts, column+` IN `+db.In(&c.args, t.Is))
	}
	if t.From != "" || t.To != "" {
		if typ != DateField {
			return nil, ErrDate
		}
		parts = append(parts, column+` <> ''`)
	}
	if t.From != "" {
		parts = append(parts, column+` >= `+c.Arg(t.From))
	}
	if t.To != "" {
		parts = append(parts, column+` < `+c.Arg(t.To))
	}
	if len(t.Is) > 0 && !slices.Contains(t.Is, "") {
		parts = append(parts, column+` <> ''`)
	}
	return parts, nil
}

// lines asks for one of the lines of a list.
func (c *Chooser) lines(column string, _ FieldType, t Test) (parts []string, err error) {
	if t.From != "" || t.To != "" {
		return nil, ErrDate
	}
	if len(t.Is) == 0 {
		return nil, nil
	}
	end := `CAST(` + c.Arg("\n") + ` AS TEXT)`
	whole := `(` + end + ` || ` + column + ` || ` + end + `)`
	for _, line := range t.Is {
		parts = append(parts, `REPLACE(`+whole+`, `+c.Arg("\n"+line+"\n")+`, '') <> `+whole)
	}
	return []string{"(" + strings.Join(parts, " OR ") + ")"}, nil
}

// custom asks for a declared field by its name's parameter. A value of another type, from before the playbook was changed,
// is none; what is missing is NULL and so must not get out.
func (c *Chooser) custom(key string, typ FieldType, t Test) (parts []string, err error) {
	value := `CAST(p.custom ->> CAST(` + key + ` AS TEXT) AS TEXT)`
	and := func(condition string) { parts = append(parts, `COALESCE(`+condition+`, FALSE)`) }
	if t.Known != nil {
		parts = append(parts, map[bool]string{true: value + ` IS NOT NULL`, false: value + ` IS NULL`}[*t.Known])
	}
	switch typ {
	case NumberField:
		raw := `CAST(p.custom -> CAST(` + key + ` AS TEXT) AS TEXT)`
		number := `CASE WHEN ` + raw + ` NOT LIKE '"%' AND ` + raw + ` NOT IN ('true', 'false', 'null') THEN CAST(` + value + ` AS DOUBLE PRECISION) END`
		return parts, c.numbers(number, t, and)
	case BoolField:
		for _, v := range t.Is {
			if v != "true" && v != "false" {
				return nil, ErrBool
			}
		}
		if len(t.Is) > 0 { // SQLite gives 1 and 0
			yes := map[bool]string{true: `('true', '1')`, false: `('false', '0')`}
			both := slices.Contains(t.Is, "true") && slices.Contains(t.Is, "false")
			if !both {
				and(value + ` IN ` + yes[t.Is[0] == "true"])
			}
		}
		if t.From != "" || t.To != "" {
			return nil, ErrBool
		}
		return parts, nil
	}
	if (t.From != "" || t.To != "") && typ != DateField {
		return nil, ErrDate
	}
	if len(t.Is) > 0 {
		and(value + ` IN ` + db.In(&c.args, t.Is))
	}
	if t.From != "" {
		and(value + ` >= ` + c.Arg(t.From))
	}
	if t.To != "" {
		and(value + ` < ` + c.Arg(t.To))
	}
	return parts, nil
}

func (c *Chooser) numbers(number string, t Test, and func(string)) error {
	arg := func(s string) (string, error) {
		n, refused := parseNumber(s)
		if refused != nil {
			return "", refused
		}
		return c.Arg(n), nil
	}
	var places []string
	for _, v := range t.Is {
		place, err := arg(v)
		if err != nil {
			return err
		}
		places = append(places, place)
	}
	if len(places) > 0 {
		and(number + ` IN (` + strings.Join(places, ", ") + `)`)
	}
	for _, bound := range []struct{ value, op string }{{t.From, ` >= `}, {t.To, ` <= `}} {
		if bound.value == "" {
			continue
		}
		place, err := arg(bound.value)
		if err != nil {
			return err
		}
		and(number + bound.op + place)
	}
	return nil
}

func parseNumber(s string) (float64, *errs.Error) {
	n, refused := number(json.Number(s))
	if refused != nil {
		return 0, refused
	}
	return n.(float64), nil //nolint:forcetypeassert // what number gives
}

// Tagged asks for a tag.
func (c *Chooser) Tagged(tag Tag) string {
	return tagged(c.tx, tag, c.Arg(tag))
}

// Created asks when the person was first met: from a time, before another one; zero leaves a side open.
func (c *Chooser) Created(from, to time.Time) string { return c.times(`p.created_at`, from, to) }

// Seen asks when the person was last here.
func (c *Chooser) Seen(from, to time.Time) string { return c.times(`p.last_seen_at`, from, to) }

func (c *Chooser) times(column string, from, to time.Time) string {
	parts := []string{}
	if !from.IsZero() {
		parts = append(parts, column+` >= `+c.Arg(from))
	}
	if !to.IsZero() {
		parts = append(parts, column+` < `+c.Arg(to))
	}
	if len(parts) == 0 {
		return "TRUE"
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// Ways asks for a number of separate ways to reach the person, 0 to 3.
func (c *Chooser) Ways(numbers []int) string {
	var sets []Reach
	for r := Reach(0); r <= allReach; r++ {
		if slices.Contains(numbers, r.count()) {
			sets = append(sets, r)
		}
	}
	if len(sets) == 0 {
		return "FALSE"
	}
	return `p.reach IN ` + db.In(&c.args, sets)
}

// Blocked asks for who is kept out.
func (c *Chooser) Blocked() string { return `p.blocked_at > 0` }

// Agrees asks who agrees to a purpose on a channel (empty: at all), as Recipient.Allows tells of one.
func (c *Chooser) Agrees(p Purpose, ch Channel) string {
	purpose, channel := c.Arg(p), c.Arg(ch)
	latest := func(which string) string {
		// CROSS JOIN has SQLite begin with the few persons; it would else go through all statements for each of them.
		return `(SELECT k.given FROM (SELECT p.id AS id UNION ALL ` + MergedIDs + `) g CROSS JOIN people_consent k WHERE k.community_id = $1 AND k.person = g.id AND ` + which + ` ORDER BY k.at DESC, k.id DESC LIMIT 1)`
	}
	parts := []string{
		// A yes to the channel ends with a later no to the whole purpose; a no to the channel stays until it is taken back.
		`COALESCE(` + latest(`k.purpose = `+purpose+` AND k.channel IN ('', `+channel+`)`) + `, FALSE)`,
		`(p.born_on = '' OR p.born_on <= ` + c.Arg(c.grownUp()) + ` OR COALESCE(` + latest(`k.purpose = 'guardian' AND k.channel = ''`) + `, FALSE))`,
	}
	if ch != "" {
		parts = append(parts, `COALESCE(`+latest(`k.purpose = `+purpose+` AND k.channel = `+channel)+`, TRUE)`,
			`COALESCE(`+latest(`k.purpose = '' AND k.channel = `+channel)+`, TRUE)`)
	}
	return "(" + strings.Join(parts, " AND ") + ")"
}

// grownUp is the last birthday of those who may agree alone.
func (c *Chooser) grownUp() string {
	today := dayOf(c.now, c.conf.Zone)
	then := today.AddDate(-consentYears, 0, 0)
	if today.AddDate(0, 0, 1).Day() == 1 { // on a month's last day, whoever was born later in a longer one has had it too
		then = time.Date(today.Year()-consentYears, today.Month()+1, 0, 0, 0, 0, 0, time.UTC)
	}
	return then.Format(time.DateOnly)
}

// Chosen reads the first people for whom a condition holds, newest first, masked.
func (s *Service) Chosen(tx *db.Tx, c *Chooser, where string, limit int) ([]Person, error) {
	rows, err := db.All(tx, scanPerson, c.first(where, limit), c.args...)
	if err != nil {
		return nil, fmt.Errorf("choose people: %w", err)
	}
	return s.views(tx, rows)
}

// CountChosen counts people for whom a condition holds, up to bound.
func (s *Service) CountChosen(tx *db.Tx, c *Chooser, where string, bound int) (n int, err error) {
	err = tx.QueryRow(c.counting(where, bound), c.args...).Scan(&n)
	return n, err
}

// ChosenAfter reads the ids behind a place of those for whom a condition holds, among the next people by id; more tells
// where to go on. A call looks at a bounded number of people and gives a bounded number, however few or many are chosen, so
// that it can be one step of long work. Who was first met after until is left out.
func (s *Service) ChosenAfter(tx *db.Tx, c *Chooser, where, after string, until time.Time, limit int) (ids []string, next string, more bool, err error) {
	next, more, err = db.One(tx, db.Column[string], `SELECT id FROM person WHERE community_id = $1 AND id > $2 ORDER BY id LIMIT 1 OFFSET $3`, tx.Community(), after, chosenWindow-1)
	if err != nil {
		return nil, "", false, err
	}
	ids, err = db.All(tx, db.Column[string], c.window(where, after, until, limit), c.args...)
	if len(ids) == limit {
		return ids, ids[limit-1], true, err
	}
	return ids, next, more, err
}

// chosenWindow is how many people one step of long work looks at.
const chosenWindow = 4000

func (c *Chooser) first(where string, limit int) string {
	return `SELECT ` + personColumns + ` FROM person p WHERE p.community_id = $1` + live + ` AND ` + where + ` ORDER BY p.created_at DESC, p.id DESC LIMIT ` + c.Arg(limit)
}

// counting goes by the order of the list as well: PostgreSQL would else look through other communities.
func (c *Chooser) counting(where string, bound int) string {
	return `SELECT count(*) FROM (SELECT 1 FROM person p WHERE p.community_id = $1` + live + ` AND ` + where + ` ORDER BY p.created_at DESC, p.id DESC LIMIT ` + c.Arg(bound) + `) x`
}

// window takes the people by id first and asks for the condition afterwards: a rare one must not make each step read
// everyone, nor a common one make it sort them.
func (c *Chooser) window(where, after string, until time.Time, limit int) string {
	return `SELECT p.id FROM (SELECT id FROM person WHERE community_id = $1 AND id > ` + c.Arg(after) + ` ORDER BY id LIMIT ` + c.Arg(chosenWindow) + `) w
		JOIN person p ON p.community_id = $1 AND p.id = w.id WHERE p.created_at <= ` + c.Arg(until) + live + ` AND ` + where + ` ORDER BY p.id LIMIT ` + c.Arg(limit)
}
