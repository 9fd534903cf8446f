package transfer

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
)

// sheetRows reads a worksheet row by row.
type sheetRows struct {
	book   *workbook
	p      *parser
	number int
	bytes  int
	merged string // the first range of merged cells; known after the last row
}

func (w *workbook) rows(sheet string) (*sheetRows, error) {
	f := w.parts[w.paths[sheet]]
	if f == nil {
		return nil, ErrSheet.With("sheet", sheet)
	}
	p, err := parse(f)
	if err != nil {
		return nil, err
	}
	return &sheetRows{book: w, p: p}, nil
}

func (s *sheetRows) next() (row, error) {
	for {
		t, err := s.p.token()
		if err != nil {
			return row{}, err
		}
		e, ok := t.(xml.StartElement)
		switch {
		case !ok:
		case e.Name.Local == "mergeCell" && s.merged == "":
			s.merged = attr(e, "ref")
		case e.Name.Local == "row":
			s.number++
			if n, err := strconv.Atoi(attr(e, "r")); err == nil && n >= s.number {
				s.number = n
			}
			return s.row()
		}
	}
}

func (s *sheetRows) row() (row, error) {
	r := row{number: s.number}
	s.bytes = 0
	for {
		t, err := s.p.token()
		if errors.Is(err, io.EOF) {
			err = ErrDamaged.Because(io.ErrUnexpectedEOF)
		}
		if err != nil {
			return r, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return r, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			at := len(r.cells)
			if n, ok := columnOf(attr(t, "r")); ok {
				at = n
			}
			value, flaw, err := s.cell(t)
			if err != nil {
				return r, err
			}
			s.put(&r, at, value, flaw)
		}
	}
}

// put sets a cell of a row; rows that hold too much are bad.
func (s *sheetRows) put(r *row, at int, value string, flaw *errs.Error) {
	if value == "" && flaw == nil {
		return
	}
	if s.bytes += len(value); s.bytes > maxRow {
		r.flaw = ErrRowLong.With("kilobytes", maxRow>>10)
		return
	}
	if at >= maxColumns {
		r.flaw = ErrColumns.With("most", maxColumns)
		return
	}
	for len(r.cells) <= at {
		r.cells = append(r.cells, "")
	}
	r.cells[at] = value
	if flaw != nil {
		if r.flaws == nil {
			r.flaws = map[int]*errs.Error{}
		}
		r.flaws[at] = flaw
	}
}

// cell reads the cell that has begun. Of a formula, the value that was stored with it is taken.
func (s *sheetRows) cell(c xml.StartElement) (value string, flaw *errs.Error, err error) {
	formula, stored := false, false
	for {
		t, err := s.p.token()
		if errors.Is(err, io.EOF) {
			err = ErrDamaged.Because(io.ErrUnexpectedEOF)
		}
		if err != nil {
			return "", nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				formula = true
			case "v", "is":
				stored = true
				if value, err = s.p.text(t.Name.Local); err != nil {
					return "", nil, err
				}
			}
		case xml.EndElement:
			if t.Name.Local != "c" {
				continue
			}
			if formula && !stored {
				return "", ErrFormula, nil
			}
			value, flaw = s.value(attr(c, "t"), attr(c, "s"), value)
			return value, flaw, nil
		}
	}
}

// value writes a cell as people read it: whole numbers without an exponent, days as 2026-11-21.
func (s *sheetRows) value(kind, style, raw string) (string, *errs.Error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(raw))
		text, ok := s.book.strings.get(i)
		if err != nil || !ok {
			return raw, ErrDamaged
		}
		return text, nil
	case "e":
		return raw, ErrCell.With("value", errorShown(raw))
	case "b":
		if yes(raw) {
			return "TRUE", nil
		}
		return "FALSE", nil
	case "str", "inlineStr":
		return raw, nil
	case "d":
		return strings.TrimSuffix(strings.Replace(raw, "T", " ", 1), " 00:00:00"), nil
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil {
		return raw, nil
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(s.book.dates) && s.book.dates[i] {
		if day, ok := dayNumber(n, s.book.year04); ok {
			return day, nil
		}
	}
	return strconv.FormatFloat(n, 'f', -1, 64), nil
}

// errorShown keeps only what an error of a formula can be.
func errorShown(s string) string {
	for _, known := range []string{"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"} {
		if s == known {
			return s
		}
	}
	return "#"
}

// columnOf is the place, from 0, of a cell that is called B7.
func columnOf(ref string) (int, bool) {
	n, i := 0, 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	return n - 1, i > 0
}

// columnName is what spreadsheets call the column with a place from 0: A, B, … AA.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = fmt.Sprintf("%c", 'A'+(i-1)%26) + name
	}
	return name
}
