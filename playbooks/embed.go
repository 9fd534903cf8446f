// Package playbooks holds the playbooks that ship with the program.
package playbooks

import "embed"

// Files are the playbooks by name, as mothers.yaml.
//
//go:embed *.yaml
var Files embed.FS
