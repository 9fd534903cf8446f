package growth

import "github.com/qunce/qunce/internal/spine/fact"

// ProgrammeName is a programme's name inside a fact.
type ProgrammeName string

// CampaignName is a campaign's name inside a fact.
type CampaignName string

// The facts of growth.
type (
	// LinkMade : somebody can share. Person is the sharer, Subject the link.
	LinkMade struct {
		Parent fact.ID `json:"parent"` // the link by which they came
	}
	// LinkFollowed : a known person came by a link. Person is the guest, Subject the link.
	LinkFollowed struct {
		Sharer fact.ID `json:"sharer"`
	}
	// Bound : a guest is bound to a promoter. Person is the guest, Subject the bond.
	Bound struct {
		Programme ProgrammeName `json:"programme"`
		Version   int           `json:"version"`
		Binds     Binding       `json:"binds"`
		Promoter  fact.ID       `json:"promoter"`
	}
	// BondLost : another bond has the guest. Person is the guest, Subject the bond.
	BondLost struct {
		Reason   Reason  `json:"reason"`
		Winner   fact.ID `json:"winner"`
		Promoter fact.ID `json:"promoter"`
	}
	// BondRefused : a touch binds nobody. Person is the guest, Subject the bond.
	BondRefused struct {
		Reason   Reason  `json:"reason"`
		Promoter fact.ID `json:"promoter"`
	}
	// BondHeld : somebody looks at a bond first. Person is the guest, Subject the bond.
	BondHeld struct {
		Reason   Reason  `json:"reason"`
		Promoter fact.ID `json:"promoter"`
	}
	// RewardEarned : a promoter gets something for an order, after a while. Person is the promoter, Subject the order.
	RewardEarned struct {
		Reward    fact.ID       `json:"reward"`
		Programme ProgrammeName `json:"programme"`
		Version   int           `json:"version"`
		Level     int           `json:"level"`
		Bond      fact.ID       `json:"bond"`
		Kind      RewardKind    `json:"kind"`
		Amount    int64         `json:"amount"` // fen or points
	}
	// RewardTaken : a part of a reward, or all of it, was taken back. Person is the promoter, Subject the order.
	RewardTaken struct {
		Reward fact.ID `json:"reward"`
		Amount int64   `json:"amount"`
		Owed   int64   `json:"owed"` // of it, what was paid out already
	}
	// RewardHeld : somebody looks at a reward before it is released. Person is the promoter, Subject the order.
	RewardHeld struct {
		Reward fact.ID `json:"reward"`
		Reason Reason  `json:"reason"`
	}
	// RewardAllowed : a reward that was held goes on. Person is the promoter, Subject the order.
	RewardAllowed struct {
		Reward fact.ID `json:"reward"`
	}
	// DebtSettled : what somebody earned pays for what they owe. Person is the promoter.
	DebtSettled struct {
		Kind   RewardKind `json:"kind"`
		Amount int64      `json:"amount"`
	}
	// CallOpened : everybody may do something and show it. Subject is the call.
	CallOpened struct {
		Rule ProgrammeName `json:"rule"`
	}
	// ProofShown : somebody shows a picture of what they did. Person is who, Subject the proof.
	ProofShown struct {
		Call fact.ID `json:"call"`
	}
	// ProofHeld : a proof looks odd. Person is who showed it, Subject the proof.
	ProofHeld struct {
		Call   fact.ID   `json:"call"`
		Reason Suspicion `json:"reason"` // the first of them
	}
	// ProofApproved : a proof is rewarded. Person is who showed it, Subject the proof.
	ProofApproved struct {
		Call   fact.ID    `json:"call"`
		Kind   RewardKind `json:"kind"`
		Amount int64      `json:"amount"` // fen or points
	}
	// ProofRefused : a proof is not rewarded. Person is who showed it, Subject the proof.
	ProofRefused struct {
		Call   fact.ID     `json:"call"`
		Reason ProofReason `json:"reason"`
	}
	// Asked : somebody was asked to share. Person is who was asked.
	Asked struct {
		Campaign CampaignName `json:"campaign"`
		Again    bool         `json:"again"` // sooner than the budget allows, acknowledged by the actor
	}
)

// Facts lists the payloads of this package.
func Facts() []any {
	return []any{
		LinkMade{},
		LinkFollowed{},
		Bound{},
		BondLost{},
		BondRefused{},
		BondHeld{},
		RewardEarned{},
		RewardTaken{},
		RewardHeld{},
		RewardAllowed{},
		DebtSettled{},
		CallOpened{},
		ProofShown{},
		ProofHeld{},
		ProofApproved{},
		ProofRefused{},
		Asked{},
	}
}
