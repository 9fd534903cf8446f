package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/channel/outbox"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/errs"
)

// ErrPort refuses to serve on an address that another program has.
var ErrPort = errs.Define(errs.Unavailable, "app.port")

// PublicURL is how people reach the installation, without a slash at the end.
func (a *App) PublicURL() string {
	if a.Config.PublicURL != "" {
		return strings.TrimRight(a.Config.PublicURL, "/")
	}
	return "http://" + a.listen()
}

func (a *App) listen() string {
	if a.Config.Listen != "" {
		return a.Config.Listen
	}
	return DefaultListen
}

// openChannels adds what reaches people outside the app. Without a provider messages stand in the outbox.
func (a *App) openChannels() error {
	a.Outbox = outbox.New(a.DB, a.Keys)
	a.Touch.AddChannel("email", people.Email, boxed{a.Outbox, "email"})
	a.Touch.AddChannel("sms", people.Phone, boxed{a.Outbox, "sms"})
	return nil
}

// boxed puts a channel's messages into the outbox.
type boxed struct {
	box  *outbox.Box
	name string
}

func (b boxed) Send(ctx context.Context, m touch.Outgoing) (string, error) {
	body := m.Body
	if m.Subject != "" {
		body = m.Subject + "\n" + body
	}
	if m.Link != "" {
		body += "\n" + m.Link
	}
	return "", b.box.Put(ctx, m.Community, outbox.Message{ID: m.ID, Channel: b.name, Recipient: m.To, Body: body})
}

// address is the network address a request comes from: the proxy's word is taken only from proxies that are trusted.
func (a *App) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
	for i := len(hops) - 1; i >= 0 && a.trusted(host); i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		host = hop
	}
	return host
}

func (a *App) trusted(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range a.Config.TrustedProxy {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// health answers whether the program lives, and whether it can serve.
func (a *App) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "ok") //nolint:errcheck // the caller went away
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := a.DB.Ready(ctx); err != nil {
			a.Log.Warn("not ready", "error", err)
			http.Error(w, "the database can't be written", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready") //nolint:errcheck // the caller went away
	})
}

// Serve serves and works until ctx ends; what is under way is finished first, for up to ten seconds. started, if not nil,
// is called with the address once requests are taken.
func (a *App) Serve(ctx context.Context, started func(addr string)) error {
	handler, err := a.Handler()
	if err != nil {
		return err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.listen())
	if err != nil {
		return ErrPort.With("address", a.listen()).Because(err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	server.RegisterOnShutdown(func() { close(a.Stopping) })
	work := make(chan error, 1)
	workCtx, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	go func() { work <- a.Work(workCtx) }()
	served := make(chan error, 1)
	go func() { served <- server.Serve(ln) }()
	if started != nil {
		started(ln.Addr().String())
	}
	select {
	case err = <-served:
	case <-ctx.Done():
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = server.Shutdown(grace)
	}
	stop()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, <-work)
}
