package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/test/testkit"
)

func TestNoNameBecomesAPath(t *testing.T) {
	d := testkit.SQLite(t)
	root := t.TempDir()
	files, err := blob.NewFiles(filepath.Join(root, "blobs"), d.Clock)
	if err != nil {
		t.Fatal(err)
	}
	secret := strings.Repeat("a", 64)
	if err := os.WriteFile(filepath.Join(root, secret), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][2]string{{"..", secret}, {"../..", secret}, {d.Community, "../../" + secret}, {d.Community, strings.ToUpper(secret)}, {d.Community, "/etc/passwd"}, {d.Community, ""}, {"", secret}, {d.Community + "/..", secret}} {
		if _, err := files.Open(t.Context(), c[0], c[1]); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("%v: %v", c, err)
		}
		if _, err := files.Delete(t.Context(), c[0], c[1], time.Now()); !errors.Is(err, blob.ErrMissing) {
			t.Errorf("delete %v: %v", c, err)
		}
		if _, _, err := files.Put(t.Context(), c[0], strings.NewReader("x")); c[0] != d.Community && !errors.Is(err, blob.ErrMissing) {
			t.Errorf("put into %v: %v", c, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := files.Put(ctx, d.Community, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled upload: %v", err)
	}
	left, err := os.ReadDir(filepath.Join(root, "blobs", "tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("%d half files, %v", len(left), err)
	}
}

// A full disk is told as such; /dev/full stands in for one.
func TestDiskFull(t *testing.T) {
	d := testkit.SQLite(t)
	root := filepath.Join(t.TempDir(), "blobs")
	files, err := blob.NewFiles(root, d.Clock)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = files.Put(t.Context(), d.Community, fullDisk{})
	if !errors.Is(err, blob.ErrDiskFull) {
		t.Errorf("got %v", err)
	}
}

// fullDisk fails as a write to a full disk does.
type fullDisk struct{}

func (fullDisk) Read([]byte) (int, error) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	_, err = f.WriteString("x")
	return 0, err
}
