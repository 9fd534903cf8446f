package transfer

import (
	"archive/zip"
	"encoding/xml"
	"errors"
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
