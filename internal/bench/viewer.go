package bench

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// stream is what a room shows, on whichever side: when each paragraph, from 1, began its way, in nanoseconds since 1970.
type stream struct {
	path  string
	began []atomic.Int64
}

// viewer is a phone that follows a stream. It notes when it had each paragraph.
type viewer struct {
	cookie  string
	address string
	of      *stream
	got     *atomic.Int64 // paragraphs, by all viewers together
	has     int           // paragraphs, with those from before
	wrong   int           // paragraphs that did not follow on what it had
	took    []int64       // by paragraph, from 1; nanoseconds
	first   []byte        // the frame with the first paragraph
	conn    net.Conn
	ended   chan struct{} // is closed when the stream has
}

// open connects, and reads on in a goroutine of its own. It does without net/http's client, which would cost more than what is measured.
func (v *viewer) open(ctx context.Context, host string) (err error) {
	if v.conn, err = new(net.Dialer).DialContext(ctx, "tcp", host); err != nil {
		return fmt.Errorf("open a stream: %w", err)
	}
	v.ended = make(chan struct{})
	in := bufio.NewReaderSize(v.conn, 2<<10)
	_, err = fmt.Fprintf(v.conn, "GET %s?from=%d HTTP/1.1\r\nHost: %s\r\nX-Forwarded-For: %s\r\nCookie: qunce_member=%s; qunce_visitor=%032d\r\n\r\n",
		v.of.path, v.has, host, v.address, v.cookie, 0)
	if err != nil {
		return fmt.Errorf("open a stream: %w", err)
	}
	res, err := http.ReadResponse(in, nil) //nolint:bodyclose // closed where it is read
	if err != nil {
		return fmt.Errorf("open a stream: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(res.Body, 300)) //nolint:errcheck // the status says enough
		res.Body.Close()
		return fmt.Errorf("%s: %s: %s", v.of.path, res.Status, text)
	}
	go func() {
		defer close(v.ended)
		defer res.Body.Close()
		v.read(bufio.NewReaderSize(res.Body, 2<<10))
	}()
	return nil
}

// read takes frames in until the stream ends.
func (v *viewer) read(in *bufio.Reader) {
	var frame []byte
	for {
		line, err := in.ReadSlice('\n')
		frame = append(frame, line...)
		if err != nil && err != bufio.ErrBufferFull { //nolint:errorlint // as it is returned
			return
		}
		if bytes.HasSuffix(frame, []byte("\n\n")) {
			v.take(frame)
			frame = frame[:0]
		}
	}
}

// markOf is what a paragraph begins with in a frame: an item of the page's list, in JSON.
var markOf = []byte(`\u003cli id=\"p`)

// take notes the paragraphs of a frame.
func (v *viewer) take(frame []byte) {
	now := time.Now().UnixNano()
	for rest := frame; ; {
		_, after, found := bytes.Cut(rest, markOf)
		if !found {
			return
		}
		rest = after
		number, _, _ := bytes.Cut(after, []byte(`\"`))
		n, err := strconv.Atoi(string(number))
		if err != nil || n != v.has+1 || n >= len(v.took) {
			v.wrong++
			continue
		}
		if v.has, v.took[n] = n, now-v.of.began[n].Load(); n == 1 {
			v.first = bytes.Clone(frame)
		}
		v.got.Add(1)
	}
}

func (v *viewer) close() {
	v.conn.Close()
	<-v.ended
}

// fanOut is the reference: the least that shows the same bytes to everybody who has the same stream open.
type fanOut struct {
	mu    sync.Mutex
	rooms map[string][]chan []byte
}

// ServeHTTP is one viewer's stream.
func (f *fanOut) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	news := make(chan []byte, 64)
	f.mu.Lock()
	f.rooms[r.URL.Path] = append(f.rooms[r.URL.Path], news)
	f.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	for out.Flush() == nil {
		select {
		case b := <-news:
			if _, err := w.Write(b); err != nil {
				return
			}
		case <-r.Context().Done():
			return
		}
	}
}

// show sends the bytes to everybody at a stream.
func (f *fanOut) show(path string, b []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, news := range f.rooms[path] {
		news <- b
	}
}

// forget lets all viewers go.
func (f *fanOut) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.rooms)
}
