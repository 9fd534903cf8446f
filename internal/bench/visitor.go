package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// browser is a phone's: it keeps cookies and follows redirects.
type browser struct {
	client  *http.Client
	base    string
	address string // the network address that the proxy in front tells of
	cookies map[string]string
	spent   *steps
	sent    int
}

// steps collects how long each kind of request took, whoever sent it.
type steps struct {
	mu   sync.Mutex
	each map[string][]time.Duration
}

func (s *steps) add(name string, d time.Duration) {
	s.mu.Lock()
	s.each[name] = append(s.each[name], d)
	s.mu.Unlock()
}

// notes gives the figures of each kind of request, in order.
func (s *steps) notes() (out []Note) {
	for _, name := range slices.Sorted(maps.Keys(s.each)) {
		t := times{spent: 1, each: s.each[name]}
		r := t.rate("")
		out = append(out, Note{name + " p50", r.P50, "ms"}, Note{name + " p99", r.P99, "ms"})
	}
	return out
}

// newClient makes a client that keeps its connections, as the proxy in front of a server does.
func newClient(connections int) *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: connections, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}
}

// page is what the browser shows.
type page struct {
	path string
	body string
}

// send sends a form (nil: reads a page) and follows where it leads.
func (b *browser) send(ctx context.Context, step, path string, form url.Values) (page, error) {
	p, to, err := b.once(ctx, step, path, form)
	for hops := 0; err == nil && to != ""; hops++ {
		if hops == 5 {
			return p, fmt.Errorf("%s leads round", path)
		}
		p, to, err = b.once(ctx, "page", to, nil)
	}
	return p, err
}

// once sends one request; to is where it leads.
func (b *browser) once(ctx context.Context, step, path string, form url.Values) (p page, to string, err error) {
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, method, b.base+path, body)
	if err != nil {
		return p, "", err
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("X-Forwarded-For", b.address)
	req.Header.Set("Accept-Language", "zh-CN")
	for name, value := range b.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	from := time.Now()
	res, err := b.client.Do(req)
	if err != nil {
		return p, "", err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return p, "", fmt.Errorf("read %s: %w", path, err)
	}
	b.sent++
	b.spent.add(step, time.Since(from))
	for _, c := range res.Cookies() {
		b.cookies[c.Name] = c.Value
	}
	switch res.StatusCode {
	case http.StatusOK:
		return page{path, string(text)}, "", nil
	case http.StatusSeeOther:
		return page{}, res.Header.Get("Location"), nil
	}
	return p, "", fmt.Errorf("%s %s: %s: %s", method, path, res.Status, strings.Join(strings.Fields(string(text)), " "))
}

var errStands = errors.New("a visitor does not get on")

// reach reads the entry's page until it offers a form, or has led into the circle: the run may need a moment.
func (b *browser) reach(ctx context.Context, p page, entry, form string) (page, error) {
	for tries := 0; !strings.Contains(p.body, `action="`+form+`"`) && !strings.HasPrefix(p.path, form); tries++ {
		if tries == 200 {
			return p, fmt.Errorf("%w: %s is not on %s: %s", errStands, form, p.path, strings.Join(strings.Fields(p.body), " "))
		}
		if tries > 0 {
			select {
			case <-ctx.Done():
				return p, ctx.Err()
			case <-time.After(50 * time.Millisecond):
			}
		}
		q, to, err := b.once(ctx, "page", entry, nil)
		if err == nil && strings.HasPrefix(to, form) {
			q, err = b.send(ctx, "page", to, nil)
		}
		if err != nil {
			return p, err
		}
		p = q
	}
	return p, nil
}

// visitor is somebody who comes in by an entry.
type visitor struct {
	*browser
	n     int
	entry string // path of the entry's page
	phone string
	code  func(phone string) string
}

// toForm comes in, reserves a place, and gets as far as the form with a code in hand.
func (v *visitor) toForm(ctx context.Context) error {
	if _, err := v.send(ctx, "page", v.entry, nil); err != nil {
		return err
	}
	p, err := v.send(ctx, "arrive", v.entry+"/arrive", url.Values{})
	if err != nil {
		return err
	}
	if _, err = v.reach(ctx, p, v.entry, v.entry+"/register"); err != nil {
		return err
	}
	_, err = v.send(ctx, "code", v.entry+"/code", url.Values{"phone": {v.phone}})
	return err
}

// form is what the visitor fills in.
func (v *visitor) form() url.Values {
	now := time.Now()
	f := url.Values{
		"phone": {v.phone}, "code": {v.code(v.phone)}, "name": {"王思琪"}, "nickname": {"小琪"}, "city": {"上海"}, "consent": {"service", "marketing"},
		"opened": {strconv.FormatInt(now.Add(-time.Minute).UnixMilli(), 10)},
	}
	switch v.n % 3 {
	case 0:
		f.Set("situation", "planning")
	case 1:
		f.Set("situation", "expecting")
		f.Set("due_date", now.AddDate(0, 0, 20+v.n%200).Format(time.DateOnly))
	default:
		f.Set("situation", "parent")
		f.Set("birth_date", now.AddDate(0, 0, -10-v.n%600).Format(time.DateOnly))
	}
	return f
}

// allTheWay goes from the entry's page into the circle.
func (v *visitor) allTheWay(ctx context.Context) error {
	if err := v.toForm(ctx); err != nil {
		return err
	}
	p, err := v.send(ctx, "register", v.entry+"/register", v.form())
	for _, step := range []string{"join", "contact"} {
		if err == nil {
			p, err = v.reach(ctx, p, v.entry, v.entry+"/"+step)
		}
		if err == nil {
			p, err = v.send(ctx, step, v.entry+"/"+step, url.Values{})
		}
	}
	if err == nil {
		_, err = v.reach(ctx, p, v.entry, strings.Split(v.entry, "/e/")[0]+"/circles/")
	}
	return err
}
