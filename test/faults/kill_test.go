package faults_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/qunce/qunce/test/testkit"
)

const phonesAtOnce = 12

// undisturbed is how long the load runs before, between and after what happens to it.
func undisturbed() time.Duration { return time.Duration(800+rand.IntN(1700)) * time.Millisecond }

// finish lets the load come to its end, stops what still runs, and checks everything.
func finish(t *testing.T, l *load, w where, nodes ...*node) {
	t.Helper()
	time.Sleep(undisturbed())
	members := l.end()
	for _, n := range nodes {
		if took, code := n.stop(t); code != 0 || took > 10*time.Second {
			t.Errorf("SIGTERM: code %d after %s", code, took)
		}
		if log := n.log.String(); strings.Contains(log, "panic:") {
			t.Errorf("a panic:\n%s", log)
		}
	}
	verified(t, w)
	holds(t, w, members)
	t.Logf("%d of %d people finished", l.finished.Load(), l.born.Load())
}

// killed kills and restarts nodes in turn while the load goes on.
func killed(t *testing.T, w where, nodes ...*node) {
	t.Helper()
	for _, n := range nodes {
		n.start(t)
	}
	l := begin(t, phonesAtOnce, nodes...)
	for i := range rounds(t) {
		time.Sleep(undisturbed())
		n := nodes[i%len(nodes)]
		n.kill()
		n.start(t)
	}
	finish(t, l, w, nodes...)
}

func demo(t *testing.T, w where) []string {
	t.Helper()
	return append([]string{"demo", "--playbook", shipped(t)}, w.args()...)
}

func TestKilledUnderLoadOnSQLite(t *testing.T) {
	w := where{data: t.TempDir()}
	killed(t, w, newNode(t, demo(t, w)...))
}

func TestKilledUnderLoadOnPostgres(t *testing.T) {
	w := where{t.TempDir(), testkit.PostgresURL(t)}
	killed(t, w, newNode(t, demo(t, w)...))
}

// Two nodes share a database; they hear of each other's news by polling alone.
func TestTwoNodesOneKilledInTurn(t *testing.T) {
	w := where{t.TempDir(), testkit.PostgresURL(t)}
	args := demo(t, w)
	killed(t, w, newNode(t, args...), newNode(t, args...))
}

func TestTwoNodesWithNATSOneKilledInTurn(t *testing.T) {
	w := where{t.TempDir(), testkit.PostgresURL(t)}
	args := append(demo(t, w), "--nats-url", natsServer(t))
	killed(t, w, newNode(t, args...), newNode(t, args...))
}

func natsServer(t *testing.T) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS did not start")
	}
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	return s.ClientURL()
}

// The database server goes away under the load and comes back: a server of this test's own.
func TestPostgresRestartedUnderLoad(t *testing.T) {
	testkit.PostgresURL(t) // without PostgreSQL this is skipped, or fails, as all its tests do
	// Not t.TempDir: the server's own user must pass through every folder above its data.
	top, err := os.MkdirTemp("", "qunce-restart-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(top) })
	if err := os.Chmod(top, 0o755); err != nil { //nolint:gosec // see above
		t.Fatal(err)
	}
	dir := top + "/server"
	script := func(verb string) string {
		t.Helper()
		cmd := exec.Command("../../scripts/postgres.sh", verb, dir)
		cmd.Env = append(os.Environ(), "QUNCE_POSTGRES_FSYNC=on")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("postgres.sh %s: %v", verb, err)
		}
		return string(out)
	}
	_, after, _ := strings.Cut(script("start"), "='")
	url, _, found := strings.Cut(after, "'")
	if !found {
		t.Fatal("postgres.sh told no address")
	}
	t.Cleanup(func() { script("drop") })
	w := where{t.TempDir(), url}
	n := newNode(t, demo(t, w)...)
	n.start(t)
	l := begin(t, phonesAtOnce, n)
	for range min(rounds(t), 3) {
		time.Sleep(undisturbed())
		script("stop")
		time.Sleep(undisturbed() / 2)
		script("start")
		if err := n.ready(20 * time.Second); err != nil {
			t.Fatalf("after the database came back: %v", err)
		}
	}
	finish(t, l, w, n)
}
