package transfer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/text"
)

const (
	// MaxBytes is how big an uploaded file may be.
	MaxBytes = 200 << 20
	// MaxRows is how many rows of data it may have: what a worksheet holds.
	MaxRows = 1 << 20

	maxHeader    = 200 // characters of a column's name
	maxBlankRows = 50  // before the header
)

// source is an opened file.
type source struct {
	layout Layout
	rows   rows
	sheet  *sheetRows // of a workbook
}

// open begins to read a file whose layout is known, after its header.
func (l Layout) open(f *sealed) (*source, error) {
	s := &source{layout: l}
	if l.Format == XLSX {
		book, err := openXLSX(f, f.size)
		if err != nil {
			return nil, err
		}
		s.layout.Sheets = book.sheets
		if s.layout.Sheet == "" {
			s.layout.Sheet = book.sheets[0]
		}
		if s.sheet, err = book.rows(s.layout.Sheet); err != nil {
			return nil, err
		}
		s.rows = s.sheet
		return s, s.skipTo(l.HeaderRow)
	}
	c := newCSV(decoded(f.all(), l.Encoding), ',')
	if l.Delimiter != "" {
		c.delimiter = l.Delimiter[0]
	} else if err := s.findDelimiter(c); err != nil {
		return nil, err
	}
	s.rows = c
	return s, s.skipTo(l.HeaderRow)
}

// skipTo reads up to and with a row.
func (s *source) skipTo(number int) error {
	for number > 0 {
		r, err := s.rows.next()
		if err != nil {
			return fmt.Errorf("skip the header: %w", err)
		}
		if r.number >= number {
			return nil
		}
	}
	return nil
}

// findDelimiter looks at the first line that holds something, which some programs begin with "sep=;".
func (s *source) findDelimiter(c *csvRows) error {
	for i := 0; i <= maxBlankRows; i++ {
		line, ok, err := c.peek(i)
		if err != nil || !ok {
			return err
		}
		if d, is := strings.CutPrefix(strings.ToLower(line), "sep="); is && len(d) == 1 && strings.Contains(delimiters, d) {
			c.delimiter = d[0]
			c.ahead = c.ahead[i+1:]
			c.number = i + 1
			break
		}
		if strings.TrimSpace(line) != "" {
			c.delimiter = delimiterOf(line)
			break
		}
	}
	s.layout.Delimiter = string(c.delimiter)
	return nil
}

// next gives the next row that holds something.
func (s *source) next() (row, error) {
	for {
		r, err := s.rows.next()
		if err != nil || !r.empty() {
			return r, err
		}
	}
}

// inspect reads a file through: how it is built, and how many rows it has.
func inspect(ctx context.Context, f *sealed, l Layout) (_ Layout, total int, err error) {
	if l.Format == CSV && l.Encoding == "" {
		if l.Encoding, err = encodingOf(f, f.size); err != nil {
			return l, 0, err
		}
	}
	s, err := l.open(f)
	if err != nil {
		return l, 0, err
	}
	if err := s.readHeader(); err != nil {
		return l, 0, err
	}
	for total = 0; ; total++ {
		_, err := s.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return l, 0, err
		}
		if total == MaxRows {
			return l, 0, ErrRows.With("most", MaxRows)
		}
	}
	switch {
	case s.sheet != nil && s.sheet.merged != "":
		return l, 0, ErrMerged.With("cells", s.sheet.merged)
	case total == 0:
		return l, 0, ErrEmpty
	}
	return s.layout, total, nil
}

// readHeader takes the first row that holds something for the names of the columns.
func (s *source) readHeader() error {
	r, err := s.next()
	if errors.Is(err, io.EOF) {
		return ErrEmpty
	}
	if err != nil {
		return err
	}
	if r.flaw != nil || len(r.flaws) > 0 {
		return ErrHeaderRead.With("row", r.number)
	}
	for len(r.cells) > 0 && strings.TrimSpace(r.cells[len(r.cells)-1]) == "" {
		r.cells = r.cells[:len(r.cells)-1]
	}
	if len(r.cells) > maxColumns {
		return ErrColumns.With("most", maxColumns)
	}
	seen := map[string]int{}
	for i, c := range r.cells {
		name, ok := text.Line(c, maxHeader)
		if !ok || !utf8.ValidString(c) || strings.ContainsRune(c, utf8.RuneError) {
			return ErrHeaderRead.With("row", r.number)
		}
		if name == "" {
			if s.sheet != nil && s.merges() {
				return ErrMerged.With("cells", s.sheet.merged)
			}
			return ErrHeaderEmpty.With("column", columnName(i)).With("row", r.number)
		}
		if first, twice := seen[text.Fold(name)]; twice {
			return ErrHeaderTwice.With("first", columnName(first)).With("column", columnName(i))
		}
		if _, phone := text.Phone(name); phone {
			return ErrNoHeader.With("row", r.number).With("column", columnName(i))
		}
		seen[text.Fold(name)] = i
		s.layout.Headers = append(s.layout.Headers, name)
	}
	s.layout.HeaderRow = r.number
	return nil
}

// merges reads a worksheet to its end to see whether cells are merged.
func (s *source) merges() bool {
	for {
		if _, err := s.sheet.next(); err != nil {
			return s.sheet.merged != ""
		}
	}
}
