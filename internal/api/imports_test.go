package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/transfer"
)

// sendFile uploads a file of people as the owner.
func (w *world) sendFile(t *testing.T, fields map[string]string, content string) answer {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for name, value := range fields {
		if err := form.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "妈妈.csv")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte(content)) //nolint:errcheck // into memory
	form.Close()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, here("/imports"), &b)
	req.Header.Set("Content-Type", form.FormDataContentType())
	w.sign(req, w.owner)
	return w.send(req)
}

func (w *world) importFile(t *testing.T, content string) (im transfer.Import) {
	t.Helper()
	a := w.sendFile(t, nil, content)
	if a.status != http.StatusCreated {
		t.Fatalf("upload: %s", a)
	}
	a.into(t, &im)
	return im
}

// P7: a file comes in over HTTP: looked at, mapped, tried, run; its bad rows come back.
func TestImportOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		im := w.importFile(t, "手机号,昵称,不认识\n13800000011,甲,x\n12,乙,y\n13800000011,丙,z\n")
		if im.State != transfer.Uploaded || im.Name != "妈妈.csv" || im.Total != 3 || im.Plan.Columns[1] != "nickname" {
			t.Errorf("%+v", im)
		}
		at := here("/imports/" + im.ID)
		var seen transfer.Preview
		w.must(t, http.StatusOK, "GET "+at+"/preview", nil).into(t, &seen)
		if len(seen.Rows) != 3 || seen.Rows[1].Reasons[0].Code != "people.phone" {
			t.Errorf("%+v", seen)
		}
		plan := map[string]any{"columns": []string{"phone", "nickname", ""}, "existing": "update"}
		w.must(t, http.StatusOK, "PUT "+at+"/plan", plan)
		if a := w.do(t, w.owner, "PUT "+at+"/plan", map[string]any{"columns": []string{"nickname", "", ""}, "existing": "update"}); a.code() != "transfer.no_identifier" {
			t.Errorf("%s", a)
		}
		want := transfer.Counts{Created: 1, Repeated: 1, Bad: 1}
		for _, step := range []struct {
			verb  string
			state transfer.State
		}{{"check", transfer.Checked}, {"run", transfer.Done}} {
			w.must(t, http.StatusOK, "POST "+at+"/"+step.verb, nil)
			w.settle(t)
			w.must(t, http.StatusOK, "GET "+at, nil).into(t, &im)
			if im.State != step.state || im.Counts != want {
				t.Errorf("%+v", im)
			}
		}
		if a := w.do(t, w.owner, "POST "+at+"/stop", nil); a.status != http.StatusConflict || a.code() != "transfer.state" {
			t.Errorf("%s", a)
		}
		var bad struct{ Items []struct{ Words string } }
		w.must(t, http.StatusOK, "GET "+at+"/problems", nil, "Accept-Language: en").into(t, &bad)
		if len(bad.Items) != 2 || !strings.HasPrefix(bad.Items[0].Words, "Column A (手机号): This is not a valid phone number.") {
			t.Errorf("%+v", bad)
		}
		a := w.must(t, http.StatusOK, "GET "+at+"/bad-rows", nil)
		if !strings.Contains(a.body, "12,乙,y,A 列（手机号）：手机号不正确。") || !strings.Contains(a.Header.Get("Content-Disposition"), ".bad.csv") {
			t.Errorf("%v %s", a.Header, a.body)
		}
		for name, fields := range map[string]map[string]string{"transfer.encoding": {"encoding": "x"}, "transfer.header_empty": nil} {
			if a := w.sendFile(t, fields, "手机号,,c\n1,2,3\n"); a.status != http.StatusUnprocessableEntity || a.code() != name {
				t.Errorf("%s: %s", name, a)
			}
		}
	})
}

// P7, P9: a file goes out over HTTP; only who may look at phones may ask for them.
func TestExportOverHTTP(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.live(t)
		mfa := w.operator(t, w.community, "boss@example.com", true, access.Owner)
		get := func(who, query string) answer { return w.do(t, who, "GET "+here("/exports/people"+query), nil) }
		a := get(mfa, "?columns=phone,nickname&format=csv")
		if a.status != http.StatusOK || !strings.Contains(a.body, marker+"甲\r\n") || !strings.Contains(a.body, "\r\n138****0001") || a.Header.Get("Content-Type") != "text/csv; charset=utf-8" {
			t.Errorf("%v %s", a.Header, a)
		}
		if a := get(mfa, "?columns=phone&reveal=true&reason=x"); a.status != http.StatusOK || !strings.Contains(a.body, "\r\n13800000001") {
			t.Errorf("%s", a)
		}
		for _, phone := range []string{"13800000001", "13800000002"} { // of a merged person either phone finds her
			if a := get(mfa, "?columns=nickname&q="+phone); strings.Count(a.body, "\r\n") != 2 || !strings.Contains(a.body, marker) {
				t.Errorf("%s: %s", phone, a)
			}
		}
		token := w.token(t, w.community, access.RunExport)
		if a := get(token, "?columns=phone"); a.status != http.StatusOK {
			t.Errorf("%s", a)
		}
		if a := get(token, "?columns=phone&reveal=true&reason=x"); a.code() != "access.denied" {
			t.Errorf("%s", a)
		}
		if a := get(mfa, "?columns=secret"); a.code() != "transfer.export_column" {
			t.Errorf("%s", a)
		}
		if a := get(mfa, "?format=xlsx"); a.status != http.StatusOK || !strings.HasPrefix(a.body, "PK") {
			t.Errorf("%d", a.status)
		}
		w.must(t, http.StatusOK, "GET "+here("/imports"), nil)
		w.must(t, http.StatusOK, "GET "+here("/imports/targets"), nil)
		if a := w.do(t, mfa, "GET "+here("/exports/columns"), nil); !strings.Contains(a.body, "last_seen_at") {
			t.Errorf("%s", a)
		}
	})
}
