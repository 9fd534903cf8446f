package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/idem"
)

// Reach says whom an operation is for, and what is asked of them.
type Reach int

// The reaches.
const (
	InCommunity    Reach = iota // the community in the path: Action there
	OfInstallation              // Action outside of any community
	SignedIn                    // any operator or token
	Oneself                     // operators, about themselves
	Anybody                     // no credentials
)

// Op declares an operation: everything of it that is data.
type Op struct {
	Name    string // noun.verb: the operationId, and the action in the audit log
	Route   string // "GET /people/{id}"; those in a community leave out what they have in common
	Summary string
	Tag     string
	Reach   Reach
	Action  access.Action
	Status  int   // of success; 0 means 200, or 204 without a body
	Once    bool  // takes an Idempotency-Key
	Match   bool  // takes If-Match
	Limit   int64 // bytes of the body; 0 means 1 MiB
	Raw     bool  // its body isn't JSON: the handler reads it

	gives reflect.Type // of the body that it answers with, where that of its output doesn't say
}

const (
	base            = "/api/v1"
	inCommunity     = base + "/communities/{community}"
	sessionCookie   = "qunce_session"
	maxBody         = 1 << 20
	opKey           = "op"
	contentJSON     = "application/json"
	contentProblem  = "application/problem+json"
	headerIfMatch   = "If-Match"
	headerOnce      = "Idempotency-Key"
	headerRetry     = "Retry-After"
	headerNoStore   = "no-store"
	headerRequestID = "X-Request-Id"
)

// split gives the method and the whole path.
func (o *Op) split() (method, path string) {
	method, path, _ = strings.Cut(o.Route, " ")
	switch {
	case o.Reach != InCommunity:
		return method, base + path
	case path == "/":
		return method, inCommunity
	}
	return method, inCommunity + path
}

// call is a request that may go on: who asks, about which community, and how to answer.
type call struct {
	access.Principal
	op        *Op
	r         *http.Request
	community *community.Community // of the path
	lang      text.Lang
	token     string // of the session
	body      bytes.Buffer
	recorded  bool
}

type callKey struct{}

// handler answers an operation.
type handler[I, O any] func(ctx context.Context, c *call, in *I) (*O, error)

// nothing is the input or output of operations without one.
type nothing struct{}

// reply is a body of any type. huma's registration is long and compiled anew for each pair of types; so outputs share one, and the
// document is told by declare what is in it.
type reply struct{ Body any }

// tagged is a body with its version.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"version, for If-Match"`
	Body T
}

// handle declares an operation.
func handle[I, O any](a *API, o Op, h handler[I, O]) {
	op := a.declare(&o)
	huma.Register(a.huma, op, func(ctx context.Context, in *I) (*O, error) {
		c, ok := ctx.Value(callKey{}).(*call)
		if !ok {
			return nil, fmt.Errorf("operation %s was reached without its guard", o.Name)
		}
		out, err := h(ctx, c, in)
		if err != nil {
			return nil, a.problem(c.r, c.lang, c.community, err)
		}
		fillLists(out)
		return out, nil
	})
}

// get declares an operation that gives a value.
func get[I, T any](a *API, o Op, h func(ctx context.Context, c *call, in *I) (T, error)) {
	o.gives = reflect.TypeFor[T]()
	handle(a, o, func(ctx context.Context, c *call, in *I) (*reply, error) {
		v, err := h(ctx, c, in)
		fillLists(&v)
		return &reply{v}, err
	})
}

// look declares an operation that reads in one transaction of the community.
func look[I, T any](a *API, o Op, h func(tx *db.Tx, c *call, in *I) (T, error)) {
	get(a, o, func(ctx context.Context, c *call, in *I) (v T, err error) {
		err = a.DB.Read(ctx, c.Community, func(tx *db.Tx) (err error) {
			v, err = h(tx, c, in)
			return err
		})
		return v, err
	})
}

// change declares an operation that changes something in one transaction of the community and gives a value.
func change[I, T any](a *API, o Op, h func(tx *db.Tx, c *call, in *I) (T, error)) {
	get(a, o, func(ctx context.Context, c *call, in *I) (T, error) { return alter(ctx, a, c, in, h) })
}

// drop declares an operation that changes something and gives nothing.
func drop[I any](a *API, o Op, h func(tx *db.Tx, c *call, in *I) error) {
	handle(a, o, func(ctx context.Context, c *call, in *I) (*nothing, error) {
		_, err := alter(ctx, a, c, in, func(tx *db.Tx, c *call, in *I) (nothing, error) { return nothing{}, h(tx, c, in) })
		return nil, err
	})
}

// alter runs a change with its audit entry, and once for its Idempotency-Key.
func alter[I, T any](ctx context.Context, a *API, c *call, in *I, h func(tx *db.Tx, c *call, in *I) (T, error)) (v T, err error) {
	key, hash := "", ""
	if c.op.Once {
		if key = c.r.Header.Get(headerOnce); key != "" {
			hash = idem.Hash(c.r.Method, c.r.URL.RequestURI(), c.body.Bytes())
		}
	}
	err = a.DB.Do(ctx, c.Community, func(tx *db.Tx) error {
		c.recorded = false
		answer, err := a.Idem.Do(tx, c.Key(), c.op.Name, key, hash, func() (status int, body []byte, err error) {
			if v, err = h(tx, c, in); err != nil {
				return 0, nil, err
			}
			if !c.recorded {
				return 0, nil, fmt.Errorf("operation %s wrote no audit entry", c.op.Name)
			}
			if key != "" {
				body, err = json.Marshal(v)
			}
			return http.StatusOK, body, err
		})
		if err == nil && answer.Again {
			var stored T
			err = json.Unmarshal(answer.Body, &stored)
			v = stored
		}
		return err
	})
	return v, err
}

// record writes the audit entry of a change.
func (c *call) record(tx *db.Tx, kind, id string, d audit.Detail) error {
	c.recorded = true
	return audit.Record(tx, audit.By(c.Principal), c.op.Name, audit.Target{Kind: kind, ID: id}, d)
}

// audited notes that the service called writes the entry itself.
func (c *call) audited() { c.recorded = true }

// declare turns an Op into huma's operation with everything that its document says.
func (a *API) declare(o *Op) huma.Operation {
	method, path := o.split()
	a.ops = append(a.ops, o)
	op := huma.Operation{
		OperationID: o.Name, Method: method, Path: path, Summary: o.Summary, Tags: []string{o.Tag}, DefaultStatus: o.Status,
		MaxBodyBytes: maxBody, Metadata: map[string]any{opKey: o}, Responses: map[string]*huma.Response{},
	}
	if o.Reach == Anybody {
		op.Security = []map[string][]string{}
	}
	if o.gives != nil {
		body := a.huma.OpenAPI().Components.Schemas.Schema(o.gives, true, o.Name+"Response")
		op.Responses[fmt.Sprint(cmp.Or(o.Status, http.StatusOK))] = &huma.Response{Content: map[string]*huma.MediaType{contentJSON: {Schema: body}}}
	}
	if o.Action != "" {
		op.Extensions = map[string]any{"x-action": string(o.Action)}
	}
	if o.Reach == InCommunity {
		op.Parameters = append(op.Parameters, &huma.Param{Name: "community", In: "path", Required: true, Description: "the community's slug", Schema: &huma.Schema{Type: "string"}})
	}
	if o.Once {
		op.Parameters = append(op.Parameters, headerParam(headerOnce, "the same key and content take effect once, and get the same answer for 48 hours"))
	}
	if o.Match {
		op.Parameters = append(op.Parameters, headerParam(headerIfMatch, "the ETag that was read; refused with 412 when somebody else was faster"))
	}
	for _, status := range o.refusals(method, path) {
		op.Responses[fmt.Sprint(status)] = &huma.Response{Ref: "#/components/responses/" + fmt.Sprint(status)}
	}
	return op
}

func headerParam(name, doc string) *huma.Param {
	return &huma.Param{Name: name, In: "header", Description: doc, Schema: &huma.Schema{Type: "string"}}
}

// refusals are the statuses that an operation may refuse with.
func (o *Op) refusals(method, path string) []int {
	out := []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if o.Reach != Anybody || method != http.MethodGet {
		out = append(out, http.StatusUnauthorized, http.StatusForbidden)
	}
	if strings.Contains(path, "{") {
		out = append(out, http.StatusNotFound, http.StatusGone)
	}
	if method != http.MethodGet {
		out = append(out, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if o.Match {
		out = append(out, http.StatusPreconditionFailed)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
