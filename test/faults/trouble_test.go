package faults_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/phone"
)

// SIGTERM in the middle of the load: what is under way is answered, the program ends well, and nothing is lost.
func TestTerminatedUnderLoad(t *testing.T) {
	w := where{data: t.TempDir()}
	n := newNode(t, demo(t, w)...)
	n.start(t)
	l := begin(t, phonesAtOnce, n)
	for range max(1, rounds(t)/3) {
		time.Sleep(undisturbed())
		if took, code := n.stop(t); code != 0 || took > 10*time.Second {
			t.Errorf("SIGTERM: code %d after %s", code, took)
		}
		n.start(t)
	}
	finish(t, l, w, n)
}

func TestPortInUse(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	code, wrote := refused(t, "serve", "--data", t.TempDir(), "--listen", ln.Addr().String())
	if code != 1 || !strings.Contains(wrote, ln.Addr().String()) || strings.Contains(wrote, "panic") {
		t.Errorf("code %d: %s", code, wrote)
	}
}

// asNobody makes a command one of a user who may write nothing, since nothing is read-only to root.
func asNobody(t *testing.T, c *exec.Cmd) *exec.Cmd {
	t.Helper()
	if os.Geteuid() == 0 {
		const nobody = 65534
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		open(t, filepath.Dir(binary))
	}
	return c
}

// open lets everybody through to a folder of the tests.
func open(t *testing.T, dir string) {
	t.Helper()
	for ; strings.HasPrefix(dir, os.TempDir()+string(filepath.Separator)); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // only these tests' own files are in it
			t.Fatal(err)
		}
	}
}

func readOnly(t *testing.T, data string) {
	t.Helper()
	out, err := asNobody(t, exec.Command(binary, "serve", "--data", data, "--listen", freeAddress(t))).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || !strings.Contains(string(out), "can't be written") || strings.Contains(string(out), "panic") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestReadOnlyDataFolder(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if err := os.Chmod(dir, 0o555); err != nil { //nolint:gosec // it must be readable
		t.Fatal(err)
	}
	readOnly(t, dir)
	readOnly(t, filepath.Join(dir, "data"))
}

func TestReadOnlySQLiteFile(t *testing.T) {
	w := where{data: t.TempDir()}
	n := newNode(t, demo(t, w)...)
	n.start(t)
	n.stop(t)
	open(t, w.data)
	err := filepath.WalkDir(w.data, func(name string, d fs.DirEntry, err error) error {
		mode := fs.FileMode(0o444)
		if err == nil && d.IsDir() {
			mode = 0o555
		}
		return errors.Join(err, os.Chmod(name, mode))
	})
	if err != nil {
		t.Fatal(err)
	}
	readOnly(t, w.data)
}

// The disk fills up under the load: pages say so, the program lives, and goes on when there is room again.
func TestDiskFull(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED: a small file system can be mounted by root only")
	}
	dir := filepath.Join(t.TempDir(), "small")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("NOT TESTED: mount: %v: %s", err, out)
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() }) //nolint:errcheck // the folder goes away anyhow
	w := where{data: filepath.Join(dir, "data")}
	n := newNode(t, demo(t, w)...)
	n.start(t)
	l := begin(t, phonesAtOnce, n)
	time.Sleep(undisturbed())
	filler := filepath.Join(dir, "filler")
	if err := fill(filler); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk did not fill up: %v", err)
	}
	full := false
	for range 100 {
		time.Sleep(50 * time.Millisecond)
		full = full || strings.Contains(n.log.String(), "status=503")
		if full {
			break
		}
	}
	time.Sleep(500 * time.Millisecond)
	if !full {
		t.Error("no page said that the disk is full")
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := n.ready(20 * time.Second); err != nil {
		t.Errorf("with room again: %v", err)
	}
	finish(t, l, w, n)
}

// fill writes until the disk is full.
func fill(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for block := make([]byte, 64<<10); ; {
		if _, err := f.Write(block); err != nil {
			// The last bytes too.
			for _, err := f.Write(block[:1]); err == nil; _, err = f.Write(block[:1]) { //nolint:revive // it only writes
			}
			return err
		}
	}
}

// The clock steps back an hour under people on their way in: they arrive all the same, and nothing is off.
func TestClockSteppingBack(t *testing.T) {
	ctx := t.Context()
	source, err := os.ReadFile(shipped(t))
	if err != nil {
		t.Fatal(err)
	}
	clk := clock.NewManual(testkit.Start)
	a, err := app.New(ctx, app.Config{Data: t.TempDir(), Clock: clk, Sandbox: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	d, err := a.Demo(ctx, "mothers", source)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(handler)
	defer s.Close()
	work, stop := context.WithCancel(ctx)
	worked := make(chan error, 1)
	go func() { worked <- a.Work(work) }()

	for i, number := range []string{"13800000001", "13800000002", "13800000003", "13800000004"} {
		w := &walk{load: &load{t: t, bases: []string{s.URL + "/mothers"}}, m: &member{number: number}, entry: "talk", phone: phone.New(s.URL+"/mothers", nil)}
		for step := 0; ; step++ {
			if step == 2+i { // at another step of each
				clk.Set(clk.Now().Add(-time.Hour))
			}
			page, err := w.phone.Open(ctx, "/e/talk")
			if err != nil {
				t.Fatal(err)
			}
			there, err := w.step(ctx, page)
			if err != nil {
				t.Fatalf("%s, step %d: %v", number, step, err)
			}
			if there {
				break
			}
			if step > 200 {
				t.Fatalf("%s came no further than: %s", number, page.Words())
			}
			clk.Advance(time.Second)
		}
	}
	stop()
	if err := <-worked; err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if err := a.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	report, err := a.Verify(ctx, d.Community)
	if err != nil || !report.OK() {
		t.Errorf("verify: %v %+v", err, report.Flaws)
	}
}
