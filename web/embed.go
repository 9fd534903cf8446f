// Package web holds what browsers get: the built console, and the templates and styles of the phone pages.
package web

import "embed"

// Phone are the templates, styles and scripts of the pages that the server renders.
//
//go:embed phone
var Phone embed.FS

// Console is the console as `make build` has built it; without that it holds no index.html.
//
//go:embed all:dist
var Console embed.FS
