package transfer

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
)

// row is one row of a file.
type row struct {
	number int // as spreadsheets count, the first row of the file is 1
	cells  []string
	flaw   *errs.Error         // the row can't be read; cells are what could be made of it
	flaws  map[int]*errs.Error // of single cells
}

// empty tells that nothing stands in the row.
func (r *row) empty() bool {
	for _, c := range r.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return r.flaw == nil && len(r.flaws) == 0
}

// rows reads a file row by row; next gives io.EOF after the last one.
type rows interface {
	next() (row, error)
}

const (
	maxRow   = 256 << 10 // bytes of a row
	maxLines = 64        // lines of a row
	keptRow  = 1 << 10   // bytes that are given back of a row that is too long
)

// csvRows reads delimited text. It forgives what spreadsheets forgive, except a quotation mark that is never closed: it would
// swallow the rows that follow. Then only the line it stands in is bad.
type csvRows struct {
	lines     *bufio.Reader
	delimiter byte
	ahead     []string // lines that were read to look for the end of a quotation
	number    int
}

func newCSV(r io.Reader, delimiter byte) *csvRows {
	return &csvRows{lines: bufio.NewReaderSize(r, frameSize), delimiter: delimiter}
}

func (c *csvRows) next() (row, error) {
	line, whole, err := c.line()
	if err != nil {
		return row{}, err
	}
	c.number++
	r := row{number: c.number}
	if !whole {
		r.cells, r.flaw = strings.Split(strings.ToValidUTF8(line, ""), string(c.delimiter)), ErrRowLong.With("kilobytes", maxRow>>10)
		return r, nil
	}
	if strings.IndexByte(line, '"') < 0 {
		r.cells = strings.Split(line, string(c.delimiter))
		return r, nil
	}
	first, used := line, 0
	for {
		cells, column, open := c.split(line)
		if column == 0 {
			c.ahead = c.ahead[used:]
			r.cells = cells
			return r, nil
		}
		more, ok := "", open && used < maxLines
		if ok {
			if more, ok, err = c.peek(used); err != nil {
				return row{}, err
			}
		}
		if used++; !ok || len(line)+len(more) > maxRow {
			r.cells, r.flaw = strings.Split(first, string(c.delimiter)), ErrQuotes.With("column", column)
			return r, nil
		}
		line += "\n" + more
	}
}

// split divides a row that holds quotation marks. column, from 1, is where one is wrong; open tells that it may be closed in
// the next line.
func (c *csvRows) split(line string) (cells []string, column int, open bool) {
	var cell strings.Builder
	for {
		if !strings.HasPrefix(line, `"`) {
			plain, rest, more := strings.Cut(line, string(c.delimiter))
			if cells = append(cells, plain); !more {
				return cells, 0, false
			}
			line = rest
			continue
		}
		cell.Reset()
		for line = line[1:]; ; {
			i := strings.IndexByte(line, '"')
			if i < 0 {
				return nil, len(cells) + 1, true
			}
			cell.WriteString(line[:i])
			if line = line[i+1:]; !strings.HasPrefix(line, `"`) {
				break
			}
			cell.WriteByte('"')
			line = line[1:]
		}
		cells = append(cells, cell.String())
		switch {
		case strings.TrimSpace(line) == "" && strings.IndexByte(line, c.delimiter) < 0:
			return cells, 0, false
		case line[0] != c.delimiter:
			return nil, len(cells), false
		}
		line = line[1:]
	}
}

// peek gives the line so many after the current one; ok is false at the end of the file or for one that is too long.
func (c *csvRows) peek(i int) (line string, ok bool, err error) {
	if i < len(c.ahead) {
		return c.ahead[i], true, nil
	}
	line, whole, err := c.fetch()
	if errors.Is(err, io.EOF) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	if !whole { // it is kept as too long as it was
		line += strings.Repeat(" ", maxRow)
	}
	c.ahead = append(c.ahead, line)
	return line, whole, nil
}

// line gives the next line of the file; whole is false for the beginning of one that is too long.
func (c *csvRows) line() (line string, whole bool, err error) {
	if len(c.ahead) > 0 {
		line, c.ahead = c.ahead[0], c.ahead[1:]
		if len(line) > maxRow {
			return line[:keptRow], false, nil
		}
		return line, true, nil
	}
	return c.fetch()
}

func (c *csvRows) fetch() (line string, whole bool, err error) {
	var buf []byte
	whole = true
	for {
		part, err := c.lines.ReadSlice('\n')
		if whole = whole && len(buf)+len(part) <= maxRow; whole {
			buf = append(buf, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(buf) == 0 && len(part) == 0:
			return "", false, io.EOF
		case err != nil && !errors.Is(err, io.EOF):
			return "", false, err
		}
		if !whole {
			return string(buf[:min(len(buf), keptRow)]), false, nil
		}
		return strings.TrimSuffix(string(buf), "\n"), true, nil
	}
}

// delimiters are what cells may be divided by; of equals, the first one counts.
const delimiters = ",\t;|"

// delimiterOf is what divides the cells of a header line, outside of quotations.
func delimiterOf(header string) byte {
	best, most := delimiters[0], 0
	for _, d := range []byte(delimiters) {
		n, quoted := 0, false
		for _, b := range []byte(header) {
			if b == '"' {
				quoted = !quoted
			} else if b == d && !quoted {
				n++
			}
		}
		if n > most {
			best, most = d, n
		}
	}
	return best
}
