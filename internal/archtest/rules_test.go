package archtest

// layer says what a package, and those below it, may import of this module besides itself and those below it.
// The row with the longest path wins. A package without a row fails: give it one.
type layer struct {
	path    string
	may     []string // a package of this module, or with /... also those below it
	tests   []string // what its tests may import besides, and besides inTests
	outside []string // what it may import of other modules, when it has closed
	closed  bool     // of other modules it imports outside only; the standard library is always free
	apart   bool     // packages below it import those above and below themselves, never their siblings
	why     string
}

var (
	kit      = []string{"internal/kit/..."}
	platform = with(kit, "internal/platform/...")
	spine    = with(platform, "internal/spine/...")
	company  = with(spine, "internal/domain/people/...", "internal/domain/team/...", "internal/domain/circle/...")
	member   = with(company, "internal/domain/membership/...")
	domain   = with(spine, "internal/domain/...")
	reading  = with(domain, "internal/insight/...", "internal/playbook/...", "internal/replay/...", "internal/transfer/...", "internal/verify/...")
	edge     = with(reading, "internal/channel", "internal/channel/outbox", "web/...") // the outbox is read in the console and on the phone
	wired    = with(edge, "internal/channel/...", "internal/api/...", "internal/h5/...", "internal/backup", "migrations", "playbooks/...")
	whole    = with(wired, "internal/app/...", "internal/bench/...", "test/...")

	// What composes much is tested as app composes it, on the shipped playbooks.
	started = []string{"internal/app", "test/lived", "playbooks"}

	// Tests may import these besides what their package may.
	inTests = []string{"test/testkit/...", "migrations"}
)

const sibling = "siblings never import each other: what must react across them is translated in internal/app/reactions.go"

var layers = []layer{
	{path: "internal/kit", closed: true, why: "kit is the small vocabulary that everything uses: it knows the standard library only"},
	{
		path: "internal/kit/text", may: kit, closed: true, outside: []string{"golang.org/x/text/..."},
		why: "Unicode's normal forms are not in the standard library; nothing else from outside comes into kit",
	},
	{path: "internal/platform", may: kit, why: "platform knows no domain: it would serve another program as well"},
	{path: "internal/spine", may: platform, why: "the six primitives know no domain: ledger knows account keys, path knows subjects, neither knows people"},

	{path: "internal/domain/people", may: spine, why: "people is the lowest tier of the domain"},
	{path: "internal/domain/team", may: with(spine, "internal/domain/people/..."), why: "team stands on people, beside circle"},
	{path: "internal/domain/circle", may: with(spine, "internal/domain/people/..."), why: "circle stands on people, beside team"},
	{path: "internal/domain/membership", may: company, why: "membership stands on people, team and circle"},
	{path: "internal/domain/intake", may: member, tests: started, why: sibling},
	{path: "internal/domain/event", may: member, why: sibling},
	{path: "internal/domain/growth", may: member, why: sibling},
	{path: "internal/domain/goods", may: member, why: sibling},
	{path: "internal/domain/ladder", may: kit, why: "the ladder is a calculation: what people have and what is on sale is brought to it"},
	{path: "internal/domain/launch", may: member, why: sibling},
	{path: "internal/domain/shop", may: with(member, "internal/channel"), tests: []string{"internal/channel/pay"}, why: sibling + "; of the channels it sees the port only"},
	{path: "internal/domain/content", may: member, why: sibling},
	{path: "internal/domain/payout", may: member, why: sibling},
	{path: "internal/domain/room", may: member, why: sibling},
	{path: "internal/domain/learn", may: member, why: sibling},
	{path: "internal/domain/touch", may: with(domain, "internal/channel"), why: "touch is the gate above the whole domain; of the channels it sees the port only"},

	{path: "internal/channel", may: platform, apart: true, why: "adapters know addresses, not people, and not each other"},

	{path: "internal/insight", may: domain, why: "the read side only reads the domain"},
	{path: "internal/playbook", may: domain, tests: with(started, "playbooks"), why: "a playbook is data for the domain"},
	{path: "internal/transfer", may: domain, why: "files come in and go out by the domain's commands: a row has no rights that a form hasn't"},
	{path: "internal/replay", may: domain, tests: started, why: "simulated people use the public services, as real ones do"},
	{path: "internal/verify", may: domain, tests: []string{"test/lived"}, why: "it proves the domain from outside, beside insight, and only reads"},
	{path: "internal/backup", may: platform, why: "it copies rows and files of every community without knowing what they mean"},

	{
		path: "internal/api", may: edge, tests: []string{"internal/app/..."},
		why: "the edge decodes, authorises, calls and encodes; it sends nothing itself and never calls up into app, though its tests start the real one",
	},
	{
		path: "internal/h5", may: edge, tests: []string{"internal/app/..."},
		why: "the phone's pages are an edge beside the API, with the same rules",
	},
	{path: "internal/app", may: wired, why: "the one composition root, below cmd only"},
	{path: "internal/bench", may: whole, why: "benchmarks start the same app as cmd does"},
	{path: "cmd", may: whole, why: "flags, then app"},

	{path: "internal/archtest", closed: true, why: "the rules depend on nothing that they judge"},
	{path: "migrations", closed: true, why: "SQL text and its embedding, no logic"},
	{path: "playbooks", closed: true, why: "YAML and its embedding, no logic"},
	{path: "web", closed: true, why: "browser files and their embedding, no logic"},
	{path: "test/testkit", may: with(platform, "migrations"), why: "every package's tests use it, so it stands below them all"},
	{path: "test/testkit/stage", may: with(spine, "test/testkit"), why: "the tests of every part of the domain use it, so it knows the spine and no part"},
	{path: "test", may: whole, why: "tests of the whole program use the whole program"},
}

// ban keeps an import out of some packages; their tests are free.
type ban struct {
	what   []string
	in     []string
	except []string
	why    string
}

var bans = []ban{
	{
		what: []string{"net/http/..."},
		in:   []string{"internal/spine/...", "internal/domain/..."},
		why:  "requests are the edge's: a command must work the same from a job, a callback or a test",
	},
	{
		what:   []string{"github.com/jackc/pgx/...", "modernc.org/sqlite/..."},
		in:     []string{"..."},
		except: []string{"internal/platform/...", "internal/bench/...", "test/..."},
		why:    "which database it is stays inside internal/platform: everyone else speaks db.Tx",
	},
}

// allowance lets some packages or files do what a rule forbids.
type allowance struct{ what, why string }

// mayReadTheClock lists the packages that may call time.Now, time.Since and time.Until.
var mayReadTheClock = []allowance{
	{"cmd/...", "the program's edge: it hands the system's clock down"},
	{"internal/kit/clock", "it is the clock: everyone else is given one, so that tests and replays can drive it"},
	{"internal/platform/db", "it bounds how long a shared transaction and a connection live: machine time, which no test sets"},
	{"internal/bench/...", "it measures how long real work takes"},
}

// mayNameAnyTable lists the packages whose SQL may name tables of others.
var mayNameAnyTable = []allowance{
	{"internal/bench/...", "the bare references are hand-written SQL beside the services they are compared with"},
	{"internal/verify", "it proves rows of all packages against each other, which no owner of one can; it only reads"},
}

// installationTables belong to the installation, not to one community, so their keys need not begin with community_id.
var installationTables = []allowance{
	{"community", "it is the list of communities"},
	{"operator", "who runs the installation stands above its communities"},
	{"session", "it is looked up before its community is known"},
	{"job", "nodes claim work across communities"},
	{"timer", "nodes claim what is due across communities"},
}

// File lengths, in lines. Generated files don't count.
const (
	goodLength = 400 // more needs a row in longFiles
	mostLength = 800 // never more
)

// longFiles lists the files of more than goodLength lines, each with the reason why it is not divided.
var longFiles = []allowance{}
