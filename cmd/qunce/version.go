package main

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/qunce/qunce/internal/api"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/migrations"
)

func versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "Tell what this program is", Args: cobra.NoArgs, Example: "  qunce version --json",
		RunE: func(c *cobra.Command, _ []string) error {
			schema, err := db.LastMigration(migrations.Files)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(c.OutOrStdout(), map[string]any{
					"version": version, "schema": schema, "playbook_format": playbook.Format, "go": runtime.Version(), "platform": runtime.GOOS + "/" + runtime.GOARCH,
				})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "qunce %s, schema %d, %s %s/%s\n", version, schema, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func openapiCommand() *cobra.Command {
	return &cobra.Command{
		Use: "openapi", Short: "Print the OpenAPI document of the API", Args: cobra.NoArgs, Example: "  qunce openapi > openapi.json",
		RunE: func(c *cobra.Command, _ []string) error {
			doc, err := api.Document(version)
			if err != nil {
				return err
			}
			_, err = c.OutOrStdout().Write(append(doc, '\n'))
			return err
		},
	}
}
