package h5_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/phone"
)

// begin serves the shipped community "mothers" in the sandbox, at work, and gives a phone that has not been there.
func begin(t *testing.T) (a *app.App, community string, clk *clock.Manual, p *phone.Phone) {
	t.Helper()
	return serve(t, "mothers")
}

// serve is begin with any of the shipped communities.
func serve(t *testing.T, playbook string) (a *app.App, community string, clk *clock.Manual, p *phone.Phone) {
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
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	working, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.Work(working) //nolint:errcheck // it ends with the test
	}()
	t.Cleanup(func() { stop(); <-ended })
	return a, community, clk, phone.New(server.URL+"/"+playbook, nil)
}
