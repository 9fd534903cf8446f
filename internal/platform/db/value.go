package db

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strconv"
	"time"
)

// JSON carries a value in a JSONB column.
type JSON[T any] struct{ V T }

// Value encodes for the database.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if err != nil {
		return nil, fmt.Errorf("encode JSON column: %w", err)
	}
	return string(b), nil
}

// Scan decodes from the database; an empty column gives the zero value.
func (j *JSON[T]) Scan(src any) error {
	var zero T
	j.V = zero
	b, err := bytesOf(src)
	if err != nil || len(b) == 0 {
		return err
	}
	return json.Unmarshal(b, &j.V)
}

// RawJSON is JSON text as it stands in a JSONB column.
type RawJSON []byte

// Value gives the text; empty means the empty object.
func (j RawJSON) Value() (driver.Value, error) {
	if len(j) == 0 {
		return "{}", nil
	}
	return string(j), nil
}

// Scan copies the text.
func (j *RawJSON) Scan(src any) error {
	b, err := bytesOf(src)
	*j = append((*j)[:0:0], b...)
	return err
}

// MarshalJSON gives the text itself.
func (j RawJSON) MarshalJSON() ([]byte, error) {
	if len(j) == 0 {
		return []byte("{}"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps the text.
func (j *RawJSON) UnmarshalJSON(b []byte) error {
	*j = append((*j)[:0:0], b...)
	return nil
}

func bytesOf(src any) ([]byte, error) {
	switch v := src.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(v), nil
	case []byte:
		return v, nil
	case int64: // SQLite keeps JSON that is a bare number as a number
		return strconv.AppendInt(nil, v, 10), nil
	case float64:
		return strconv.AppendFloat(nil, v, 'g', -1, 64), nil
	}
	return nil, fmt.Errorf("decode JSON column: unexpected %T", src)
}

// Micros is how a time stands in the database: microseconds since 1970 UTC, 0 for none.
func Micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// FromMicros is the time that stands for us in the database.
func FromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// encode turns Go values into the database's own, the same for both engines: times become microseconds, named types
// their basic ones.
func encode(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case nil, string, int64, bool, float64, []byte:
			out[i] = a
		case int:
			out[i] = int64(v)
		case time.Time:
			out[i] = Micros(v)
		default:
			out[i] = a // what has no basic form is left to the driver, which knows more types or refuses it
			if basic, err := driver.DefaultParameterConverter.ConvertValue(a); err == nil {
				out[i] = basic
			}
		}
	}
	return out
}

type timeDest struct{ t *time.Time }

func (d timeDest) Scan(src any) error {
	var n sql.NullInt64
	if err := n.Scan(src); err != nil {
		return err
	}
	*d.t = FromMicros(n.Int64)
	return nil
}

// decode wraps destinations that need it: *time.Time reads microseconds.
func decode(dest []any) []any {
	for i, d := range dest {
		if t, ok := d.(*time.Time); ok {
			dest[i] = timeDest{t}
		}
	}
	return dest
}
