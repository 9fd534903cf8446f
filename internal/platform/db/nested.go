package db

import (
	"errors"
	"runtime"
	"strings"
	"time"
)

// errNested refuses a Do inside a Do: the inner one waits for a writer that waits for it. With several writers it may
// pass now and then, so nobody may rely on it.
var errNested = errors.New("Do was called inside a Do's closure: join the open transaction instead")

// nestedAfter is how long a closure runs before somebody looks whether it waits for itself. Looking at every Do would
// cost more than a small one.
const nestedAfter = 300 * time.Millisecond

// watch alarms those who wait in Do when a writer has been in the same closure for long.
func (d *DB) watch(writers []*writer) {
	defer d.stopped.Done()
	tick := time.NewTicker(nestedAfter)
	defer tick.Stop()
	last := make([]*request, len(writers))
	for {
		select {
		case <-d.stop:
			return
		case <-tick.C:
		}
		stuck := false
		for i, w := range writers {
			now := w.running.Load()
			stuck = stuck || now != nil && now == last[i]
			last[i] = now
		}
		if stuck {
			close(*d.alarm.Swap(newAlarm()))
		}
	}
}

func newAlarm() *chan struct{} {
	c := make(chan struct{})
	return &c
}

// insideDo tells whether this goroutine is a writer in the middle of a closure.
func insideDo() bool {
	pcs := make([]uintptr, 128)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs)])
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, "db.(*writer).call") {
			return true
		}
		if !more {
			return false
		}
	}
}
