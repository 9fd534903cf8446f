package transfer

import (
	"context"
	"errors"
	"io"
)

// PreviewRows is how many rows a preview shows.
const PreviewRows = 20

// Preview is the beginning of a file, as it was understood.
type Preview struct {
	Rows []PreviewRow `json:"rows"`
}

// PreviewRow is a row of a file. Cells are as many as the header has, or more in a row that is wrong.
type PreviewRow struct {
	Row     int      `json:"row" doc:"as spreadsheets count"`
	Cells   []string `json:"cells"`
	Reasons []Reason `json:"reasons,omitempty" doc:"what is wrong with it, as far as the mapping tells without looking at who is known"`
}

// Preview gives the first rows of an import, with what the mapping finds wrong in them.
func (s *Service) Preview(ctx context.Context, community, id string) (p Preview, err error) {
	im, err := s.Get(ctx, community, id)
	if err != nil {
		return p, err
	}
	f, err := s.openFile(ctx, community, im.file, im.Size)
	if err != nil {
		return p, err
	}
	defer f.Close()
	rows, err := im.Layout.open(f)
	if err != nil {
		return p, err
	}
	r, err := s.newReader(ctx, community, im)
	if err != nil {
		return p, err
	}
	p.Rows = []PreviewRow{}
	for len(p.Rows) < PreviewRows {
		in, err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
		cells := make([]string, max(len(in.cells), r.headers))
		copy(cells, in.cells)
		p.Rows = append(p.Rows, PreviewRow{Row: in.number, Cells: fit(cells, len(cells)), Reasons: r.read(in).reasons})
	}
	return p, nil
}
