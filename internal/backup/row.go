package backup

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/platform/db"
)

// rowWriter turns rows of a table into lines: a JSON array with a value a column. A text that is not writing in UTF-8, which
// only SQLite takes, is {"base64": …}.
type rowWriter struct {
	columns []column
	dest    []any
	line    []byte
}

func newRowWriter(columns []column) *rowWriter {
	w := &rowWriter{columns: columns, dest: make([]any, len(columns))}
	for i, c := range columns {
		switch c.Type {
		case "text":
			w.dest[i] = new(sql.NullString)
		case "int":
			w.dest[i] = new(sql.NullInt64)
		case "bool":
			w.dest[i] = new(sql.NullBool)
		default:
			w.dest[i] = new(db.RawJSON)
		}
	}
	return w
}

// encode gives the row's line, which holds until the next call.
func (w *rowWriter) encode(r *db.Row) ([]byte, error) {
	dest := append([]any(nil), w.dest...) // Scan may wrap what it is given
	if err := r.Scan(dest...); err != nil {
		return nil, err
	}
	w.line = append(w.line[:0], '[')
	for i, c := range w.columns {
		if i > 0 {
			w.line = append(w.line, ',')
		}
		var err error
		if w.line, err = appendValue(w.line, w.dest[i]); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	w.line = append(w.line, ']', '\n')
	return w.line, nil
}

var errNull = errors.New("it holds NULL, which no column here may")

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case *sql.NullInt64:
		if !v.Valid {
			return b, errNull
		}
		return strconv.AppendInt(b, v.Int64, 10), nil
	case *sql.NullBool:
		if !v.Valid {
			return b, errNull
		}
		return strconv.AppendBool(b, v.Bool), nil
	case *db.RawJSON:
		plain, err := canonical(*v)
		return append(b, plain...), err
	case *sql.NullString:
		if !v.Valid {
			return b, errNull
		}
		var text any = v.String
		if !utf8.ValidString(v.String) {
			text = map[string][]byte{"base64": []byte(v.String)}
		}
		quoted, err := json.Marshal(text)
		return append(b, quoted...), err
	}
	return b, fmt.Errorf("no backup knows %T", v)
}

// canonical writes JSON as PostgreSQL and SQLite agree on it: keys sorted, no space, numbers without exponents.
func canonical(raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, fmt.Errorf("it holds no JSON: %w", err)
	}
	return json.Marshal(plainNumbers(v))
}

func plainNumbers(v any) any {
	switch x := v.(type) {
	case map[string]any:
		for k, y := range x {
			x[k] = plainNumbers(y)
		}
	case []any:
		for i, y := range x {
			x[i] = plainNumbers(y)
		}
	case json.Number:
		return plainNumber(x)
	}
	return v
}

// plainNumber writes a number out: 1.50e1 and 15.0 are 15, and nothing is rounded.
func plainNumber(n json.Number) json.Number {
	if !strings.ContainsAny(string(n), ".eE") {
		if n == "-0" {
			return "0"
		}
		return n
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(string(n)), "e")
	e, err := strconv.Atoi("0" + strings.TrimLeft(exponent, "+-"))
	r, ok := new(big.Rat).SetString(string(n))
	if err != nil || e > 400 || !ok { // beyond what any column here can hold
		return n
	}
	_, fraction, _ := strings.Cut(mantissa, ".")
	s := r.FloatString(len(fraction) + e)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return json.Number(s)
}

// decode turns a line back into values for an insert.
func decode(line []byte, columns []column) ([]any, error) {
	var cells []json.RawMessage
	if err := json.Unmarshal(line, &cells); err != nil {
		return nil, fmt.Errorf("a row can't be read: %w", err)
	}
	if len(cells) != len(columns) {
		return nil, fmt.Errorf("a row has %d values for %d columns", len(cells), len(columns))
	}
	out := make([]any, len(cells))
	for i, c := range columns {
		var err error
		if out[i], err = value(cells[i], c.Type); err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return out, nil
}

func value(cell json.RawMessage, kind string) (any, error) {
	switch kind {
	case "int":
		var n int64
		err := json.Unmarshal(cell, &n)
		return n, err
	case "bool":
		var b bool
		err := json.Unmarshal(cell, &b)
		return b, err
	case "json":
		return string(cell), nil
	case "text":
		if cell[0] == '{' {
			var coded struct{ Base64 []byte }
			err := json.Unmarshal(cell, &coded)
			return string(coded.Base64), err
		}
		var s string
		err := json.Unmarshal(cell, &s)
		return s, err
	}
	return nil, fmt.Errorf("no backup knows the type %s", kind)
}
