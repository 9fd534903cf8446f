package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// Blob is a stored file of a community.
type Blob struct {
	Hash       string    `json:"hash"`
	Kind       string    `json:"kind"` // media type: image/jpeg, image/png, or what a file was recorded as
	Size       int64     `json:"size"`
	Width      int       `json:"width,omitempty"`
	Height     int       `json:"height,omitempty"`
	Thumb      string    `json:"thumb,omitempty"` // hash of its small picture; "" when it is small itself
	Refs       int64     `json:"-"`
	UploadedBy string    `json:"uploaded_by"`
	CreatedAt  time.Time `json:"created_at"`
}

// Service takes pictures in and files out.
type Service struct {
	db    *db.DB
	store Store
	slots chan struct{} // pictures being decoded: each may take 160 MB for a moment
}

// New makes the service of a node.
func New(d *db.DB, s Store) *Service {
	return &Service{db: d, store: s, slots: make(chan struct{}, 2)}
}

// AddPicture takes a picture in: JPEG, PNG, GIF (its first frame) or WebP of at most MaxBytes and MaxPixels. It is turned
// upright, made no larger than MaxSide, encoded anew, and gets a small one. Whoever uses it says so with UseTx within a day.
func (s *Service) AddPicture(ctx context.Context, community, uploadedBy string, r io.Reader) (Blob, error) {
	raw, err := readAll(r)
	if err != nil {
		return Blob{}, err
	}
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return Blob{}, ctx.Err()
	}
	full, thumb, err := render(raw)
	<-s.slots
	if err != nil {
		return Blob{}, err
	}
	var rows []Blob
	add := func(p *picture) (Blob, error) {
		hash, size, err := s.store.Put(ctx, community, bytes.NewReader(p.bytes))
		return Blob{Hash: hash, Kind: p.kind, Size: size, Width: p.width, Height: p.height, UploadedBy: uploadedBy}, err
	}
	main, err := add(full)
	if err != nil {
		return Blob{}, err
	}
	if thumb != nil {
		small, err := add(thumb)
		if err != nil {
			return Blob{}, err
		}
		main.Thumb = small.Hash
		rows = append(rows, small)
	}
	rows = append(rows, main)
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		for i := range rows {
			rows[i].CreatedAt = tx.Now()
			if err := record(tx, rows[i]); err != nil {
				return fmt.Errorf("record a picture: %w", err)
			}
		}
		main.CreatedAt = tx.Now()
		return nil
	})
	return main, err
}

// AddFile stores a file as it is, of a media type that the caller vouches for: an export, an import's rows.
func (s *Service) AddFile(ctx context.Context, community, uploadedBy, kind string, r io.Reader) (b Blob, err error) {
	hash, size, err := s.store.Put(ctx, community, r)
	if err != nil {
		return b, err
	}
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		b = Blob{Hash: hash, Kind: kind, Size: size, UploadedBy: uploadedBy, CreatedAt: tx.Now()}
		return record(tx, b)
	})
	return b, err
}

// Find gives a community's blob, or ErrMissing: what another community stored isn't there.
func (s *Service) Find(ctx context.Context, community, hash string) (b Blob, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		var found bool
		b, found, err = find(tx, hash)
		if err == nil && !found {
			err = ErrMissing
		}
		return err
	})
	return b, err
}

// Open reads a blob that Find gave to somebody who may see it.
func (s *Service) Open(ctx context.Context, community, hash string) (io.ReadSeekCloser, error) {
	return s.store.Open(ctx, community, hash)
}

// UseTx notes that a row of the transaction's community uses a blob; ErrMissing when there is none.
func (s *Service) UseTx(tx *db.Tx, hash string) error {
	n, err := addRefs(tx, hash, 1)
	if err == nil && n == 0 {
		err = ErrMissing
	}
	return err
}

// DropTx notes that a row uses a blob no longer. The file goes a day after its last use.
func (s *Service) DropTx(tx *db.Tx, hash string) error {
	_, err := addRefs(tx, hash, -1)
	return err
}

// List gives the transaction's community's blobs after a hash, in order: for backups.
func List(tx *db.Tx, after string, limit int) ([]Blob, error) { return list(tx, after, limit) }

// keepUnused is how long an upload may wait for its first use, and a file for its next.
const keepUnused = 24 * time.Hour

// collectBatch bounds what one sweep removes.
const collectBatch = 200

// jobDelete deletes a file whose row is gone. As a job it is tried until it is done.
const jobDelete = "blob.delete"

type deletion struct {
	Hash   string    `json:"hash"`
	Before time.Time `json:"before"`
}

// Sweep removes some of the transaction's community's rows that nothing has used for a day, and has their files deleted;
// more tells that some are left. A file that is stored again meanwhile is younger and stays.
func (s *Service) Sweep(tx *db.Tx) (more bool, err error) {
	before := tx.Now().Add(-keepUnused)
	rows, err := unused(tx, before, collectBatch)
	if err != nil {
		return false, err
	}
	for _, b := range rows {
		gone, err := forget(tx, b, before)
		if err != nil {
			return false, err
		}
		if !gone {
			continue
		}
		if err := job.Enqueue(tx, jobDelete, "", tx.Now(), deletion{b.Hash, before}); err != nil {
			return false, err
		}
	}
	return len(rows) == collectBatch, nil
}

// Register registers the job that deletes files.
func (s *Service) Register(r *job.Runner) {
	r.OnJob(jobDelete, job.Options{Parallel: 2}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		var d deletion
		if err := j.Into(&d); err != nil {
			return nil, job.Permanent(err)
		}
		_, err := s.store.Delete(ctx, j.Community, d.Hash, d.Before)
		return nil, err
	})
}

// Check reads every file of a community through and reports each that is missing or damaged.
func (s *Service) Check(ctx context.Context, community string, log *slog.Logger) (bad int, err error) {
	after := ""
	for {
		var rows []Blob
		err := s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
			rows, err = list(tx, after, collectBatch)
			return err
		})
		if err != nil || len(rows) == 0 {
			return bad, err
		}
		for _, b := range rows {
			err := Verify(ctx, s.store, community, b.Hash)
			if err != nil && !errors.Is(err, ErrMissing) && !errors.Is(err, ErrDamaged) {
				return bad, err
			}
			if err != nil {
				bad++
				log.Error("a stored file is off", "community", community, "hash", b.Hash, "error", err)
			}
		}
		after = rows[len(rows)-1].Hash
	}
}
