package circle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/kit/text"
)

// Actor is who reads or writes. The edge decides from their roles whether they act as staff.
type Actor struct {
	ID        string // a person's id, or an operator's
	Staff     bool   // an operator: need not be a member, and moderates
	Moderator bool   // a member who moderates
}

func (a Actor) moderates() bool { return a.Staff || a.Moderator }

// AuthorKind says whose id an author is.
type AuthorKind string

// The kinds of authors.
const (
	AuthorMember AuthorKind = "member"
	AuthorStaff  AuthorKind = "staff"
	AuthorSystem AuthorKind = "system"
)

// Link is a card that leads somewhere.
type Link struct {
	URL     string `json:"url"`
	Title   string `json:"title"`
	Summary string `json:"summary,omitempty"`
}

// Draft is a message to be posted: a text, or a picture or link with or without one.
type Draft struct {
	Key     string // the client's; posting again with it gives the first message
	Text    string // a mention is written <@id>
	Picture string // hash
	Link    *Link
	ReplyTo string // message id
}

// Message is something that was said, as its readers see it.
type Message struct {
	ID          string            `json:"id"`
	Circle      string            `json:"circle"`
	Seq         int64             `json:"seq" doc:"position in the circle, from 1"`
	Kind        MessageKind       `json:"kind"`
	AuthorKind  AuthorKind        `json:"author_kind"`
	Author      string            `json:"author,omitempty" doc:"person or operator"`
	AuthorName  string            `json:"author_name,omitempty" doc:"nickname, or a pseudonym (#abcd) of one who was erased"`
	Text        string            `json:"text" doc:"a mention stands in it as <@id>"`
	Words       text.Text         `json:"words,omitempty" doc:"of a system message, by language"`
	Mentions    map[string]string `json:"mentions,omitempty" doc:"names of the mentioned, by id"`
	Picture     *Picture          `json:"picture,omitempty"`
	Link        *Link             `json:"link,omitempty"`
	ReplyTo     string            `json:"reply_to,omitempty"`
	Quote       *Quote            `json:"quote,omitempty" doc:"what it replies to, as it is now"`
	At          time.Time         `json:"at"`
	PinnedAt    time.Time         `json:"pinned_at,omitzero"`
	WithdrawnAt time.Time         `json:"withdrawn_at,omitzero" doc:"its content is no longer shown"`
	WithdrawnBy string            `json:"withdrawn_by,omitempty"`
	Erased      bool              `json:"erased,omitempty" doc:"its author's texts were erased"`

	key, hash    string
	answersAfter time.Duration
}

// Quote is the beginning of a message that another replies to.
type Quote struct {
	ID         string      `json:"id"`
	Seq        int64       `json:"seq"`
	Kind       MessageKind `json:"kind"`
	Author     string      `json:"author,omitempty"`
	AuthorName string      `json:"author_name,omitempty"`
	Text       string      `json:"text" doc:"at most 80 characters"`
	Thumb      string      `json:"thumb,omitempty"`
	Gone       bool        `json:"gone,omitempty" doc:"withdrawn or erased"`
}

// Refusals about messages.
var (
	ErrMuted      = errs.Define(errs.Forbidden, "circle.muted") // "until"
	ErrEmpty      = errs.Define(errs.Invalid, "circle.empty")
	ErrTooLong    = errs.Define(errs.Invalid, "circle.too_long") // "max"
	ErrTooFast    = errs.Define(errs.Limited, "circle.too_fast") // "limit", "seconds"
	ErrUnreadable = errs.Define(errs.Invalid, "circle.unreadable")
	ErrLink       = errs.Define(errs.Invalid, "circle.link")
	ErrOne        = errs.Define(errs.Invalid, "circle.one_thing") // a picture and a link at once
	ErrReply      = errs.Define(errs.Invalid, "circle.reply")     // what it replies to isn't there any more
	ErrMention    = errs.Define(errs.Invalid, "circle.mention")   // "max"
	ErrKeyReused  = errs.Define(errs.Conflict, "circle.key_reused")
	ErrNoMessage  = errs.Define(errs.NotFound, "circle.no_message")
	ErrTooLate    = errs.Define(errs.Conflict, "circle.too_late") // "minutes"
	ErrModerators = errs.Define(errs.Forbidden, "circle.moderators")
	ErrPins       = errs.Define(errs.Conflict, "circle.pins") // "max"
	ErrWindow     = errs.Define(errs.Malformed, "circle.window")
)

// Limits of messages.
const (
	maxText     = 4000
	maxMentions = 20
	maxPins     = 20
	maxKey      = 100
	maxQuote    = 80

	withdrawWithin = 2 * time.Minute

	rateLimit  = 10
	rateWindow = 10 * time.Second
)

// kind says what the draft makes.
func (d *Draft) kind() MessageKind {
	switch {
	case d.Picture != "":
		return MessagePicture
	case d.Link != nil:
		return MessageLink
	}
	return MessageText
}

// clean brings a draft into the form that is stored, or refuses it.
func (d *Draft) clean() error {
	s, ok := cleanText(d.Text)
	if !ok {
		return ErrUnreadable.At("/text")
	}
	d.Text = s
	switch n := utf8.RuneCountInString(s); {
	case n > maxText:
		return ErrTooLong.With("max", maxText).At("/text")
	case n == 0 && d.Picture == "" && d.Link == nil:
		return ErrEmpty.At("/text")
	case d.Picture != "" && d.Link != nil:
		return ErrOne.At("/link")
	case len(d.Key) > maxKey || !utf8.ValidString(d.Key):
		return ErrTooLong.With("max", maxKey).At("/key")
	case len(mentionsIn(s)) > maxMentions:
		return ErrMention.With("max", maxMentions).At("/text")
	}
	if d.Link == nil {
		return nil
	}
	l, ok := d.Link.clean()
	if !ok {
		return ErrLink.At("/link")
	}
	d.Link = &l
	return nil
}

func (l Link) clean() (Link, bool) {
	u, err := url.Parse(strings.TrimSpace(l.URL))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(l.URL) > 2000 {
		return l, false
	}
	title, ok := text.Line(l.Title, 120)
	summary, ok2 := text.Line(l.Summary, 300)
	if title == "" {
		title = u.Host
	}
	return Link{URL: u.String(), Title: title, Summary: summary}, ok && ok2
}

// cleanText keeps lines and spaces as they were typed. Control characters and marks that turn the direction of writing are
// left out: they would change how the lines around them look.
func cleanText(s string) (string, bool) {
	if !utf8.ValidString(s) {
		return "", false
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfeff:
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return strings.TrimFunc(s, unicode.IsSpace), true
}

var mention = regexp.MustCompile(`<@([0-9a-z]+)>`)

// Mention is how a person is mentioned in a text.
func Mention(person string) string { return "<@" + person + ">" }

// mentionsIn lists the ids that a text mentions, each once.
func mentionsIn(s string) (ids []string) {
	for _, m := range mention.FindAllStringSubmatch(s, -1) {
		if id.Valid(m[1]) && !slices.Contains(ids, m[1]) {
			ids = append(ids, m[1])
		}
	}
	return ids
}

// hash covers what was asked for with a key.
func (d *Draft) hash(circle string) string {
	var l Link
	if d.Link != nil {
		l = *d.Link
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q", circle, d.Text, d.Picture, l, d.ReplyTo))
	return hex.EncodeToString(sum[:16])
}

// gone tells whether the content may not be shown any more.
func (m *Message) gone() bool { return m.Erased || !m.WithdrawnAt.IsZero() }

// mentioned lists the ids that the message mentions, in any language.
func (m *Message) mentioned() []string {
	ids := mentionsIn(m.Text)
	for _, s := range m.Words {
		for _, x := range mentionsIn(s) {
			if !slices.Contains(ids, x) {
				ids = append(ids, x)
			}
		}
	}
	return ids
}
