package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qunce/qunce/internal/backup"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/migrations"
)

// What is refused about installations.
var (
	ErrNone       = errs.Define(errs.NotFound, "app.none")        // no installation in {data}
	ErrFileExists = errs.Define(errs.Conflict, "app.file_exists") // {file} is there already
	ErrSamePlace  = errs.Define(errs.Invalid, "app.same_place")   // it would move to where it is
	ErrKeysNeeded = errs.Define(errs.Invalid, "app.keys_needed")  // no key file at {path}; the backup needs {keys}
)

// Backup writes an installation into a new file. It need not stand still meanwhile.
func Backup(ctx context.Context, c Config, file string, tell backup.Progress) (backup.Manifest, error) {
	return writeBackup(ctx, c, file, true, tell)
}

func writeBackup(ctx context.Context, c Config, file string, files bool, tell backup.Progress) (m backup.Manifest, err error) {
	if err := c.Exists(); err != nil {
		return m, err
	}
	if _, err := os.Stat(file); err == nil {
		return m, ErrFileExists.With("file", file)
	}
	keys, err := secret.Open(c.keyFile())
	if err != nil {
		return m, err
	}
	d, err := db.Open(ctx, c.database())
	if err != nil {
		return m, err
	}
	defer d.Close()
	s := backup.Source{DB: d, Keys: keys.IDs(), Program: c.Version, Migrations: migrations.Files}
	if files {
		if s.Blobs, err = c.blobs(); err != nil {
			return m, err
		}
	}
	err = whole(file, func(w io.Writer) error {
		m, err = backup.Write(ctx, w, s, tell)
		return err
	})
	return m, err
}

// whole writes a file that only its owner reads, and that appears when it is complete.
func whole(file string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".qunce-*")
	if err != nil {
		return fmt.Errorf("make %s: %w", file, err)
	}
	defer os.Remove(f.Name())
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Link(f.Name(), file) // never over a file that came meanwhile
	}
	if errors.Is(err, fs.ErrExist) {
		return ErrFileExists.With("file", file)
	}
	if err != nil && errs.As(err) == nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return err
}

// Restore reads a backup into an empty folder or database. keys is the file of the keys that belong to it; "" means that it
// is in the folder already.
func Restore(ctx context.Context, c Config, file, keys string, tell backup.Progress) (backup.Manifest, error) {
	m, err := backup.Check(ctx, file, migrations.Files)
	if err != nil {
		return m, err
	}
	if err := takeKeys(c, keys, m.Keys); err != nil {
		return m, err
	}
	blobs, err := c.blobs()
	if err != nil {
		return m, err
	}
	return m, load(ctx, c, file, m, blobs, tell)
}

func load(ctx context.Context, c Config, file string, m backup.Manifest, blobs blob.Store, tell backup.Progress) error {
	d, err := db.Open(ctx, c.database())
	if err != nil {
		return err
	}
	defer d.Close()
	return backup.Restore(ctx, file, m, backup.Target{DB: d, Blobs: blobs, Migrations: migrations.Files}, tell)
}

// takeKeys sees that the folder has the keys that data needs, copying their file into it.
func takeKeys(c Config, from string, needed []string) error {
	to := c.keyFile()
	if from == "" {
		from = to
	}
	ring, err := secret.Open(from)
	if errors.Is(err, secret.ErrFileMissing) {
		return ErrKeysNeeded.With("path", from).With("keys", fmt.Sprint(needed)).Because(err)
	}
	if err != nil {
		return err
	}
	if err := ring.Require(needed...); err != nil || from == to {
		return err
	}
	if there, err := secret.Open(to); !errors.Is(err, secret.ErrFileMissing) {
		if err != nil {
			return err
		}
		return there.Require(needed...)
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("read the key file: %w", err)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return db.ErrReadOnly.Because(fmt.Errorf("make the data folder: %w", err))
	}
	return whole(to, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// Move copies an installation to another database, and to another folder if the two configurations name one. What it was
// moved from stays as it is.
func Move(ctx context.Context, from, to Config, tell backup.Progress) (m backup.Manifest, err error) {
	same, err := sameFolder(from.Data, to.Data)
	if err != nil {
		return m, err
	}
	if same && from.DatabaseURL == to.DatabaseURL {
		return m, ErrSamePlace
	}
	dir, err := os.MkdirTemp("", "qunce-move-")
	if err != nil {
		return m, fmt.Errorf("make a folder to move by: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "all")
	if m, err = writeBackup(ctx, from, file, !same, tell); err != nil {
		return m, err
	}
	if same {
		return m, load(ctx, to, file, m, nil, tell)
	}
	return Restore(ctx, to, file, from.keyFile(), tell)
}

func sameFolder(a, b string) (bool, error) {
	x, err := filepath.Abs(a)
	if err != nil {
		return false, err
	}
	y, err := filepath.Abs(b)
	return x == y, err
}
