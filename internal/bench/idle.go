package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// What a server may take: seconds from the start of the program until it answers that it is ready, and bytes while idle.
const (
	readyWithin = 2.0
	idleMemory  = 100 << 20
)

// idle starts this program as a server, first on an empty folder and then again on the same, and lets it be.
func idle(ctx context.Context, r *run) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	dir, err := os.MkdirTemp(r.Data, "qunce-bench-")
	if err != nil {
		return fmt.Errorf("make a folder for the benchmark: %w", err)
	}
	r.later(func() error { return os.RemoveAll(dir) })
	const starts = 5
	var ready times
	var memory int64
	for range starts {
		var s *server
		err := ready.clients(ctx, 1, 1, func(ctx context.Context, _ int) (err error) {
			s, err = start(ctx, program, filepath.Join(dir, "data"))
			return err
		})
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(3 * time.Second):
		}
		memory = max(memory, kilobytes(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid), "VmRSS:"))
		if err := s.stop(); err != nil {
			return err
		}
	}
	rate := ready.rate("starts")
	r.result.Measures = append(r.result.Measures, Measure{
		Name: "idle", Did: fmt.Sprintf("%d starts of a server, the first on an empty folder, until it answers that it is ready", starts), Ours: rate,
		Ratio: readyWithin * 1000 / rate.Max, Target: 1, Met: rate.Max <= readyWithin*1000,
		Notes: []Note{{"start to ready, at most (target 2)", rate.Max / 1000, "s"}, {"resident after 3 s idle, at most (target 100)", float64(memory) / (1 << 20), "MiB"}},
	})
	r.check("the idle server holds under 100 MiB", memory < idleMemory, "%.1f MiB", float64(memory)/(1<<20))
	return nil
}

// server is another process of this program.
type server struct{ cmd *exec.Cmd }

// start runs a server and waits until it is ready.
func start(ctx context.Context, program, data string) (*server, error) {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("find a free port: %w", err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		return nil, err
	}
	s := &server{exec.Command(program, "serve", "--data", data, "--listen", addr)} //nolint:gosec,noctx // this very program, ended by stop
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start a server: %w", err)
	}
	for began := time.Now(); time.Since(began) < 30*time.Second; time.Sleep(2 * time.Millisecond) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/readyz", http.NoBody)
		if err != nil {
			return nil, err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			continue // it does not listen yet
		}
		res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return s, nil
		}
	}
	return nil, errors.Join(errors.New("a server was not ready in 30 s"), s.stop())
}

// stop ends the server in good order.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("stop the server: %w", err)
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended: %w", err)
	}
	return nil
}
