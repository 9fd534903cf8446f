package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
)

// Where things lie in the data folder.
func (c Config) databaseFile() string { return filepath.Join(c.Data, "qunce.db") }
func (c Config) keyFile() string      { return filepath.Join(c.Data, "keys") }
func (c Config) blobFolder() string   { return filepath.Join(c.Data, "blobs") }

// clock is the configured clock, or the machine's.
func (c Config) clock() clock.Clock {
	if c.Clock != nil {
		return c.Clock
	}
	return clock.System{}
}

func (c Config) database() db.Config {
	return db.Config{Path: c.databaseFile(), URL: c.DatabaseURL, Clock: c.Clock, IDs: c.IDs, Scratch: c.Scratch}
}

// Exists refuses a configuration without an installation: who looks at one must not make one.
func (c Config) Exists() error {
	if c.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(c.databaseFile()); errors.Is(err, fs.ErrNotExist) {
		return ErrNone.With("data", c.Data)
	}
	return nil
}

func (c Config) blobs() (*blob.Files, error) {
	return blob.NewFiles(c.blobFolder(), c.clock())
}

// openKeys reads the key file, and makes it for an installation without communities only: beside data a lost file must be
// seen, since what was encrypted with it can't be read without it.
func (a *App) openKeys(ctx context.Context) (*secret.Keyring, error) {
	some, err := a.Communities.List(ctx, "", 1)
	if err != nil {
		return nil, err
	}
	if len(some.Items) > 0 {
		return secret.Open(a.Config.keyFile())
	}
	return secret.OpenOrCreate(a.Config.keyFile())
}
