package circle

import (
	"encoding/json"

	"github.com/qunce/qunce/internal/platform/db"
)

// Live is news of a circle; what it is about is set.
type Live struct {
	Seq     int64 `json:"seq,omitempty"`     // position of the last message: there are new ones
	Changed int64 `json:"changed,omitempty"` // position of an earlier message that was withdrawn or pinned
	State   State `json:"state,omitempty"`   // the circle's new state
}

const topic = "circle."

// Subscribe calls fn, which must not block, for news of a circle on any node, until cancel is called. News is only a hint
// to read: one may be lost.
func (s *Service) Subscribe(circle string, fn func(Live)) (cancel func()) {
	return s.bus.Subscribe(topic+circle, func(b []byte) {
		var l Live
		if json.Unmarshal(b, &l) == nil { // else not from a node of ours
			fn(l)
		}
	})
}

// announce tells everybody who watches a circle, once the transaction is durable.
func (s *Service) announce(tx *db.Tx, circle string, l Live) {
	tx.AfterCommit(func() {
		b, _ := json.Marshal(l) //nolint:errchkjson // integers always encode
		s.bus.Broadcast(topic+circle, b)
	})
}

func (s *Service) announceChange(tx *db.Tx, circle string, seq int64) {
	s.announce(tx, circle, Live{Changed: seq})
}
