package blob

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
)

// What the folder refuses.
var (
	ErrMissing  = errs.Define(errs.NotFound, "blob.missing")
	ErrDiskFull = errs.Define(errs.Unavailable, "blob.disk_full")
	ErrDamaged  = errs.Define(errs.Unavailable, "blob.damaged") // a file's content is no longer what its name says
)

// Store keeps bytes by their hash, apart for each community.
type Store interface {
	// Put stores what r gives and tells its SHA-256 (64 hex digits) and size.
	Put(ctx context.Context, community string, r io.Reader) (hash string, size int64, err error)
	// Open reads a file, or gives ErrMissing.
	Open(ctx context.Context, community, hash string) (io.ReadSeekCloser, error)
	// Stat gives a file's size and when it was last stored, or ErrMissing.
	Stat(ctx context.Context, community, hash string) (size int64, stored time.Time, err error)
	// Delete removes a file that was last stored before the time given; deleted is false when it stays. One that is gone
	// already counts as deleted.
	Delete(ctx context.Context, community, hash string, before time.Time) (deleted bool, err error)
}

// Files is a Store in a folder.
type Files struct {
	root  string
	clock clock.Clock
	place sync.Mutex // a file isn't deleted between the look at its time and the deed
}

// NewFiles opens the folder, and makes it if it isn't there.
func NewFiles(root string, clk clock.Clock) (*Files, error) {
	if err := os.MkdirAll(filepath.Join(root, "tmp"), 0o700); err != nil {
		return nil, fault("make the folder of files", err)
	}
	return &Files{root: root, clock: clk}, nil
}

// path is where a file lies, in one of 256 folders of its community.
func (f *Files) path(community, hash string) (string, error) {
	if !id.Valid(community) || !ValidHash(hash) {
		return "", ErrMissing
	}
	return filepath.Join(f.root, community, hash[:2], hash), nil
}

// ValidHash tells whether a hash has its shape.
func ValidHash(hash string) bool {
	if len(hash) != 2*sha256.Size {
		return false
	}
	for _, c := range []byte(hash) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Put writes beside, flushes, and then gives the file its name.
func (f *Files) Put(ctx context.Context, community string, r io.Reader) (hash string, size int64, err error) {
	temp, err := os.OpenFile(filepath.Join(f.root, "tmp", rand.Text()), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", 0, fault("store a file", err)
	}
	defer os.Remove(temp.Name()) // gone already when all went well
	sum := sha256.New()
	size, err = io.Copy(io.MultiWriter(temp, sum), reader{ctx, r})
	if err == nil {
		err = temp.Sync()
	}
	if closeErr := temp.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", 0, fault("store a file", err)
	}
	hash = hex.EncodeToString(sum.Sum(nil))
	path, err := f.path(community, hash)
	if err != nil {
		return "", 0, err
	}
	return hash, size, fault("store a file", f.settle(temp.Name(), path))
}

// settle names a flushed file and makes the name durable.
func (f *Files) settle(temp, path string) error {
	dir := filepath.Dir(path)
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	now := f.clock.Now()
	if err := os.Chtimes(temp, now, now); err != nil {
		return err
	}
	f.place.Lock()
	err := os.Rename(temp, path) // over an equal one, whose time is new then
	f.place.Unlock()
	if err != nil {
		return err
	}
	dirs := []string{dir}
	if statErr != nil { // the folders may be new too
		dirs = append(dirs, filepath.Dir(dir), f.root)
	}
	for _, d := range dirs {
		if err := syncDir(d); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Open reads a file.
func (f *Files) Open(_ context.Context, community, hash string) (io.ReadSeekCloser, error) {
	path, err := f.path(community, hash)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fault("open a file", err)
	}
	return file, nil
}

// Stat looks at a file.
func (f *Files) Stat(_ context.Context, community, hash string) (int64, time.Time, error) {
	path, err := f.path(community, hash)
	if err != nil {
		return 0, time.Time{}, err
	}
	info, err := os.Lstat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return 0, time.Time{}, fault("look at a file", err)
	}
	return info.Size(), info.ModTime().UTC(), nil
}

// Delete removes a file that is old enough.
func (f *Files) Delete(ctx context.Context, community, hash string, before time.Time) (bool, error) {
	path, err := f.path(community, hash)
	if err != nil {
		return false, err
	}
	f.place.Lock()
	defer f.place.Unlock()
	_, stored, err := f.Stat(ctx, community, hash)
	switch {
	case errors.Is(err, ErrMissing):
		return true, nil
	case err != nil:
		return false, err
	case !stored.Before(before):
		return false, nil
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fault("delete a file", err)
	}
	return true, nil
}

// Verify reads a file of a store through and gives ErrDamaged when it isn't what its name says.
func Verify(ctx context.Context, s Store, community, hash string) error {
	file, err := s.Open(ctx, community, hash)
	if err != nil {
		return err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, reader{ctx, file}); err != nil {
		return fault("read a file", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != hash {
		return ErrDamaged
	}
	return nil
}

// fault gives known faults their code.
func fault(doing string, err error) error {
	switch {
	case err == nil, errs.As(err) != nil:
		return err
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrDiskFull.Because(err)
	case errors.Is(err, fs.ErrNotExist):
		return ErrMissing.Because(err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// reader ends a long copy with its context.
type reader struct {
	ctx context.Context
	r   io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
