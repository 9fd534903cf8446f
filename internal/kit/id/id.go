// Package id makes identifiers: 20 characters of Crockford's base 32 in lower case, 45 bits of milliseconds and then 55
// bits that rise within a millisecond and start at random. They sort by time; they are never used as cursors, since a
// lower one may be committed later.
package id

import (
	"crypto/rand"
	"encoding/binary"
	mathrand "math/rand/v2"
	"sync"
	"time"
)

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Len is the length of every identifier.
const Len = 20

// Source makes identifiers. Safe for concurrent use.
type Source struct {
	mu   sync.Mutex
	next func() uint64
	ms   int64
	low  uint64
}

const lowBits = 55

// NewSource draws from the system's randomness.
func NewSource() *Source {
	return &Source{next: func() uint64 {
		var b [8]byte
		if _, err := rand.Read(b[:]); err != nil {
			panic(err) // crypto/rand.Read never fails on a supported system
		}
		return binary.LittleEndian.Uint64(b[:])
	}}
}

// NewSeeded draws from a seed, so that a replay makes the same identifiers again.
func NewSeeded(seed uint64) *Source {
	return &Source{next: mathrand.New(mathrand.NewPCG(seed, 0x9e3779b97f4a7c15)).Uint64}
}

// New makes an identifier for the time given. Within one source, later calls give greater ones as long as time doesn't run backwards.
func (s *Source) New(now time.Time) string {
	s.mu.Lock()
	ms := now.UnixMilli()
	if ms == s.ms {
		s.low = (s.low + 1 + s.next()&0xffff) & (1<<lowBits - 1)
	} else {
		s.ms, s.low = ms, s.next()&(1<<(lowBits-1)-1)
	}
	low := s.low
	s.mu.Unlock()

	var out [Len]byte
	for i := Len - 1; i >= Len-lowBits/5; i-- {
		out[i] = alphabet[low&31]
		low >>= 5
	}
	high := uint64(ms)
	for i := Len - lowBits/5 - 1; i >= 0; i-- {
		out[i] = alphabet[high&31]
		high >>= 5
	}
	return string(out[:])
}

// From is not after any identifier that is made from a time on, and after all that were made in an earlier millisecond.
func From(at time.Time) string {
	var out [Len]byte
	high := uint64(at.UnixMilli())
	for i := Len - 1; i >= 0; i-- {
		if out[i] = alphabet[0]; i < Len-lowBits/5 {
			out[i] = alphabet[high&31]
			high >>= 5
		}
	}
	return string(out[:])
}

// Valid tells whether s has an identifier's shape.
func Valid(s string) bool {
	if len(s) != Len {
		return false
	}
	for i := range Len {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z' || c == 'i' || c == 'l' || c == 'o' || c == 'u') {
			return false
		}
	}
	return true
}
