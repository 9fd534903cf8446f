package api_test

import (
	"bufio"
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qunce/qunce/internal/api"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/test/testkit"
)

// I1: a printed code leads to its entry. An outside decoder reads both pictures.
func TestQRDecodesOutside(t *testing.T) {
	w := begin(t, "")
	token := w.token(t, w.community, access.Read)
	for _, name := range []string{"qr.png", "qr.png?size=120", "qr.svg"} {
		a := w.do(t, token, "GET "+here("/entries/"+w.entry.ID+"/"+name), nil)
		if a.status != http.StatusOK || strings.HasPrefix(a.Header.Get("Content-Type"), "application/") {
			t.Fatalf("%s: %s", name, a)
		}
		picture := []byte(a.body)
		if name == "qr.svg" {
			picture = rasterise(picture)
		}
		if got := testkit.ReadQR(t, picture); got != w.entry.URL {
			t.Errorf("%s reads as %q; want %s", name, got, w.entry.URL)
		}
	}
}

var (
	viewBox = regexp.MustCompile(`viewBox="0 0 (\d+) `)
	runs    = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1`)
)

// rasterise draws the one path of our SVG as a picture (PGM, which the decoder reads), ten pixels a module: it is read by
// what it says, not by how it was made.
func rasterise(svg []byte) []byte {
	const scale = 10
	side := number(viewBox.FindSubmatch(svg)[1])
	grid := bytes.Repeat([]byte{255}, side*scale*side*scale)
	for _, m := range runs.FindAllSubmatch(svg, -1) {
		x, y, n := number(m[1]), number(m[2]), number(m[3])
		for py := y * scale; py < (y+1)*scale; py++ {
			for px := x * scale; px < (x+n)*scale; px++ {
				grid[py*side*scale+px] = 0
			}
		}
	}
	var b bytes.Buffer
	b.WriteString("P5 " + strconv.Itoa(side*scale) + " " + strconv.Itoa(side*scale) + " 255\n")
	b.Write(grid)
	return b.Bytes()
}

func number(b []byte) (n int) {
	for _, c := range b {
		n = n*10 + int(c-'0')
	}
	return n
}

// The console's page has a nonce of its own each time, its assets are kept for ever, and every address below it is its page.
func TestConsoleIsServedUnderItsPolicy(t *testing.T) {
	page := `<html><head><meta name="csp-nonce" content="" /><script type="module" src="/console/assets/a-1.js"></script><link rel="stylesheet" href="/console/assets/a-1.css"></head></html>`
	a, err := api.New(api.Deps{Console: fstest.MapFS{
		"index.html": {Data: []byte(page)}, "assets/a-1.js": {Data: bytes.Repeat([]byte("let x = 1\n"), 500)}, "mark.svg": {Data: []byte("<svg/>")},
	}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	a.Mount(mux)
	get := func(path string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			r.Header.Set(name, value)
		}
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, r)
		return rec
	}
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]{26})'`)
	seen := map[string]bool{}
	for _, path := range []string{"/console/", "/console/c/mothers/today", "/console/index.html", "/console/invitations/1m80d3wt.1m80d3zx.xp47mz"} {
		rec := get(path)
		policy := rec.Header().Get("Content-Security-Policy")
		m := nonce.FindStringSubmatch(policy)
		if rec.Code != 200 || m == nil || rec.Header().Get("Cache-Control") != "no-store" || strings.Contains(policy, "unsafe") {
			t.Fatalf("%s: %d %s", path, rec.Code, policy)
		}
		if seen[m[1]] {
			t.Error("a nonce came twice")
		}
		seen[m[1]] = true
		for _, want := range []string{`content="` + m[1] + `"`, `<script nonce="` + m[1] + `"`, `<link nonce="` + m[1] + `"`} {
			if !strings.Contains(rec.Body.String(), want) {
				t.Errorf("%s has no %s: %s", path, want, rec.Body)
			}
		}
	}
	asset := get("/console/assets/a-1.js", "Accept-Encoding: br, gzip")
	if asset.Code != 200 || asset.Header().Get("Content-Encoding") != "gzip" || asset.Body.Len() > 500 || !strings.Contains(asset.Header().Get("Cache-Control"), "immutable") || !strings.Contains(asset.Header().Get("Content-Type"), "javascript") {
		t.Errorf("an asset: %d %v", asset.Code, asset.Header())
	}
	if plain := get("/console/mark.svg"); plain.Code != 200 || plain.Body.String() != "<svg/>" || strings.Contains(plain.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("a file: %d %v", plain.Code, plain.Header())
	}
	for _, path := range []string{"/console/assets/gone.js", "/console/assets/..%2findex.html"} {
		if rec := get(path); rec.Code == 200 && !strings.Contains(rec.Header().Get("Content-Type"), "text/html") || path == "/console/assets/gone.js" && rec.Code != 404 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	if rec := get("/"); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/console/" {
		t.Errorf("the root: %d %v", rec.Code, rec.Header())
	}
}

func TestWithoutAConsoleAPageSaysHowToBuildIt(t *testing.T) {
	a, err := api.New(api.Deps{Console: fstest.MapFS{}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	a.Mount(mux)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/console/", nil))
	if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), "make build") {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

// C8: who watches a circle hears of what is said in it at once.
func TestStream(t *testing.T) {
	w := begin(t, "")
	ids := w.live(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+here("/circles/"+ids["circles"]+"/stream"), nil)
	if err != nil {
		t.Fatal(err)
	}
	w.sign(req, w.token(t, w.community, access.Read))
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s %v", resp.Status, resp.Header)
	}
	lines := bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != "retry: 2000" {
		t.Fatalf("it begins with %q", lines.Text())
	}
	var said struct{ Seq int64 }
	w.must(t, 201, "POST "+here("/circles/"+ids["circles"]+"/messages"), map[string]any{"text": "早"}, "Idempotency-Key: m1").into(t, &said)
	var again struct{ Seq int64 }
	w.must(t, 201, "POST "+here("/circles/"+ids["circles"]+"/messages"), map[string]any{"text": "早"}, "Idempotency-Key: m1").into(t, &again)
	if said.Seq == 0 || again.Seq != said.Seq {
		t.Errorf("said at %d, again at %d", said.Seq, again.Seq)
	}
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if data != `{"seq":`+strconv.FormatInt(said.Seq, 10)+`}` {
				t.Errorf("it says %s", data)
			}
			return
		}
	}
	t.Error("the stream ended without news")
}

// Metrics are for this machine, and for who administers the installation with a second factor.
func TestMetrics(t *testing.T) {
	w := begin(t, "")
	get := func(who, from string, headers ...string) answer {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil)
		req.RemoteAddr = from
		w.sign(req, who)
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			req.Header.Set(name, value)
		}
		return w.send(req)
	}
	w.do(t, w.owner, "GET "+here("/people"), nil)
	here := get("", "127.0.0.1:1")
	if here.status != 200 || !strings.Contains(here.body, `qunce_http_requests_total{method="GET",route="GET /api/v1/communities/{community}/people",status="200"} 1`) || !strings.Contains(here.body, "qunce_db_batches_total") {
		t.Errorf("from here: %s", here)
	}
	if a := get("", "192.0.2.1:1"); a.status != 401 {
		t.Errorf("from elsewhere: %s", a)
	}
	if a := get("", "127.0.0.1:1", "X-Forwarded-For: 192.0.2.1"); a.status != 401 {
		t.Errorf("passed on by a proxy: %s", a)
	}
	if a := get(w.owner, "192.0.2.1:1"); a.status != 403 || a.code() != "access.mfa_needed" {
		t.Errorf("the installer without a second factor: %s", a)
	}
}
