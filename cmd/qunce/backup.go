package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/backup"
)

var errMissingFiles = errors.New("stored files were not there, or damaged; the backup is whole but for them")

func backupCommand() *cobra.Command {
	in := &installation{}
	var out string
	var asJSON bool
	c := &cobra.Command{
		Use: "backup", Short: "Write everything but the keys into one file", Args: cobra.NoArgs,
		Long:    "The file holds every community as it is at one moment, in a form that either database reads back, and the stored files.\nThe installation may be in use meanwhile. The key file is not in it: keep a copy of it apart. Sessions are not in it either:\nwhoever was signed in signs in again.",
		Example: "  qunce backup --data /var/lib/qunce --out qunce-2026-11-21.backup",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := in.config()
			if err != nil {
				return err
			}
			if out == "" {
				return usageError{errors.New("name the file with --out")}
			}
			m, err := app.Backup(c.Context(), cfg, out, rows(os.Stderr))
			if err != nil {
				return err
			}
			if err := printManifest(c.OutOrStdout(), m, asJSON, "Wrote "+out); err != nil {
				return err
			}
			if len(m.Missing) > 0 {
				return fmt.Errorf("%w: %s", errMissingFiles, strings.Join(m.Missing, ", "))
			}
			return nil
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&out, "out", "", "file to write; it must not be there yet")
	c.Flags().BoolVar(&asJSON, "json", false, "print what it holds as JSON")
	return c
}

func restoreCommand() *cobra.Command {
	in := &installation{}
	var from, keys string
	var asJSON bool
	c := &cobra.Command{
		Use: "restore", Short: "Read a backup into an empty folder or database", Args: cobra.NoArgs,
		Long:    "The file is proved whole before anything is written, and all of it is written or nothing. A backup of an older version is\nbrought up to date.",
		Example: "  qunce restore --from qunce.backup --data /var/lib/qunce --keys /safe/keys\n  qunce restore --from qunce.backup --database-url postgres://qunce@db/qunce --data /var/lib/qunce --keys /safe/keys",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := in.config()
			if err != nil {
				return err
			}
			if from == "" {
				return usageError{errors.New("name the backup with --from")}
			}
			m, err := app.Restore(c.Context(), cfg, from, keys, rows(os.Stderr))
			if err != nil {
				return err
			}
			return printManifest(c.OutOrStdout(), m, asJSON, "Restored "+from)
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&from, "from", "", "the backup")
	c.Flags().StringVar(&keys, "keys", "", "the key file that belongs to it; not needed if it is in the data folder already")
	c.Flags().BoolVar(&asJSON, "json", false, "print what it held as JSON")
	return c
}

func migrateCommand() *cobra.Command {
	var from, to installation
	var asJSON bool
	c := &cobra.Command{
		Use: "migrate", Short: "Move an installation to another database", Args: cobra.NoArgs,
		Long:    "Stop the server first: what is written while it moves stays behind. What it is moved from is not changed. Without --to-data\nthe keys and stored files stay in the folder where they are.",
		Example: "  qunce migrate --from-data /var/lib/qunce --to-database-url postgres://qunce@db/qunce\n  qunce migrate --from-data /var/lib/qunce --from-database-url postgres://qunce@db/qunce --to-data /srv/qunce",
		RunE: func(c *cobra.Command, _ []string) error {
			if !c.Flags().Changed("to-data") && to.cfg.DatabaseURL == "" {
				return usageError{errors.New("say where to with --to-database-url or --to-data")}
			}
			if to.cfg.Data == "" {
				to.cfg.Data = from.cfg.Data
			}
			from.cfg.Version = version
			m, err := app.Move(c.Context(), from.cfg, to.cfg, rows(os.Stderr))
			if err != nil {
				return err
			}
			where := to.cfg.Data
			if to.cfg.DatabaseURL != "" {
				where = "the database"
			}
			return printManifest(c.OutOrStdout(), m, asJSON, "Moved to "+where)
		},
	}
	f := c.Flags()
	f.StringVar(&from.cfg.Data, "from-data", env("DATA", "qunce-data"), "folder of the database, keys and pictures")
	f.StringVar(&from.cfg.DatabaseURL, "from-database-url", env("DATABASE_URL", ""), "PostgreSQL to move from, instead of the file in the folder")
	f.StringVar(&to.cfg.Data, "to-data", "", "folder to move to")
	f.StringVar(&to.cfg.DatabaseURL, "to-database-url", "", "PostgreSQL to move to, instead of a file in the folder")
	f.BoolVar(&asJSON, "json", false, "print what was moved as JSON")
	return c
}

func printManifest(w io.Writer, m backup.Manifest, asJSON bool, done string) error {
	if asJSON {
		return printJSON(w, m)
	}
	_, err := fmt.Fprintf(w, "%s: %d rows in %d tables, %d files of %d bytes, schema %d, keys %s\n",
		done, m.Rows(), len(m.Tables), m.Files, m.Bytes, m.Schema, strings.Join(m.Keys, " "))
	return err
}

// rows shows how far a backup is, on a terminal only.
func rows(f *os.File) backup.Progress {
	if !isTerminal(f) {
		return nil
	}
	var last time.Time
	return func(what string, n int64) {
		if time.Since(last) > 200*time.Millisecond {
			last = time.Now()
			fmt.Fprintf(f, "\r\x1b[K%s %d", what, n)
		}
	}
}
