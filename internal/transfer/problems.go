package transfer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

// problemReader goes through the problems of a pass along with its rows.
type problemReader struct {
	s         *Service
	community string
	im        Import
	ahead     []Problem
	after     int
	ended     bool
}

const problemChunk = 500

// of gives the problem of a row, or nil. Rows are asked for in their order.
func (p *problemReader) of(ctx context.Context, row int) (*Problem, error) {
	for {
		for len(p.ahead) > 0 && p.ahead[0].Row < row {
			p.ahead = p.ahead[1:]
		}
		if len(p.ahead) > 0 || p.ended {
			break
		}
		err := p.s.DB.Read(ctx, p.community, func(tx *db.Tx) (err error) {
			p.ahead, err = problemsAfter(tx, p.im, max(p.after, row-1), problemChunk)
			return err
		})
		if err != nil {
			return nil, err
		}
		if p.ended = len(p.ahead) < problemChunk; len(p.ahead) > 0 {
			p.after = p.ahead[len(p.ahead)-1].Row
		}
	}
	if len(p.ahead) > 0 && p.ahead[0].Row == row {
		return &p.ahead[0], nil
	}
	return nil, nil
}

func (p *problemReader) has(ctx context.Context, row int) (bool, error) {
	found, err := p.of(ctx, row)
	return found != nil, err
}

// Problems lists rows of the current pass that were not taken, in their order.
func (s *Service) Problems(ctx context.Context, community, id, cursor string, limit int) (p page.Page[Problem], err error) {
	after := 0
	if _, err := page.Parse(cursor, &after); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.DB.Read(ctx, community, func(tx *db.Tx) error {
		im, err := readImport(tx, id)
		if err != nil {
			return err
		}
		list, err := problemsAfter(tx, im, after, limit+1)
		p = page.Cut(list, limit, func(x Problem) string { return page.Cursor(x.Row) })
		return err
	})
	return p, err
}

// Say writes why a row was not taken: what is wrong in which column, and what to do.
func (s *Service) Say(lang text.Lang, layout Layout, p Problem) string {
	said := make([]string, 0, len(p.Reasons))
	for _, r := range p.Reasons {
		words := s.SayReason(lang, r)
		if r.Column > 0 && r.Column <= len(layout.Headers) {
			words = s.Words.Say(lang, nil, "transfer.in_column", map[string]any{"column": columnName(r.Column - 1), "header": layout.Headers[r.Column-1], "words": words})
		}
		said = append(said, words)
	}
	return strings.Join(said, "\n")
}

// SayReason writes what is wrong and what to do, without the column.
func (s *Service) SayReason(lang text.Lang, r Reason) string {
	params := map[string]any{}
	for k, v := range r.Params {
		if f, is := v.(float64); is && f == float64(int(f)) {
			v = int(f) // as JSON gives it
		}
		params[k] = v
	}
	if name, ok := params["field"].(string); ok {
		params["field"] = s.column(lang, Target(name))
	}
	words := s.Words.Say(lang, nil, "error."+r.Code, params)
	if lang == text.En {
		words += " " // Chinese sentences need none
	}
	return words + s.Words.Say(lang, nil, "error."+r.Code+".next", params)
}

// Named is a target with what people call it.
type Named struct {
	Name  Target `json:"name"`
	Title string `json:"title"`
}

// Name adds to targets what people call them: a field of the playbook as the playbook does.
func (s *Service) Name(tx *db.Tx, lang text.Lang, targets []Target) ([]Named, error) {
	custom, err := s.Fields(tx)
	if err != nil {
		return nil, err
	}
	titles := map[Target]string{}
	for _, f := range custom {
		titles[Target(toCustom+string(f.Name))] = f.Title.In(lang)
	}
	out := make([]Named, 0, len(targets))
	for _, t := range targets {
		out = append(out, Named{t, cmp.Or(titles[t], s.column(lang, t))})
	}
	return out, nil
}

// column is what people call a target.
func (s *Service) column(lang text.Lang, t Target) string {
	if key := "transfer.column." + string(t); s.Words.Has(lang, key) {
		return s.Words.Say(lang, nil, key, nil)
	}
	return strings.TrimPrefix(string(t), toCustom)
}

// Returned is a file of the rows that were not taken, about to be written. Close it.
type Returned struct {
	Import Import

	s         *Service
	community string
	lang      text.Lang
	file      *sealed
	rows      *source
}

// Return begins a file of an import's format with the rows that were not taken, and why in a last column. Corrected, it can be
// uploaded as it is. What is refused is refused now, before anything is written.
func (s *Service) Return(ctx context.Context, community, id string, lang text.Lang) (*Returned, error) {
	im, err := s.Get(ctx, community, id)
	if err != nil {
		return nil, err
	}
	f, err := s.openFile(ctx, community, im.file, im.Size)
	if err != nil {
		return nil, err
	}
	rows, err := im.Layout.open(f)
	if err != nil {
		f.Close() //nolint:errcheck // the first error counts
		return nil, err
	}
	return &Returned{Import: im, s: s, community: community, lang: lang, file: f, rows: rows}, nil
}

// Close ends the reading of the import's file.
func (r *Returned) Close() error { return r.file.Close() }

// WriteProblems is Return, written.
func (s *Service) WriteProblems(ctx context.Context, community, id string, lang text.Lang, w io.Writer) (n int, err error) {
	r, err := s.Return(ctx, community, id, lang)
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return r.Write(ctx, w)
}

// Write writes the file, once, and tells how many rows it has.
func (r *Returned) Write(ctx context.Context, w io.Writer) (n int, err error) {
	s, im, lang, rows := r.s, r.Import, r.lang, r.rows
	delimiter := ','
	if im.Layout.Delimiter != "" {
		delimiter = rune(im.Layout.Delimiter[0])
	}
	out, err := newTable(w, im.Layout.Format, delimiter)
	if err != nil {
		return 0, err
	}
	defer out.discard()
	if err := out.row(append(im.Layout.Headers[:len(im.Layout.Headers):len(im.Layout.Headers)], s.Words.Say(lang, nil, "transfer.reason", nil))); err != nil {
		return 0, err
	}
	problems := &problemReader{s: s, community: r.community, im: im}
	for {
		in, err := rows.next()
		if errors.Is(err, io.EOF) || err == nil && in.number > im.position {
			return n, out.finish()
		}
		if err != nil {
			return n, err
		}
		p, err := problems.of(ctx, in.number)
		if err != nil {
			return n, err
		}
		if p == nil {
			continue
		}
		if err := out.row(append(fit(in.cells, len(im.Layout.Headers)), s.Say(lang, im.Layout, *p))); err != nil {
			return n, err
		}
		n++
	}
}

// fit makes a row as long as the header; what is too much goes into its last cell, so that nothing is lost.
func fit(cells []string, columns int) []string {
	out := make([]string, columns, columns+1)
	copy(out, cells)
	if len(cells) > columns && columns > 0 {
		out[columns-1] = strings.TrimRight(strings.Join(cells[columns-1:], " "), " ")
	}
	for i, c := range out {
		out[i] = strings.ToValidUTF8(strings.ReplaceAll(c, "\x00", ""), "\uFFFD")
	}
	return out
}
