package access

// Action is something that is allowed or refused as a whole.
type Action string

// The actions of a community.
const (
	PeopleRead     Action = "people.read"     // lists and profiles, phones and names masked
	PeopleReveal   Action = "people.reveal"   // a phone or real name in full; each look is audited
	PeopleWrite    Action = "people.write"    // profiles, tags, notes, blocks
	PeopleErase    Action = "people.erase"    // erase or merge a person
	IntakeRead     Action = "intake.read"     // sources, entries, queues, losses
	IntakeWrite    Action = "intake.write"    // sources, entries, live codes, doors
	ReviewDecide   Action = "review.decide"   // let a suspicious registration in, or not
	CircleRead     Action = "circle.read"     // circles, rosters, messages, health
	CircleWrite    Action = "circle.write"    // make, open, freeze circles; seat and move people
	CircleModerate Action = "circle.moderate" // hide, mute, remove, appeals, rules
	CirclePost     Action = "circle.post"     // speak in a circle
	TaskRead       Action = "task.read"
	TaskWork       Action = "task.work"   // claim and finish one's own tasks
	TaskManage     Action = "task.manage" // hand over anybody's
	TouchRead      Action = "touch.read"
	TouchSend      Action = "touch.send" // campaigns and announcements
	OrderRead      Action = "order.read"
	OrderWrite     Action = "order.write" // order for somebody, end what is not paid
	MoneyRead      Action = "money.read"
	MoneyPost      Action = "money.post"   // entries and reversals by hand: what came in, what goes back
	MoneyPay       Action = "money.pay"    // money that leaves
	ShopRead       Action = "shop.read"    // products, group-buys, coupons, what is to be sent, complaints
	ShopWrite      Action = "shop.write"   // change them, send things, answer complaints
	TeamRead       Action = "team.read"    // departments, owners, targets, the race; one's own statements
	TeamManage     Action = "team.manage"  // hand people over, set targets, say who is given how many
	GrowthRead     Action = "growth.read"  // launches, pledges, calls and their proofs
	GrowthWrite    Action = "growth.write" // open and change them, ask people to pledge
	EventRead      Action = "event.read"   // the calendar, tickets, check-ins, answers
	EventWrite     Action = "event.write"  // plan, change and call off events, take tickets back
	EventCheck     Action = "event.check"  // let people in at a door
	InsightRead    Action = "insight.read"
	PlaybookRead   Action = "playbook.read"
	PlaybookApply  Action = "playbook.apply"
	SettingsRead   Action = "settings.read"
	SettingsWrite  Action = "settings.write"
	StaffRead      Action = "staff.read"
	StaffManage    Action = "staff.manage" // invite, give roles, remove
	TokenManage    Action = "token.manage"
	AuditRead      Action = "audit.read"
	ImportRun      Action = "import.run"
	ExportRun      Action = "export.run"
	JobManage      Action = "job.manage" // look at dead jobs and parked facts, start them again
	BlobUpload     Action = "blob.upload"
	SelfRead       Action = "self.read" // a member's own data, seats and circles
	SelfWrite      Action = "self.write"
)

// The actions of the installation.
const (
	CommunityCreate    Action = "community.create"
	CommunityList      Action = "community.list"
	InstallationManage Action = "installation.manage" // operators, sign-in resets, health in detail
)

// Scope is what a token may be given.
type Scope string

// The scopes. Managing staff and tokens has none: those stay with people.
const (
	Read           Scope = "read"
	WritePeople    Scope = "write:people"
	RevealPeople   Scope = "reveal:people"
	ErasePeople    Scope = "erase:people"
	WriteIntake    Scope = "write:intake"
	WriteCircles   Scope = "write:circles"
	WriteTasks     Scope = "write:tasks"
	SendTouch      Scope = "send:touch"
	WriteEvents    Scope = "write:events"
	WriteShop      Scope = "write:shop"
	WriteGrowth    Scope = "write:growth"
	ReadMoney      Scope = "read:money"
	WriteMoney     Scope = "write:money"
	ManagePlaybook Scope = "manage:playbook"
	ManageSettings Scope = "manage:settings"
	ReadAudit      Scope = "read:audit"
	RunImport      Scope = "run:import"
	RunExport      Scope = "run:export"
)

// Scopes lists the scopes.
var Scopes = []Scope{
	Read, WritePeople, RevealPeople, ErasePeople, WriteIntake, WriteCircles, WriteTasks, SendTouch, WriteEvents, WriteShop, WriteGrowth, ReadMoney,
	WriteMoney, ManagePlaybook, ManageSettings, ReadAudit, RunImport, RunExport,
}

// rule says who may do an action.
type rule struct {
	roles        []Role
	scope        Scope // the scope that allows it to a token; "" for none
	mfa          bool  // operators need a second factor
	member       bool  // members may; which rows are theirs is decided where the rows are
	system       bool  // the program may without a person
	installation bool  // of the installation, for its administrators
}

// Groups of roles that go together.
var (
	everyone = []Role{Owner, Admin, Service, Sales, Content, Traffic, Viewer}
	staff    = []Role{Owner, Admin, Service, Sales, Content, Traffic}
	caring   = []Role{Owner, Admin, Service, Sales}
	managers = []Role{Owner, Admin}
)

var rules = map[Action]rule{
	PeopleRead:     {roles: everyone, scope: Read, system: true},
	PeopleReveal:   {roles: caring, scope: RevealPeople, mfa: true},
	PeopleWrite:    {roles: caring, scope: WritePeople, system: true},
	PeopleErase:    {roles: managers, scope: ErasePeople, mfa: true},
	IntakeRead:     {roles: everyone, scope: Read, system: true},
	IntakeWrite:    {roles: []Role{Owner, Admin, Traffic}, scope: WriteIntake, system: true},
	ReviewDecide:   {roles: []Role{Owner, Admin, Service}, scope: WriteIntake},
	CircleRead:     {roles: everyone, scope: Read, system: true},
	CircleWrite:    {roles: []Role{Owner, Admin, Service}, scope: WriteCircles, system: true},
	CircleModerate: {roles: []Role{Owner, Admin, Service, Content}, scope: WriteCircles, system: true},
	CirclePost:     {roles: []Role{Owner, Admin, Service, Sales, Content}, scope: WriteCircles, member: true, system: true},
	TaskRead:       {roles: everyone, scope: Read, system: true},
	TaskWork:       {roles: staff, scope: WriteTasks, system: true},
	TaskManage:     {roles: managers, scope: WriteTasks, system: true},
	TouchRead:      {roles: everyone, scope: Read, system: true},
	TouchSend:      {roles: []Role{Owner, Admin, Content}, scope: SendTouch, system: true},
	OrderRead:      {roles: caring, scope: ReadMoney, system: true},
	OrderWrite:     {roles: caring, scope: WriteMoney, system: true},
	MoneyRead:      {roles: managers, scope: ReadMoney, system: true},
	MoneyPost:      {roles: managers, scope: WriteMoney, mfa: true, system: true},
	MoneyPay:       {roles: []Role{Owner}, mfa: true},
	ShopRead:       {roles: everyone, scope: Read, system: true},
	ShopWrite:      {roles: []Role{Owner, Admin, Service}, scope: WriteShop, system: true},
	TeamRead:       {roles: everyone, scope: Read, system: true},
	TeamManage:     {roles: managers, scope: WritePeople, system: true},
	GrowthRead:     {roles: everyone, scope: Read, system: true},
	GrowthWrite:    {roles: []Role{Owner, Admin, Service, Content, Traffic}, scope: WriteGrowth, system: true},
	EventRead:      {roles: everyone, scope: Read, system: true},
	EventWrite:     {roles: []Role{Owner, Admin, Service, Content}, scope: WriteEvents, system: true},
	EventCheck:     {roles: []Role{Owner, Admin, Service, Sales, Content}, scope: WriteEvents, system: true},
	InsightRead:    {roles: everyone, scope: Read, system: true},
	PlaybookRead:   {roles: everyone, scope: Read, system: true},
	PlaybookApply:  {roles: managers, scope: ManagePlaybook, system: true},
	SettingsRead:   {roles: everyone, scope: Read, system: true},
	SettingsWrite:  {roles: managers, scope: ManageSettings},
	StaffRead:      {roles: everyone, scope: Read, system: true},
	StaffManage:    {roles: managers, mfa: true},
	TokenManage:    {roles: managers, mfa: true},
	AuditRead:      {roles: managers, scope: ReadAudit},
	ImportRun:      {roles: managers, scope: RunImport, system: true},
	ExportRun:      {roles: managers, scope: RunExport, mfa: true, system: true},
	JobManage:      {roles: managers, scope: ManageSettings, system: true},
	BlobUpload:     {roles: staff, scope: WriteCircles, member: true, system: true},
	SelfRead:       {member: true},
	SelfWrite:      {member: true},

	CommunityCreate:    {installation: true},
	CommunityList:      {installation: true},
	InstallationManage: {installation: true},
}
