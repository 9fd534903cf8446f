package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/api"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/access"
)

// caller is somebody who asks, and what access.Allowed is told of them.
type caller struct {
	name string
	who  string
	as   access.Principal
}

// operations are those that the program declares; they are the same in every installation.
func operations(t *testing.T) []*api.Op {
	t.Helper()
	a, err := api.New(api.Deps{Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return a.Operations()
}

// callers are nobody, every role with and without a second factor, every scope, and the mightiest of another community.
func (w *world) callers(t *testing.T) []caller {
	t.Helper()
	out := []caller{{"nobody", "", access.Principal{}}, {"a wrong token", "Bearer qnc_wrong", access.Principal{}}, {"a wrong session", "cookie wrong", access.Principal{}}}
	for _, role := range access.Roles {
		for _, mfa := range []bool{false, true} {
			out = append(out, caller{
				fmt.Sprintf("%s, second factor %v", role, mfa), w.operator(t, w.community, fmt.Sprintf("%s-%v@example.com", role, mfa), mfa, role),
				access.Principal{Kind: access.Operator, ID: "x", Community: w.community, Roles: []access.Role{role}, MFA: mfa},
			})
		}
	}
	for _, scope := range access.Scopes {
		out = append(out, caller{
			"token " + string(scope), w.token(t, w.community, scope),
			access.Principal{Kind: access.Token, ID: "x", Community: w.community, Scopes: []access.Scope{scope}},
		})
	}
	other := w.other(t)
	return append(out,
		caller{"installer", w.owner, access.Principal{Kind: access.Operator, ID: w.ownerID, Community: w.community, Roles: []access.Role{access.Owner}, Installer: true}},
		caller{"another community's owner", w.operator(t, other, "owner@other.example", true, access.Owner), access.Principal{Kind: access.Operator, ID: "x", Community: w.community, MFA: true}},
		caller{"another community's token", w.token(t, other, access.Scopes...), access.Principal{Kind: access.Token, ID: "x", Community: other, Scopes: access.Scopes}},
	)
}

// expect is what access.Allowed says to an operation's caller.
func expect(o *api.Op, c caller, community string) error {
	switch o.Reach {
	case api.InCommunity:
		return access.Allowed(c.as, o.Action, community)
	case api.OfInstallation:
		return access.Allowed(c.as, o.Action, "")
	case api.SignedIn:
		if c.as.Kind == "" {
			return access.ErrSignIn
		}
	case api.Oneself:
		switch c.as.Kind {
		case "":
			return access.ErrSignIn
		case access.Operator:
		default:
			return access.ErrDenied
		}
	}
	return nil
}

// filled is an operation's path with something in each place; ids are of nothing.
func filled(o *api.Op, community string) (route string) {
	method, path := o.Path()
	nobody := strings.Repeat("0", id.Len)
	return method + " " + strings.NewReplacer("{community}", community, "{id}", nobody, "{person}", nobody, "{message}", nobody,
		"{hash}", strings.Repeat("0", 64), "{name}", "none", "{address}", "0", "{tag}", "none", "{token}", "none").Replace(path)
}

// X2, “Tenants” of quality.md: whoever asks for whichever operation gets exactly what access.Allowed says, and a refusal
// tells nothing of the community.
func TestEveryOperationAnswersAsAccessSays(t *testing.T) {
	t.Parallel()
	w := begin(t, "") // who may do what has nothing to do with the database
	callers := w.callers(t)
	allowed, refused := 0, 0
	for _, o := range operations(t) {
		for _, c := range callers {
			want := errs.As(expect(o, c, w.community))
			if want == nil && (o.Reach == api.Oneself || o.Reach == api.Anybody) {
				continue // they would act on their own session; the tests of sessions do
			}
			route := filled(o, slug)
			var body any
			if !strings.HasPrefix(route, http.MethodGet) {
				body = map[string]any{}
			}
			got := w.do(t, c.who, route, body)
			denied := strings.HasPrefix(got.code(), "access.") || got.status == http.StatusUnauthorized
			switch {
			case want == nil && denied, want == nil && got.status >= 500:
				t.Errorf("%s for %s: %s; access allows it", o.Name, c.name, got)
			case want == nil:
				allowed++
				continue
			case strings.Contains(c.name, "wrong"):
				want = nil // their own words: the credentials are not right
			}
			refused++
			if want != nil && got.code() != want.Code || want == nil && got.status != http.StatusUnauthorized {
				t.Errorf("%s for %s: %s; access says %v", o.Name, c.name, got, want)
			}
			if strings.Contains(got.body, "妈妈") || strings.Contains(got.body, w.community) {
				t.Errorf("%s for %s tells of the community: %s", o.Name, c.name, got)
			}
		}
	}
	if allowed < 1000 || refused < 1000 {
		t.Errorf("%d requests were allowed and %d refused: the walk saw too few of one", allowed, refused)
	}
}

// Control of the walk above: an operation whose declaration asks for another action than its caller has is noticed.
func TestTheWalkNoticesAnotherAction(t *testing.T) {
	viewer := caller{as: access.Principal{Kind: access.Operator, ID: "x", Community: "c", Roles: []access.Role{access.Viewer}}}
	read, write := &api.Op{Action: access.PeopleRead}, &api.Op{Action: access.PeopleWrite}
	if expect(read, viewer, "c") != nil || expect(write, viewer, "c") == nil || expect(read, viewer, "d") == nil {
		t.Error("what is expected doesn't follow from the action")
	}
}
