package goods

import (
	"slices"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// declareOffers makes the playbook's group-buys those that may be started, as DeclareTx does products.
func (s *Service) declareOffers(tx *db.Tx, offers []Offer) error {
	named := map[string]bool{}
	for i, o := range offers {
		named[o.Name] = true
		was, found, err := offerByName(tx, o.Name)
		if err != nil || found && alike(was.declared, o) {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := putOffer(tx, ListedOffer{Offer: o, Version: was.Version + 1, declared: o}, i); err != nil {
			return err
		}
	}
	return retireOffers(tx, named)
}

// PutOfferTx adds a group-buy that may be started, or makes one as o says; version is the one that was read, 0 for a new one, else
// ErrVersion. Groups that were started keep what they have.
func (s *Service) PutOfferTx(tx *db.Tx, o Offer, version int) (ListedOffer, error) {
	var bad problems
	bad.offer(o, "")
	if err := bad.Err(); err != nil {
		return ListedOffer{}, err
	}
	product, name, err := cut(o.Item)
	if err != nil {
		return ListedOffer{}, err
	}
	if _, _, err := s.forSale(tx, product, name); err != nil {
		return ListedOffer{}, errs.PointTo(err, "/item")
	}
	was, _, err := offerByName(tx, o.Name)
	if err != nil {
		return was, err
	}
	now := ListedOffer{Offer: o, Version: was.Version + 1, declared: was.declared}
	if was.Version != version {
		return was, ErrVersion
	}
	ok, err := putOffer(tx, now, -1)
	if err == nil && !ok {
		err = ErrVersion
	}
	return now, err
}

// RetireOfferTx ends the starting of group-buys, or begins it again. Those that were started go on. Refusals: ErrUnknownOffer.
func (s *Service) RetireOfferTx(tx *db.Tx, name string, retired bool) (ListedOffer, error) {
	found, err := retireOffer(tx, name, retired)
	if err != nil || !found {
		return ListedOffer{}, errs.Or(err, ErrUnknownOffer.With("offer", name))
	}
	return s.OfferTx(tx, name)
}

// OfferTx gives a group-buy that may be started, or might.
func (s *Service) OfferTx(tx *db.Tx, name string) (ListedOffer, error) {
	o, found, err := offerByName(tx, name)
	if err == nil && !found {
		err = ErrUnknownOffer.With("offer", name)
	}
	return o, err
}

// OffersTx lists what group-buys may be started, or all that ever might.
func (s *Service) OffersTx(tx *db.Tx, all bool) ([]ListedOffer, error) {
	list, err := offers(tx)
	if all {
		return list, err
	}
	return slices.DeleteFunc(list, func(o ListedOffer) bool { return o.Retired }), err
}
