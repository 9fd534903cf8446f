package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/platform/community"
)

// settable are the names that a configuration file may use: the flags of the server, whatever the command.
func settable() map[string]bool {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	(&installation{}).serving(all)
	names := map[string]bool{}
	all.VisitAll(func(f *pflag.Flag) { names[f.Name] = f.Name != "config" })
	delete(names, "config")
	return names
}

// envName is the variable in the environment that stands for a flag.
func envName(flag string) string {
	return "QUNCE_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// readFile sets what the configuration file says and neither the command line nor the environment does.
func (in *installation) readFile() error {
	if in.file == "" || in.set == nil {
		return nil
	}
	text, err := os.ReadFile(in.file)
	if err != nil {
		return usageError{fmt.Errorf("--config: %w", err)}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return usageError{fmt.Errorf("%s: %w", in.file, err)}
	}
	if len(doc.Content) == 0 {
		return nil // empty
	}
	if doc.Content[0].Kind != yaml.MappingNode {
		return usageError{fmt.Errorf("%s:%d: write a setting a line, as data: /var/lib/qunce", in.file, doc.Content[0].Line)}
	}
	known, seen := settable(), map[string]bool{}
	for i := 0; i < len(doc.Content[0].Content); i += 2 {
		key, value := doc.Content[0].Content[i], doc.Content[0].Content[i+1]
		wrong := func(reason string, args ...any) error {
			return usageError{fmt.Errorf("%s:%d: %s: "+reason, append([]any{in.file, key.Line, key.Value}, args...)...)}
		}
		switch {
		case !known[key.Value]:
			return wrong("there is no such setting; there are %s", strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case seen[key.Value]:
			return wrong("the setting stands twice")
		}
		seen[key.Value] = true
		text, ok := scalars(value)
		if !ok {
			return wrong("write one value, or a list of them")
		}
		if err := in.setting(key.Value, text); err != nil {
			return wrong("%w", err)
		}
	}
	return nil
}

// scalars is a setting's value as a flag takes it: a list is joined by commas.
func scalars(n *yaml.Node) (string, bool) {
	if n.Kind == yaml.ScalarNode {
		return n.Value, true
	}
	var out []string
	for _, c := range n.Content {
		out = append(out, c.Value)
		if c.Kind != yaml.ScalarNode {
			return "", false
		}
	}
	return strings.Join(out, ","), n.Kind == yaml.SequenceNode
}

func (in *installation) setting(name, value string) error {
	f := in.set.Lookup(name)
	if f == nil || f.Changed {
		return nil // of another command, or said on the command line
	}
	if _, given := os.LookupEnv(envName(name)); given {
		return nil
	}
	return f.Value.Set(value)
}

// open opens an installation that must be there already.
func (in *installation) open(ctx context.Context) (*app.App, error) {
	cfg, err := in.config()
	if err != nil {
		return nil, err
	}
	if err := cfg.Exists(); err != nil {
		return nil, err
	}
	return app.New(ctx, cfg)
}

// enter opens the installation and finds one of its communities. The caller closes the installation.
func (in *installation) enter(ctx context.Context, slug string) (*app.App, *community.Community, error) {
	a, err := in.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	com, err := find(ctx, a, slug)
	if err != nil {
		return nil, nil, errors.Join(err, a.Close())
	}
	return a, com, nil
}

// find finds a community by its slug.
func find(ctx context.Context, a *app.App, slug string) (*community.Community, error) {
	if slug == "" {
		return nil, usageError{errors.New("name the community with --community")}
	}
	return a.Communities.BySlug(ctx, slug)
}

// eachCommunity calls fn for the community named, or for all of them.
func eachCommunity(ctx context.Context, a *app.App, slug string, fn func(*community.Community) error) error {
	if slug != "" {
		c, err := find(ctx, a, slug)
		if err != nil {
			return err
		}
		return fn(c)
	}
	for cursor := ""; ; {
		p, err := a.Communities.List(ctx, cursor, 100)
		if err != nil {
			return err
		}
		for _, c := range p.Items {
			if err := fn(c); err != nil {
				return err
			}
		}
		if p.Next == "" {
			return nil
		}
		cursor = p.Next
	}
}
