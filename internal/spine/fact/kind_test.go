package fact_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/spine/fact"
)

type stage string

type TermStarted struct {
	Term   fact.ID  `json:"term"`
	Stage  stage    `json:"stage"`
	Months int      `json:"months"`
	Paid   bool     `json:"paid"`
	Share  float64  `json:"share"`
	Seats  []string `json:"-"`
}

type QRScanned struct {
	Codes []fact.ID `json:"codes"`
	At    int64     `json:"at,omitempty"`
}

func TestKindsAreNamedAfterTheirTypes(t *testing.T) {
	for want, payload := range map[string]any{
		"fact_test.term_started": TermStarted{}, "fact_test.qr_scanned": QRScanned{}, "fact_test.joined": &Joined{}, "fact_test.left": Left{},
	} {
		if got := fact.KindOf(payload); got != want {
			t.Errorf("%T is %s, want %s", payload, got, want)
		}
	}
}

func TestRegistryListsFields(t *testing.T) {
	r, err := fact.NewRegistry(Joined{}, QRScanned{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Kinds(); !slices.Equal(got, []string{"fact_test.joined", "fact_test.qr_scanned"}) {
		t.Error(got)
	}
	fields, known := r.Fields("fact_test.qr_scanned")
	if !known || !slices.Equal(fields, []fact.Field{{Name: "codes", Type: "list"}, {Name: "at", Type: "integer"}}) {
		t.Errorf("%v, %t", fields, known)
	}
	if _, known := r.Fields("nobody.emits"); known {
		t.Error("a kind nobody emits is known")
	}
	if _, err := fact.NewRegistry(Joined{}, Joined{}); err == nil {
		t.Error("a kind was registered twice")
	}
}

// Data that could hold a name, a text or a phone would have to be erased from a log that never changes.
func TestRegistryRefusesWordsOfPeople(t *testing.T) {
	type own struct {
		Name string `json:"name"`
	}
	type many struct {
		Names []string `json:"names"`
	}
	type nested struct {
		Own own `json:"own"`
	}
	type raw struct {
		Raw json.RawMessage `json:"raw"`
	}
	type anything struct {
		Any any `json:"any"`
	}
	type words struct {
		Words map[string]int `json:"words"`
	}
	type when struct {
		When time.Time `json:"when"`
	}
	type unnamed struct {
		ID fact.ID
	}
	type pointer struct {
		ID *string `json:"id"`
	}
	for _, payload := range []any{own{}, many{}, nested{}, raw{}, anything{}, words{}, when{}, unnamed{}, pointer{}, TermStarted{}, 5} {
		if _, err := fact.NewRegistry(payload); err == nil {
			t.Errorf("%T was taken", payload)
		}
	}
}
