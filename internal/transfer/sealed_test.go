package transfer

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/qunce/qunce/internal/platform/secret"
)

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// P9: a sealed file reads as it was, from anywhere, in its own community only, and only in its own order.
func TestSealedFiles(t *testing.T) {
	t.Parallel()
	keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	const size = 3*frameSize + 17
	plain := make([]byte, size)
	rand.Read(plain) //nolint:errcheck // it never fails
	seal := func(limit int64) ([]byte, error) {
		return io.ReadAll(&sealer{secrets: keys, community: "c", from: bytes.NewReader(plain), limit: limit})
	}
	cipher, err := seal(size)
	if err != nil {
		t.Fatal(err)
	}
	read := func(community string, cipher []byte) ([]byte, error) {
		f, err := unseal(keys, community, inMemory{bytes.NewReader(cipher)}, size)
		if err != nil {
			return nil, err
		}
		return io.ReadAll(f.all())
	}
	if got, err := read("c", cipher); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("it reads differently: %v", err)
	}
	f, err := unseal(keys, "c", inMemory{bytes.NewReader(cipher)}, size)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{2*frameSize - 1, 0, size - 1, frameSize} {
		var b [1]byte
		if _, err := f.ReadAt(b[:], at); err != nil || b[0] != plain[at] {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if _, err := read("d", cipher); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("another community reads it: %v", err)
	}
	lines := bytes.SplitAfter(cipher, []byte{'\n'})
	lines[0], lines[1] = lines[1], lines[0]
	if _, err := read("c", bytes.Join(lines, nil)); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("frames can change places: %v", err)
	}
	if _, err := seal(size - 1); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file over the limit: %v", err)
	}
}
