package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pquerna/otp/totp"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/test/testkit"
)

const (
	password = "correct horse battery"
	secret   = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" // of a second factor
	slug     = "mothers"
)

// world is a real installation, set up over HTTP: a community on the playbook “mothers” with its owner.
type world struct {
	app       *app.App
	handler   http.Handler
	clock     *clock.Manual
	log       *bytes.Buffer
	succeeded map[string]bool // routes that were answered with 2xx
	community string          // id
	owner     string          // session
	boss      string          // session of an owner with a second factor, once there is one
	ownerID   string
	entry     struct{ ID, Code, URL, QR string }
}

// each runs a test on both databases.
func each(t *testing.T, fn func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); fn(t, begin(t, "")) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); fn(t, begin(t, testkit.PostgresURL(t))) })
}

// start opens an installation that nobody has set up.
func start(t *testing.T, databaseURL string) *world {
	t.Helper()
	w := &world{clock: clock.NewManual(testkit.Start), log: &bytes.Buffer{}, succeeded: map[string]bool{}}
	var err error
	w.app, err = app.New(t.Context(), app.Config{
		Data: t.TempDir(), DatabaseURL: databaseURL, Clock: w.clock, Log: slog.New(slog.NewTextHandler(w.log, nil)), PublicURL: "https://qunce.example", Version: "test", Sandbox: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.app.Close() })
	// Passwords are as cheap as they can be: the tests sign many operators in.
	w.app.Auth = authn.New(w.app.DB, w.app.Keys, authn.Options{Cost: authn.Cost{Passes: 1, KiB: 64}})
	if w.handler, err = w.app.Handler(); err != nil {
		t.Fatal(err)
	}
	return w
}

// begin sets one up.
func begin(t *testing.T, databaseURL string) *world {
	t.Helper()
	w := start(t, databaseURL)
	token, _, err := w.app.Auth.SetupToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a := w.do(t, "", "POST /api/v1/setup", map[string]any{
		"token":     token,
		"operator":  map[string]any{"name": "林主理", "email": "owner@example.com", "password": password},
		"community": map[string]any{"slug": slug, "name": "妈妈社群", "playbook": "mothers"},
	})
	if a.status != http.StatusCreated {
		t.Fatalf("set up: %s", a)
	}
	var done struct {
		Session   struct{ Operator struct{ ID string } }
		Community struct{ ID string }
		Entry     struct {
			ID, Code, URL string
			QR            string `json:"qr_svg"`
		} `json:"first_entry"`
	}
	a.into(t, &done)
	w.owner, w.ownerID, w.community = "cookie "+a.session(), done.Session.Operator.ID, done.Community.ID
	w.entry.ID, w.entry.Code, w.entry.URL, w.entry.QR = done.Entry.ID, done.Entry.Code, done.Entry.URL, done.Entry.QR
	return w
}

type answer struct {
	*http.Response
	status int
	body   string
}

func (a answer) String() string { return a.Status + " " + a.body }

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), v); err != nil {
		t.Fatalf("%v in %s", err, a)
	}
}

func (a answer) code() string {
	var p struct{ Code string }
	json.Unmarshal([]byte(a.body), &p) //nolint:errcheck // then there is none
	return p.Code
}

// session is the session cookie that was set.
func (a answer) session() string {
	for _, k := range a.Cookies() {
		if k.Name == "qunce_session" {
			return k.Value
		}
	}
	return ""
}

// do sends a request. who is "cookie …", "Bearer …" or "" for nobody; headers come as "Name: value".
func (w *world) do(t *testing.T, who, route string, body any, headers ...string) answer {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	var r io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		r = bytes.NewReader(b)
	}
	req := httptest.NewRequestWithContext(t.Context(), method, path, r)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	w.sign(req, who)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	return w.send(req)
}

func (w *world) sign(req *http.Request, who string) {
	if token, ok := strings.CutPrefix(who, "cookie "); ok {
		req.AddCookie(&http.Cookie{Name: "qunce_session", Value: token})
	} else if who != "" {
		req.Header.Set("Authorization", who)
	}
}

func (w *world) send(req *http.Request) answer {
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, req)
	if rec.Code < 300 {
		w.succeeded[req.Method+" "+req.URL.Path] = true
	}
	return answer{rec.Result(), rec.Code, rec.Body.String()}
}

// here is a path in the community.
func here(path string) string { return "/api/v1/communities/" + slug + path }

// operator makes an operator of a community with roles and gives their session, with a second factor or without.
func (w *world) operator(t *testing.T, community, email string, mfa bool, roles ...access.Role) string {
	t.Helper()
	n := authn.NewOperator{Email: email, Name: "同事", Password: password}
	code := ""
	if mfa {
		n.TOTP = secret
		var err error
		if code, err = totp.GenerateCode(secret, w.clock.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.app.Auth.CreateOperator(t.Context(), community, n, roles...); err != nil {
		t.Fatal(err)
	}
	s, err := w.app.Auth.SignIn(t.Context(), authn.SignIn{Email: email, Password: password, Code: code})
	if err != nil {
		t.Fatal(err)
	}
	return "cookie " + s.Token
}

// token makes a token of a community with scopes.
func (w *world) token(t *testing.T, community string, scopes ...access.Scope) string {
	t.Helper()
	_, text, err := w.app.Auth.CreateToken(t.Context(), access.AsSystem(community, "test"), authn.NewToken{Name: "测试", Scopes: scopes})
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + text
}

// settle does what is due.
func (w *world) settle(t *testing.T) {
	t.Helper()
	if err := w.app.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// other makes a second community, without a playbook.
func (w *world) other(t *testing.T) (communityID string) {
	t.Helper()
	c, err := w.app.Communities.Create(t.Context(), community.Draft{Slug: "other", Name: text.Text{text.Hans: "别处"}})
	if err != nil {
		t.Fatal(err)
	}
	return c.ID
}

// asInstaller is the owner with a second factor, outside of any community.
func (w *world) asInstaller() access.Principal {
	return access.Principal{Kind: access.Operator, ID: w.ownerID, Installer: true, MFA: true}
}
