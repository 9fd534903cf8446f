package authn_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
)

func (w *world) as(op authn.Operator, roles ...access.Role) access.Principal {
	return access.Principal{Kind: access.Operator, ID: op.ID, Community: w.d.Community, Roles: roles, MFA: true, Installer: op.Installer}
}

func (w *world) rolesOf(operator string) []access.Role {
	w.Helper()
	all, err := w.s.Staff(w.Context(), w.d.Community)
	w.must(err)
	for _, s := range all {
		if s.ID == operator && !s.Invited {
			return s.Roles
		}
	}
	return nil
}

// Of many who hold the set-up token at once, one becomes the owner; then the door is shut.
func TestSetup(t *testing.T) {
	each(t, func(w *world) {
		stale, _, err := w.s.SetupToken(w.Context())
		w.must(err)
		token, needed, err := w.b.SetupToken(w.Context())
		w.must(err)
		if !needed || token == stale {
			w.Fatal("no new token")
		}
		setup := func(s *authn.Service, token, email string) error {
			_, err := s.Setup(w.Context(), w.d.Community, token, authn.NewOperator{Email: email, Name: "Anna", Password: password}, func(tx *db.Tx, operator string) error {
				return s.GrantTx(tx, operator, access.Owner)
			})
			return err
		}
		w.refused(setup(w.s, stale, "a@example.com"), authn.ErrSetupToken)
		boom := errors.New("boom")
		_, err = w.s.Setup(w.Context(), w.d.Community, token, authn.NewOperator{Email: "a@example.com", Name: "A", Password: password}, func(*db.Tx, string) error { return boom })
		if !errors.Is(err, boom) {
			w.Errorf("got %v", err)
		}
		won := w.atOnce(6, func(s *authn.Service) error {
			return setup(s, token, id.NewSource().New(w.d.Clock.Now())+"@example.com")
		}, authn.ErrSetupOver, authn.ErrSetupToken)
		if won != 1 {
			w.Errorf("%d set the installation up", won)
		}
		staff, err := w.s.Staff(w.Context(), w.d.Community)
		w.must(err)
		if len(staff) != 1 || !staff[0].Installer || !slices.Equal(staff[0].Roles, []access.Role{access.Owner}) {
			w.Errorf("staff after the set-up: %+v", staff)
		}
		if token, needed, err := w.s.SetupToken(w.Context()); err != nil || needed || token != "" {
			w.Errorf("a second set-up is offered: %v", err)
		}
		if needed, err := w.s.SetupNeeded(w.Context()); err != nil || needed {
			w.Errorf("needed %v, %v", needed, err)
		}
		w.refused(setup(w.s, token, "b@example.com"), authn.ErrSetupOver)
	})
}

func TestInvitation(t *testing.T) {
	each(t, func(w *world) {
		owner := w.as(w.operator("anna@example.com", access.Owner), access.Owner)
		_, _, err := w.s.Invite(w.Context(), w.as(w.operator("ben@example.com", access.Admin), access.Admin), authn.Invite{Email: "x@example.com", Name: "X", Roles: []access.Role{access.Owner}})
		w.refused(err, access.ErrRole)
		_, _, err = w.s.Invite(w.Context(), w.as(authn.Operator{}, access.Viewer), authn.Invite{Email: "x@example.com", Name: "X", Roles: []access.Role{access.Viewer}})
		w.refused(err, access.ErrRole)
		first, _, err := w.s.Invite(w.Context(), owner, authn.Invite{Email: "Cleo@example.com", Name: "Cleo", Roles: []access.Role{access.Service}})
		w.must(err)
		token, cleo, err := w.s.Invite(w.Context(), owner, authn.Invite{Email: "cleo@example.com", Name: "Cleo", Roles: []access.Role{access.Service, access.Content}})
		w.must(err)
		_, err = w.s.Invitation(w.Context(), first)
		w.refused(err, authn.ErrInviteEnded)
		shown, err := w.s.Invitation(w.Context(), token)
		w.must(err)
		if shown.Community != w.d.Community || shown.HasPassword || len(shown.Roles) != 2 || w.rolesOf(cleo.ID) != nil {
			w.Errorf("the invitation shows %+v", shown)
		}
		_, err = w.signIn("cleo@example.com", "", "")
		w.refused(err, authn.ErrSignInFailed)
		_, err = w.s.AcceptInvite(w.Context(), authn.Accept{Token: token, Password: "short"})
		w.refused(err, authn.ErrPasswordWeak)
		won := w.atOnce(4, func(s *authn.Service) error {
			_, err := s.AcceptInvite(w.Context(), authn.Accept{Token: token, Name: "Cleo W.", Password: password, Address: "192.0.2.1"})
			return err
		}, authn.ErrInviteEnded)
		if won != 1 || !slices.Equal(w.rolesOf(cleo.ID), []access.Role{access.Service, access.Content}) {
			w.Errorf("accepted %d times, roles %v", won, w.rolesOf(cleo.ID))
		}
		_, err = w.signIn("cleo@example.com", password, "")
		w.must(err)
		_, _, err = w.s.Invite(w.Context(), owner, authn.Invite{Email: "cleo@example.com", Name: "Cleo", Roles: []access.Role{access.Viewer}})
		w.refused(err, authn.ErrAlreadyStaff)

		late, _, err := w.s.Invite(w.Context(), owner, authn.Invite{Email: "dora@example.com", Name: "Dora", Roles: []access.Role{access.Viewer}})
		w.must(err)
		w.d.Clock.Advance(7 * 24 * time.Hour)
		_, err = w.s.AcceptInvite(w.Context(), authn.Accept{Token: late, Password: password})
		w.refused(err, authn.ErrInviteEnded)
	})
}

// X2: an invitation to one community opens no other, even to somebody whose account it is about.
func TestAnInvitationTakesNoAccountOver(t *testing.T) {
	each(t, func(w *world) {
		w.operator("anna@example.com", access.Owner)
		mallory := access.Principal{Kind: access.Operator, ID: "m", Community: id.NewSource().New(w.d.Clock.Now()), Roles: []access.Role{access.Owner}, MFA: true}
		token, _, err := w.s.Invite(w.Context(), mallory, authn.Invite{Email: "anna@example.com", Name: "Anna", Roles: []access.Role{access.Viewer}})
		w.must(err)
		if shown, err := w.s.Invitation(w.Context(), token); err != nil || !shown.HasPassword {
			w.Errorf("%+v, %v", shown, err)
		}
		_, err = w.s.AcceptInvite(w.Context(), authn.Accept{Token: token, Password: "a password of mallory's"})
		w.refused(err, authn.ErrSignInFailed)
		_, err = w.signIn("anna@example.com", password, "")
		w.must(err)
		op, err := w.s.AcceptInvite(w.Context(), authn.Accept{Token: token, Password: password})
		w.must(err)
		all, err := w.s.Memberships(w.Context(), op.ID)
		w.must(err)
		if len(all) != 2 {
			w.Errorf("works in %v", all)
		}
		_, err = w.s.Reset(w.Context(), mallory, "anna@example.com")
		w.refused(err, access.ErrDenied)
	})
}

func TestRolesAndTheLastOwner(t *testing.T) {
	each(t, func(w *world) {
		anna := w.operator("anna@example.com", access.Owner)
		ben := w.operator("ben@example.com", access.Owner, access.Sales)
		cleo := w.operator("cleo@example.com", access.Admin)
		admin := w.as(cleo, access.Admin)
		w.refused(w.s.SetRoles(w.Context(), admin, anna.ID, []access.Role{access.Viewer}), access.ErrRole)
		w.refused(w.s.SetRoles(w.Context(), admin, cleo.ID, []access.Role{access.Owner}), access.ErrRole)
		w.refused(w.s.SetRoles(w.Context(), w.as(anna, access.Owner), "nobody", []access.Role{access.Viewer}), authn.ErrNotStaff)
		w.must(w.s.SetRoles(w.Context(), admin, cleo.ID, []access.Role{access.Service, access.Admin, access.Service}))
		if got := w.rolesOf(cleo.ID); !slices.Equal(got, []access.Role{access.Admin, access.Service}) {
			w.Errorf("roles %v", got)
		}
		// Two owners who go at once: one must stay.
		ids := make(chan string, 2)
		ids <- anna.ID
		ids <- ben.ID
		won := w.atOnce(2, func(s *authn.Service) error {
			return s.SetRoles(w.Context(), w.as(anna, access.Owner), <-ids, nil)
		}, authn.ErrLastOwner)
		if won != 1 {
			w.Errorf("%d owners went of two", won)
		}
		w.must(w.d.Read(w.Context(), w.d.Community, func(tx *db.Tx) error {
			owners, err := w.s.WithRole(tx, access.Owner)
			if len(owners) != 1 {
				w.Errorf("owners %v", owners)
			}
			p, listErr := audit.List(tx, audit.Filter{Action: "staff."})
			if len(p.Items) != 2 || listErr != nil {
				w.Errorf("%d entries in the audit log, %v", len(p.Items), listErr)
			}
			return err
		}))
	})
}

func TestResetAndDisable(t *testing.T) {
	each(t, func(w *world) {
		installer, err := w.s.CreateOperator(w.Context(), "", authn.NewOperator{Email: "root@example.com", Name: "Root", Password: password, Installer: true})
		w.must(err)
		anna := w.operator("anna@example.com", access.Owner)
		w.enrol("anna@example.com")
		by := w.as(installer)
		token, err := w.s.Reset(w.Context(), by, "anna@example.com")
		w.must(err)
		won := w.atOnce(3, func(s *authn.Service) error { return s.AcceptReset(w.Context(), token, "a new good password") }, authn.ErrResetEnded)
		if won != 1 {
			w.Errorf("reset %d times", won)
		}
		in, err := w.signIn("anna@example.com", "a new good password", "")
		w.must(err)
		w.refused(w.s.SetDisabled(w.Context(), w.as(anna, access.Owner), installer.ID, true), access.ErrDenied)
		w.must(w.s.SetDisabled(w.Context(), by, anna.ID, true))
		_, err = w.s.Principal(w.Context(), in.Token, "")
		w.refused(err, authn.ErrSessionEnded)
		_, err = w.signIn("anna@example.com", "a new good password", "")
		w.refused(err, authn.ErrSignInFailed)
		w.must(w.s.SetDisabled(w.Context(), by, anna.ID, false))
		_, err = w.signIn("anna@example.com", "a new good password", "")
		w.must(err)
		w.refused(w.s.SetDisabled(w.Context(), by, installer.ID, true), authn.ErrLastInstaller)
		w.refused(w.s.SetDisabled(w.Context(), by, "nobody", true), authn.ErrUnknown)
	})
}

// X2: a token does what its scopes say, in its community, until it lapses or is revoked.
func TestTokens(t *testing.T) {
	each(t, func(w *world) {
		owner := w.as(w.operator("anna@example.com", access.Owner), access.Owner)
		viewer := w.as(authn.Operator{ID: "v"}, access.Viewer)
		_, _, err := w.s.CreateToken(w.Context(), viewer, authn.NewToken{Name: "x", Scopes: []access.Scope{access.WritePeople}})
		w.refused(err, access.ErrScope)
		_, _, err = w.s.CreateToken(w.Context(), owner, authn.NewToken{Name: "x"})
		w.refused(err, authn.ErrTokenScopes)
		_, _, err = w.s.CreateToken(w.Context(), owner, authn.NewToken{Name: " ", Scopes: []access.Scope{access.Read}})
		w.refused(err, authn.ErrTokenName)
		_, _, err = w.s.CreateToken(w.Context(), owner, authn.NewToken{Name: "x", Scopes: []access.Scope{access.Read}, ExpiresAt: w.d.Clock.Now()})
		w.refused(err, authn.ErrTokenExpiry)
		made, text, err := w.s.CreateToken(w.Context(), owner, authn.NewToken{Name: "CRM", Scopes: []access.Scope{access.WritePeople, access.Read, access.Read}, ExpiresAt: w.d.Clock.Now().Add(time.Hour)})
		w.must(err)
		p, err := w.s.TokenPrincipal(w.Context(), text)
		w.must(err)
		if p.Kind != access.Token || p.ID != made.ID || access.Allowed(p, access.PeopleWrite, w.d.Community) != nil || access.Allowed(p, access.PeopleWrite, "another") == nil || access.Allowed(p, access.IntakeWrite, w.d.Community) == nil {
			w.Errorf("principal %+v", p)
		}
		list, err := w.s.Tokens(w.Context(), w.d.Community)
		w.must(err)
		if len(list) != 1 || list[0].UsedAt.IsZero() || len(list[0].Scopes) != 2 {
			w.Errorf("tokens %+v", list)
		}
		moved := "qnc_" + id.NewSource().New(w.d.Clock.Now()) + text[24:]
		for _, bad := range []string{"", "qnc_", text + "x", text[:len(text)-1] + "!", moved, text[1:]} {
			_, err := w.s.TokenPrincipal(w.Context(), bad)
			w.refused(err, authn.ErrTokenRefused)
		}
		elsewhere := owner
		elsewhere.Community = "another"
		w.refused(w.s.RevokeToken(w.Context(), elsewhere, made.ID), authn.ErrTokenUnknown)
		w.d.Clock.Advance(time.Hour)
		_, err = w.s.TokenPrincipal(w.Context(), text)
		w.refused(err, authn.ErrTokenRefused)
		_, text, err = w.s.CreateToken(w.Context(), owner, authn.NewToken{Name: "for ever", Scopes: []access.Scope{access.Read}})
		w.must(err)
		p, err = w.s.TokenPrincipal(w.Context(), text)
		w.must(err)
		w.must(w.s.RevokeToken(w.Context(), owner, p.ID))
		_, err = w.s.TokenPrincipal(w.Context(), text)
		w.refused(err, authn.ErrTokenRefused)
		w.refused(w.s.RevokeToken(w.Context(), owner, p.ID), authn.ErrTokenUnknown)
	})
}
