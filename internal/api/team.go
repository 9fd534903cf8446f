package api

import (
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// Departments are the team's, with the rules that are in force.
type Departments struct {
	Items   []DepartmentView `json:"items"`
	Owners  team.Owners      `json:"owners" doc:"who gets a contact"`
	Credits team.Credits     `json:"credits" doc:"which side a sale is credited to"`
	Version int              `json:"version" doc:"of the rules; 0 where there are none"`
}

// DepartmentView is a department with its staff by name.
type DepartmentView struct {
	team.Department
	Members []TeamMember `json:"members"`
}

// TeamMember is one of a department's staff by name.
type TeamMember struct {
	team.Member
	StaffName string `json:"staff_name"`
}

// NamedTurn is a turn with the names of both.
type NamedTurn struct {
	team.Turn
	PersonName string `json:"person_name"`
	StaffName  string `json:"staff_name,omitempty"`
}

// NamedCredit is a credit with the names of buyer and staff.
type NamedCredit struct {
	team.Credit
	PersonName string `json:"person_name"`
	StaffName  string `json:"staff_name,omitempty"`
}

// CreditWhy explains a credit, with names.
type CreditWhy struct {
	team.Why
	PersonName   string `json:"person_name"`
	StaffName    string `json:"staff_name,omitempty"`
	PromoterName string `json:"promoter_name,omitempty"`
}

// NamedScore is a score with whose it is.
type NamedScore struct {
	team.Score
	StaffName string `json:"staff_name,omitempty"`
}

// Race is the race board of a period.
type Race struct {
	From        string       `json:"from"`
	To          string       `json:"to"`
	Departments []NamedScore `json:"departments"`
	Staff       []NamedScore `json:"staff" doc:"by what they brought, the most first"`
}

func (a *API) team() {
	const tag = "Team"
	read := func(name, route string, action access.Action, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: action, Summary: summary}
	}
	write := func(name, route string, action access.Action, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: action, Once: true, Summary: summary}
	}
	look(a, read("department.list", "GET /departments", access.TeamRead, "Lists the departments with their staff and what each has in hand, and the rules by which contacts and sales are theirs"), a.listDepartments)
	change(a, write("department.place", "PUT /departments/{name}/staff/{id}", access.TeamManage, "Sets how many contacts one of a department's staff is given, and when"), a.placeStaff)
	look(a, read("contact.list", "GET /contacts-in-hand", access.TeamRead, "Lists the people whom one of the staff looks after, or who wait in the pool, the latest first"), a.listContactsInHand)
	look(a, read("owner.list", "GET /people/{id}/owners", access.PeopleRead, "Lists who has looked after a person, the latest first"), a.listOwners)
	change(a, write("owner.set", "PUT /people/{id}/owner", access.TeamManage, "Hands a person to one of the staff"), a.handPerson)
	change(a, write("owner.return", "POST /people/{id}/owner/return", access.TaskWork, "Puts a contact back into the pool, from which somebody else is given them: by who has them, or a manager"), a.returnContact)
	change(a, write("owner.touch", "POST /people/{id}/owner/touch", access.TaskWork, "Notes that the owner has spoken with a contact: they are not given to somebody else any more"),
		func(tx *db.Tx, c *call, in *OneThing) (team.Turn, error) {
			t, err := a.Team.TouchTx(tx, c.Human(), string(in.ID))
			if err != nil {
				return t, err
			}
			return t, c.record(tx, "person", t.Person, nil)
		})
	look(a, read("credit.list", "GET /credits", access.OrderRead, "Lists whose sales orders are, the latest paid first"), a.listCredits)
	look(a, read("credit.why", "GET /orders/{id}/credit", access.OrderRead, "Why a sale is credited to whom: the rules of that day, who looked after whom, what went back, and what it earned"), a.whyCredited)
	look(a, read("target.list", "GET /targets", access.TeamRead, "Lists the targets of a month"), func(tx *db.Tx, _ *call, in *struct {
		Month string `query:"month" required:"true" doc:"2026-11"`
	},
	) (out list[team.Target], err error) {
		out.Items, err = a.Team.TargetsTx(tx, in.Month)
		return out, err
	})
	change(a, write("target.set", "PUT /targets", access.TeamManage, "Sets what one of the staff, or a department, is to bring in a month; 0 takes it away"), a.setTarget)
	look(a, read("race.read", "GET /race", access.TeamRead, "The race board: contacts, conversions and sales beside targets, by department and staff"), a.readRace)
	a.statements(read, write)
}

// staffNames gives the names of those who work here, by id.
func (a *API) staffNames(tx *db.Tx) (map[string]string, error) {
	staff, err := a.Auth.StaffTx(tx)
	out := make(map[string]string, len(staff))
	for _, x := range staff {
		out[x.ID] = x.Name
	}
	return out, err
}

func (a *API) listDepartments(tx *db.Tx, _ *call, _ *nothing) (out Departments, err error) {
	rules, err := a.Team.RulesTx(tx)
	if err != nil {
		return out, err
	}
	out.Owners, out.Credits, out.Version = rules.Owners, rules.Credits, rules.Version
	departments, err := a.Team.DepartmentsTx(tx)
	if err != nil {
		return out, err
	}
	names, err := a.staffNames(tx)
	for _, d := range departments {
		v := DepartmentView{Department: d.Department}
		for _, m := range d.Members {
			v.Members = append(v.Members, TeamMember{m, names[m.Staff]})
		}
		out.Items = append(out.Items, v)
	}
	return out, err
}

func (a *API) placeStaff(tx *db.Tx, c *call, in *struct {
	Name string `path:"name" maxLength:"40"`
	ID   ID     `path:"id"`
	Body struct {
		Paused bool `json:"paused,omitempty" doc:"is given nobody new"`
		Most   int  `json:"most,omitempty" minimum:"0" doc:"in hand at once; as the rules say if not given"`
		From   int  `json:"from,omitempty" minimum:"0" maximum:"1440" doc:"minute of the day; with to 0 as the rules say"`
		To     int  `json:"to,omitempty" minimum:"0" maximum:"1440"`
	}
},
) (TeamMember, error) {
	m, err := a.Team.PlaceTx(tx, team.Member{Department: in.Name, Staff: string(in.ID), Paused: in.Body.Paused, Most: in.Body.Most, From: in.Body.From, To: in.Body.To})
	if err != nil {
		return TeamMember{}, err
	}
	names, err := a.staffNames(tx)
	if err != nil {
		return TeamMember{}, err
	}
	return TeamMember{m, names[m.Staff]}, c.record(tx, "operator", m.Staff, audit.Detail{"department": m.Department, "paused": m.Paused, "most": m.Most})
}

func (a *API) listContactsInHand(tx *db.Tx, c *call, in *struct {
	Paging
	Staff ID        `query:"staff" doc:"an operator; oneself if not given"`
	Pool  bool      `query:"pool" doc:"those who wait for somebody, instead"`
	Side  team.Side `query:"side" enum:"sales,service"`
},
) (page.Page[NamedTurn], error) {
	f := team.TurnFilter{Staff: string(in.Staff), Side: in.Side}
	switch {
	case in.Pool:
		f.Staff = ""
	case f.Staff == "":
		f.Staff = c.Human()
	}
	p, err := a.Team.OpenTx(tx, f, in.Cursor, in.Limit)
	return a.namedTurns(tx, p, err)
}

func (a *API) listOwners(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
},
) (page.Page[NamedTurn], error) {
	p, err := a.Team.TurnsTx(tx, string(in.ID), in.Cursor, in.Limit)
	return a.namedTurns(tx, p, err)
}

// namedTurns gives turns the names of their people and staff.
func (a *API) namedTurns(tx *db.Tx, p page.Page[team.Turn], err error) (out page.Page[NamedTurn], _ error) {
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	ids := make([]string, 0, len(p.Items))
	for _, t := range p.Items {
		ids = append(ids, t.Person)
	}
	people, err := a.nicknames(tx, ids)
	if err != nil {
		return out, err
	}
	staff, err := a.staffNames(tx)
	for _, t := range p.Items {
		out.Items = append(out.Items, NamedTurn{t, people[t.Person], staff[t.Staff]})
	}
	return out, err
}

func (a *API) handPerson(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Side  team.Side `json:"side" enum:"sales,service"`
		Staff ID        `json:"staff"`
	}
},
) (team.Turn, error) {
	t, err := a.Team.HandTx(tx, c.Human(), string(in.ID), in.Body.Side, string(in.Body.Staff))
	if err != nil {
		return t, err
	}
	return t, c.record(tx, "person", t.Person, audit.Detail{"side": t.Side, "staff": t.Staff})
}

func (a *API) returnContact(tx *db.Tx, c *call, in *OneThing) (team.Turn, error) {
	if access.Allowed(c.Principal, access.TeamManage, c.Community) != nil {
		owner, err := a.Team.OwnerTx(tx, string(in.ID), team.SideSales)
		if err == nil && owner.Staff != c.Human() {
			err = team.ErrNotYours
		}
		if err != nil {
			return owner, err
		}
	}
	t, err := a.Team.ReturnTx(tx, c.Human(), string(in.ID))
	if err != nil {
		return t, err
	}
	return t, c.record(tx, "person", t.Person, audit.Detail{"staff": t.Before})
}

func (a *API) listCredits(tx *db.Tx, _ *call, in *struct {
	Paging
	Staff ID `query:"staff" doc:"an operator; everybody if not given"`
},
) (out page.Page[NamedCredit], err error) {
	p, err := a.Team.CreditsTx(tx, team.CreditFilter{Staff: string(in.Staff)}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	ids := make([]string, 0, len(p.Items))
	for _, x := range p.Items {
		ids = append(ids, x.Person)
	}
	people, err := a.nicknames(tx, ids)
	if err != nil {
		return out, err
	}
	staff, err := a.staffNames(tx)
	for _, x := range p.Items {
		out.Items = append(out.Items, NamedCredit{x, people[x.Person], staff[x.Staff]})
	}
	return out, err
}

func (a *API) whyCredited(tx *db.Tx, _ *call, in *OneThing) (out CreditWhy, err error) {
	if out.Why, err = a.Team.WhyTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	people, err := a.nicknames(tx, []string{out.Credit.Person, out.Credit.Promoter})
	if err != nil {
		return out, err
	}
	staff, err := a.staffNames(tx)
	out.PersonName, out.PromoterName, out.StaffName = people[out.Credit.Person], people[out.Credit.Promoter], staff[out.Credit.Staff]
	return out, err
}

func (a *API) setTarget(tx *db.Tx, c *call, in *struct {
	Body struct {
		Month      string          `json:"month" doc:"2026-11"`
		Department string          `json:"department" maxLength:"40"`
		Staff      ID              `json:"staff,omitempty" doc:"an operator; the department as a whole if not given"`
		Kind       team.TargetKind `json:"kind" enum:"sales,referral"`
		Amount     money.Fen       `json:"amount" minimum:"0" doc:"fen; 0 takes the target away"`
	}
},
) (team.Target, error) {
	b := in.Body
	x, err := a.Team.SetTargetTx(tx, c.Human(), team.Target{Month: b.Month, Department: b.Department, Staff: string(b.Staff), Kind: b.Kind, Amount: b.Amount})
	if err != nil {
		return x, err
	}
	return x, c.record(tx, "target", x.Month, audit.Detail{"department": x.Department, "staff": x.Staff, "kind": x.Kind, "fen": x.Amount})
}

func (a *API) readRace(tx *db.Tx, _ *call, in *struct {
	From string `query:"from" required:"true" doc:"2026-11"`
	To   string `query:"to" doc:"the same month if not given; at most a year in all"`
},
) (out Race, err error) {
	if in.To == "" {
		in.To = in.From
	}
	b, err := a.Team.BoardTx(tx, in.From, in.To)
	if err != nil {
		return out, err
	}
	names, err := a.staffNames(tx)
	out.From, out.To = b.From, b.To
	for _, s := range b.Departments {
		out.Departments = append(out.Departments, NamedScore{Score: s})
	}
	for _, s := range b.Staff {
		out.Staff = append(out.Staff, NamedScore{s, names[s.Staff]})
	}
	return out, err
}
