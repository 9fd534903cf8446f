package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/obs"
)

// Around wraps everything the program serves: each request gets an id, a log line and its metrics; one that another site's
// page sends is refused; a panic is a masked fault.
func (a *API) Around(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.refuse(w, r, errCrossOrigin) }))
	inner := cross.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := obs.NewRequestID()
		r = r.WithContext(obs.WithRequestID(r.Context(), id))
		out := &recorder{ResponseWriter: w}
		out.Header().Set(headerRequestID, id)
		clk := a.DB.Clock()
		began := clk.Now()
		defer func() {
			if p := recover(); p != nil {
				a.panicked(out, r, p)
			}
			took := clk.Now().Sub(began)
			if a.Metrics != nil {
				a.Metrics.Request(r.Method, r.Pattern, out.code(), took)
			}
			// The route, not the path: paths hold invitations' tokens.
			a.Log.InfoContext(r.Context(), "request", "method", r.Method, "route", r.Pattern, "status", out.code(), "ms", took.Milliseconds(), "bytes", out.bytes)
		}()
		inner.ServeHTTP(out, r)
	})
}

func (a *API) panicked(out *recorder, r *http.Request, p any) {
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	a.Log.ErrorContext(r.Context(), "a request panicked", "route", r.Pattern, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if out.status == 0 {
		a.refuse(out, r, fmt.Errorf("panic: %v", p))
	}
}

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

// Unwrap lets http.ResponseController reach the connection.
func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader notes the status.
func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts bytes.
func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *recorder) code() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}

// metrics serves the metrics to this machine and to who administers the installation.
func (a *API) metrics(w http.ResponseWriter, r *http.Request) {
	if a.Metrics == nil {
		a.refuse(w, r, errNoOperation)
		return
	}
	if !a.local(r) {
		p, _, err := a.principal(r, "")
		if err == nil {
			err = access.Allowed(p, access.InstallationManage, "")
		}
		if err != nil {
			a.refuse(w, r, err)
			return
		}
	}
	a.Metrics.Handler().ServeHTTP(w, r)
}

// local tells whether a request comes from this machine itself. One that somebody passed on does not, unless the proxy is
// trusted to say from whom.
func (a *API) local(r *http.Request) bool {
	addr, err := netip.ParseAddr(a.Address(r))
	if err != nil || !addr.IsLoopback() {
		return false
	}
	return r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == ""
}
