package goods

import (
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// Config is what a playbook says about goods.
type Config struct {
	Products  []Product `json:"products,omitempty"`
	GroupBuys []Offer   `json:"group_buys,omitempty"`
}

// Limits of what is declared.
const (
	maxName      = 40
	maxTitle     = 100
	maxAbout     = 5000
	maxSKUs      = 200
	maxStock     = 100_000_000
	maxPrice     = money.Fen(10_000_000_00)
	maxPoints    = 1_000_000_000
	maxPerPerson = 10_000
	maxReturn    = 90
	maxSize      = 1000
	maxWindow    = 31 // days
)

// problems gathers refusals, each at its field.
type problems struct{ errs.Gather }

func (p *problems) name(s, at string) {
	p.Refuse(!text.Slug(s, maxName), ErrName.With("max", maxName), at)
}

func (p *problems) words(t text.Text, limit int, must bool, e *errs.Error, at string) {
	p.Refuse(!t.Fits(limit, must), e.With("max", limit), at)
}

func (p *problems) amount(n money.Fen, least money.Fen, at string) {
	p.Refuse(n < least || n > maxPrice, ErrPrice.With("max", maxPrice), at)
}

// Check refuses what could not be sold.
func (c Config) Check() error {
	var p problems
	names := map[string]bool{}
	for i, x := range c.Products {
		at := fmt.Sprintf("/products/%d", i)
		p.Refuse(names[x.Name], ErrTwice.With("name", x.Name), at+"/name")
		names[x.Name] = true
		p.product(x, at)
	}
	names = map[string]bool{}
	for i, x := range c.GroupBuys {
		at := fmt.Sprintf("/group_buys/%d", i)
		p.Refuse(names[x.Name], ErrTwice.With("name", x.Name), at+"/name")
		names[x.Name] = true
		p.offer(x, at)
		p.Refuse(!c.has(x.Item), ErrUnknownProduct.With("product", text.Brief(x.Item, maxTitle)), at+"/item")
	}
	return p.Err()
}

// has tells whether an item is one of the products'.
func (c Config) has(item string) bool {
	return slices.ContainsFunc(c.Products, func(p Product) bool {
		return slices.ContainsFunc(p.SKUs, func(s SKU) bool { return p.Name+"/"+s.Name == item })
	})
}

func (p *problems) product(x Product, at string) {
	p.name(x.Name, at+"/name")
	p.words(x.Title, maxTitle, true, ErrTitle, at+"/title")
	p.words(x.About, maxAbout, false, ErrText, at+"/about")
	p.Refuse(!slices.Contains(Kinds, x.Kind), ErrKind, at+"/kind")
	p.Refuse(len(x.SKUs) == 0 || len(x.SKUs) > maxSKUs, ErrNoSKU.With("max", maxSKUs), at+"/skus")
	if x.Supplier != "" {
		p.name(x.Supplier, at+"/supplier")
	}
	p.Refuse(x.PerPerson < 0 || x.PerPerson > maxPerPerson, ErrLimit.With("max", maxPerPerson), at+"/per_person")
	p.Refuse(x.Return < 0 || x.Return > maxReturn, ErrReturn.With("max", maxReturn), at+"/return")
	names := map[string]bool{}
	for i, s := range x.SKUs {
		at := fmt.Sprintf("%s/skus/%d", at, i)
		p.Refuse(names[s.Name], ErrTwice.With("name", s.Name), at+"/name")
		names[s.Name] = true
		p.sku(x.Kind, s, at)
	}
}

func (p *problems) sku(k Kind, s SKU, at string) {
	p.name(s.Name, at+"/name")
	p.words(s.Title, maxTitle, false, ErrTitle, at+"/title")
	p.amount(s.Price, 0, at+"/price")
	p.amount(s.Cost, 0, at+"/cost")
	p.Refuse(s.Strike != 0 && (s.Strike <= s.Price || s.Strike > maxPrice), ErrStrikeLow, at+"/strike")
	p.Refuse(s.Stock < 0 || s.Stock > maxStock, ErrStock.With("max", maxStock), at+"/stock")
	p.Refuse(s.Points < 0 || s.Points > maxPoints || k == PointsItem && s.Points == 0, ErrPointsPrice.With("max", maxPoints), at+"/points")
}

func (p *problems) offer(x Offer, at string) {
	p.name(x.Name, at+"/name")
	p.Refuse(x.Size < 2 || x.Size > maxSize, ErrSize.With("max", maxSize), at+"/size")
	p.Refuse(x.Window <= 0 || time.Duration(x.Window) > maxWindow*24*time.Hour, ErrWindow.With("days", maxWindow), at+"/window")
	p.amount(x.Price, 1, at+"/price")
}
