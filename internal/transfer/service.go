package transfer

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// Parts are what the service stands on.
type Parts struct {
	DB      *db.DB
	People  *people.Service
	Intake  *intake.Service // for the names of sources
	Blobs   *blob.Service
	Secrets Secrets
	Words   *text.Catalogue
	Fields  func(tx *db.Tx) ([]people.Field, error) // those that the playbook declares
}

// Service brings people in from files and hands them out as files.
type Service struct{ Parts }

// New makes the service.
func New(p Parts) *Service { return &Service{p} }

// Register adds the job that works on imports, and the timer that throws files away.
func (s *Service) Register(r *job.Runner) {
	r.OnJob(jobWork, job.Options{Parallel: 1}, s.workJob)
	r.OnTimer(timerExpire, s.expire)
}

// keepFile is how long a file is kept after its last use. Nobody needs a list of phones for longer.
const keepFile = 7 * 24 * time.Hour

// Upload is a file as it is handed in. Its name proves nothing; what isn't given is found out.
type Upload struct {
	Name     string
	Encoding Encoding
	Sheet    string
	Body     io.Reader
}

// Received is a file that was stored and read through, before anyone knows of it.
type Received struct {
	name, file string
	layout     Layout
	size       int64
	total      int
}

// Receive stores a file, encrypted, and reads it through. Refused are files over MaxBytes or MaxRows, of another format, or
// with a header from which columns can't be told. Unless AddTx follows, the file goes in a day.
func (s *Service) Receive(ctx context.Context, community, actor string, up Upload) (got Received, err error) {
	if up.Encoding != "" && !slices.Contains([]Encoding{UTF8, UTF16LE, UTF16BE, GB18030}, up.Encoding) {
		return got, ErrEncoding.With("encoding", string(up.Encoding)).At("/encoding")
	}
	in := &sealer{secrets: s.Secrets, community: community, from: up.Body, limit: MaxBytes}
	b, err := s.Blobs.AddFile(ctx, community, actor, "application/octet-stream", in)
	if err != nil {
		return got, err
	}
	got = Received{name: fileName(up.Name), file: b.Hash, size: in.size, layout: Layout{Encoding: up.Encoding, Sheet: up.Sheet}}
	if got.layout.Format, err = formatOf(in.head); err != nil {
		return got, err
	}
	f, err := s.openFile(ctx, community, got.file, got.size)
	if err != nil {
		return got, err
	}
	defer f.Close()
	got.layout, got.total, err = inspect(ctx, f, got.layout)
	return got, err
}

// fileName is the last part of a name, fit to be shown.
func fileName(s string) string {
	s = strings.ReplaceAll(s, `\`, "/")
	name, ok := text.Line(filepath.Base(s), 120)
	if !ok || name == "." || name == "/" {
		return ""
	}
	return name
}

// AddTx makes an import of a file that was received. Its columns mean what they meant the last time such a file came, else
// what their names say.
func (s *Service) AddTx(tx *db.Tx, got Received, actor string) (Import, error) {
	im := Import{
		ID: tx.NewID(), Name: got.name, State: Uploaded, Layout: got.layout, Size: got.size, Total: got.total, Dry: true,
		Actor: actor, CreatedAt: tx.Now(), file: got.file, Kept: true,
	}
	custom, err := s.Fields(tx)
	if err != nil {
		return im, fmt.Errorf("the playbook's fields: %w", err)
	}
	saved, found, err := savedMapping(tx, headersKey(got.layout.Headers))
	if err != nil {
		return im, err
	}
	if found && saved.check(len(got.layout.Headers), custom) == nil {
		im.Plan = Plan{Columns: saved.Columns, Existing: saved.Existing, Wording: saved.Wording}
	} else {
		im.Plan = Plan{Columns: recognise(got.layout.Headers, names(s.Words, custom)), Existing: Update}
	}
	if err := s.Blobs.UseTx(tx, im.file); err != nil {
		return im, err
	}
	if err := job.At(tx, timerExpire, im.ID, tx.Now().Add(keepFile)); err != nil {
		return im, err
	}
	return im, insertImport(tx, im)
}

// Upload receives a file and makes an import of it.
func (s *Service) Upload(ctx context.Context, community, actor string, up Upload) (im Import, err error) {
	got, err := s.Receive(ctx, community, actor, up)
	if err != nil {
		return im, err
	}
	err = s.DB.Do(ctx, community, func(tx *db.Tx) error {
		im, err = s.AddTx(tx, got, actor)
		return err
	})
	return im, err
}

func headersKey(headers []string) string {
	sum := sha256.New()
	for _, h := range headers {
		io.WriteString(sum, folded(h)+"\n") //nolint:errcheck // a hash takes everything
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// Get gives an import.
func (s *Service) Get(ctx context.Context, community, id string) (im Import, err error) {
	err = s.DB.Read(ctx, community, func(tx *db.Tx) error {
		im, err = readImport(tx, id)
		return err
	})
	return im, err
}

// List lists imports, the newest first.
func (s *Service) List(ctx context.Context, community, cursor string, limit int) (p page.Page[Import], err error) {
	var us int64
	var before string
	if _, err := page.Parse(cursor, &us, &before); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.DB.Read(ctx, community, func(tx *db.Tx) error {
		all, err := listImports(tx, db.FromMicros(us), before, limit+1)
		p = page.Cut(all, limit, func(im Import) string { return page.Cursor(db.Micros(im.CreatedAt), im.ID) })
		return err
	})
	return p, err
}

// SourceID is the id of a source by its name; ErrSource when there is none.
func (s *Service) SourceID(ctx context.Context, community, name string) (id string, err error) {
	err = s.DB.Read(ctx, community, func(tx *db.Tx) error {
		all, err := s.sources(tx)
		if id = all[name]; err == nil && id == "" {
			err = ErrSource.At("/source")
		}
		return err
	})
	return id, err
}

// Targets lists what a column may mean in a community.
func (s *Service) Targets(tx *db.Tx) ([]Target, error) {
	custom, err := s.Fields(tx)
	return Targets(custom), err
}

// MapTx says what the columns mean, until the first real run, and remembers it for the next file with these headers.
func (s *Service) MapTx(tx *db.Tx, id string, p Plan) (Import, error) {
	im, err := lockImport(tx, id)
	if err != nil {
		return im, err
	}
	if !im.Dry || im.State == Checking || im.State == Failed {
		return im, ErrState.With("state", string(im.State))
	}
	p.Existing = cmp.Or(p.Existing, Update)
	custom, err := s.Fields(tx)
	if err != nil {
		return im, fmt.Errorf("the playbook's fields: %w", err)
	}
	if err := p.check(len(im.Layout.Headers), custom); err != nil {
		return im, err
	}
	sources, err := s.sources(tx)
	if err != nil {
		return im, err
	}
	if p.Source != "" && !sources.has(p.Source) {
		return im, ErrSource.At("/source")
	}
	if err := saveMapping(tx, headersKey(im.Layout.Headers), p); err != nil {
		return im, err
	}
	im.Plan, im.State = p, Mapped
	return im, updatePlan(tx, id, p)
}

// Map is MapTx in a transaction of its own.
func (s *Service) Map(ctx context.Context, community, id string, p Plan) (im Import, err error) {
	err = s.DB.Do(ctx, community, func(tx *db.Tx) error {
		im, err = s.MapTx(tx, id, p)
		return err
	})
	return im, err
}

// CheckTx begins a dry run: every row is looked at, nothing but the import is changed.
func (s *Service) CheckTx(tx *db.Tx, id string) (Import, error) { return s.begin(tx, id, true) }

// RunTx begins the run, or goes on with one that was stopped or whose node died.
func (s *Service) RunTx(tx *db.Tx, id string) (Import, error) { return s.begin(tx, id, false) }

// begin starts a pass and sets the job that works on it.
func (s *Service) begin(tx *db.Tx, id string, dry bool) (Import, error) {
	im, err := s.StartTx(tx, id, dry)
	if err != nil {
		return im, err
	}
	return im, job.Enqueue(tx, jobWork, im.ID, tx.Now(), workOf{im.ID})
}

// startPass moves an import into a pass. A pass that was begun goes on where it was.
func startPass(tx *db.Tx, im Import, dry bool) (Import, error) {
	begun := im.pass > 0 && im.Dry == dry
	switch {
	case im.file == "":
		return im, ErrGone
	case begun && (im.State == Stopped || im.State == Failed || im.under()):
		// On it goes.
	case im.Dry && (im.State == Mapped || im.State == Checked || im.State == Stopped):
		im.pass, im.position, im.Counts, im.Dry = im.pass+1, 0, Counts{}, dry
	default:
		return im, ErrState.With("state", string(im.State))
	}
	im.State = Running
	if dry {
		im.State = Checking
	}
	im.Reason, im.beganAt, im.beganDone, im.movedAt, im.EndedAt, im.Rate = "", tx.Now(), im.Counts.Dealt(), tx.Now(), time.Time{}, 0
	if err := job.At(tx, timerExpire, im.ID, tx.Now().Add(keepFile)); err != nil {
		return im, err
	}
	return im, updatePass(tx, im)
}

// StopTx stops what is under way, after the rows that are just being dealt with. RunTx or CheckTx go on with it.
func (s *Service) StopTx(tx *db.Tx, id string) (Import, error) {
	im, err := lockImport(tx, id)
	if err != nil {
		return im, err
	}
	if !im.under() {
		return im, ErrState.With("state", string(im.State))
	}
	if _, err := updateState(tx, im, Stopped, ""); err != nil {
		return im, err
	}
	im.State = Stopped
	return im, nil
}

func (s *Service) openFile(ctx context.Context, community, hash string, size int64) (*sealed, error) {
	if hash == "" {
		return nil, ErrGone
	}
	file, err := s.Blobs.Open(ctx, community, hash)
	if err != nil {
		return nil, err
	}
	f, err := unseal(s.Secrets, community, file, size)
	if err != nil {
		file.Close() //nolint:errcheck // the first error counts
	}
	return f, err
}

// timerExpire throws an import's file and the reasons of its rows away.
const timerExpire = "transfer.expire"

const expireChunk = 500

func (s *Service) expire(tx *db.Tx, t job.Timer) error {
	im, err := lockImport(tx, t.Ref)
	if err != nil {
		return err
	}
	if im.under() {
		return job.At(tx, timerExpire, im.ID, tx.Now().Add(keepFile))
	}
	if im.file != "" {
		if err := s.Blobs.DropTx(tx, im.file); err != nil {
			return err
		}
		if err := dropFile(tx, im.ID); err != nil {
			return err
		}
	}
	more, err := deleteProblems(tx, im.ID, im.pass+1, expireChunk)
	if err == nil && more {
		err = job.At(tx, timerExpire, im.ID, tx.Now())
	}
	return err
}
