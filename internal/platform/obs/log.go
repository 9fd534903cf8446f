package obs

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"time"
)

// NewLogger writes lines of JSON, or of text for people, from a level on. Attributes that could hold personal values or
// secrets are blotted out, and lines of a request carry its id.
func NewLogger(w io.Writer, json bool, level slog.Leveler) *slog.Logger {
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { return redact(a) }}
	var h slog.Handler = slog.NewTextHandler(w, o)
	if json {
		h = slog.NewJSONHandler(w, o)
	}
	return slog.New(handler{h})
}

// secretWords make an attribute secret when one of them is a word of its key.
var secretWords = map[string]bool{
	"phone": true, "mobile": true, "email": true, "name": true, "nickname": true, "realname": true, "birth": true,
	"password": true, "passphrase": true, "token": true, "code": true, "otp": true, "totp": true, "secret": true, "key": true,
	"authorization": true, "cookie": true, "session": true, "credential": true, "openid": true, "unionid": true, "body": true, "text": true,
}

const blot = "[redacted]"

// redact blots an attribute out, or what in it looks like a phone.
func redact(a slog.Attr) slog.Attr {
	if secretKey(a.Key) {
		return slog.String(a.Key, blot)
	}
	switch a.Value.Kind() {
	case slog.KindString:
		return slog.String(a.Key, scrub(a.Value.String()))
	case slog.KindAny:
		return slog.Attr{Key: a.Key, Value: plainly(a.Value.Any())}
	}
	return a
}

// secretKey tells whether a key has a secret word, in whichever spelling: api_token, apiToken, api-token.
func secretKey(key string) bool {
	start := 0
	for i := 0; i <= len(key); i++ {
		edge := i == len(key) || !isLetter(key[i])
		upper := i > 0 && i < len(key) && key[i] >= 'A' && key[i] <= 'Z' && key[i-1] >= 'a' && key[i-1] <= 'z'
		if !edge && !upper {
			continue
		}
		word := strings.ToLower(key[start:i])
		if secretWords[word] || secretWords[strings.TrimSuffix(word, "s")] {
			return true
		}
		start = i
		if edge {
			start = i + 1
		}
	}
	return false
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// plainly gives a value without looking into it: a struct's fields are not seen by redact.
func plainly(v any) slog.Value {
	switch x := v.(type) {
	case nil:
		return slog.StringValue("")
	case error:
		return slog.StringValue(scrub(x.Error()))
	case time.Time, slog.Level, *slog.Source:
		return slog.AnyValue(v)
	case []string:
		out := make([]string, len(x))
		for i, s := range x {
			out[i] = scrub(s)
		}
		return slog.AnyValue(out)
	case fmt.Stringer:
		return slog.StringValue(scrub(x.String()))
	}
	return slog.StringValue(fmt.Sprintf("[%T]", v))
}

// phoneShape is a mainland mobile number, with or without its country and separators.
var phoneShape = regexp.MustCompile(`(^|[^0-9A-Za-z])((?:\+?86[- ]?)?1[3-9][0-9])[- ]?[0-9]{4}[- ]?([0-9]{4})($|[^0-9A-Za-z])`)

func scrub(s string) string {
	if !strings.Contains(s, "1") {
		return s
	}
	// Twice, since two numbers may share the character between them.
	return phoneShape.ReplaceAllString(phoneShape.ReplaceAllString(s, "${1}…${4}"), "${1}…${4}")
}

// handler adds the request's id.
type handler struct{ slog.Handler }

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	if id := RequestID(ctx); id != "" {
		r = r.Clone()
		r.AddAttrs(slog.String("request", id))
	}
	return h.Handler.Handle(ctx, r)
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Handler.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler { return handler{h.Handler.WithGroup(name)} }

type requestKey struct{}

// NewRequestID makes the id of a request: what a masked fault shows, and its log lines carry.
func NewRequestID() string { return strings.ToLower(rand.Text()[:16]) }

// WithRequestID ties a context to a request.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestID is the id of the context's request, "" outside of any.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}
