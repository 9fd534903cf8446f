package transfer

import "io"

// Write makes a file of rows, the first of which names the columns. In CSV, what a spreadsheet would take for a formula is made
// harmless; in a workbook every cell is a text.
func Write(w io.Writer, f Format, rows func(put func(cells []string) error) error) error {
	t, err := newTable(w, f, ',')
	if err != nil {
		return err
	}
	defer t.discard()
	if err := rows(t.row); err != nil {
		return err
	}
	return t.finish()
}
