// Package bus carries short messages between parts of a node and, with NATS, between nodes. It is a hint that something
// is in the database, never the thing itself: a lost message only delays.
package bus

import "sync"

// Bus fans messages out by topic.
type Bus interface {
	// Publish hands a message to the topic's subscribers on other nodes; it is made only if there are any.
	Publish(topic string, message func() []byte)
	// Broadcast hands a message to every subscriber of the topic, on this node too.
	Broadcast(topic string, message []byte)
	// Subscribe calls fn for each message until cancel is called. fn must not block.
	Subscribe(topic string, fn func([]byte)) (cancel func())
}

// Local is the bus of a single node.
type Local struct {
	mu   sync.RWMutex
	subs map[string]map[int]func([]byte)
	next int
}

// NewLocal makes a bus for one node.
func NewLocal() *Local { return &Local{subs: map[string]map[int]func([]byte){}} }

// Publish does nothing: there is no other node.
func (b *Local) Publish(string, func() []byte) {}

// Broadcast calls every subscriber of the topic.
func (b *Local) Broadcast(topic string, message []byte) {
	b.mu.RLock()
	fns := make([]func([]byte), 0, len(b.subs[topic]))
	for _, fn := range b.subs[topic] {
		fns = append(fns, fn)
	}
	b.mu.RUnlock()
	for _, fn := range fns {
		fn(message)
	}
}

// Subscribe adds fn to the topic.
func (b *Local) Subscribe(topic string, fn func([]byte)) (cancel func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.subs[topic] == nil {
		b.subs[topic] = map[int]func([]byte){}
	}
	b.next++
	n := b.next
	b.subs[topic][n] = fn
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.subs[topic], n)
		if len(b.subs[topic]) == 0 {
			delete(b.subs, topic)
		}
	}
}
