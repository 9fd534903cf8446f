package backup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
)

// What is refused.
var (
	ErrNotBackup = errs.Define(errs.Invalid, "backup.not_a_backup") // "file"
	ErrDamaged   = errs.Define(errs.Conflict, "backup.damaged")     // "file": cut off, or not as it was written
	ErrNewer     = errs.Define(errs.Conflict, "backup.newer")       // "backup", "program": versions of the schema
	ErrNotEmpty  = errs.Define(errs.Conflict, "backup.not_empty")   // the target holds data, or a newer schema
)

// Source is what is backed up.
type Source struct {
	DB         *db.DB
	Blobs      blob.Store // nil leaves the files where they are
	Keys       []string   // ids of the keys in use
	Program    string     // its version
	Migrations fs.FS
}

// Progress is told what has been done: a table with its rows so far, or files.
type Progress func(what string, n int64)

// Write writes a backup.
func Write(ctx context.Context, w io.Writer, s Source, tell Progress) (Manifest, error) {
	m := Manifest{Program: s.Program, MadeAt: s.DB.Clock().Now(), Tables: map[string]Table{}, LeftOut: leftOut}
	var err error
	if m.Schema, err = s.DB.SchemaVersion(ctx, s.Migrations); err != nil {
		return m, err
	}
	a, err := newArchiver(w)
	if err != nil {
		return m, fmt.Errorf("write the backup: %w", err)
	}
	b := &writer{archiver: a, m: &m, tell: tell, keys: map[string]bool{}}
	for _, id := range s.Keys {
		b.keys[id] = true
	}
	var stored []file
	err = s.DB.Snapshot(ctx, "", func(tx *db.Tx) error {
		all, err := tables(tx)
		if err != nil {
			return err
		}
		for _, t := range all {
			if slices.Contains(leftOut, t.name) {
				continue
			}
			if err := b.table(ctx, tx, t); err != nil {
				return fmt.Errorf("table %s: %w", t.name, err)
			}
		}
		if s.Blobs != nil {
			stored, err = files(tx)
		}
		return err
	})
	if err == nil {
		err = b.files(ctx, s, stored)
	}
	if err != nil {
		return m, fmt.Errorf("write the backup: %w", err)
	}
	m.Keys = slices.Sorted(maps.Keys(b.keys))
	text, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = errors.Join(a.put(manifestName, text), a.close())
	}
	if err != nil {
		return m, fmt.Errorf("write the backup: %w", err)
	}
	return m, nil
}

type writer struct {
	*archiver
	m    *Manifest
	tell Progress
	keys map[string]bool // that its secrets name
}

func (b *writer) say(what string, n int64) {
	if b.tell != nil {
		b.tell(what, n)
	}
}

// ciphertext is how a secret begins inside a row, with the id of its key.
var ciphertext = regexp.MustCompile(`"v1\.([0-9a-f]{8})\.`)

// table writes a table's rows in parts.
func (b *writer) table(ctx context.Context, tx *db.Tx, t table) error {
	columns, err := json.Marshal(t.columns)
	if err != nil {
		return err
	}
	sum, rows, part := sha256.New(), int64(0), 0
	sum.Write(columns)
	if err := b.put("tables/"+t.name+"/columns", columns); err != nil {
		return err
	}
	var buf bytes.Buffer
	flush := func() error {
		if buf.Len() == 0 {
			return ctx.Err()
		}
		part++
		sum.Write(buf.Bytes())
		for _, m := range ciphertext.FindAllSubmatch(buf.Bytes(), -1) {
			b.keys[string(m[1])] = true
		}
		err := b.put(fmt.Sprintf("tables/%s/%06d", t.name, part), buf.Bytes())
		buf.Reset()
		b.say(t.name, rows)
		return errors.Join(err, ctx.Err())
	}
	w := newRowWriter(t.columns)
	err = tx.Each(func(r *db.Row) error {
		line, err := w.encode(r)
		if err != nil {
			return fmt.Errorf("row %d: %w", rows+1, err)
		}
		rows++
		buf.Write(line)
		if buf.Len() < partSize {
			return nil
		}
		return flush()
	}, t.query(tx.Dialect()))
	if err := errors.Join(err, flush()); err != nil {
		return err
	}
	b.m.Tables[t.name] = Table{Rows: rows, Hash: hex.EncodeToString(sum.Sum(nil))}
	return nil
}

// file is a stored file, kept small: there may be a million.
type file struct {
	community string
	hash      [sha256.Size]byte
}

func files(tx *db.Tx) (out []file, err error) {
	community := ""
	err = blob.EachOfAll(tx, func(c, hash string) error {
		if c != community {
			community = c
		}
		f := file{community: community}
		if _, err := hex.Decode(f.hash[:], []byte(hash)); err != nil {
			return fmt.Errorf("the stored file %s: %w", hash, err)
		}
		out = append(out, f)
		return nil
	})
	return out, err
}

// files copies the stored files. One that is gone, with its row, was unused for a day and swept, which restoring repeats.
// One that should be there and isn't, or isn't what was stored, is named: the rest is worth having.
func (b *writer) files(ctx context.Context, s Source, all []file) error {
	for i, f := range all {
		hash := hex.EncodeToString(f.hash[:])
		err := blob.Verify(ctx, s.Blobs, f.community, hash)
		if err == nil {
			err = b.file(ctx, s.Blobs, f.community, hash)
		} else if errors.Is(err, blob.ErrMissing) || errors.Is(err, blob.ErrDamaged) {
			var used bool
			if used, err = inUse(ctx, s.DB, f.community, hash); used {
				b.m.Missing = append(b.m.Missing, f.community+"/"+hash)
			}
		}
		if err != nil {
			return err
		}
		b.say("files", int64(i+1))
	}
	return nil
}

// inUse tells whether a file's row is still there.
func inUse(ctx context.Context, d *db.DB, community, hash string) (used bool, err error) {
	err = d.Read(ctx, community, func(tx *db.Tx) error {
		_, err := blob.FindTx(tx, hash)
		used = err == nil
		if errors.Is(err, blob.ErrMissing) {
			return nil
		}
		return err
	})
	return used, err
}

func (b *writer) file(ctx context.Context, s blob.Store, community, hash string) error {
	size, _, err := s.Stat(ctx, community, hash)
	if err != nil {
		return err
	}
	r, err := s.Open(ctx, community, hash)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := b.head("blobs/"+community+"/"+hash, size); err != nil {
		return err
	}
	if _, err := io.Copy(b.tar, r); err != nil {
		return fmt.Errorf("copy the stored file %s: %w", hash, err)
	}
	b.m.Files++
	b.m.Bytes += size
	return nil
}
