package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/pquerna/otp/totp"
	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
)

func adminCommand() *cobra.Command {
	c := &cobra.Command{Use: "admin", Short: "People who work in the console"}
	c.AddCommand(adminCreateCommand())
	return c
}

// created is what making an operator prints as JSON.
type created struct {
	authn.Operator
	Community string   `json:"community,omitempty"`
	Secret    string   `json:"totp_secret,omitempty"`
	URL       string   `json:"totp_url,omitempty"`
	Recovery  []string `json:"recovery_codes,omitempty"`
}

func adminCreateCommand() *cobra.Command {
	in := &installation{}
	var n authn.NewOperator
	var slug string
	var roles []string
	var withTOTP, asJSON bool
	c := &cobra.Command{
		Use: "create", Short: "Make an operator from the shell", Args: cobra.NoArgs,
		Long:    "The password is asked for on a terminal, or read as a line from the standard input. Roles in a community: " + joined(access.Roles) + ".",
		Example: "  qunce admin create --email ada@example.org --name Ada --installer\n  qunce admin create --email ada@example.org --name Ada --community mothers --role owner --totp < password",
		RunE: func(c *cobra.Command, _ []string) error {
			if slug == "" && !n.Installer {
				return usageError{errors.New("give the operator a --community with a --role, or make them an --installer")}
			}
			cfg, err := in.config()
			if err != nil {
				return err
			}
			if n.Password, err = readPassword(c.InOrStdin(), c.ErrOrStderr()); err != nil {
				return err
			}
			a, err := app.New(c.Context(), cfg)
			if err != nil {
				return err
			}
			defer a.Close()
			out, err := createOperator(c.Context(), a, n, slug, roles, withTOTP)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), out)
			}
			return printOperator(c.OutOrStdout(), out)
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&n.Email, "email", "", "to sign in with")
	c.Flags().StringVar(&n.Name, "name", "", "how colleagues see them")
	c.Flags().StringVar(&slug, "community", "", "where they work, by its slug")
	c.Flags().StringSliceVar(&roles, "role", []string{string(access.Owner)}, "what they are there; may be given several times")
	c.Flags().BoolVar(&n.Installer, "installer", false, "administers the installation: other operators, new communities")
	c.Flags().BoolVar(&withTOTP, "totp", false, "with a second factor: prints its secret and ten recovery codes")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func createOperator(ctx context.Context, a *app.App, n authn.NewOperator, slug string, roles []string, withTOTP bool) (out created, err error) {
	var granted []access.Role
	if slug != "" {
		com, err := find(ctx, a, slug)
		if err != nil {
			return out, err
		}
		out.Community = com.ID
		for _, r := range roles {
			granted = append(granted, access.Role(r))
		}
	}
	if withTOTP {
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "Qunce", AccountName: authn.Fold(n.Email)})
		if err != nil {
			return out, usageError{fmt.Errorf("--totp: %w", err)}
		}
		n.TOTP, out.Secret, out.URL = key.Secret(), key.Secret(), key.URL()
	}
	if out.Operator, err = a.Auth.CreateOperator(ctx, out.Community, n, granted...); err != nil || !withTOTP {
		return out, err
	}
	out.Recovery, err = a.Auth.RenewRecoveryCodes(ctx, access.Principal{Kind: access.Operator, ID: out.ID, MFA: true})
	return out, err
}

func printOperator(w io.Writer, out created) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Made %s, %s\n", out.Name, out.Email)
	if out.Secret != "" {
		fmt.Fprintf(&b, "Second factor   %s\n                %s\nRecovery codes, each good once\n", out.Secret, out.URL)
		for _, code := range out.Recovery {
			fmt.Fprintf(&b, "                %s\n", code)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// readPassword reads a line: from a terminal without showing it.
func readPassword(from io.Reader, ask io.Writer) (string, error) {
	if f, ok := from.(*os.File); ok && isTerminal(f) {
		echo := func(mode string) error {
			c := exec.Command("stty", mode)
			c.Stdin = f
			return c.Run()
		}
		if err := echo("-echo"); err != nil {
			return "", usageError{errors.New("the terminal can't hide a password: give it on the standard input")}
		}
		defer func() {
			echo("echo") //nolint:errcheck // it worked before
			fmt.Fprintln(ask)
		}()
		fmt.Fprint(ask, "Password: ")
	}
	line, err := bufio.NewReader(from).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		return "", usageError{errors.New("give the password as a line on the standard input")}
	}
	return line, nil
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
