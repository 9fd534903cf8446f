package access

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// want is the table once more, as people read it: a column a role (o owner, a admin, s service, l sales, c content,
// t traffic, v viewer), then m member, y system. A change of a right is a change in two places.
const want = `
people.read       o a s l c t v . y
people.reveal     o a s l . . . . .
people.write      o a s l . . . . y
people.erase      o a . . . . . . .
intake.read       o a s l c t v . y
intake.write      o a . . . t . . y
review.decide     o a s . . . . . .
circle.read       o a s l c t v . y
circle.write      o a s . . . . . y
circle.moderate   o a s . c . . . y
circle.post       o a s l c . . m y
task.read         o a s l c t v . y
task.work         o a s l c t . . y
task.manage       o a . . . . . . y
touch.read        o a s l c t v . y
touch.send        o a . . c . . . y
order.read        o a s l . . . . y
order.write       o a s l . . . . y
money.read        o a . . . . . . y
money.post        o a . . . . . . y
money.pay         o . . . . . . . .
shop.read         o a s l c t v . y
shop.write        o a s . . . . . y
team.read         o a s l c t v . y
team.manage       o a . . . . . . y
growth.read       o a s l c t v . y
growth.write      o a s . c t . . y
event.read        o a s l c t v . y
event.write       o a s . c . . . y
event.check       o a s l c . . . y
insight.read      o a s l c t v . y
playbook.read     o a s l c t v . y
playbook.apply    o a . . . . . . y
settings.read     o a s l c t v . y
settings.write    o a . . . . . . .
staff.read        o a s l c t v . y
staff.manage      o a . . . . . . .
token.manage      o a . . . . . . .
audit.read        o a . . . . . . .
import.run        o a . . . . . . y
export.run        o a . . . . . . y
job.manage        o a . . . . . . y
blob.upload       o a s l c t . m y
self.read         . . . . . . . m .
self.write        . . . . . . . m .
`

func TestEveryRoleAndAction(t *testing.T) {
	seen := 0
	for line := range strings.Lines(strings.TrimSpace(want)) {
		words := strings.Fields(line)
		action := Action(words[0])
		seen++
		for i, mark := range words[1:] {
			p := Principal{ID: "1", Community: "c1", MFA: true}
			switch {
			case i < len(Roles):
				p.Kind, p.Roles = Operator, []Role{Roles[i]}
			case i == len(Roles):
				p.Kind = Member
			default:
				p.Kind = System
			}
			err := Allowed(p, action, "c1")
			if (err == nil) != (mark != ".") {
				t.Errorf("%s by %s %v: %v", action, p.Kind, p.Roles, err)
			}
			if !errors.Is(Allowed(p, action, "c2"), ErrDenied) || !errors.Is(Allowed(p, action, ""), ErrDenied) {
				t.Errorf("%s by %s %v in another community is not refused", action, p.Kind, p.Roles)
			}
			if p.Kind != Operator || err != nil {
				continue
			}
			p.MFA = false
			if got := errors.Is(Allowed(p, action, "c1"), ErrMFANeeded); got != rules[action].mfa {
				t.Errorf("%s without a second factor: refused %v", action, got)
			}
		}
	}
	installation := []Action{CommunityCreate, CommunityList, InstallationManage}
	if seen+len(installation) != len(rules) {
		t.Errorf("%d actions are tested of %d", seen+len(installation), len(rules))
	}
	for _, a := range installation {
		owner := Principal{Kind: Operator, Community: "c1", Roles: Roles, MFA: true}
		if !errors.Is(Allowed(owner, a, ""), ErrDenied) || !errors.Is(Allowed(owner, a, "c1"), ErrDenied) {
			t.Errorf("an owner of a community may do %s", a)
		}
		owner.Installer = true
		if Allowed(owner, a, "") != nil || Allowed(owner, a, "c1") == nil {
			t.Errorf("the installer's right to %s", a)
		}
		owner.MFA = false
		if !errors.Is(Allowed(owner, a, ""), ErrMFANeeded) {
			t.Errorf("%s needs no second factor", a)
		}
	}
}

// X2: administering the installation opens no community.
func TestInstallerHasNoRightInACommunity(t *testing.T) {
	p := Principal{Kind: Operator, ID: "1", Community: "c1", Installer: true, MFA: true}
	for a, r := range rules {
		if !r.installation && Allowed(p, a, "c1") == nil {
			t.Errorf("%s is allowed without a role", a)
		}
	}
}

func TestTokensDoWhatTheirScopesSay(t *testing.T) {
	used := map[Scope]bool{}
	for a, r := range rules {
		used[r.scope] = true
		for _, s := range Scopes {
			p := Principal{Kind: Token, ID: "t", Community: "c1", Scopes: []Scope{s}, Roles: Roles, MFA: true, Installer: true}
			if got := Allowed(p, a, "c1") == nil; got != (r.scope == s) {
				t.Errorf("scope %s and action %s: allowed %v", s, a, got)
			}
			if Allowed(p, a, "c2") == nil {
				t.Errorf("scope %s does %s in another community", s, a)
			}
		}
	}
	for _, s := range Scopes {
		if !used[s] {
			t.Errorf("scope %s allows nothing", s)
		}
	}
	for _, a := range []Action{StaffManage, TokenManage, MoneyPay} {
		if rules[a].scope != "" {
			t.Errorf("a token may do %s", a)
		}
	}
}

func TestNobodyAndUnknown(t *testing.T) {
	for _, p := range []Principal{{}, {Kind: Anonymous, Community: "c1", Roles: Roles, Scopes: Scopes}} {
		if !errors.Is(Allowed(p, PeopleRead, "c1"), ErrSignIn) {
			t.Errorf("%v is let in", p)
		}
	}
	owner := Principal{Kind: Operator, Community: "c1", Roles: []Role{Owner}, MFA: true, Installer: true}
	if !errors.Is(Allowed(owner, "people.sell", "c1"), ErrDenied) || !errors.Is(Allowed(Principal{Kind: "robot", Community: "c1", Roles: Roles}, PeopleRead, "c1"), ErrDenied) {
		t.Error("what the table doesn't know is allowed")
	}
}

func TestNoMoreIsGivenThanHeld(t *testing.T) {
	as := func(roles ...Role) Principal {
		return Principal{Kind: Operator, ID: "1", Community: "c1", Roles: roles, MFA: true}
	}
	if err := CanGrant(as(Owner), Scopes); err != nil {
		t.Error(err)
	}
	for _, r := range []Role{Service, Sales, Content, Traffic, Viewer} {
		if CanGrant(as(r), []Scope{ManageSettings}) == nil || CanAssign(as(r), []Role{Viewer}) == nil {
			t.Errorf("%s gives what it hasn't", r)
		}
	}
	if CanGrant(as(Owner), []Scope{"read:minds"}) == nil || CanAssign(as(Owner), []Role{"king"}) == nil {
		t.Error("the unknown is given")
	}
	if CanAssign(as(Admin), []Role{Viewer, Owner}) == nil || CanAssign(as(Admin), []Role{Admin, Viewer}) != nil || CanAssign(as(Owner), Roles) != nil {
		t.Error("only owners make owners")
	}
	token := Principal{Kind: Token, Community: "c1", Scopes: Scopes}
	if CanGrant(token, []Scope{Read}) == nil {
		t.Error("a token makes tokens")
	}
	system := AsSystem("c1", "cli")
	if CanGrant(system, Scopes) != nil || CanAssign(system, Roles) != nil || CanGrant(system, []Scope{"read:minds"}) == nil || CanAssign(system, []Role{"king"}) == nil {
		t.Error("the command line gives whatever there is, and nothing else")
	}
	if got := Of(as(Viewer)); slices.Contains(got, PeopleWrite) || !slices.Contains(got, PeopleRead) {
		t.Errorf("a viewer's list: %v", got)
	}
}
