package transfer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// jobWork works on an import for a while and, if rows are left, sets itself again.
const jobWork = "transfer.work"

type workOf struct {
	Import string `json:"import"`
}

// handOver is how long before its lease ends a job lets go of an import.
const handOver = 20 * time.Second

func (s *Service) workJob(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	var of workOf
	if err := j.Into(&of); err != nil {
		return nil, job.Permanent(err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-handOver))
		defer cancel()
	}
	err := s.Work(ctx, j.Community, of.Import, nil)
	if errors.Is(err, context.DeadlineExceeded) {
		return func(tx *db.Tx) error { return job.Enqueue(tx, jobWork, of.Import, tx.Now(), of) }, nil
	}
	return nil, err
}

// StartTx begins or resumes a pass without setting a job: the caller calls Work. CheckTx and RunTx leave the work to the server.
func (s *Service) StartTx(tx *db.Tx, id string, dry bool) (Import, error) {
	im, err := lockImport(tx, id)
	if err != nil {
		return im, err
	}
	return startPass(tx, im, dry)
}

// Start is StartTx in a transaction of its own.
func (s *Service) Start(ctx context.Context, community, id string, dry bool) (im Import, err error) {
	err = s.DB.Do(ctx, community, func(tx *db.Tx) error {
		im, err = s.StartTx(tx, id, dry)
		return err
	})
	return im, err
}

// Work deals with the rows of the pass that is under way until it ends, is stopped, or ctx is done; it then ends with ctx's
// error, and can be called again, also by another program. progress, if not nil, is told how far it is.
func (s *Service) Work(ctx context.Context, community, id string, progress func(Import)) error {
	for tries, at := 0, 0; ; tries++ {
		im, err := s.Get(ctx, community, id)
		if err != nil || !im.under() {
			return err
		}
		err = s.pass(ctx, community, im, progress)
		switch {
		case errors.Is(err, errMoved):
			continue // look again where it is
		case db.IsTransient(err) && ctx.Err() == nil:
			if im.position > at { // it got on since
				tries, at = 0, im.position
			}
			if tries < maxTries {
				pause(ctx)
				continue
			}
			return err
		case err != nil && permanent(err):
			return s.end(ctx, community, im, Failed, err)
		}
		return err
	}
}

// maxTries is how often a pass is taken up again while the database is busy or away and no row gets done.
const maxTries = 20

func pause(ctx context.Context) {
	timer := time.NewTimer(250 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// permanent tells that the file itself is at fault, or gone.
func permanent(err error) bool {
	kind := errs.KindOf(err)
	return kind == errs.Malformed || kind == errs.Invalid || kind == errs.NotFound || kind == errs.Gone || kind == errs.TooLarge
}

// Chunks hold the database's locks shortly: about as many rows are taken as are done in chunkTime. On a machine that is busy
// with other things, so few that little but commits would be done don't help anybody.
const (
	minChunk  = 10
	maxChunk  = 200
	chunkTime = 40 * time.Millisecond
)

// worker is one pass through a file from where it was left.
type worker struct {
	*Service
	community string
	im        Import
	seed      maphash.Seed
	seen      map[uint64]uint32 // marks of the rows that were taken, and where
	size      int               // of the next chunk
	progress  func(Import)
}

func (s *Service) pass(ctx context.Context, community string, im Import, progress func(Import)) error {
	f, err := s.openFile(ctx, community, im.file, im.Size)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := im.Layout.open(f)
	if err != nil {
		return err
	}
	r, err := s.newReader(ctx, community, im)
	if err != nil {
		return err
	}
	w := &worker{Service: s, community: community, im: im, seed: maphash.MakeSeed(), seen: map[uint64]uint32{}, size: minChunk, progress: progress}
	if err := w.clean(ctx); err != nil {
		return err
	}
	if err := w.recall(ctx, rows, r); err != nil {
		return err
	}
	return w.deal(ctx, rows, r)
}

// clean deletes the problems of earlier passes.
func (w *worker) clean(ctx context.Context) error {
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := w.DB.Do(ctx, w.community, func(tx *db.Tx) (err error) {
			more, err = deleteProblems(tx, w.im.ID, w.im.pass, expireChunk)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// recall reads the rows that were dealt with before, to know whom those that were taken are about.
func (w *worker) recall(ctx context.Context, rows *source, r *reader) error {
	problems := &problemReader{s: w.Service, community: w.community, im: w.im}
	for w.im.position > 0 {
		in, err := rows.next()
		if err != nil {
			return err
		}
		left, err := problems.has(ctx, in.number)
		if err != nil {
			return err
		}
		if !left {
			w.remember(r.read(in))
		}
		if in.number >= w.im.position {
			return nil
		}
	}
	return nil
}

func (w *worker) mark(key string) uint64 { return maphash.String(w.seed, key) }

func (w *worker) remember(e *entry) {
	for _, k := range e.keys {
		if m := w.mark(k); w.seen[m] == 0 {
			w.seen[m] = uint32(e.row)
		}
	}
}

// deal takes the rest of the rows, chunk by chunk.
func (w *worker) deal(ctx context.Context, rows *source, r *reader) error {
	var waiting []*entry
	for ended := false; ; {
		for !ended && len(waiting) < w.size {
			in, err := rows.next()
			if ended = errors.Is(err, io.EOF); ended {
				break
			}
			if err != nil {
				return err
			}
			waiting = append(waiting, r.read(in))
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(waiting) == 0 {
			return w.end(ctx, w.community, w.im, w.goal(), nil)
		}
		n := min(w.size, len(waiting))
		err := w.chunk(ctx, waiting[:n])
		var l *late
		if errors.As(err, &l) {
			if l.at > 0 {
				w.size = l.at // those before it first
				continue
			}
			waiting[0].refuse(l.why, 0)
			continue
		}
		if err != nil {
			return err
		}
		waiting = append(waiting[:0:0], waiting[n:]...)
	}
}

func (w *worker) goal() State {
	if w.im.Dry {
		return Checked
	}
	return Done
}

// chunk gives some rows their effect in one transaction, together with how far the pass is.
func (w *worker) chunk(ctx context.Context, list []*entry) error {
	var counts Counts
	var taken []*entry
	began := w.DB.Clock().Now()
	err := w.DB.Alone(ctx, w.community, func(tx *db.Tx) error {
		counts, taken = w.im.Counts, nil
		if now, err := lockImportAs(tx, w.im); err != nil || now.position != w.im.position {
			return cmp.Or(err, errMoved)
		}
		var problems []Problem
		fresh := map[uint64]uint32{}
		for i, e := range list {
			out, err := w.one(tx, e, fresh)
			if refusal := errs.As(err); refusal != nil && !db.IsTransient(err) {
				return &late{i, refusal}
			}
			if err != nil {
				return fmt.Errorf("row %d: %w", e.row, err)
			}
			if counts.add(out.Counts); out.problem != nil {
				problems = append(problems, *out.problem)
				continue
			}
			taken = append(taken, e)
		}
		if err := insertProblems(tx, w.im, problems); err != nil {
			return err
		}
		ok, err := movePosition(tx, w.im, list[len(list)-1].row, counts)
		if err == nil && !ok {
			err = errMoved
		}
		return err
	})
	if err != nil {
		return err
	}
	w.pace(w.DB.Clock().Now().Sub(began))
	for _, e := range taken {
		w.remember(e)
	}
	w.im.Counts, w.im.position, w.im.movedAt = counts, list[len(list)-1].row, w.DB.Clock().Now()
	if w.progress != nil {
		w.progress(w.im)
	}
	return nil
}

// one takes an entry unless an earlier row is about the same person.
func (w *worker) one(tx *db.Tx, e *entry, fresh map[uint64]uint32) (effect, error) {
	if len(e.reasons) == 0 {
		for _, k := range e.keys {
			m := w.mark(k)
			first := max(w.seen[m], fresh[m])
			if first == 0 {
				continue
			}
			return effect{Counts: Counts{Repeated: 1}, problem: &Problem{Row: e.row, Reasons: []Reason{{Code: ErrRepeated.Code, Params: map[string]any{"row": int(first)}}}}}, nil
		}
	}
	out, err := w.take(tx, w.im, e)
	if err == nil && out.problem == nil {
		for _, k := range e.keys {
			fresh[w.mark(k)] = uint32(e.row)
		}
	}
	return out, err
}

// pace makes the next chunk as long as fits into chunkTime.
func (w *worker) pace(took time.Duration) {
	switch {
	case took > chunkTime:
		w.size = max(w.size/2, minChunk)
	case took < chunkTime/2:
		w.size = min(w.size*2, maxChunk)
	}
}

// end ends a pass.
func (s *Service) end(ctx context.Context, community string, im Import, to State, why error) error {
	return s.DB.Do(ctx, community, func(tx *db.Tx) error {
		im, err := lockImportAs(tx, im)
		if err != nil {
			return err
		}
		reason := ""
		if refusal := errs.As(why); refusal != nil {
			reason = refusal.Code
		}
		ok, err := updateState(tx, im, to, reason)
		if err != nil || !ok {
			return err // it was stopped in the last moment
		}
		due, c := tx.Now().Add(keepFile), im.Counts
		switch to {
		case Done:
			if c.Left() == 0 {
				due = tx.Now() // nothing to give back
			}
			_, err = fact.Append(tx, Imported{Import: fact.ID(im.ID), Created: c.Created, Updated: c.Updated, Unchanged: c.Unchanged, Left: c.Left()}, fact.Fact{Subject: im.ID, Actor: im.Actor})
		case Failed:
			_, err = fact.Append(tx, ImportFailed{Import: fact.ID(im.ID)}, fact.Fact{Subject: im.ID, Actor: im.Actor})
		}
		if err != nil {
			return err
		}
		return job.At(tx, timerExpire, im.ID, due)
	})
}

// lockImportAs locks an import and gives it as it is now, for the pass that is known.
func lockImportAs(tx *db.Tx, known Import) (Import, error) {
	im, err := lockImport(tx, known.ID)
	if err == nil && (im.pass != known.pass || im.State != known.State) {
		err = errMoved
	}
	return im, err
}
