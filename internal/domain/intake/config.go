package intake

import (
	"github.com/qunce/qunce/internal/kit/text"
)

// Config is what a playbook says about taking people in.
type Config struct {
	Landing  Landing   `json:"landing" doc:"the page of every entry that names none"`
	Pages    []Page    `json:"pages,omitempty" doc:"landing pages in versions that are compared"`
	Form     []Field   `json:"form"`
	Consents []Consent `json:"consents"`
	Limits   Limits    `json:"limits"`
}

// Landing is what an entry's page says: what this is, who stands behind it, how to join.
type Landing struct {
	Title     text.Text   `json:"title"`
	Lead      text.Text   `json:"lead"`
	Plans     []string    `json:"plans,omitempty" doc:"memberships that it shows, with their price and the places left"`
	Benefits  []text.Text `json:"benefits"`
	Behind    []text.Text `json:"behind"`
	Endorsers []Endorser  `json:"endorsers,omitempty" doc:"who stands behind it, in their own words"`
	HowTo     []text.Text `json:"how_to"`
}

// FieldType says how a field of the form is filled.
type FieldType string

// The types.
const (
	TextField   FieldType = "text"
	DateField   FieldType = "date"
	ChoiceField FieldType = "choice"
)

// Field is one question of the registration form. Its name is a field of the person's profile, built in or declared.
// The phone with its code is always asked.
type Field struct {
	Name     string      `json:"name"`
	Type     FieldType   `json:"type"`
	Label    text.Text   `json:"label"`
	Help     text.Text   `json:"help,omitempty"`
	Required bool        `json:"required"`
	Choices  []Choice    `json:"choices,omitempty"`
	When     *FieldValue `json:"when,omitempty"` // asked only when another field has this value
	Ask      bool        `json:"ask,omitempty"`  // steers the form only; not kept in the profile
}

// Choice is one answer of a choice field.
type Choice struct {
	Value string    `json:"value"`
	Label text.Text `json:"label"`
}

// FieldValue is a field with a value.
type FieldValue struct {
	Field string `json:"field"`
	Value string `json:"value"`
}

// Consent is one purpose asked for on the form.
type Consent struct {
	Purpose  string    `json:"purpose"`
	Wording  text.Text `json:"wording"`
	Version  string    `json:"version"`
	Required bool      `json:"required"`
}

// Limits bound how often a form is taken, in any 24 hours; 0 means the default.
type Limits struct {
	PerPhone   int `json:"per_phone,omitempty"`   // default 5
	PerDevice  int `json:"per_device,omitempty"`  // default 10
	PerAddress int `json:"per_address,omitempty"` // default 200: a hospital's waiting room shares one
}

func (l Limits) orDefault() Limits {
	def := func(n, d int) int {
		if n <= 0 {
			return d
		}
		return n
	}
	return Limits{def(l.PerPhone, 5), def(l.PerDevice, 10), def(l.PerAddress, 200)}
}
