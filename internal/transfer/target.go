package transfer

import (
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
)

// Target is what a column means: an identifier (phone, email, external, unionid, oa_openid, wecom_external), a field of the profile
// (nickname, name, due_date …), one that the playbook declares (custom.shoe_size), tags, source, or a consent
// (consent.marketing, consent.marketing.sms). Empty leaves the column out.
type Target string

const (
	toTags    Target = "tags"
	toSource  Target = "source"
	toConsent        = "consent."
	toCustom         = "custom."
)

// identifiers are the kinds that a file may name. The others come from their channels.
var identifiers = []people.Kind{people.Phone, people.Email, people.External, people.UnionID, people.OAOpenID, people.WeComExternal}

// fields are the built-in fields of the profile that a file may set, in the order in which people are shown them.
var fields = []people.FieldName{
	"nickname", people.FieldRealName, "city", people.FieldName(people.DueDate), people.FieldName(people.BirthDate), "born_on", "role", "company", "industry",
	"platforms", "needs", "offers", "lang", "relation", "grade", "stakeholder", "joiner", "concern", "sales_owner", "service_owner",
}

var (
	dateFields = []people.FieldName{people.FieldName(people.DueDate), people.FieldName(people.BirthDate), "born_on"}
	lineFields = []people.FieldName{"platforms", "needs", "offers"}
)

// kind is the identifier that a column holds.
func (t Target) kind() (people.Kind, bool) {
	k := people.Kind(t)
	return k, slices.Contains(identifiers, k)
}

// field is the field of the profile that a column holds.
func (t Target) field() (name people.FieldName, custom bool) {
	if rest, ok := strings.CutPrefix(string(t), toCustom); ok {
		return people.FieldName(rest), true
	}
	if n := people.FieldName(t); slices.Contains(fields, n) {
		return n, false
	}
	return "", false
}

// consent is what a column's yes agrees to.
func (t Target) consent() (c people.Consent, ok bool) {
	rest, ok := strings.CutPrefix(string(t), toConsent)
	purpose, channel, _ := strings.Cut(rest, ".")
	return people.Consent{Purpose: people.Purpose(purpose), Channel: people.Channel(channel)}, ok
}

// purposes are those that a column may be about.
var purposes = []people.Purpose{people.ForService, people.ForMarketing, people.ForAnalytics, people.ForSharing, people.ForGuardian}

// Targets lists what a column may mean, for people to choose from.
func Targets(custom []people.Field) []Target {
	var out []Target
	for _, k := range identifiers {
		out = append(out, Target(k))
	}
	for _, f := range fields {
		out = append(out, Target(f))
	}
	for _, f := range custom {
		out = append(out, Target(toCustom+string(f.Name)))
	}
	out = append(out, toTags, toSource)
	for _, p := range purposes {
		out = append(out, Target(toConsent+string(p)))
	}
	return out
}

// check refuses a plan that doesn't fit the file or the community.
func (p Plan) check(columns int, custom []people.Field) error {
	if len(p.Columns) != columns {
		return ErrCount.With("have", len(p.Columns)).With("want", columns).At("/columns")
	}
	if p.Existing != Update && p.Existing != Keep {
		return ErrExisting.At("/existing")
	}
	known, who, agrees := Targets(custom), false, false
	seen := map[Target]bool{}
	for _, t := range p.Columns {
		if t == "" {
			continue
		}
		asked := t
		if c, ok := t.consent(); ok {
			agrees = true
			asked = Target(toConsent + string(c.Purpose))
		}
		if !slices.Contains(known, asked) {
			return ErrTarget.With("target", string(t)).At("/columns")
		}
		_, is := t.kind() // somebody may have two phones
		if who = who || is; seen[t] && !is && t != toTags {
			return ErrTwice.With("target", string(t)).At("/columns")
		}
		seen[t] = true
	}
	switch {
	case !who:
		return ErrNobody.At("/columns")
	case agrees && p.Wording == "":
		return ErrWording.At("/wording")
	}
	return nil
}

// folded is a header as it is compared: without what some put behind it, such as an asterisk or a hint in brackets.
func folded(header string) string {
	h := text.Fold(header)
	h, _, _ = strings.Cut(h, "(")
	return strings.NewReplacer("_", "", "-", "", "*", "", ":", "", "#", "", "/", "", ".", "", "'", "").Replace(h)
}

// names are the headers, folded, by which columns are recognised, in every language.
func names(words *text.Catalogue, custom []people.Field) map[string]Target {
	out := map[string]Target{}
	add := func(t Target, header string) {
		if h := folded(header); h != "" && out[h] == "" {
			out[h] = t
		}
	}
	for _, t := range Targets(nil) {
		for _, lang := range text.Langs {
			add(t, words.Say(lang, nil, "transfer.column."+string(t), nil))
			for h := range strings.SplitSeq(words.Say(lang, nil, "transfer.also."+string(t), nil), "|") {
				add(t, h)
			}
		}
		add(t, string(t))
	}
	for _, f := range custom {
		t := Target(toCustom + string(f.Name))
		for _, h := range f.Title {
			out[folded(h)] = t // what the playbook says of its own counts more
		}
		add(t, string(f.Name))
		add(t, string(t))
	}
	return out
}

// recognise guesses what columns mean by their headers.
func recognise(headers []string, known map[string]Target) []Target {
	out := make([]Target, len(headers))
	for i, h := range headers {
		t := known[folded(h)]
		if _, agrees := t.consent(); t == "" || agrees || slices.Contains(out, t) {
			continue // consents are never guessed
		}
		out[i] = t
	}
	return out
}
