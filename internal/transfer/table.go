package transfer

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// table writes a file row by row.
type table interface {
	row(cells []string) error
	finish() error // without it the file is not whole
	discard()      // gives back what is held, also after finish
}

func newTable(w io.Writer, f Format, delimiter rune) (table, error) {
	if f == XLSX {
		return newWorkbook(w)
	}
	buf := bufio.NewWriterSize(w, frameSize)
	buf.Write(marks[UTF8]) //nolint:errcheck // kept by buf; spreadsheets would take the file for the local encoding without it
	c := csv.NewWriter(buf)
	c.Comma, c.UseCRLF = delimiter, true
	return &csvTable{buf, c}, nil
}

type csvTable struct {
	buf *bufio.Writer
	csv *csv.Writer
}

func (t *csvTable) row(cells []string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = guarded(c)
	}
	return t.csv.Write(safe)
}

func (t *csvTable) finish() error {
	t.csv.Flush()
	if err := t.csv.Error(); err != nil {
		return err
	}
	return t.buf.Flush()
}

func (t *csvTable) discard() {}

// xlsxTable writes a worksheet of texts. A text is never a formula, whatever it begins with.
type xlsxTable struct {
	w      io.Writer
	file   *excelize.File
	stream *excelize.StreamWriter
	n      int
}

// maxSheetRows is how many rows a worksheet holds.
const maxSheetRows = excelize.TotalRows

func newWorkbook(w io.Writer) (table, error) {
	f := excelize.NewFile()
	stream, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("begin a workbook: %w", err)
	}
	return &xlsxTable{w: w, file: f, stream: stream}, nil
}

func (t *xlsxTable) row(cells []string) error {
	t.n++
	values := make([]any, len(cells))
	for i, c := range cells {
		values[i] = c
	}
	return t.stream.SetRow(fmt.Sprintf("A%d", t.n), values)
}

func (t *xlsxTable) finish() error {
	if err := t.stream.Flush(); err != nil {
		return fmt.Errorf("end a workbook: %w", err)
	}
	return t.file.Write(t.w)
}

func (t *xlsxTable) discard() { t.file.Close() } //nolint:errcheck // it only removes a temporary file
