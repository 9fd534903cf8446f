// Package pay has the payment adapters that need no outside account: Manual, where staff confirms what came in by bank or in cash,
// and Sandbox, where the payer presses a button, for trying things out. Neither moves money.
package pay

import (
	"context"
	"io"
	"time"

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

// SandboxMerchant is whose money the sandbox's is.
const SandboxMerchant = "1900000001"

// Merchant is made up.
func (Sandbox) Merchant() string { return SandboxMerchant }

// BillZone is that of trade bills.
func (Sandbox) BillZone() *time.Location { return channel.BillZone }

// ReadBill reads trade bills.
func (Sandbox) ReadBill(r io.Reader, put func(channel.BillLine) error) (channel.BillSums, error) {
	return channel.ReadTradeBill(r, put)
}

// sandboxRate is what the sandbox keeps of a payment: 60 of 10,000, as WeChat Pay does of most.
const sandboxRate = 60

// WriteBill writes the bill of what was paid and given back here, with the fees that a channel would keep.
func (Sandbox) WriteBill(w io.Writer, lines func(put func(channel.BillLine) error) error) error {
	return channel.WriteTradeBill(w, func(put func(channel.BillLine) error) error {
		return lines(func(l channel.BillLine) error {
			l.Merchant, l.State, l.Settled = SandboxMerchant, "SUCCESS", true
			l.Fee = channel.FeeOf(l.Amount * sandboxRate / 10_000)
			if l.What == channel.BilledRefund {
				l.Fee = -l.Fee
			}
			return put(l)
		})
	})
}
