// Package page is how lists are read: a piece at a time, each with a cursor for the next one.
package page

import (
	"encoding/base64"
	"encoding/json"

	"github.com/qunce/qunce/internal/kit/errs"
)

// Page is one piece of a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; empty on the last"`
}

// ErrCursor refuses a cursor that this list did not give.
var ErrCursor = errs.Define(errs.Malformed, "page.cursor")

// Limits of a page.
const (
	Default = 50
	Max     = 200
)

// Limit puts a wish for a size within the limits; 0 means the default.
func Limit(wish int) int {
	if wish <= 0 {
		return Default
	}
	return min(wish, Max)
}

// Cursor packs the sort values of the last row shown.
func Cursor(values ...any) string {
	b, err := json.Marshal(values)
	if err != nil {
		panic(err) // strings and integers always encode
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// Parse unpacks a cursor into pointers to the values it was made of; an empty one leaves them alone and gives false.
func Parse(cursor string, into ...any) (bool, error) {
	if cursor == "" {
		return false, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return false, ErrCursor.Because(err)
	}
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil || len(raw) != len(into) {
		return false, ErrCursor
	}
	for i := range raw {
		if err := json.Unmarshal(raw[i], into[i]); err != nil {
			return false, ErrCursor.Because(err)
		}
	}
	return true, nil
}

// Cut makes a page of rows read with a limit one greater than the page's, so that the next one is known to exist.
func Cut[T any](rows []T, limit int, cursor func(T) string) Page[T] {
	p := Page[T]{Items: rows}
	if len(rows) > limit {
		p.Items = rows[:limit]
		p.Next = cursor(rows[limit-1])
	}
	if p.Items == nil {
		p.Items = []T{}
	}
	return p
}
