package email_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	gomail "github.com/wneessen/go-mail"

	"github.com/qunce/qunce/internal/channel/email"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/job"
)

// server is a real SMTP server on this machine.
type server struct {
	*smtp.Server
	addr string
	ln   net.Listener

	mu     sync.Mutex
	got    []letter
	conns  []*smtp.Conn
	secret string // the password it asks for
	// What it answers instead of taking the message.
	atMail, atRcpt, atData error
	hangUp                 bool // after the message, without an answer
}

type letter struct {
	from, to string
	tls      bool
	msg      *mail.Message
	body     string
}

type session struct {
	s        *server
	c        *smtp.Conn
	from, to string
	in       bool
}

func (x *session) Reset()        {}
func (x *session) Logout() error { return nil }

func (x *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "me" || password != x.s.secret {
			return smtp.ErrAuthFailed
		}
		x.in = true
		return nil
	}), nil
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.secret != "" && !x.in {
		return smtp.ErrAuthRequired
	}
	x.from = from
	return x.s.atMail
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.to = to
	return x.s.atRcpt
}

func (x *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body := m.Body
	switch strings.ToLower(m.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, m.Body)
	case "quoted-printable":
		body = quotedprintable.NewReader(m.Body)
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.atData != nil {
		return x.s.atData
	}
	_, encrypted := x.c.TLSConnectionState()
	x.s.got = append(x.s.got, letter{x.from, x.to, encrypted, m, string(b)})
	if x.s.hangUp {
		x.s.hangUp = false
		x.c.Close()
	}
	return nil
}

// listen takes a port that clients of other tests don't get by chance.
func listen(t *testing.T) net.Listener {
	t.Helper()
	for range 200 {
		n, err := rand.Int(rand.Reader, big.NewInt(12000))
		if err != nil {
			t.Fatal(err)
		}
		if ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+n.Int64())); err == nil {
			return ln
		}
	}
	t.Fatal("no port is free")
	return nil
}

func serve(t *testing.T, tlsConfig *tls.Config) *server {
	t.Helper()
	s := &server{ln: listen(t)}
	s.Server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns = append(s.conns, c)
		return &session{s: s, c: c}, nil
	}))
	s.Domain, s.AllowInsecureAuth, s.TLSConfig, s.ReadTimeout = "localhost", true, tlsConfig, 10*time.Second
	s.ErrorLog = quiet{}
	s.addr = s.ln.Addr().String()
	go s.Serve(s.ln) //nolint:errcheck // ends with the test
	t.Cleanup(func() { s.Close() })
	return s
}

// seen is what arrived, and by how many connections.
func (s *server) seen() ([]letter, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got), len(s.conns)
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// certificate is one for this machine, and what trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
}

func sender(t *testing.T, url string, o ...gomail.Option) *email.Sender {
	t.Helper()
	s, err := email.New(url, "妈妈群 <hello@q.example>", o...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

const body = "小明，欢迎。\nYour place: https://q.example/m/me\n.\n末行"

func send(s *email.Sender, id string) (string, error) {
	return s.Deliver(context.Background(), id, "ann@example.org", "优惠\r\nBcc: all@example.org", body, "https://q.example/m/me", "https://q.example/m")
}

func TestAMessageArrivesWhole(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	s := sender(t, "smtp://"+srv.addr)
	for i := range 3 {
		id := fmt.Sprint("touch", i%2) // the third one is a second try of the first
		external, err := send(s, id)
		if err != nil || external != "<"+id+"@q.example>" {
			t.Fatalf("%s, %v", external, err)
		}
	}
	letters, conns := srv.seen()
	if len(letters) != 3 || conns != 1 {
		t.Fatalf("%d letters by %d connections", len(letters), conns)
	}
	got := letters[0]
	h := got.msg.Header
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || subject != "优惠 Bcc: all@example.org" || h.Get("Bcc") != "" {
		t.Errorf("subject %q, %v", subject, err)
	}
	from, err := h.AddressList("From")
	if err != nil || from[0].Name != "妈妈群" || from[0].Address != "hello@q.example" {
		t.Errorf("%v, %v", from, err)
	}
	for name, want := range map[string]string{
		"Message-Id": "<touch0@q.example>", "List-Unsubscribe": "<https://q.example/m/me/preferences>", "Content-Type": "text/plain; charset=UTF-8", "To": "<ann@example.org>",
	} {
		if h.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, h.Get(name), want)
		}
	}
	if _, err := h.Date(); err != nil {
		t.Error(err)
	}
	if strings.TrimSpace(strings.ReplaceAll(got.body, "\r\n", "\n")) != body || got.to != "ann@example.org" || got.tls {
		t.Errorf("%q to %s", got.body, got.to)
	}
	if letters[2].msg.Header.Get("Message-Id") != h.Get("Message-Id") {
		t.Error("a second try can't be told")
	}
	if _, err := s.Deliver(t.Context(), "x", "ann@example.org", "s", "plain words", "https://q.example/m/x", ""); err != nil {
		t.Fatal(err)
	}
	letters, _ = srv.seen()
	if last := letters[3]; !strings.Contains(last.body, "https://q.example/m/x") || last.msg.Header.Get("List-Unsubscribe") != "" {
		t.Errorf("%q", last.body)
	}
}

func TestEncryptionAndPassword(t *testing.T) {
	t.Parallel()
	ours, theirs := certificate(t)
	srv := serve(t, ours)
	srv.secret = "s3:cr@t"
	if _, err := send(sender(t, "smtp://me:s3%3Acr%40t@"+srv.addr, gomail.WithTLSConfig(theirs)), "a"); err != nil {
		t.Fatal(err)
	}
	if letters, _ := srv.seen(); len(letters) != 1 || !letters[0].tls {
		t.Fatal("it went in the clear although the server offers encryption")
	}
	if _, err := send(sender(t, "smtp://me:s3%3Acr%40t@"+srv.addr), "b"); err == nil {
		t.Error("a certificate that nobody trusts was taken")
	}
	_, err := send(sender(t, "smtp://me:wrong@"+srv.addr, gomail.WithTLSConfig(theirs)), "c")
	if err == nil || job.IsPermanent(err) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong password: %v", err)
	}
	if _, err := send(sender(t, "smtp://"+srv.addr, gomail.WithTLSConfig(theirs)), "d"); err == nil || job.IsPermanent(err) {
		t.Errorf("no password: %v", err)
	}
	plain := serve(t, nil)
	plain.secret = "x"
	_, port, _ := net.SplitHostPort(plain.addr)
	far := sender(t, "smtp://me:x@mail.invalid:"+port, gomail.WithDialContextFunc(func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, plain.addr)
	}))
	_, err = send(far, "e")
	if letters, _ := plain.seen(); err == nil || len(letters) != 0 {
		t.Error("a password was given to a server elsewhere that offers no encryption")
	}
}

func TestWhatServersAnswer(t *testing.T) {
	t.Parallel()
	no := func(code int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: "no"}
	}
	for name, c := range map[string]struct {
		set               func(*server)
		permanent, unsure bool
	}{
		"no such person":     {set: func(s *server) { s.atRcpt = no(550) }, permanent: true},
		"mailbox busy":       {set: func(s *server) { s.atRcpt = no(450) }},
		"content refused":    {set: func(s *server) { s.atData = no(554) }, permanent: true},
		"disk full":          {set: func(s *server) { s.atData = no(452) }},
		"sender not allowed": {set: func(s *server) { s.atMail = no(553) }},
		"try later":          {set: func(s *server) { s.atMail = no(421) }},
		"gone before answer": {set: func(s *server) { s.hangUp = true }, unsure: true},
		"nobody listens":     {set: func(s *server) { s.ln.Close() }},
	} {
		srv := serve(t, nil)
		c.set(srv)
		_, err := send(sender(t, "smtp://"+srv.addr), "a")
		var maybe interface{ MaybeSent() bool }
		if err == nil || job.IsPermanent(err) != c.permanent || errors.As(err, &maybe) != c.unsure {
			t.Errorf("%s: %v (permanent %t, unsure %t)", name, err, job.IsPermanent(err), errors.As(err, &maybe))
		}
	}
	srv := serve(t, nil)
	if _, err := sender(t, "smtp://"+srv.addr).Deliver(t.Context(), "a", "not an address", "s", "b", "", ""); !job.IsPermanent(err) {
		t.Errorf("not an address: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := sender(t, "smtp://"+srv.addr).Deliver(ctx, "a", "ann@example.org", "s", "b", "", ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A connection that the server closed while it waited costs nothing but a new one.
func TestConnectionsThatWereClosedMeanwhile(t *testing.T) {
	t.Parallel()
	srv := serve(t, nil)
	s := sender(t, "smtp://"+srv.addr)
	if _, err := send(s, "a"); err != nil {
		t.Fatal(err)
	}
	srv.conns[0].Close()
	if _, err := send(s, "b"); err != nil {
		t.Fatal(err)
	}
	if letters, conns := srv.seen(); len(letters) != 2 || conns != 2 {
		t.Errorf("%d letters by %d connections", len(letters), conns)
	}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := send(s, fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if letters, _ := srv.seen(); len(letters) != 42 {
		t.Errorf("%d letters", len(letters))
	}
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	for _, c := range [][2]string{{"http://x", "a@b.c"}, {"smtp://", "a@b.c"}, {"smtp://u:secret@:25", "a@b.c"}, {"::", "a@b.c"}, {"smtp://h", "nobody"}, {"smtp://h", ""}} {
		_, err := email.New(c[0], c[1])
		if errs.KindOf(err) != errs.Invalid || strings.Contains(fmt.Sprint(err), "secret") {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, ok := range []string{"smtp://h", "smtps://u:p@h", "smtp://u@h:2525"} {
		if _, err := email.New(ok, "A <a@b.c>"); err != nil {
			t.Error(ok, err)
		}
	}
}
