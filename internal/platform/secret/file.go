package secret

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
)

// What can be wrong with the key file.
var (
	ErrFileMissing = errs.Define(errs.Unavailable, "secret.file_missing") // no file at {path}
	ErrFileOpen    = errs.Define(errs.Unavailable, "secret.file_open")    // others than its owner may read {path}
	ErrFileBad     = errs.Define(errs.Unavailable, "secret.file_bad")     // {path} can't be understood at line {line}
)

// The uses of a key. The last encrypt line encrypts; earlier ones still decrypt. There is one lookup line for ever.
const (
	useEncrypt = "encrypt"
	useLookup  = "lookup"
)

// entry is one line of the key file.
type entry struct {
	use    string
	id     string
	secret []byte
}

const fileHead = `# Keys of this Qunce installation. Keep a copy apart from the database's backups: without this file
# phones and names in them can't be read, and with it they can. Never delete a line that data still names.
`

// Create makes a key file that must not exist yet; of several programs that try at once one wins and the others find
// fs.ErrExist.
func Create(path string) error {
	text := fileHead + newLine(useEncrypt) + newLine(useLookup)
	return write(path, []byte(text), os.Link)
}

// Open reads the key file.
func Open(path string) (*Keyring, error) {
	entries, _, err := read(path)
	if err != nil {
		return nil, err
	}
	k, err := newKeyring(entries)
	if err != nil {
		return nil, ErrFileBad.With("path", path).With("line", len(entries)).Because(err)
	}
	return k, nil
}

// OpenOrCreate reads the key file, or makes it when there is none. Use it only with a database that is new: beside an
// old one a missing file is a loss that must be seen.
func OpenOrCreate(path string) (*Keyring, error) {
	k, err := Open(path)
	if !errors.Is(err, ErrFileMissing) {
		return k, err
	}
	if err := Create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	return Open(path)
}

// Rotate adds a new encrypting key. Programs that run see it when they next start; older ciphertexts stay readable.
func Rotate(path string) error {
	entries, text, err := read(path)
	if err != nil {
		return err
	}
	if _, err := newKeyring(entries); err != nil {
		return ErrFileBad.With("path", path).With("line", len(entries)).Because(err)
	}
	return write(path, append(text, newLine(useEncrypt)...), os.Rename)
}

func newLine(use string) string {
	var b [36]byte
	rand.Read(b[:]) //nolint:errcheck // it never fails
	return use + " " + hex.EncodeToString(b[:4]) + " " + base64.StdEncoding.EncodeToString(b[4:]) + "\n"
}

func validID(id string) bool {
	b, err := hex.DecodeString(id)
	return err == nil && len(b) == 4
}

// write puts the text beside the path and then in its place (by link or rename), so that nobody reads half a file.
func write(path string, text []byte, place func(from, to string) error) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the key file's folder: %w", err)
	}
	f, err := os.CreateTemp(dir, ".key-*") // made with mode 0600
	if err != nil {
		return fmt.Errorf("make the key file: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = place(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("make the key file: %w", err)
	}
	return syncDir(dir)
}

// syncDir makes a new name in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("flush the key file's folder: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("flush the key file's folder: %w", err)
	}
	return nil
}

func read(path string) ([]entry, []byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, ErrFileMissing.With("path", path)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open the key file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, fmt.Errorf("look at the key file: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, nil, ErrFileOpen.With("path", path)
	}
	var text bytes.Buffer
	if _, err := text.ReadFrom(f); err != nil {
		return nil, nil, fmt.Errorf("read the key file: %w", err)
	}
	entries, line := parse(text.Bytes())
	if line > 0 {
		return nil, nil, ErrFileBad.With("path", path).With("line", line)
	}
	return entries, text.Bytes(), nil
}

// parse reads the lines; bad is the number of the first that is wrong, 0 if none is.
func parse(text []byte) (entries []entry, bad int) {
	known := map[string]bool{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words := strings.Fields(line)
		if len(words) != 3 || words[0] != useEncrypt && words[0] != useLookup || !validID(words[1]) {
			return nil, n
		}
		e := entry{use: words[0], id: words[1]}
		var err error
		e.secret, err = base64.StdEncoding.DecodeString(words[2])
		if err != nil || len(e.secret) < 32 || known[e.id] || e.use == useLookup && known[useLookup] {
			return nil, n
		}
		known[e.id] = true
		known[e.use] = true
		entries = append(entries, e)
	}
	if lines.Err() != nil {
		return nil, max(1, len(entries))
	}
	return entries, 0
}
