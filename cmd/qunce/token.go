package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
)

func tokenCommand() *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "API tokens"}
	c.AddCommand(tokenCreateCommand())
	return c
}

func tokenCreateCommand() *cobra.Command {
	in := &installation{}
	var slug, name, expires string
	var scopes []string
	var asJSON bool
	c := &cobra.Command{
		Use: "create", Short: "Make a token for a program; it is shown this once", Args: cobra.NoArgs,
		Long:    "Scopes: " + joined(access.Scopes) + ".",
		Example: "  qunce token create --community mothers --name report --scope read --expires 90d",
		RunE: func(c *cobra.Command, _ []string) error {
			n := authn.NewToken{Name: name}
			for _, s := range scopes {
				n.Scopes = append(n.Scopes, access.Scope(s))
			}
			if expires != "" {
				span, err := clock.ParseDuration(expires)
				if err != nil {
					return usageError{fmt.Errorf("--expires %s: %w", expires, err)}
				}
				n.ExpiresAt = time.Now().Add(time.Duration(span))
			}
			a, com, err := in.enter(c.Context(), slug)
			if err != nil {
				return err
			}
			defer a.Close()
			t, text, err := a.Auth.CreateToken(c.Context(), access.Principal{Kind: access.System, Community: com.ID}, n)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), struct {
					authn.Token
					Text string `json:"token"`
				}{t, text})
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), text)
			return err
		},
	}
	in.flags(c.Flags())
	c.Flags().StringVar(&slug, "community", "", "whose it is, by its slug")
	c.Flags().StringVar(&name, "name", "", "what it is for")
	c.Flags().StringSliceVar(&scopes, "scope", nil, "what it may do; may be given several times")
	c.Flags().StringVar(&expires, "expires", "", "after how long it ends, as 90d; never if not given")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func joined[T ~string](list []T) string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, string(x))
	}
	return strings.Join(out, ", ")
}
