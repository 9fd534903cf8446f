package verify

import "github.com/qunce/qunce/internal/platform/db"

// CheckRows proves the rows as a transaction sees them.
func (v *Verifier) CheckRows(tx *db.Tx) (r Report, err error) {
	r = Report{Community: tx.Community(), Checked: map[string]int{}}
	return r, v.checkRows(tx, &r)
}

// Declared is one line of the declarations: which rows it is about, and the query that finds what is off.
type Declared struct {
	Table, Where, Column string
	Query                string
	Args                 []any
}

// References are the declared references.
func References() (out []Declared) {
	for _, x := range references {
		out = append(out, Declared{Table: x.table, Where: x.of, Column: x.column, Query: x.query(), Args: []any{most}})
	}
	return out
}

// Traces are the declared traces.
func Traces() (out []Declared) {
	for _, x := range traces {
		query, args := x.query()
		out = append(out, Declared{Table: x.table, Where: x.where, Column: x.row, Query: query, Args: append([]any{most}, args...)})
	}
	return out
}
