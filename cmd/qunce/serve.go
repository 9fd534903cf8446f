package main

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/playbooks"
)

// installation are the flags of every command that opens one. Each can be given as QUNCE_… in the environment too, or in
// the file of --config; the command line wins over the environment, and that over the file.
type installation struct {
	cfg     app.Config
	proxies []string
	file    string
	set     *pflag.FlagSet
}

func (in *installation) flags(f *pflag.FlagSet) {
	in.set = f
	f.StringVar(&in.file, "config", env("CONFIG", ""), "file with these settings, a line each: data: /var/lib/qunce")
	f.StringVar(&in.cfg.Data, "data", env("DATA", "qunce-data"), "folder of the database, keys and pictures")
	f.StringVar(&in.cfg.DatabaseURL, "database-url", env("DATABASE_URL", ""), "PostgreSQL instead of the file in the data folder: postgres://…")
	f.StringVar(&in.cfg.NATSURL, "nats-url", env("NATS_URL", ""), "NATS that joins several nodes: nats://…")
}

func (in *installation) serving(f *pflag.FlagSet) {
	in.flags(f)
	f.StringVar(&in.cfg.Listen, "listen", env("LISTEN", app.DefaultListen), "address to serve on")
	f.StringVar(&in.cfg.PublicURL, "public-url", env("PUBLIC_URL", ""), "how people reach the server: https://…")
	f.StringSliceVar(&in.proxies, "trusted-proxy", split(env("TRUSTED_PROXY", "")), "networks of proxies whose X-Forwarded-For is believed, as 10.0.0.0/8")
}

func env(name, def string) string {
	if v, ok := os.LookupEnv("QUNCE_" + name); ok {
		return v
	}
	return def
}

func split(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func (in *installation) config() (app.Config, error) {
	if err := in.readFile(); err != nil {
		return in.cfg, err
	}
	cfg := in.cfg
	for _, p := range in.proxies {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(p))
		if err != nil {
			return cfg, usageError{fmt.Errorf("--trusted-proxy %s: write a network, as 10.0.0.0/8", p)}
		}
		cfg.TrustedProxy = append(cfg.TrustedProxy, prefix)
	}
	cfg.Log, cfg.Version = logger(), version
	return cfg, nil
}

func serveCommand() *cobra.Command {
	in := &installation{}
	c := &cobra.Command{
		Use: "serve", Short: "Serve an installation", Args: cobra.NoArgs,
		Example: "  qunce serve --data /var/lib/qunce --public-url https://qunce.example",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := in.config()
			if err != nil {
				return err
			}
			a, err := app.New(c.Context(), cfg)
			if err != nil {
				return err
			}
			defer a.Close()
			token, needed, err := a.Auth.SetupToken(c.Context())
			if err != nil {
				return err
			}
			return a.Serve(c.Context(), func(addr string) {
				fmt.Printf("Qunce is ready at %s\n", a.PublicURL())
				if needed {
					fmt.Printf("Nobody has set it up yet. Open %s/console/setup?token=%s\n", a.PublicURL(), token)
				}
			})
		},
	}
	in.serving(c.Flags())
	return c
}

func demoCommand() *cobra.Command {
	in := &installation{}
	var playbook string
	var people int
	c := &cobra.Command{
		Use: "demo", Short: "Show a community that people already live in", Args: cobra.NoArgs,
		Example: "  qunce demo\n  qunce demo --listen 0.0.0.0:8380",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := in.config()
			if err != nil {
				return err
			}
			if !c.Flags().Changed("data") {
				dir, err := os.MkdirTemp("", "qunce-demo-")
				if err != nil {
					return fmt.Errorf("make the demo's folder: %w", err)
				}
				defer os.RemoveAll(dir)
				cfg.Data = filepath.Join(dir, "data")
			}
			cfg.Sandbox = true
			slug, source, err := demoPlaybook(playbook)
			if err != nil {
				return usageError{err}
			}
			if slug == playbook { // a shipped one: people have lived in it
				if err := app.LiveIn(c.Context(), cfg, slug, source, people); err != nil {
					return err
				}
			}
			a, err := app.New(c.Context(), cfg)
			if err != nil {
				return err
			}
			defer a.Close()
			d, err := a.Demo(c.Context(), slug, source)
			if err != nil {
				return err
			}
			return a.Serve(c.Context(), func(string) {
				fmt.Printf("Console   %s/console/   %s   %s\n", a.PublicURL(), d.Email, d.Password)
				fmt.Printf("Phone     %s/%s/e/%s\n", a.PublicURL(), d.Slug, d.Entry)
				fmt.Printf("Outbox    %s/%s/outbox   (text messages and email of the demo)\n", a.PublicURL(), d.Slug)
			})
		},
	}
	in.serving(c.Flags())
	c.Flags().IntVar(&people, "people", 60, "how many simulated people came by each entry before; 0 for an empty community")
	c.Flags().StringVar(&playbook, "playbook", "operators", "which community: a shipped playbook, or a file of your own that ends with .yaml")
	return c
}

// demoPlaybook reads a shipped playbook by its name, or any by its file.
func demoPlaybook(name string) (slug string, source []byte, err error) {
	if slug, file := strings.CutSuffix(filepath.Base(name), ".yaml"); file {
		source, err = os.ReadFile(name)
		return slug, source, err
	}
	if source, err = playbooks.Files.ReadFile(name + ".yaml"); err != nil {
		err = fmt.Errorf("no playbook is called %s", name)
	}
	return name, source, err
}
