package secret_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/secret"
)

func ring(t testing.TB) (*secret.Keyring, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "keys", "qunce.key")
	k, err := secret.OpenOrCreate(path)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

// P9: what is encrypted comes back for its own community and purpose only.
func TestRoundTripIsBoundToItsPlace(t *testing.T) {
	k, _ := ring(t)
	rapid.Check(t, func(t *rapid.T) {
		community, purpose, text := rapid.String().Draw(t, "community"), rapid.String().Draw(t, "purpose"), rapid.String().Draw(t, "text")
		sealed := k.Encrypt(community, purpose, text)
		if got, err := k.Decrypt(community, purpose, sealed); err != nil || got != text {
			t.Fatalf("got %q, %v", got, err)
		}
		if len(text) > 8 && strings.Contains(sealed, text) {
			t.Fatal("the text shows")
		}
		if sealed == k.Encrypt(community, purpose, text) {
			t.Fatal("two equal texts have equal ciphertexts")
		}
		for _, wrong := range [][2]string{{community + "x", purpose}, {community, purpose + "x"}, {community + purpose + "x", ""}} {
			if _, err := k.Decrypt(wrong[0], wrong[1], sealed); !errors.Is(err, secret.ErrUnreadable) {
				t.Fatalf("opened elsewhere: %v", err)
			}
		}
		i := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		damaged := sealed[:i] + string(sealed[i]^1) + sealed[i+1:]
		if _, err := k.Decrypt(community, purpose, damaged); err == nil {
			t.Fatalf("a change at %d went unseen", i)
		}
	})
}

func TestKeyedHashesTellPlacesApart(t *testing.T) {
	k, _ := ring(t)
	other, _ := ring(t)
	a := k.HMAC("c1", "phone", "13800000001")
	if len(a) != 26 || a != k.HMAC("c1", "phone", "13800000001") {
		t.Fatalf("hash %q is not stable", a)
	}
	for name, b := range map[string]string{
		"community": k.HMAC("c2", "phone", "13800000001"), "purpose": k.HMAC("c1", "name", "13800000001"),
		"border": k.HMAC("c1p", "hone", "13800000001"), "key": other.HMAC("c1", "phone", "13800000001"),
	} {
		if a == b {
			t.Errorf("another %s has the same hash", name)
		}
	}
}

// Rotation: old ciphertexts stay readable, new ones name the new key, lookups still match; without the file's old line
// the error names the key.
func TestRotationAndALostKey(t *testing.T) {
	k, path := ring(t)
	old, hash := k.Encrypt("c", "phone", "a"), k.HMAC("c", "phone", "a")
	if err := secret.Rotate(path); err != nil {
		t.Fatal(err)
	}
	rotated, err := secret.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := rotated.Decrypt("c", "phone", old); err != nil || got != "a" {
		t.Errorf("after rotation: %q, %v", got, err)
	}
	if rotated.IsCurrent(old) || !rotated.IsCurrent(rotated.Encrypt("c", "phone", "a")) || rotated.HMAC("c", "phone", "a") != hash {
		t.Error("rotation must change what encrypts and keep what is looked up")
	}
	if _, err := k.Decrypt("c", "phone", rotated.Encrypt("c", "phone", "b")); missing(err) != rotated.IDs()[0] {
		t.Errorf("got %v, want the missing key %s named", err, rotated.IDs()[0])
	}
	stranger, _ := ring(t)
	if err := stranger.Require(k.IDs()...); missing(err) != k.IDs()[0] {
		t.Errorf("got %v", err)
	}
	if err := rotated.Require(k.IDs()...); err != nil {
		t.Error(err)
	}
}

func missing(err error) any {
	if !errors.Is(err, secret.ErrKeyMissing) {
		return nil
	}
	return errs.As(err).Params["key"]
}

func TestKeyFileIsItsOwnersAlone(t *testing.T) {
	_, path := ring(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Open(path); !errors.Is(err, secret.ErrFileOpen) {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestBadKeyFiles(t *testing.T) {
	good := "encrypt 00000001 " + strings.Repeat("A", 43) + "=\nlookup 00000002 " + strings.Repeat("A", 43) + "=\n"
	for name, text := range map[string]string{
		"empty": "", "no lookup": good[:strings.Index(good, "lookup")], "short": strings.ReplaceAll(good, "AAAA", ""),
		"word": strings.Replace(good, "encrypt", "decrypt", 1), "id": strings.Replace(good, "00000001", "name", 1),
		"one id twice": strings.Replace(good, "00000002", "00000001", 1), "two lookups": good + strings.Replace(good[strings.Index(good, "lookup"):], "2", "3", 1),
		"long line": good + strings.Repeat("x", 1<<17),
	} {
		path := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Open(path); !errors.Is(err, secret.ErrFileBad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := secret.Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, secret.ErrFileMissing) {
		t.Error(err)
	}
}

// Programs that start at once end with one key.
func TestCreateRace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k")
	var wg sync.WaitGroup
	rings := make([]*secret.Keyring, 8)
	for i := range rings {
		wg.Go(func() {
			k, err := secret.OpenOrCreate(path)
			if err != nil {
				t.Error(err)
			}
			rings[i] = k
		})
	}
	wg.Wait()
	for _, k := range rings {
		if k == nil || k.IDs()[0] != rings[0].IDs()[0] {
			t.Fatal("two keys were made")
		}
	}
	if err := secret.Create(path); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
}

func FuzzDecrypt(f *testing.F) {
	k, _ := ring(f)
	f.Add(k.Encrypt("c", "p", "text"))
	f.Add("v1.00000000.")
	f.Add("v1..")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := k.Decrypt("other", "p", s)
		if err == nil {
			t.Errorf("%q opened as %q", s, got)
		}
		if errs.As(err) == nil {
			t.Errorf("an untyped error: %v", err)
		}
	})
}
