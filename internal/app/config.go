package app

import (
	"log/slog"
	"net/netip"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
)

// Config says where an installation keeps its things and how it is reached.
type Config struct {
	Data         string         // folder of the database, keys and pictures
	DatabaseURL  string         // PostgreSQL instead of the SQLite file in Data
	NATSURL      string         // other nodes' bus
	Listen       string         // address to serve on; "" means 127.0.0.1:8380
	PublicURL    string         // how people reach it, as https://qunce.example; "" means by Listen
	TrustedProxy []netip.Prefix // proxies whose X-Forwarded-For is believed
	SMTP         string         // smtp://user:password@host:port; "" means that email is not sent
	MailFrom     string         // sender of email
	Sandbox      bool           // messages are kept on the outbox page instead of being sent: the demo and replays

	Scratch bool // nobody needs the data after a crash: a replay's SQLite file is not flushed

	Version string // of the program

	Clock   clock.Clock // nil means the machine's
	IDs     *id.Source  // nil means random
	Log     *slog.Logger
	Ordered bool // do one thing after the other, so that a replay repeats itself exactly
}

// DefaultListen is where the server listens: only this machine reaches it until the operator says otherwise.
const DefaultListen = "127.0.0.1:8380"
