package email

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/job"
)

// What is refused of the configuration.
var (
	ErrURL  = errs.Define(errs.Invalid, "email.url")  // not smtp:// or smtps:// with a host
	ErrFrom = errs.Define(errs.Invalid, "email.from") // no address
)

// timeout bounds each of dialling and sending, well within a job's lease.
const timeout = 15 * time.Second

// maxIdle is how many connections are kept for the next message.
const maxIdle = 16

// Sender hands messages to one SMTP server. Safe for concurrent use.
type Sender struct {
	client *gomail.Client
	from   *mail.Address
	domain string
	idle   chan *smtp.Client
}

// New makes a sender for smtp://user:password@host:port, whose connection becomes encrypted if the server offers it (with a
// password, it must, unless the server is on this machine), or smtps://…, which is encrypted from the start. from is the
// sender's address, with a name if wanted: Mothers <hello@example.org>.
func New(server, from string, options ...gomail.Option) (*Sender, error) {
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, ErrFrom.With("from", from).Because(err)
	}
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, ErrURL // what it says may hold a password
	}
	o := []gomail.Option{gomail.WithTimeout(timeout), gomail.WithTLSPolicy(gomail.TLSOpportunistic)}
	port := cmp.Or(u.Port(), "587")
	if u.Scheme == "smtps" {
		o, port = append(o, gomail.WithSSL()), cmp.Or(u.Port(), "465")
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, ErrURL
	}
	if o = append(o, gomail.WithPort(n)); u.User != nil {
		password, _ := u.User.Password()
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
		if u.Scheme == "smtp" && !local(u.Hostname()) {
			o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
		}
	}
	client, err := gomail.NewClient(u.Hostname(), append(o, options...)...)
	if err != nil {
		return nil, ErrURL.Because(err)
	}
	_, domain, _ := strings.Cut(sender.Address, "@")
	return &Sender{client: client, from: sender, domain: domain, idle: make(chan *smtp.Client, maxIdle)}, nil
}

func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close ends the connections that wait for the next message.
func (s *Sender) Close() {
	for {
		select {
		case c := <-s.idle:
			s.client.CloseWithSMTPClient(c) //nolint:errcheck // nothing hangs on a farewell
		default:
			return
		}
	}
}

// Deliver hands a message over and gives its Message-ID. home is the address of the community's phone pages, where the person
// can say what they want to get. An error that will not pass is wrapped by job.Permanent; one after which the message may have
// gone out has MaybeSent() bool.
func (s *Sender) Deliver(ctx context.Context, id, to, subject, body, link, home string) (string, error) {
	for {
		m, err := s.message(id, to, subject, body, link, home)
		if err != nil {
			return "", job.Permanent(err)
		}
		conn, used, err := s.take(ctx)
		if err != nil {
			return "", fmt.Errorf("reach the mail server: %w", err)
		}
		err = s.client.SendWithSMTPClient(conn, m)
		if err == nil {
			s.give(conn)
			return m.GetMessageID(), nil
		}
		conn.Close() //nolint:errcheck // it failed already
		if m.IsDelivered() {
			return m.GetMessageID(), nil
		}
		var se *gomail.SendError
		if used && errors.As(err, &se) && se.Reason == gomail.ErrConnCheck {
			continue // the server had closed it meanwhile
		}
		return "", judge(err)
	}
}

// take gives a connection: one that was used before, or a new one.
func (s *Sender) take(ctx context.Context) (c *smtp.Client, used bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	select {
	case c := <-s.idle:
		return c, true, nil
	default:
	}
	c, err = s.client.DialToSMTPClientWithContext(ctx)
	return c, false, err
}

func (s *Sender) give(c *smtp.Client) {
	select {
	case s.idle <- c:
	default:
		s.client.CloseWithSMTPClient(c) //nolint:errcheck // nothing hangs on a farewell
	}
}

func (s *Sender) message(id, to, subject, body, link, home string) (*gomail.Msg, error) {
	if link != "" && !strings.Contains(body, link) {
		body += "\n\n" + link
	}
	encoding := gomail.EncodingQP
	if strings.ContainsFunc(body, func(r rune) bool { return r > 0x2000 }) { // three bytes a character: base64 is shorter
		encoding = gomail.EncodingB64
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent(), gomail.WithEncoding(encoding))
	m.FromMailAddress(s.from)
	if err := m.To(to); err != nil {
		return nil, fmt.Errorf("address: %w", err)
	}
	m.Subject(strings.Join(strings.Fields(subject), " "))
	m.SetMessageIDWithValue(id + "@" + s.domain)
	m.SetDate()
	if home != "" {
		m.SetListUnsubscribe(home + "/me/preferences")
	}
	m.SetBodyString(gomail.TypeTextPlain, body)
	return m, nil
}

// unsure is an error after which the message may have gone out.
type unsure struct{ error }

func (u unsure) Unwrap() error { return u.error }

// MaybeSent tells that nobody knows.
func (unsure) MaybeSent() bool { return true }

// judge tells what an error means. A server's 5xx about the person or the message will not pass; one about us or the sender
// will, once the operator has put it right, and must not end everybody's messages. Where the connection ended between the
// message and the server's answer, it may have gone out.
func judge(err error) error {
	var se *gomail.SendError
	if !errors.As(err, &se) {
		return err
	}
	about := se.Reason == gomail.ErrSMTPRcptTo || se.Reason == gomail.ErrSMTPData || se.Reason == gomail.ErrSMTPDataClose
	switch code := se.ErrorCode(); {
	case about && code >= 500:
		return job.Permanent(err)
	case se.Reason == gomail.ErrSMTPDataClose && code == 0:
		return unsure{err}
	}
	return err
}
