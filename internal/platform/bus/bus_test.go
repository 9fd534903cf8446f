package bus_test

import (
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/test/testkit"
)

// box collects messages.
type box struct {
	mu  sync.Mutex
	got []string
}

func (b *box) put(m []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.got = append(b.got, string(m))
}

func (b *box) list() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

func (b *box) has(m string) bool { return slices.Contains(b.list(), m) }

func TestLocalTopicsAreApart(t *testing.T) {
	b := bus.NewLocal()
	var a1, a2, other box
	cancel := b.Subscribe("a", a1.put)
	b.Subscribe("a", a2.put)
	b.Subscribe("b", other.put)
	b.Broadcast("a", []byte("1"))
	cancel()
	cancel() // again does nothing
	b.Broadcast("a", []byte("2"))
	b.Broadcast("nobody", []byte("3"))
	b.Publish("a", func() []byte { t.Error("a message was made for no other node"); return nil })
	if !slices.Equal(a1.list(), []string{"1"}) || !slices.Equal(a2.list(), []string{"1", "2"}) || len(other.list()) != 0 {
		t.Errorf("%v, %v, %v", a1.list(), a2.list(), other.list())
	}
}

// A listener may subscribe and cancel while messages come.
func TestLocalTakesChangesWhileItCalls(t *testing.T) {
	b := bus.NewLocal()
	var cancel func()
	calls := 0
	cancel = b.Subscribe("a", func([]byte) { calls++; cancel(); b.Subscribe("a", func([]byte) { calls += 10 }) })
	b.Broadcast("a", nil)
	b.Broadcast("a", nil)
	if calls != 11 {
		t.Errorf("calls %d, want 11", calls)
	}
}

// freePort finds a port below the range from which outgoing connections take theirs.
func freePort(t *testing.T) int {
	t.Helper()
	for port := 21000; port < 32768; port++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

func natsServer(t *testing.T, port int) (stop func()) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the NATS server did not start")
	}
	var once sync.Once
	stop = func() { once.Do(func() { s.Shutdown(); s.WaitForShutdown() }) }
	t.Cleanup(stop)
	return stop
}

func connect(t *testing.T, port int, node string) *bus.NATS {
	t.Helper()
	b, err := bus.Connect(fmt.Sprintf("nats://127.0.0.1:%d", port), node, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// meet waits until what one node says reaches the other: subscribing takes a moment.
func meet(t *testing.T, from, to bus.Bus) {
	t.Helper()
	var hello box
	defer to.Subscribe("hello", hello.put)()
	testkit.Soon(t, "two nodes meet", func() bool { from.Broadcast("hello", []byte("hello")); return hello.has("hello") })
}

func TestNodesHearEachOther(t *testing.T) {
	port := freePort(t)
	stop := natsServer(t, port)
	one, two := connect(t, port, "one"), connect(t, port, "two")
	meet(t, one, two)
	meet(t, two, one)

	var here, there, other box
	one.Subscribe("room", here.put)
	cancel := two.Subscribe("room", there.put)
	two.Subscribe("hall", other.put)
	one.Publish("room", func() []byte { return []byte("published") })
	one.Broadcast("room", []byte("broadcast"))
	testkit.Soon(t, "the other node", func() bool { return there.has("broadcast") })
	if got := there.list(); !slices.Equal(got, []string{"published", "broadcast"}) {
		t.Errorf("there: %v", got)
	}
	if got := here.list(); !slices.Equal(got, []string{"broadcast"}) { // once, and not what is for others only
		t.Errorf("here: %v", got)
	}
	if got := other.list(); len(got) != 0 {
		t.Errorf("another topic: %v", got)
	}
	cancel()
	one.Broadcast("room", []byte("after"))
	meet(t, one, two)
	if there.has("after") {
		t.Error("a cancelled listener was called")
	}

	// The server goes and comes back: meanwhile each node hears itself, afterwards both hear each other again.
	stop()
	one.Broadcast("room", []byte("alone"))
	if !here.has("alone") {
		t.Error("without the server a node must still hear itself")
	}
	natsServer(t, port)
	meet(t, one, two)
	meet(t, two, one)
}

// A node that starts before the server does joins when it is there.
func TestANodeMayStartFirst(t *testing.T) {
	port := freePort(t)
	early := connect(t, port, "early")
	natsServer(t, port)
	meet(t, connect(t, port, "late"), early)
}
