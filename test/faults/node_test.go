package faults_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "qunce-faults-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "qunce")
	if out, err := exec.Command("go", "build", "-o", binary, "../../cmd/qunce").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// rounds is how often a test kills the program.
func rounds(t *testing.T) int {
	t.Helper()
	s := os.Getenv("QUNCE_KILL_ROUNDS")
	if s == "" {
		return 3
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		t.Fatalf("QUNCE_KILL_ROUNDS=%s is not a number", s)
	}
	return n
}

// node is one running program.
type node struct {
	args []string
	addr string

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{}
	log  *logFile
}

// logFile keeps what a program wrote.
type logFile struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logFile) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logFile) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newNode prepares a program on a free port; its first argument is the command.
func newNode(t *testing.T, args ...string) *node {
	t.Helper()
	addr := freeAddress(t)
	n := &node{addr: addr, log: &logFile{}, args: slices.Concat(args, []string{"--listen", addr, "--trusted-proxy", "127.0.0.0/8"})}
	t.Cleanup(func() {
		n.kill()
		if t.Failed() {
			t.Logf("the program wrote:\n%s", tail(n.log.String(), 60))
		}
	})
	return n
}

// freeAddress is an address below the ports that the system gives to clients.
func freeAddress(t *testing.T) string {
	t.Helper()
	for port := 26000 + os.Getpid()%2000; port < 32000; port++ {
		ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		if _, used := usedPorts.LoadOrStore(port, true); used {
			ln.Close()
			continue
		}
		ln.Close()
		return fmt.Sprintf("127.0.0.1:%d", port)
	}
	t.Fatal("no free port")
	return ""
}

var usedPorts sync.Map

func tail(s string, lines int) string { // without the requests that went well
	all := slices.DeleteFunc(strings.Split(strings.TrimSpace(s), "\n"), func(line string) bool {
		return strings.Contains(line, "msg=request") && strings.Contains(line, "level=INFO")
	})
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// start starts the program and waits until it serves.
func (n *node) start(t *testing.T) {
	t.Helper()
	n.spawn(t)
	if err := n.ready(20 * time.Second); err != nil {
		t.Fatalf("%v\n%s", err, tail(n.log.String(), 30))
	}
}

func (n *node) spawn(t *testing.T) {
	t.Helper()
	cmd := exec.Command(binary, n.args...)
	cmd.Stdout, cmd.Stderr = n.log, n.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { cmd.Wait(); close(done) }() //nolint:errcheck // how it ended is read off its state
	n.mu.Lock()
	n.cmd, n.done = cmd, done
	n.mu.Unlock()
}

// ready waits until the program can serve.
func (n *node) ready(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	for {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(r); err == nil {
			io.Copy(io.Discard, res.Body) //nolint:errcheck // only the status counts
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("not ready within %s", within)
		case <-n.done:
			return fmt.Errorf("the program ended: %s", n.cmd.ProcessState)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// kill ends the program and its children at once, with no chance to do anything.
func (n *node) kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		return
	}
	syscall.Kill(-n.cmd.Process.Pid, syscall.SIGKILL) //nolint:errcheck // it may have ended by itself
	<-n.done
	n.cmd = nil
}

// stop asks the program to end, and gives how long that took and with which code it ended.
func (n *node) stop(t *testing.T) (took time.Duration, code int) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cmd == nil {
		t.Fatal("it does not run")
	}
	began := time.Now()
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-n.done:
	case <-time.After(20 * time.Second):
		t.Fatalf("still running 20 s after SIGTERM")
	}
	code = n.cmd.ProcessState.ExitCode()
	n.cmd = nil
	return time.Since(began), code
}

// refused runs a program that must not start, and gives its exit code and what it wrote.
func refused(t *testing.T, args ...string) (code int, wrote string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, binary, args...).CombinedOutput()
	if err == nil {
		t.Fatalf("qunce %v did not refuse:\n%s", args, out)
	}
	if ctx.Err() != nil {
		t.Fatalf("qunce %v did not end:\n%s", args, out)
	}
	exit, ok := err.(*exec.ExitError) //nolint:errorlint // CombinedOutput gives it bare
	if !ok {
		t.Fatal(err)
	}
	return exit.ExitCode(), string(out)
}

// shipped writes the shipped playbook with doors that are open and let everybody in, and small circles.
func shipped(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../playbooks/mothers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, x := range [][2]string{{"in: 2h, rate: 300", "in: 0s, rate: 60000"}, {"capacity: 200\n    reserve: 20", "capacity: 12\n    reserve: 2"}} {
		if !strings.Contains(text, x[0]) {
			t.Fatalf("the playbook has no %q", x[0])
		}
		text = strings.ReplaceAll(text, x[0], x[1])
	}
	name := filepath.Join(t.TempDir(), "mothers.yaml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}
