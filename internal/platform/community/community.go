package community

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// What is refused.
var (
	ErrUnknown      = errs.Define(errs.NotFound, "community.unknown")
	ErrSlugInvalid  = errs.Define(errs.Invalid, "community.slug_invalid")
	ErrSlugReserved = errs.Define(errs.Invalid, "community.slug_reserved") // {slug}
	ErrSlugTaken    = errs.Define(errs.Conflict, "community.slug_taken")   // {slug}
	ErrName         = errs.Define(errs.Invalid, "community.name")          // none, or longer than {max}
	ErrZone         = errs.Define(errs.Invalid, "community.zone")          // {zone}
	ErrLang         = errs.Define(errs.Invalid, "community.lang")          // {lang}
	ErrSettings     = errs.Define(errs.TooLarge, "community.settings")     // more than {max} bytes, or not an object
	ErrChanged      = errs.Define(errs.Conflict, "community.changed")      // somebody else changed it first
)

// Community is a tenant.
type Community struct {
	ID              string          `json:"id"`
	Slug            string          `json:"slug"`
	Name            text.Text       `json:"name"`
	Zone            string          `json:"zone"` // IANA name
	Lang            text.Lang       `json:"lang"`
	Playbook        string          `json:"playbook,omitempty"`
	PlaybookVersion string          `json:"playbook_version,omitempty"`
	Settings        json.RawMessage `json:"settings"` // public, an object
	Revision        int64           `json:"revision"` // rises with every change
	CreatedAt       time.Time       `json:"created_at"`
	location        *time.Location
}

// Location is the community's time zone.
func (c *Community) Location() *time.Location { return c.location }

// Draft is what a community starts with.
type Draft struct {
	Slug     string
	Name     text.Text
	Zone     string    // "" means Asia/Shanghai
	Lang     text.Lang // "" means zh-Hans
	Settings json.RawMessage
}

// Change is what Update sets; what is nil stays.
type Change struct {
	Slug            *string
	Name            text.Text
	Zone            *string
	Lang            *text.Lang
	Playbook        *string
	PlaybookVersion *string
	Settings        json.RawMessage
}

// DefaultZone is where communities live unless told otherwise.
const DefaultZone = "Asia/Shanghai"

const (
	maxName     = 80       // characters of a name in one language
	maxSettings = 64 << 10 // bytes
)

var slugShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$`)

// reserved are first elements of paths that the program itself serves, or may come to.
var reserved = []string{
	"admin", "api", "assets", "auth", "blob", "blobs", "callback", "callbacks", "console", "debug", "docs", "favicon-ico",
	"health", "healthz", "help", "hooks", "invite", "login", "logout", "mcp", "metrics", "openapi", "openapi-json", "outbox",
	"phone", "public", "qunce", "readyz", "reset", "robots-txt", "setup", "sign-in", "sign-out", "static", "status", "system",
	"well-known", "www",
}

// CheckSlug tells whether a slug has the shape (3–40 of a–z, 0–9 and -, ends without -) and is not the program's own.
func CheckSlug(slug string) *errs.Error {
	if !slugShape.MatchString(slug) || strings.Contains(slug, "--") {
		return ErrSlugInvalid.At("/slug")
	}
	if slices.Contains(reserved, slug) {
		return ErrSlugReserved.With("slug", slug).At("/slug")
	}
	return nil
}

// check refuses what is wrong with any field, all at once, and finds the zone.
func (c *Community) check() error {
	bad := []*errs.Error{CheckSlug(c.Slug), checkName(c.Name)}
	var err error
	if c.location, err = time.LoadLocation(c.Zone); err != nil || c.Zone == "" || c.Zone == "Local" {
		bad = append(bad, ErrZone.With("zone", c.Zone).At("/zone"))
	}
	if !slices.Contains(text.Langs, c.Lang) {
		bad = append(bad, ErrLang.With("lang", string(c.Lang)).At("/lang"))
	}
	var object map[string]json.RawMessage
	if len(c.Settings) > maxSettings || json.Unmarshal(c.Settings, &object) != nil || object == nil {
		bad = append(bad, ErrSettings.With("max", maxSettings).At("/settings"))
	}
	return errs.Join(bad...)
}

func checkName(name text.Text) *errs.Error {
	bad := ErrName.With("max", maxName).At("/name")
	some := false
	for lang, s := range name {
		if !slices.Contains(text.Langs, lang) || utf8.RuneCountInString(s) > maxName || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return bad
		}
		some = some || strings.TrimSpace(s) != ""
	}
	if !some {
		return bad
	}
	return nil
}

// apply sets what ch names.
func (c *Community) apply(ch Change) {
	set(&c.Slug, ch.Slug)
	set(&c.Zone, ch.Zone)
	set(&c.Lang, ch.Lang)
	set(&c.Playbook, ch.Playbook)
	set(&c.PlaybookVersion, ch.PlaybookVersion)
	if ch.Name != nil {
		c.Name = maps.Clone(ch.Name)
	}
	if ch.Settings != nil {
		c.Settings = ch.Settings
	}
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
