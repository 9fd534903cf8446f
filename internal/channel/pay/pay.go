// Package pay has the payment adapters that need no outside account: Manual, where staff confirms what came in by bank or in cash,
// and Sandbox, where the payer presses a button, for trying things out. Neither moves money.
package pay

import (
	"context"

	"github.com/qunce/qunce/internal/channel"
)

// Manual is paid outside; staff says when.
type Manual struct{}

// Open has no page: the order says where to pay.
func (Manual) Open(context.Context, channel.PayRequest) (channel.PayPage, error) {
	return channel.PayPage{}, nil
}

// Ask knows nothing: staff tells what came in.
func (Manual) Ask(context.Context, channel.PayQuestion) (channel.Notice, bool, error) {
	return channel.Notice{}, false, nil
}

// Refund is done by a person, who says when.
func (Manual) Refund(context.Context, channel.RefundRequest) (bool, error) { return false, nil }

// Sandbox shows a page on which the payer chooses what happens.
type Sandbox struct {
	// Page gives the address of a payment's page.
	Page func(ctx context.Context, community, payment string) (string, error)
}

// Open leads to the page.
func (s Sandbox) Open(ctx context.Context, r channel.PayRequest) (channel.PayPage, error) {
	url, err := s.Page(ctx, r.Community, r.ID)
	return channel.PayPage{Ref: "sandbox " + r.ID, URL: url}, err
}

// Ask knows of nothing that came in: the page tells at once whatever its payer chooses.
func (Sandbox) Ask(context.Context, channel.PayQuestion) (channel.Notice, bool, error) {
	return channel.Notice{}, false, nil
}

// Refund is done at once.
func (Sandbox) Refund(context.Context, channel.RefundRequest) (bool, error) { return true, nil }
