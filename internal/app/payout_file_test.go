package app_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/transfer"
)

// awkward are payees whose names and phones a spreadsheet would like to take for something else.
var awkward = []struct {
	name, phone string
	gross       money.Fen
}{
	{"王小雨", "13800000001", 1_234_567_89},
	{"欧阳𠮷, \"小\" 明", "13800000002", 100_00},
	{"=1+2", "13800000003", 12_30},
	{"+8 工作室", "13800000004", 12_05},
	{"-李", "13800000005", 9_999_90},
	{"@何", "13800000006", 1_00},
	{"007", "+85261234567", 45_00},
	{"6222021234567890123", "13800000008", 66_60},
	{"3-4", "13800000009", 7_77},
	{"1E5", "13800000010", 8_00},
	{"TRUE", "13800000011", 10_10},
	{"'许", "13800000012", 11_00},
}

// payoutFiles are the files of a batch of all of them, in both formats, with the rows that they hold.
func (w *stall) payoutFiles() (asCSV, asXLSX []byte, rows [][]string) {
	w.t.Helper()
	one, other := audit.Actor{Kind: access.Operator, ID: "one"}, audit.Actor{Kind: access.Operator, ID: "other"}
	who := map[string]int{}
	for i, x := range awkward {
		id := w.person()
		who[id] = i
		w.do(func(tx *db.Tx) error {
			if err := w.People.SetFieldTx(tx, id, people.FieldRealName, x.name, "op"); err != nil {
				return err
			}
			if _, err := w.People.IdentifyTx(tx, id, people.Identifier{Kind: people.Phone, Value: x.phone, Verified: true}, ""); err != nil {
				return err
			}
			_, err := w.Ledger.PostTx(tx, ledger.Entry{Key: "earn " + id, Fact: "f", Lines: []ledger.Line{
				{Account: "expense:commission", Amount: -int64(x.gross)}, {Account: "commission:available:" + id, Amount: int64(x.gross)},
			}})
			return err
		})
	}
	var b payout.Batch
	w.do(func(tx *db.Tx) (err error) {
		b, err = w.Payouts.DraftTx(tx, one, payout.Plan{Threshold: 1_00, WithholdBP: 300})
		return err
	})
	w.do(func(tx *db.Tx) error { _, err := w.Payouts.ApproveTx(tx, other, b.ID); return err })
	rows = [][]string{{"payee", "phone", "gross", "withheld", "net", "line"}}
	w.must(w.Payouts.Export(w.t.Context(), w.community, other, b.ID, func(r payout.Row) error {
		rows = append(rows, []string{r.Payee, text.NationalPhone(r.Phone), r.Gross.String(), r.Withheld.String(), r.Net.String(), r.Line})
		return nil
	}))
	for _, x := range awkward {
		if !slices.ContainsFunc(rows, func(r []string) bool { return r[0] == x.name && r[1] == x.phone && r[2] == x.gross.String() }) {
			w.t.Errorf("%+v isn't in the batch", x)
		}
	}
	var c, x bytes.Buffer
	w.must(w.PayoutFile(w.t.Context(), w.community, other, b.ID, transfer.CSV, &c))
	w.must(w.PayoutFile(w.t.Context(), w.community, other, b.ID, transfer.XLSX, &x))
	return c.Bytes(), x.Bytes(), rows
}

// byOffice opens files in LibreOffice and gives the cells that it shows of each.
func byOffice(t *testing.T, files map[string][]byte) map[string][][]string {
	t.Helper()
	if os.Getenv("QUNCE_OFFICE") == "" {
		t.Skip("opens files in LibreOffice: set QUNCE_OFFICE=1; scripts/soak.sh does")
	}
	dir := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	// 44: comma; 34: quote; 76: UTF-8, which its window would find out by the file's first bytes.
	args := []string{
		"-env:UserInstallation=file://" + dir + "/profile", "--headless", "--infilter=CSV:44,34,76",
		"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true", "--outdir", dir + "/out",
	}
	for name, content := range files {
		must(os.WriteFile(filepath.Join(dir, name), content, 0o600))
		args = append(args, filepath.Join(dir, name))
	}
	if out, err := exec.CommandContext(t.Context(), "soffice", args...).CombinedOutput(); err != nil {
		t.Fatalf("soffice: %v: %s", err, out)
	}
	shown := map[string][][]string{}
	for name := range files {
		text, err := os.ReadFile(filepath.Join(dir, "out", strings.TrimSuffix(name, filepath.Ext(name))+".csv"))
		must(err)
		shown[name], err = csv.NewReader(bytes.NewReader(text)).ReadAll()
		must(err)
	}
	return shown
}

// L3: who opens the file for the bank in a spreadsheet sees what it says. The workbook shows each cell as it is. CSV can't say what is
// a text: there amounts lose their last zeros and a name of digits becomes a number, but each amount, phone and line is right, and what
// would be a formula stands there with a mark before it.
func TestThePayoutFileInASpreadsheet(t *testing.T) {
	eachStall(t, func(t *testing.T, w *stall) {
		asCSV, asXLSX, want := w.payoutFiles()
		shown := byOffice(t, map[string][]byte{"workbook.xlsx": asXLSX, "text.csv": asCSV})
		if got := shown["workbook.xlsx"]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the workbook shows\n%q\nwant\n%q", got, want)
		}
		got := shown["text.csv"]
		if len(got) != len(want) {
			t.Fatalf("%d rows, want %d", len(got), len(want))
		}
		for i, row := range want {
			for column, cell := range row {
				shown := got[i][column]
				if i > 0 && column >= 2 && column <= 4 {
					cell = strings.TrimSuffix(strings.TrimRight(cell, "0"), ".")
				}
				if strings.ContainsAny(cell[:1], "=+-@") {
					cell = "'" + cell
				}
				if _, err := strconv.ParseFloat(cell, 64); shown != cell && (column > 0 || err != nil) {
					t.Errorf("row %d shows %q as %q", i, cell, shown)
				}
			}
		}
	})
}
