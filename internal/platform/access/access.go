package access

import (
	"slices"

	"github.com/qunce/qunce/internal/kit/errs"
)

// What is answered to those who may not.
var (
	ErrSignIn    = errs.Define(errs.Unauthenticated, "access.sign_in")     // nobody is signed in
	ErrDenied    = errs.Define(errs.Forbidden, "access.denied")            // signed in, not allowed; {action}
	ErrMFANeeded = errs.Define(errs.Forbidden, "access.mfa_needed")        // allowed with a second factor only; {action}
	ErrScope     = errs.Define(errs.Invalid, "access.scope_not_grantable") // {scope} is unknown or more than the giver has
	ErrRole      = errs.Define(errs.Invalid, "access.role_not_grantable")  // {role} is unknown or more than the giver may give
)

// Kind says what sort of actor a principal is.
type Kind string

// The kinds.
const (
	Anonymous Kind = "anonymous"
	Operator  Kind = "operator"
	Member    Kind = "member"
	Token     Kind = "token"
	System    Kind = "system"
)

// Role is what an operator is in a community.
type Role string

// The roles.
const (
	Owner   Role = "owner"
	Admin   Role = "admin"
	Service Role = "service"
	Sales   Role = "sales"
	Content Role = "content"
	Traffic Role = "traffic"
	Viewer  Role = "viewer"
)

// Roles lists the roles, the mightiest first.
var Roles = []Role{Owner, Admin, Service, Sales, Content, Traffic, Viewer}

// Principal is who acts. The zero value is nobody.
type Principal struct {
	Kind      Kind
	ID        string // of the operator, person or token; the part's name for the system
	Behind    string // the operator who made the token
	Name      string // of an operator, to be shown
	Community string // whose roles and scopes these are; "" outside of any
	Roles     []Role
	Scopes    []Scope
	MFA       bool // signed in with a second factor
	Installer bool // an operator who administers the installation itself
	Session   string
	Address   string // of the network it acts from, "" for the program itself
	Request   string // id of the request it acts in
}

// Human is the operator who answers for what the principal does: themselves, or who made the token. It is empty for others.
func (p Principal) Human() string {
	switch p.Kind {
	case Operator:
		return p.ID
	case Token:
		return p.Behind
	}
	return ""
}

// AsSystem is the program itself at work in a community: a job, a timer, a callback that was verified.
func AsSystem(community, part string) Principal {
	return Principal{Kind: System, ID: part, Community: community}
}

// Key names the principal among all others: "operator:…", "token:…". All who are anonymous share one: add what tells them apart.
func (p Principal) Key() string {
	if p.Kind == "" {
		return string(Anonymous) + ":"
	}
	return string(p.Kind) + ":" + p.ID
}

// Has tells whether p holds any of the roles.
func (p Principal) Has(roles ...Role) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(p.Roles, r) })
}

// Allowed tells whether p may do the action in the community (nil), or why not: ErrSignIn, ErrDenied, ErrMFANeeded. For
// the installation's own actions the community is "".
func Allowed(p Principal, action Action, community string) error {
	if p.Kind == "" || p.Kind == Anonymous {
		return ErrSignIn
	}
	r, known := rules[action]
	denied := ErrDenied.With("action", string(action))
	if !known {
		return denied
	}
	if r.installation {
		switch {
		case community != "" || p.Kind != Operator || !p.Installer:
			return denied
		case !p.MFA:
			return ErrMFANeeded.With("action", string(action))
		}
		return nil
	}
	if community == "" || p.Community != community {
		return denied
	}
	switch p.Kind {
	case Operator:
		if !p.Has(r.roles...) {
			return denied
		}
		if r.mfa && !p.MFA {
			return ErrMFANeeded.With("action", string(action))
		}
		return nil
	case Token:
		if r.scope != "" && slices.Contains(p.Scopes, r.scope) {
			return nil
		}
	case Member:
		if r.member {
			return nil
		}
	case System:
		if r.system {
			return nil
		}
	}
	return denied
}

// CanGrant tells whether p may make a token with these scopes: p must be allowed everything each of them allows. The
// program itself (its command line) may grant every one.
func CanGrant(p Principal, scopes []Scope) error {
	for _, s := range scopes {
		used := false
		for action, r := range rules {
			if r.scope != s {
				continue
			}
			used = true
			if p.Kind != System && (p.Kind != Operator || Allowed(p, action, p.Community) != nil) {
				return ErrScope.With("scope", string(s)).At("/scopes")
			}
		}
		if !used {
			return ErrScope.With("scope", string(s)).At("/scopes")
		}
	}
	return nil
}

// CanAssign tells whether p may give or take the roles: owners and the program itself every one, admins every one but owner.
func CanAssign(p Principal, roles []Role) error {
	for _, r := range roles {
		may := p.Kind == System || Allowed(p, StaffManage, p.Community) == nil && (r != Owner || p.Has(Owner))
		if !may || !slices.Contains(Roles, r) {
			return ErrRole.With("role", string(r)).At("/roles")
		}
	}
	return nil
}

// Of lists what p may do in its community, for a console that hides what would be refused.
func Of(p Principal) []Action {
	var out []Action
	for action, r := range rules {
		community := p.Community
		if r.installation {
			community = ""
		}
		if Allowed(p, action, community) == nil {
			out = append(out, action)
		}
	}
	slices.Sort(out)
	return out
}
