package faults_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunce/qunce/test/testkit/phone"
)

// member is what the server acknowledged to one person.
type member struct {
	number     string
	registered bool
	joined     bool
	circle     string // of the seat, once a page has shown it
	said       string // a text that was posted
	doneAt     time.Time
}

// load is many phones that go the whole way in, again and again with new people.
type load struct {
	t     *testing.T
	bases []string
	http  *http.Transport

	born     atomic.Int64
	finished atomic.Int64
	mu       sync.Mutex
	members  []*member

	noMore chan struct{} // closed: nobody new begins
	wg     sync.WaitGroup
}

// begin starts the load on nodes, with so many phones at once.
func begin(t *testing.T, phones int, nodes ...*node) *load {
	t.Helper()
	l := &load{t: t, noMore: make(chan struct{}), http: &http.Transport{MaxIdleConnsPerHost: phones, IdleConnTimeout: time.Minute}}
	for _, n := range nodes {
		l.bases = append(l.bases, "http://"+n.addr+"/mothers")
	}
	for range phones {
		l.wg.Go(func() {
			for {
				select {
				case <-l.noMore:
					return
				default:
				}
				l.one(t.Context())
			}
		})
	}
	t.Cleanup(l.http.CloseIdleConnections)
	return l
}

// end lets those who are on the way come to the end, and gives everybody.
func (l *load) end() []*member {
	close(l.noMore)
	l.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.members
}

// settleFor bounds how long one person may take, the server's absences included.
const settleFor = 90 * time.Second

// one takes one new person in, or lets an old one come again on another phone.
func (l *load) one(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, settleFor)
	defer cancel()
	n := l.born.Add(1)
	m := &member{number: fmt.Sprintf("13%d%04d%04d", n/10000%10, rand.IntN(10000), n%10000)}
	if old := l.veteran(); old != nil {
		m = &member{number: old.number, circle: old.circle}
	} else {
		l.mu.Lock()
		l.members = append(l.members, m)
		l.mu.Unlock()
	}
	w := &walk{load: l, m: m, entry: []string{"talk", "join"}[n%2], phone: phone.New(l.bases[n%int64(len(l.bases))], l.http)}
	w.phone.Address = fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
	if err := w.run(ctx); err != nil && !errors.Is(err, context.Canceled) {
		l.t.Errorf("%s by %s: %v", m.number, w.entry, err)
		return
	}
	l.mu.Lock()
	m.doneAt = time.Now()
	l.mu.Unlock()
	l.finished.Add(1)
}

// veteran is now and then somebody who finished long enough ago to be sent another code.
func (l *load) veteran() *member {
	if rand.IntN(4) > 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range l.members {
		if !m.doneAt.IsZero() && time.Since(m.doneAt) > 65*time.Second {
			m.doneAt = time.Time{} // once only
			return m
		}
	}
	return nil
}

// walk is one person's way in on one phone.
type walk struct {
	*load
	m     *member
	phone *phone.Phone
	entry string
	asked bool
}

// away waits for the server to come back, and tries the next node.
func (w *walk) away(ctx context.Context, err error) error {
	if !errors.Is(err, phone.ErrAway) || ctx.Err() != nil {
		return err
	}
	for i, b := range w.bases {
		if b == w.phone.Base {
			w.phone.Base = w.bases[(i+1)%len(w.bases)]
			break
		}
	}
	select {
	case <-ctx.Done():
		return err
	case <-time.After(time.Duration(50+rand.IntN(100)) * time.Millisecond):
		return nil
	}
}

// run goes on by what the page offers until the circle is reached and something was said there.
func (w *walk) run(ctx context.Context) error {
	for {
		page, err := w.phone.Open(ctx, "/e/"+w.entry)
		if err == nil {
			var there bool
			if there, err = w.step(ctx, page); there {
				return nil
			}
		}
		if err != nil {
			if err := w.away(ctx, err); err != nil {
				return fmt.Errorf("%w; the page was: %s", err, page.Words())
			}
		}
	}
}

func (w *walk) step(ctx context.Context, page phone.Page) (there bool, err error) {
	at := "/e/" + w.entry
	if circle, found := strings.CutPrefix(page.Path, "/circles/"); found {
		if w.m.circle != "" && w.m.circle != circle {
			return false, fmt.Errorf("the seat was in circle %s and is now in %s", w.m.circle, circle)
		}
		w.m.circle = circle
		return w.say(ctx, page)
	}
	switch {
	case page.Status >= 500 && page.Status != http.StatusServiceUnavailable:
		return false, fmt.Errorf("%d", page.Status)
	case page.Has(at + "/join"):
		done, err := w.send(ctx, at+"/join", nil)
		if done {
			w.m.joined = true
		}
		return false, err
	case page.Has(at + "/contact"):
		_, err = w.send(ctx, at+"/contact", nil)
		return false, err
	case page.Has(at + "/register"):
		return false, w.register(ctx, at)
	case page.Has(at + "/follow"):
		_, err = w.send(ctx, at+"/follow", nil)
		return false, err
	case page.Has(at + "/arrive"):
		_, err = w.send(ctx, at+"/arrive", nil)
		return false, err
	}
	return false, pause(ctx)
}

// pause waits as the pages that say "one moment" do.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(100 * time.Millisecond):
		return nil
	}
}

// send sends a form; done tells that the server acknowledged it.
func (w *walk) send(ctx context.Context, path string, values url.Values) (done bool, err error) {
	page, _, done, err := w.phone.Send(ctx, path, values)
	if err == nil && !done && page.Status >= 500 && page.Status != http.StatusServiceUnavailable {
		err = fmt.Errorf("%s: %d: %s", path, page.Status, page.Words())
	}
	return done, err
}

func (w *walk) register(ctx context.Context, at string) error {
	form := url.Values{
		"phone": {w.m.number}, "name": {"王小雨"}, "nickname": {"n" + w.m.number}, "situation": {"planning"},
		"consent": {"service"}, "opened": {fmt.Sprint(time.Now().Add(-20 * time.Second).UnixMilli())},
	}
	if w.m.number[10] >= '5' {
		form.Set("situation", "expecting")
		form.Set("due_date", time.Now().AddDate(0, 3, 0).Format(time.DateOnly))
	}
	if !w.asked {
		page, _, _, err := w.phone.Send(ctx, at+"/code", form)
		if err != nil {
			return err
		}
		// 429: the code was sent before the answer was lost.
		if page.Status != http.StatusOK && page.Status != http.StatusTooManyRequests && page.Status != http.StatusServiceUnavailable {
			return fmt.Errorf("no code: %d: %s", page.Status, page.Words())
		}
		w.asked = page.Status != http.StatusServiceUnavailable
	}
	code, err := w.phone.Code(ctx, w.m.number)
	if err != nil || code == "" {
		return err
	}
	form.Set("code", code)
	done, err := w.send(ctx, at+"/register", form)
	if done {
		w.m.registered = true
	}
	return err
}

// say posts once in the circle, with the same form until it is acknowledged.
func (w *walk) say(ctx context.Context, page phone.Page) (done bool, err error) {
	text := "hello from " + w.m.number
	if strings.Contains(page.HTML, text) {
		return true, nil
	}
	form := url.Values{"key": {page.Value("key")}, "text": {text}}
	for {
		page, _, done, err := w.phone.SendFile(ctx, page.Path+"/messages", form)
		switch {
		case done:
			w.m.said = text
			return true, nil
		case err != nil:
			if err := w.away(ctx, err); err != nil {
				return false, err
			}
		case page.Status != http.StatusServiceUnavailable:
			return false, fmt.Errorf("not posted: %d: %s", page.Status, page.Words())
		}
	}
}
