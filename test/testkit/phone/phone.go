// Package phone is a phone without script: it keeps its cookies, opens pages and sends their forms. Tests drive the real
// pages with it, in one process or over the network, one phone or hundreds.
//
// What must stay true: it knows of a page only what stands in its HTML, so that what it does, a person can do.
package phone

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Phone is a browser of its own.
type Phone struct {
	Base    string // address of the community, as http://127.0.0.1:8380/mothers
	Address string // network address it comes from, told as a proxy would; "" for its real one
	Lang    string // as Accept-Language
	client  http.Client
}

// New makes a phone. transport may be nil; phones that share one share its connections.
func New(base string, transport http.RoundTripper) *Phone {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it never fails without options
	}
	return &Phone{Base: base, Lang: "en", client: http.Client{
		Jar: jar, Transport: transport, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Page is what a phone shows.
type Page struct {
	Status int
	Path   string // below the community's address
	HTML   string
}

// ErrAway means that the server could not be reached, or went away in the middle: what was sent may have happened or not.
var ErrAway = errors.New("the server is away")

// Open shows a page below the community's address, following where it leads.
func (p *Phone) Open(ctx context.Context, path string) (Page, error) {
	for range 10 {
		page, to, err := p.do(ctx, http.MethodGet, path, nil)
		if err != nil || to == "" {
			return page, err
		}
		path = to
	}
	return Page{}, fmt.Errorf("%s leads round in circles", path)
}

// Stream opens a stream of events as a browser does that has had the event with this id. The caller closes its body.
func (p *Phone) Stream(ctx context.Context, path, last string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.Base+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", "text/event-stream")
	r.Header.Set("Accept-Language", p.Lang)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	res, err := p.client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	return res, nil
}

// Send sends a form. done tells that the server took it and leads on, to the path to; else the page says what was refused.
func (p *Phone) Send(ctx context.Context, path string, values url.Values) (page Page, to string, done bool, err error) {
	page, to, err = p.do(ctx, http.MethodPost, path, values)
	return page, to, err == nil && to != "", err
}

// SendFile is Send of a form that could carry a file.
func (p *Phone) SendFile(ctx context.Context, path string, values url.Values) (page Page, to string, done bool, err error) {
	var b strings.Builder
	form := multipart.NewWriter(&b)
	for name, all := range values {
		for _, v := range all {
			if err := form.WriteField(name, v); err != nil {
				return page, "", false, err
			}
		}
	}
	if err := form.Close(); err != nil {
		return page, "", false, err
	}
	page, to, err = p.send(ctx, http.MethodPost, path, b.String(), form.FormDataContentType())
	return page, to, err == nil && to != "", err
}

// SendPicture is Send of a form with a picture in it.
func (p *Phone) SendPicture(ctx context.Context, path string, picture []byte) (page Page, to string, done bool, err error) {
	var b strings.Builder
	form := multipart.NewWriter(&b)
	file, err := form.CreateFormFile("picture", "picture.png")
	if err == nil {
		_, err = file.Write(picture)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return page, "", false, err
	}
	page, to, err = p.send(ctx, http.MethodPost, path, b.String(), form.FormDataContentType())
	return page, to, err == nil && to != "", err
}

func (p *Phone) do(ctx context.Context, method, path string, values url.Values) (page Page, to string, err error) {
	return p.send(ctx, method, path, values.Encode(), "application/x-www-form-urlencoded")
}

func (p *Phone) send(ctx context.Context, method, path, body, kind string) (page Page, to string, err error) {
	r, err := http.NewRequestWithContext(ctx, method, p.Base+path, strings.NewReader(body))
	if err != nil {
		return page, "", err
	}
	r.Header.Set("Accept-Language", p.Lang)
	if p.Address != "" {
		r.Header.Set("X-Forwarded-For", p.Address)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
	}
	res, err := p.client.Do(r)
	if err != nil {
		return page, "", fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer res.Body.Close()
	read, err := io.ReadAll(res.Body)
	if err != nil {
		return page, "", fmt.Errorf("%w: %w", ErrAway, err)
	}
	page = Page{Status: res.StatusCode, Path: path, HTML: string(read)}
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		at, err := res.Location()
		if err != nil {
			return page, "", err
		}
		base, err := url.Parse(p.Base)
		if err != nil {
			return page, "", err
		}
		return page, strings.TrimPrefix(at.RequestURI(), base.Path), nil
	}
	return page, "", nil
}

// Has tells whether the page has a form that is sent to an address with this ending, as "/join".
func (g Page) Has(ending string) bool {
	return strings.Contains(g.HTML, ending+`"`) && regexp.MustCompile(`<form[^>]* action="[^"]*`+regexp.QuoteMeta(ending)+`"`).MatchString(g.HTML)
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// Words is the page's text.
func (g Page) Words() string {
	_, body, _ := strings.Cut(g.HTML, "<body>")
	return strings.TrimSpace(spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(body, " ")), " "))
}

var value = regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`)

// Value is what a field of the page's form holds.
func (g Page) Value(name string) string {
	for _, m := range value.FindAllStringSubmatch(g.HTML, -1) {
		if m[1] == name {
			return html.UnescapeString(m[2])
		}
	}
	return ""
}

var sixDigits = regexp.MustCompile(`\b\d{6}\b`)

// Code reads the newest code sent to a mainland phone number off the demo's outbox. The outbox hides the middle digits, so
// numbers must differ in the others. "" means that none is there.
func (p *Phone) Code(ctx context.Context, number string) (string, error) {
	page, err := p.Open(ctx, "/outbox")
	if err != nil {
		return "", err
	}
	_, after, found := strings.Cut(page.HTML, ">"+number[:3]+"****"+number[7:]+"<")
	if !found {
		return "", nil
	}
	return sixDigits.FindString(after), nil
}
