package testkit

import (
	"testing"
	"time"
)

// Soon waits until ok holds, and fails the test if it doesn't within 20 s. It is for what other goroutines and programs do;
// what waits for a time is tested on a Manual clock.
func Soon(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within 20 s", what)
		}
	}
}
