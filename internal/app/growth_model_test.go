package app_test

import (
	"slices"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
)

// contend gives a guest to a promoter unless somebody else has them.
func (h *promotion) contend(guest string, b bond) {
	was, tied := h.ties[guest]
	valid, protected := tied && h.valid(was, b.at), tied && was.at.AddDate(0, 0, h.rules.ProtectDays).After(b.at)
	if same := was.promoter == b.promoter; same && valid && h.rules.Touch == growth.First || !same && (protected || valid && h.rules.Touch == growth.First) {
		return
	}
	if tied {
		h.past[guest] = append(h.past[guest], was)
	}
	h.ties[guest] = b
}

// stood is who had a guest at a time: who came then, if somebody else came since.
func (h *promotion) stood(guest string, at time.Time) (b bond, tied bool) {
	if b, tied = h.ties[guest]; !tied || !b.at.After(at) {
		return b, tied
	}
	for _, was := range slices.Backward(h.past[guest]) {
		if !was.at.After(at) {
			return was, true
		}
	}
	return b, false
}

func (h *promotion) valid(b bond, at time.Time) bool {
	return b.at.AddDate(0, 0, h.rules.ValidDays).After(at)
}

// earn notes who gets a share of an order.
func (h *promotion) earn(buyer string, o *sold) {
	at := buyer
	for range h.rules.Levels {
		x, tied := h.stood(at, o.at)
		if !tied || !h.valid(x, o.at) || x.promoter == buyer || slices.Contains(o.earners, x.promoter) {
			break
		}
		o.earners = append(o.earners, x.promoter)
		at = x.promoter
	}
	o.released = o.at.Add(refundable)
	if now := h.clock.Now(); o.released.Before(now) {
		o.released = now
	}
}
