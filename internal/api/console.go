package api

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"sync"
)

// spa serves the built console: its assets for ever, since their names change with their content, and its page for every
// other address, with a policy that lets nothing run or style but what came with it.
type spa struct {
	files fs.FS
	page  string // index.html with nonceHere wherever the nonce goes; "" when the console isn't built

	mu     sync.Mutex
	zipped map[string][]byte // by name
}

const (
	nonceHere = "\x00nonce\x00"
	assetsDir = "assets/"
)

// unbuilt is the page of a program that was built without its console.
const unbuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Qunce</title><h1>群策 Qunce</h1>
<p>管理台还没有构建。请在源码目录运行 <code>make build</code>，再启动 <code>bin/qunce</code>。</p>
<p>The console has not been built. Run <code>make build</code> in the source folder, then start <code>bin/qunce</code>.</p>
<p><a href="/openapi.json">/openapi.json</a></p></html>`

var (
	nonceMeta = regexp.MustCompile(`(<meta\s+name="csp-nonce"\s+content=")[^"]*(")`)
	nonceTags = regexp.MustCompile(`<(script|style|link)\b`)
)

func newSPA(files fs.FS) (*spa, error) {
	s := &spa{files: files, zipped: map[string][]byte{}}
	if files == nil {
		return s, nil
	}
	b, err := fs.ReadFile(files, "index.html")
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the console's page: %w", err)
	}
	s.page = nonceMeta.ReplaceAllString(string(b), "${1}"+nonceHere+"${2}")
	s.page = nonceTags.ReplaceAllString(s.page, `<${1} nonce="`+nonceHere+`"`)
	return s, nil
}

// ServeHTTP serves what is below /console/.
func (s *spa) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "405 method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, "/console/")
	if s.page == "" {
		h.Set("Cache-Control", headerNoStore)
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, unbuilt)
		return
	}
	if isFile(name) {
		s.file(w, r, name)
		return
	}
	s.index(w)
}

// isFile tells a file's name from a page's address: files lie at the top or among the assets. A dot alone says nothing, since
// the token in the link of an invitation has dots too.
func isFile(name string) bool {
	top := !strings.Contains(name, "/")
	return (top || strings.HasPrefix(name, assetsDir)) && path.Ext(name) != "" && name != "index.html" && fs.ValidPath(name) && name[0] != '.'
}

// index serves the page with a nonce of its own.
func (s *spa) index(w http.ResponseWriter) {
	nonce := rand.Text()
	h := w.Header()
	h.Set("Cache-Control", headerNoStore)
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", strings.Join([]string{
		"default-src 'none'", "script-src 'self' 'nonce-" + nonce + "'", "style-src 'self' 'nonce-" + nonce + "'", "img-src 'self' data: blob:",
		"font-src 'self'", "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "object-src 'none'",
	}, "; "))
	fmt.Fprint(w, strings.ReplaceAll(s.page, nonceHere, nonce))
}

// file serves a file of the console, compressed if the browser takes that.
func (s *spa) file(w http.ResponseWriter, r *http.Request, name string) {
	b, err := fs.ReadFile(s.files, name)
	if err != nil {
		w.Header().Set("Cache-Control", headerNoStore)
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, assetsDir) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	if len(b) > 1024 && squeezable(kind) && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		b = s.zip(name, b)
	}
	h.Set("Content-Length", fmt.Sprint(len(b)))
	if r.Method == http.MethodGet {
		w.Write(b) //nolint:errcheck // the browser went away
	}
}

func squeezable(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.Contains(kind, "javascript") || strings.Contains(kind, "json") || strings.Contains(kind, "svg")
}

// zip compresses a file once.
func (s *spa) zip(name string, b []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if z, ok := s.zipped[name]; ok {
		return z
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) //nolint:errcheck // the level is one of its own
	z.Write(b)                                              //nolint:errcheck // a buffer takes everything
	z.Close()
	s.zipped[name] = out.Bytes()
	return out.Bytes()
}
