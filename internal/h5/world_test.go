package h5_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/phone"
)

// begin serves the shipped community "mothers" in the sandbox and gives a phone that has not been there.
func begin(t *testing.T) (a *app.App, community string, clk *clock.Manual, p *phone.Phone) {
	t.Helper()
	return serve(t, "mothers")
}

// serve is begin with any of the shipped communities.
func serve(t *testing.T, playbook string) (a *app.App, community string, clk *clock.Manual, p *phone.Phone) {
	t.Helper()
	return serveBy(t, playbook, settling)
}

// idle does nothing until the test settles it: for pages that show what is not done yet.
func idle(_ *testing.T, _ *app.App, next http.Handler) http.Handler { return next }

// serveBy is serve with what does what is due.
func serveBy(t *testing.T, playbook string, by func(*testing.T, *app.App, http.Handler) http.Handler) (a *app.App, community string, clk *clock.Manual, p *phone.Phone) {
	t.Helper()
	clk = clock.NewManual(testkit.Start)
	a, err := app.New(t.Context(), app.Config{Data: t.TempDir(), Scratch: true, Sandbox: true, Clock: clk})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	if community, err = a.World(clk).Found(t.Context(), playbook, playbook); err != nil {
		t.Fatal(err)
	}
	handler, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(by(t, a, handler))
	t.Cleanup(server.Close)
	return a, community, clk, phone.New(server.URL+"/"+playbook, nil)
}

// settling does what is due while what was sent is taken, and before it is answered. Nothing is done between two requests.
func settling(t *testing.T, a *app.App, next http.Handler) http.Handler {
	t.Helper()
	settle := func() {
		if err := a.Settle(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			next.ServeHTTP(w, r)
			return
		}
		taken, settled := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(settled)
			for {
				select {
				case <-taken:
					return
				case <-time.After(time.Millisecond):
					settle()
				}
			}
		}()
		next.ServeHTTP(w, r)
		close(taken)
		<-settled
		settle()
	})
}
