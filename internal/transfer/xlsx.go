package transfer

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
)

// This reader streams a worksheet. Excelize, which writes ours, would hold the whole packed file in memory and doesn't tell
// which cells are dates.

const (
	maxPart    = 4 << 30   // bytes of an unpacked part: what can't be bigger needn't be trusted not to be
	maxElement = 1 << 20   // bytes of one text or tag
	maxStrings = 128 << 20 // bytes of texts that cells share, which stay in memory
	maxColumns = 500
)

// workbook is an opened XLSX file.
type workbook struct {
	parts   map[string]*zip.File
	sheets  []string          // names of those that are shown, in order
	paths   map[string]string // of parts, by sheet
	dates   []bool            // by style
	year04  bool              // days are counted from 1904
	strings shared
}

// shared are the texts that cells share, one after another.
type shared struct {
	text []byte
	ends []uint32
}

func (s *shared) get(i int) (string, bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = s.ends[i-1]
	}
	return string(s.text[from:s.ends[i]]), true
}

func openXLSX(r io.ReaderAt, size int64) (*workbook, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrDamaged.Because(err)
	}
	w := &workbook{parts: map[string]*zip.File{}, paths: map[string]string{}}
	for _, f := range z.File {
		w.parts[strings.TrimPrefix(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")), "/")] = f
	}
	if err := w.readBook(); err != nil {
		return nil, err
	}
	if err := w.readStyles(); err != nil {
		return nil, err
	}
	return w, w.readStrings()
}

// readBook finds the sheets.
func (w *workbook) readBook() error {
	book := "xl/workbook.xml"
	if w.parts[book] == nil {
		return ErrFormat // a packed file of another kind
	}
	targets := map[string]string{}
	err := w.part("xl/_rels/workbook.xml.rels", func(p *parser, e xml.StartElement) error {
		if e.Name.Local == "Relationship" {
			target := attr(e, "Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[attr(e, "Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = w.part(book, func(p *parser, e xml.StartElement) error {
		switch e.Name.Local {
		case "workbookPr":
			w.year04 = yes(attr(e, "date1904"))
		case "sheet":
			if to := targets[attr(e, "id")]; w.parts[to] != nil && (attr(e, "state") == "" || attr(e, "state") == "visible") {
				w.sheets = append(w.sheets, attr(e, "name"))
				w.paths[attr(e, "name")] = to
			}
		}
		return nil
	})
	if err == nil && len(w.sheets) == 0 {
		err = ErrEmpty
	}
	return err
}

// readStyles finds which styles show a number as a date.
func (w *workbook) readStyles() error {
	formats, within := map[int]string{}, false
	return w.part("xl/styles.xml", func(p *parser, e xml.StartElement) error {
		switch e.Name.Local {
		case "numFmt":
			if n, err := strconv.Atoi(attr(e, "numFmtId")); err == nil {
				formats[n] = attr(e, "formatCode")
			}
		case "cellXfs":
			within = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			within = false
		case "xf":
			if within {
				n, _ := strconv.Atoi(attr(e, "numFmtId"))
				code, own := formats[n]
				w.dates = append(w.dates, !own && isDateFormat(n) || own && showsDate(code))
			}
		}
		return nil
	})
}

// isDateFormat tells whether a built-in format shows days, also those of Chinese installations.
func isDateFormat(n int) bool {
	return n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 58 && n != 55 && n != 56
}

// showsDate tells whether a format code shows a day: it names a year or a day outside of quotations and brackets.
func showsDate(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			if j := strings.IndexByte(code[i+1:], '"'); j >= 0 {
				i += j + 1
			}
		case '[':
			if j := strings.IndexByte(code[i:], ']'); j >= 0 {
				i += j
			}
		case '\\', '_', '*':
			i++
		case 'y', 'Y', 'd', 'D':
			return true
		}
	}
	return false
}

func (w *workbook) readStrings() error {
	name := "xl/sharedStrings.xml"
	for part := range w.parts {
		if strings.EqualFold(part, name) {
			name = part
		}
	}
	return w.part(name, func(p *parser, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		s, err := p.text("si")
		if err != nil {
			return err
		}
		if len(w.strings.text)+len(s) > maxStrings {
			return ErrStrings.With("megabytes", maxStrings>>20)
		}
		w.strings.text = append(w.strings.text, s...)
		w.strings.ends = append(w.strings.ends, uint32(len(w.strings.text)))
		return nil
	})
}

// part reads a part of the file element by element; one that isn't there has none.
func (w *workbook) part(name string, fn func(p *parser, e xml.StartElement) error) error {
	f := w.parts[name]
	if f == nil {
		return nil
	}
	p, err := parse(f)
	if err != nil {
		return err
	}
	defer p.close()
	for {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := fn(p, e); err != nil {
				return err
			}
		}
	}
}

// parser reads a part's tokens and stops at what is too long to be held.
type parser struct {
	from io.ReadCloser
	xml  *xml.Decoder
	left int64
	mark int64 // what is left at least when the next token ends
}

func parse(f *zip.File) (*parser, error) {
	from, err := f.Open()
	if err != nil {
		return nil, ErrDamaged.Because(err)
	}
	p := &parser{from: from, left: maxPart, mark: maxPart - maxElement}
	p.xml = xml.NewDecoder(p)
	p.xml.Strict = true
	return p, nil
}

func (p *parser) Read(b []byte) (int, error) {
	if p.left <= p.mark || p.left <= 0 {
		return 0, ErrElement
	}
	n, err := p.from.Read(b)
	p.left -= int64(n)
	return n, err
}

func (p *parser) close() { p.from.Close() } //nolint:errcheck // it was read

func (p *parser) token() (xml.Token, error) {
	t, err := p.xml.RawToken()
	p.mark = p.left - maxElement
	if err != nil && !errors.Is(err, io.EOF) && errs.As(err) == nil {
		err = ErrDamaged.Because(err)
	}
	return t, err
}

// text gives what is written in the element that has begun, without the reading aids of rare characters.
func (p *parser) text(element string) (string, error) {
	var b strings.Builder
	writes, aside := false, false
	for {
		t, err := p.token()
		if errors.Is(err, io.EOF) {
			return "", ErrDamaged.Because(io.ErrUnexpectedEOF)
		}
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			writes, aside = t.Name.Local == "t", aside || t.Name.Local == "rPh"
		case xml.EndElement:
			writes = false
			switch t.Name.Local {
			case element:
				return b.String(), nil
			case "rPh":
				aside = false
			}
		case xml.CharData:
			if (writes || element == "v") && !aside {
				b.Write(t)
			}
			if b.Len() > maxElement {
				return "", ErrElement
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

func yes(s string) bool { return s == "1" || s == "true" }

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
