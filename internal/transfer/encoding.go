package transfer

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Format is a file's format.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	XLSX Format = "xlsx"
)

// Encoding is how a text file writes characters.
type Encoding string

// The encodings.
const (
	UTF8    Encoding = "utf-8"
	UTF16LE Encoding = "utf-16le"
	UTF16BE Encoding = "utf-16be"
	GB18030 Encoding = "gb18030" // also what is called GBK and GB2312
)

var marks = map[Encoding][]byte{UTF8: {0xef, 0xbb, 0xbf}, UTF16LE: {0xff, 0xfe}, UTF16BE: {0xfe, 0xff}}

// formatOf tells a file's format by its first bytes; what it is called proves nothing.
func formatOf(head []byte) (Format, error) {
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		return "", ErrEmpty
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return XLSX, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return "", ErrOldExcel
	}
	for _, other := range []string{"%PDF", "\x89PNG", "GIF8", "\xff\xd8\xff", "\x1f\x8b", "{\\rtf", "SQLite format 3", "PK", "Rar!", "7z\xbc\xaf", "\x7fELF", "MZ"} {
		if bytes.HasPrefix(head, []byte(other)) {
			return "", ErrFormat
		}
	}
	// Some systems give a web page the name of a table.
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(head, marks[UTF8])))
	for _, other := range []string{"<html", "<!doctype", "<?xml", "<table"} {
		if bytes.HasPrefix(start, []byte(other)) {
			return "", ErrFormat
		}
	}
	return CSV, nil
}

// encodingOf tells how a text file writes characters. It reads the whole file: the first character that isn't ASCII may
// stand anywhere.
func encodingOf(r io.ReaderAt, size int64) (Encoding, error) {
	head := make([]byte, min(size, frameSize))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	for _, e := range []Encoding{UTF8, UTF16LE, UTF16BE} {
		if bytes.HasPrefix(head, marks[e]) {
			return e, nil
		}
	}
	var nul [2]int
	for i, b := range head {
		if b == 0 {
			nul[i%2]++
		}
	}
	switch few := len(head) / 10; {
	case nul[1] > few && nul[0] <= few/10:
		return UTF16LE, nil
	case nul[0] > few && nul[1] <= few/10:
		return UTF16BE, nil
	case nul[0]+nul[1] > few:
		return "", ErrFormat
	}
	return countUTF8(io.NewSectionReader(r, 0, size))
}

// countUTF8 takes a text for UTF-8 unless much of what isn't ASCII isn't UTF-8 either: then it is Chinese of before.
func countUTF8(r io.Reader) (Encoding, error) {
	good, bad := 0, 0
	buf := make([]byte, frameSize)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		rest := buf[:kept+n]
		for len(rest) > 0 {
			if rest[0] < utf8.RuneSelf {
				rest = rest[1:]
				continue
			}
			if !utf8.FullRune(rest) && err == nil {
				break
			}
			c, width := utf8.DecodeRune(rest)
			if c == utf8.RuneError && width == 1 {
				bad++
			} else {
				good++
			}
			rest = rest[width:]
		}
		kept = copy(buf, rest)
		switch {
		case errors.Is(err, io.EOF):
			if bad*20 > good {
				return GB18030, nil
			}
			return UTF8, nil
		case err != nil:
			return "", err
		}
	}
}

// decoded is a text file's characters as UTF-8, without the mark at its beginning, each line ended by \n alone.
func decoded(r io.Reader, e Encoding) io.Reader {
	var enc encoding.Encoding
	switch e {
	case UTF16LE:
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case UTF16BE:
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case GB18030:
		enc = simplifiedchinese.GB18030
	default: // what isn't UTF-8 in it stays and is found in its row
		return &lineEnds{from: &unmarked{from: r}}
	}
	return &lineEnds{from: enc.NewDecoder().Reader(r)}
}

// unmarked leaves out the byte order mark.
type unmarked struct {
	from io.Reader
	past bool
}

func (u *unmarked) Read(p []byte) (int, error) {
	if u.past {
		return u.from.Read(p)
	}
	u.past = true
	mark := make([]byte, 3)
	n, err := io.ReadFull(u.from, mark)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return 0, err
	}
	if bytes.Equal(mark[:n], marks[UTF8]) {
		n = 0
	}
	u.from = io.MultiReader(bytes.NewReader(mark[:n]), u.from)
	return u.from.Read(p)
}

// lineEnds makes \n of \r\n and of \r.
type lineEnds struct {
	from io.Reader
	cr   bool // the last byte was \r
}

func (l *lineEnds) Read(p []byte) (int, error) {
	for {
		n, err := l.from.Read(p)
		kept := p[:0]
		for _, b := range p[:n] {
			if b == '\n' && l.cr {
				l.cr = false
				continue
			}
			if l.cr = b == '\r'; l.cr {
				b = '\n'
			}
			kept = append(kept, b)
		}
		if len(kept) > 0 || err != nil || len(p) == 0 {
			return len(kept), err
		}
	}
}
