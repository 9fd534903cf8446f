package fact

import (
	"encoding/json"
	"maps"
	"slices"
)

type wakeMessage map[string][]int // community → shards

// wake marks the shards that a commit wrote and tells the other nodes.
func (l *Log) wake(keys []shardKey, groups map[shardKey][]*Fact) {
	l.wanted(groups)
	msg := wakeMessage{}
	for _, k := range keys {
		msg[k.community] = append(msg[k.community], k.shard)
	}
	l.bus.Publish(wakeTopic, func() []byte {
		b, _ := json.Marshal(msg) //nolint:errchkjson // a map of strings and integers
		return b
	})
}

func (l *Log) woken(b []byte) {
	var msg wakeMessage
	if json.Unmarshal(b, &msg) != nil {
		return // not from a node of ours; the sweep finds what is behind
	}
	for _, community := range slices.Sorted(maps.Keys(msg)) {
		keys := make([]shardKey, 0, len(msg[community]))
		for _, s := range msg[community] {
			keys = append(keys, shardKey{community, s})
		}
		l.markAll(keys, nil)
	}
}
