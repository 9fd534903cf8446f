package db

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema up to date. Every file NNNN_name.sql of files is one migration, its text the same for both
// databases but for blocks between the lines "-- only sqlite" or "-- only postgres" and "-- end". Migrations only add:
// an older program goes on working beside a newer one.
func (d *DB) Migrate(ctx context.Context, files fs.FS) error {
	return d.MigrateTo(ctx, files, math.MaxInt64)
}

// SchemaVersion is the number of the last migration that the database has had, 0 for none.
func (d *DB) SchemaVersion(ctx context.Context, files fs.FS) (int64, error) {
	provider, err := d.provider(files, math.MaxInt64)
	if err != nil {
		return 0, err
	}
	version, err := provider.GetDBVersion(ctx)
	if err != nil {
		return 0, classify(d.dialect, fmt.Errorf("read the schema's version: %w", err))
	}
	return version, nil
}

// LastMigration is the number of the last of the files.
func LastMigration(files fs.FS) (last int64, err error) {
	all, err := (&DB{}).migrations(files)
	for _, m := range all {
		last = max(last, m.Version)
	}
	return last, err
}

// MigrateTo is Migrate up to a version: an older backup is read into the schema that it was made of.
func (d *DB) MigrateTo(ctx context.Context, files fs.FS, version int64) error {
	provider, err := d.provider(files, version)
	if err != nil {
		return err
	}
	for {
		before, versionErr := provider.GetDBVersion(ctx)
		_, err := provider.Up(ctx)
		if err == nil {
			return nil
		}
		// SQLite has no lock to hold throughout: a program that started at the same time may have been faster.
		after, afterErr := provider.GetDBVersion(ctx)
		if d.dialect == SQLite && versionErr == nil && afterErr == nil && after > before {
			continue
		}
		return classify(d.dialect, fmt.Errorf("migrate: %w", err))
	}
}

// provider runs the migrations up to a version.
func (d *DB) provider(files fs.FS, version int64) (*goose.Provider, error) {
	migrations, err := d.migrations(files)
	if err != nil {
		return nil, err
	}
	migrations = slices.DeleteFunc(migrations, func(m *goose.Migration) bool { return m.Version > version })
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithGoMigrations(migrations...)}
	if d.dialect == Postgres {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300)) // asks every second, for five minutes
		if err != nil {
			return nil, fmt.Errorf("migrate: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, d.sql, nil, options...)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	return provider, nil
}

func (d *DB) migrations(files fs.FS) ([]*goose.Migration, error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list migrations: %w", err)
	}
	var out []*goose.Migration
	for _, name := range names {
		number, _, _ := strings.Cut(path.Base(name), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: its name must begin with a number", name)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		query := only(d.dialect, string(text))
		out = append(out, goose.NewGoMigration(version, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			return nil
		}}, nil))
	}
	return out, nil
}

// only leaves out the blocks that are for the other database.
func only(dialect Dialect, text string) string {
	var b strings.Builder
	keep := true
	for line := range strings.Lines(text) {
		switch mark := strings.TrimSpace(line); {
		case strings.HasPrefix(mark, "-- only "):
			keep = strings.TrimPrefix(mark, "-- only ") == string(dialect)
		case mark == "-- end":
			keep = true
		case keep:
			b.WriteString(line)
		}
	}
	return b.String()
}
