package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"strings"
	"time"
)

// The archive is a gzipped tar:
//
//	format                     "qunce backup 1"
//	tables/NAME/columns        the columns, as JSON
//	tables/NAME/000001         rows, a line each; as many parts as it takes
//	blobs/COMMUNITY/HASH       a stored file
//	manifest                   what there must be: Manifest as JSON, last
const (
	formatName   = "format"
	formatText   = "qunce backup 1\n"
	manifestName = "manifest"
	// partSize is about how large a part of a table is: what is held in memory.
	partSize = 1 << 20
	// maxLine bounds a row when it is read back.
	maxLine = 64 << 20
)

// Manifest says what an archive holds.
type Manifest struct {
	Program string           `json:"program" doc:"version of the program that made it"`
	Schema  int64            `json:"schema" doc:"number of the last migration"`
	MadeAt  time.Time        `json:"made_at"`
	Keys    []string         `json:"keys" doc:"ids of the keys that its secrets need; the keys are not in it"`
	Tables  map[string]Table `json:"tables"`
	Files   int              `json:"files"`
	Bytes   int64            `json:"bytes" doc:"of the files"`
	LeftOut []string         `json:"left_out" doc:"tables whose rows are not in it"`
	Missing []string         `json:"missing,omitempty" doc:"files that are used but were not there, or not what was stored: they are not in it"`
}

// Rows is how many rows all tables have.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Table says what an archive holds of a table.
type Table struct {
	Rows int64  `json:"rows"`
	Hash string `json:"sha256" doc:"of its columns and rows"`
}

// archiver writes entries.
type archiver struct {
	gz  *gzip.Writer
	tar *tar.Writer
}

func newArchiver(w io.Writer) (*archiver, error) {
	a := &archiver{gz: gzip.NewWriter(w)}
	a.tar = tar.NewWriter(a.gz)
	return a, a.put(formatName, []byte(formatText))
}

func (a *archiver) head(name string, size int64) error {
	return a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, Typeflag: tar.TypeReg, Format: tar.FormatPAX})
}

func (a *archiver) put(name string, content []byte) error {
	if err := a.head(name, int64(len(content))); err != nil {
		return err
	}
	_, err := a.tar.Write(content)
	return err
}

func (a *archiver) close() error { return errors.Join(a.tar.Close(), a.gz.Close()) }

// visitor is shown what an archive holds, in its order.
type visitor struct {
	table func(name string, columns []column) error
	row   func(line []byte) error
	file  func(community, hash string, r io.Reader) error
}

// walk reads an archive through, shows it to v and proves all of it against its manifest. Any fault of the archive itself is
// ErrDamaged.
func walk(ctx context.Context, path string, v visitor) (m Manifest, err error) {
	f, err := os.Open(path)
	if err != nil {
		return m, fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close()
	gz, err := gzip.NewReader(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return m, ErrNotBackup.With("file", path).Because(err)
	}
	w := &walker{ctx: ctx, path: path, visitor: v, found: map[string]Table{}}
	if err := w.entries(tar.NewReader(gz)); err != nil {
		return m, err
	}
	if _, err := io.Copy(io.Discard, gz); err != nil { // to the checksum at the end
		return m, ErrDamaged.With("file", path).Because(err)
	}
	return w.manifest, w.compare()
}

type walker struct {
	visitor
	ctx      context.Context
	path     string
	found    map[string]Table
	name     string // of the table being read
	sum      hash.Hash
	files    int
	bytes    int64
	manifest Manifest
	ended    bool
}

// damaged is a fault of the archive; what a visitor refuses is passed on as it is.
func (w *walker) damaged(err error, what string, args ...any) error {
	var own *visitError
	if errors.As(err, &own) {
		return own.error
	}
	return ErrDamaged.With("file", w.path).Because(errors.Join(fmt.Errorf(what, args...), err))
}

// visitError is an error of the visitor's.
type visitError struct{ error }

func visited(err error) error {
	if err == nil {
		return nil
	}
	return &visitError{err}
}

func (w *walker) entries(t *tar.Reader) error {
	for first := true; ; first = false {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			w.endTable()
			return nil
		}
		if err != nil {
			return w.damaged(err, "read the next part")
		}
		if first {
			if text, err := io.ReadAll(io.LimitReader(t, 100)); err != nil || h.Name != formatName || string(text) != formatText {
				return ErrNotBackup.With("file", w.path).Because(err)
			}
			continue
		}
		if err := w.entry(h, t); err != nil {
			return w.damaged(err, "part %s", h.Name)
		}
	}
}

func (w *walker) entry(h *tar.Header, r io.Reader) error {
	parts := strings.Split(h.Name, "/")
	switch {
	case w.ended:
		return errors.New("something stands behind the manifest")
	case h.Name == manifestName:
		w.ended = true
		return json.NewDecoder(r).Decode(&w.manifest)
	case len(parts) == 3 && parts[0] == "tables" && parts[2] == "columns":
		return w.begin(parts[1], r)
	case len(parts) == 3 && parts[0] == "tables" && parts[1] == w.name:
		return w.rows(r)
	case len(parts) == 3 && parts[0] == "blobs":
		return w.stored(parts[1], parts[2], h.Size, r)
	}
	return errors.New("nobody knows what this is")
}

func (w *walker) begin(name string, r io.Reader) error {
	w.endTable()
	if _, twice := w.found[name]; twice {
		return errors.New("the table stands twice")
	}
	text, err := io.ReadAll(io.LimitReader(r, partSize))
	if err != nil {
		return err
	}
	var columns []column
	if err := json.Unmarshal(text, &columns); err != nil {
		return err
	}
	w.name, w.sum = name, sha256.New()
	w.sum.Write(text)
	w.found[name] = Table{}
	if w.table != nil {
		return visited(w.table(name, columns))
	}
	return nil
}

func (w *walker) endTable() {
	if w.name != "" {
		t := w.found[w.name]
		t.Hash = hex.EncodeToString(w.sum.Sum(nil))
		w.found[w.name] = t
	}
	w.name = ""
}

func (w *walker) rows(r io.Reader) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 64<<10), maxLine)
	lines.Split(wholeLines)
	t := w.found[w.name]
	for lines.Scan() {
		line := lines.Bytes()
		w.sum.Write(line)
		t.Rows++
		if w.row != nil {
			if err := visited(w.row(line)); err != nil {
				return err
			}
		}
	}
	w.found[w.name] = t
	return lines.Err()
}

// wholeLines splits at the ends of lines, which stay with them; a last line without one is cut off.
func wholeLines(data []byte, atEOF bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

func (w *walker) stored(community, name string, size int64, r io.Reader) error {
	w.endTable()
	sum := sha256.New()
	r = io.TeeReader(r, sum)
	if w.file != nil {
		if err := visited(w.file(community, name, r)); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != name {
		return errors.New("the file is not what its name says")
	}
	w.files++
	w.bytes += size
	return nil
}

// compare holds what was found against the manifest.
func (w *walker) compare() error {
	if !w.ended {
		return w.damaged(nil, "the end is missing")
	}
	for name, want := range w.manifest.Tables {
		if w.found[name] != want {
			return w.damaged(nil, "table %s is not as it was written", name)
		}
	}
	if len(w.found) != len(w.manifest.Tables) || w.files != w.manifest.Files || w.bytes != w.manifest.Bytes {
		return w.damaged(nil, "it has %d tables and %d files of %d bytes", len(w.found), w.files, w.bytes)
	}
	return nil
}
