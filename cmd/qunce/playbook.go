package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/playbooks"
)

func playbookCommand() *cobra.Command {
	c := &cobra.Command{Use: "playbook", Short: "The files that say how a community works"}
	c.AddCommand(playbookListCommand(), playbookValidateCommand(), playbookDiffCommand(), playbookApplyCommand(), playbookExportCommand(), playbookSchemaCommand())
	return c
}

var (
	errWrongPlaybook = errors.New("the playbook has faults: see above")
	errDiffers       = errors.New("the playbook differs: see above")
)

// withoutInstallation runs fn on a program that has no data: to ask it what it knows.
func withoutInstallation(ctx context.Context, fn func(a *app.App) error) error {
	dir, err := os.MkdirTemp("", "qunce-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer os.RemoveAll(dir)
	a, err := app.New(ctx, app.Config{Data: dir, Scratch: true, Version: version})
	if err != nil {
		return err
	}
	defer a.Close()
	return fn(a)
}

// shipped is what is told of a playbook that comes with the program.
type shipped struct {
	Name  string    `json:"name"`
	Title text.Text `json:"title"`
	About text.Text `json:"about"`
}

func playbookListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "list", Short: "List the playbooks that come with the program", Args: cobra.NoArgs, Example: "  qunce playbook list --json",
		RunE: func(c *cobra.Command, _ []string) error {
			files, err := playbooks.Files.ReadDir(".")
			if err != nil {
				return err
			}
			out := []shipped{}
			for _, f := range files {
				source, err := playbooks.Files.ReadFile(f.Name())
				if err != nil {
					return err
				}
				p, problems := playbook.Parse(source)
				if len(problems) > 0 {
					return fmt.Errorf("%s: %s", f.Name(), problems[0])
				}
				out = append(out, shipped{strings.TrimSuffix(f.Name(), path.Ext(f.Name())), p.Title, p.About})
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), out)
			}
			for _, s := range out {
				fmt.Fprintf(c.OutOrStdout(), "%-14s %s\n%-14s %s\n", s.Name, s.Title.In(text.En), "", s.About.In(text.En))
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// readPlaybook reads a file, - for the standard input.
func readPlaybook(c *cobra.Command, name string) ([]byte, error) {
	var source []byte
	var err error
	if name == "-" {
		source, err = io.ReadAll(c.InOrStdin())
	} else {
		source, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, usageError{fmt.Errorf("read the playbook: %w", err)}
	}
	return source, nil
}

// printProblems lists the faults of a playbook; it passes any other error on.
func printProblems(w io.Writer, file string, err error) error {
	problems := playbook.ProblemsOf(err)
	if problems == nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintf(w, "%s:%d: %s: %s\n", file, p.Line, p.Field, p.Reason)
	}
	return errWrongPlaybook
}

// printWarnings lists what a careful operator should look at again.
func printWarnings(w io.Writer, file string, p playbook.Playbook) {
	for _, x := range p.Warnings() {
		fmt.Fprintf(w, "%s:%d: warning: %s: %s\n", file, x.Line, x.Field, x.Reason)
	}
}

func playbookValidateCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "validate FILE", Short: "Find what is wrong with a playbook, by line and field", Args: cobra.ExactArgs(1),
		Example: "  qunce playbook validate mine.yaml",
		RunE: func(c *cobra.Command, args []string) error {
			source, err := readPlaybook(c, args[0])
			if err != nil {
				return err
			}
			return withoutInstallation(c.Context(), func(a *app.App) error {
				p, err := a.Playbooks.Read(source)
				if asJSON {
					problems := playbook.ProblemsOf(err)
					if err != nil && problems == nil {
						return err
					}
					if problems == nil {
						problems = []playbook.Problem{}
					}
					if err := printJSON(c.OutOrStdout(), map[string]any{"ok": len(problems) == 0, "name": p.Name, "problems": problems, "warnings": p.Warnings()}); err != nil {
						return err
					}
				}
				switch {
				case err != nil && asJSON:
					return errWrongPlaybook
				case err != nil:
					return printProblems(c.OutOrStdout(), args[0], err)
				case !asJSON:
					printWarnings(c.OutOrStdout(), args[0], p)
					fmt.Fprintf(c.OutOrStdout(), "%s: %d circles, %d entries, %d paths, nothing wrong\n", p.Name, len(p.Circles), len(p.Intake.Entries), len(p.Paths))
				}
				return nil
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func playbookDiffCommand() *cobra.Command {
	in := &installation{}
	var slug string
	var asJSON bool
	c := &cobra.Command{
		Use: "diff FILE", Short: "Tell what applying a playbook would change", Args: cobra.ExactArgs(1),
		Long: "Exits 1 if anything would change.", Example: "  qunce playbook diff mine.yaml --community mothers",
		RunE: func(c *cobra.Command, args []string) error {
			source, err := readPlaybook(c, args[0])
			if err != nil {
				return err
			}
			a, com, err := in.enter(c.Context(), slug)
			if err != nil {
				return err
			}
			defer a.Close()
			next, err := a.Playbooks.Read(source)
			if err != nil {
				return printProblems(c.ErrOrStderr(), args[0], err)
			}
			printWarnings(c.ErrOrStderr(), args[0], next)
			var now playbook.Playbook
			err = a.DB.Read(c.Context(), com.ID, func(tx *db.Tx) (err error) {
				now, err = a.Playbooks.Current(tx)
				return err
			})
			if err != nil {
				return err
			}
			changes, err := playbook.Diff(now, next)
			if err != nil {
				return err
			}
			if err := printChanges(c.OutOrStdout(), changes, asJSON); err != nil || len(changes) == 0 {
				return err
			}
			return errDiffers
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&slug, "community", "", "whose, by its slug")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func printChanges(w io.Writer, changes []playbook.Change, asJSON bool) error {
	if asJSON {
		if changes == nil {
			changes = []playbook.Change{}
		}
		return printJSON(w, map[string]any{"changes": changes})
	}
	for _, x := range changes {
		to := plain(x.To)
		if x.Retires {
			to = "(retired: takes nobody new)"
		}
		fmt.Fprintf(w, "%s: %s → %s\n", x.Field, plain(x.From), to)
	}
	if len(changes) == 0 {
		fmt.Fprintln(w, "Nothing differs.")
	}
	return nil
}

// plain shows a value of a playbook on a line.
func plain(v any) string {
	if v == nil {
		return "(none)"
	}
	s := strings.Join(strings.Fields(fmt.Sprint(v)), " ")
	if r := []rune(s); len(r) > 100 {
		s = string(r[:100]) + "…"
	}
	return s
}

func playbookApplyCommand() *cobra.Command {
	in := &installation{}
	var slug string
	var asJSON, acknowledge bool
	c := &cobra.Command{
		Use: "apply FILE", Short: "Let a community run on a playbook", Args: cobra.ExactArgs(1),
		Long:    "All of it is applied, or nothing; applying it again changes nothing. A server that runs\ntakes notice within ten seconds; applied in the console or by the API it counts at once.",
		Example: "  qunce playbook apply mine.yaml --community mothers",
		RunE: func(c *cobra.Command, args []string) error {
			source, err := readPlaybook(c, args[0])
			if err != nil {
				return err
			}
			a, com, err := in.enter(c.Context(), slug)
			if err != nil {
				return err
			}
			defer a.Close()
			p, err := a.Playbooks.Read(source)
			if err != nil {
				return printProblems(c.ErrOrStderr(), args[0], err)
			}
			if _, err := p.Heed(acknowledge); err != nil {
				printWarnings(c.ErrOrStderr(), args[0], p)
				return err
			}
			changes, err := a.Playbooks.Apply(c.Context(), com.ID, "", source)
			if err != nil {
				return err
			}
			return printChanges(c.OutOrStdout(), changes, asJSON)
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&slug, "community", "", "whose, by its slug")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&acknowledge, "acknowledge", false, "apply it in spite of its warnings")
	return c
}

func playbookExportCommand() *cobra.Command {
	in := &installation{}
	var slug string
	var asJSON bool
	c := &cobra.Command{
		Use: "export", Short: "Print the playbook that a community runs on", Args: cobra.NoArgs,
		Example: "  qunce playbook export --community mothers > mothers.yaml",
		RunE: func(c *cobra.Command, _ []string) error {
			a, com, err := in.enter(c.Context(), slug)
			if err != nil {
				return err
			}
			defer a.Close()
			var applied playbook.Applied
			err = a.DB.Read(c.Context(), com.ID, func(tx *db.Tx) (err error) {
				applied, err = a.Playbooks.AppliedTx(tx)
				return err
			})
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), applied)
			}
			_, err = io.WriteString(c.OutOrStdout(), applied.Source)
			return err
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&slug, "community", "", "whose, by its slug")
	c.Flags().BoolVar(&asJSON, "json", false, "print its version and when it was applied too, as JSON")
	return c
}

func playbookSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use: "schema", Short: "Print the JSON Schema of playbooks, for editors", Args: cobra.NoArgs,
		Example: "  qunce playbook schema > playbook.schema.json",
		RunE: func(c *cobra.Command, _ []string) error {
			return withoutInstallation(c.Context(), func(a *app.App) error {
				s, err := a.Playbooks.Schema()
				if err == nil {
					_, err = c.OutOrStdout().Write(append(s, '\n'))
				}
				return err
			})
		},
	}
}
