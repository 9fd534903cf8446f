package bus

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
)

// NATS joins the local buses of several nodes. Each node subscribes once a topic, however many listeners it has.
type NATS struct {
	local *Local
	conn  *nats.Conn
	node  string
}

const natsPrefix = "qunce."

// Connect joins a NATS cluster; node tells this node's messages from the others'. It comes back when the cluster is away.
func Connect(url, node string, log *slog.Logger) (*NATS, error) {
	conn, err := nats.Connect(url, nats.Name("qunce "+node), nats.MaxReconnects(-1), nats.RetryOnFailedConnect(true),
		nats.ReconnectWait(500*time.Millisecond), nats.NoEcho(),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			log.Warn("NATS is away; other nodes hear of news by polling", "error", err)
		}))
	if err != nil {
		return nil, fmt.Errorf("connect to NATS: %w", err)
	}
	b := &NATS{local: NewLocal(), conn: conn, node: node}
	_, err = conn.Subscribe(natsPrefix+">", func(m *nats.Msg) { b.local.Broadcast(m.Subject[len(natsPrefix):], m.Data) })
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("subscribe to NATS: %w", err)
	}
	return b, nil
}

// Publish sends to the other nodes.
func (b *NATS) Publish(topic string, message func() []byte) {
	b.conn.Publish(natsPrefix+topic, message()) //nolint:errcheck // a hint; while disconnected it is buffered or lost
}

// Broadcast sends to the other nodes and calls this node's subscribers.
func (b *NATS) Broadcast(topic string, message []byte) {
	b.local.Broadcast(topic, message)
	b.conn.Publish(natsPrefix+topic, message) //nolint:errcheck // as above
}

// Subscribe adds fn to the topic.
func (b *NATS) Subscribe(topic string, fn func([]byte)) (cancel func()) {
	return b.local.Subscribe(topic, fn)
}

// Close leaves the cluster.
func (b *NATS) Close() { b.conn.Close() }
