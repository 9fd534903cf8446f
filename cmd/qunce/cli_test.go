package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

// call runs a command as the shell would, and gives its exit code and what it printed, with the error's words.
func call(t *testing.T, in string, args ...string) (code int, out string) {
	t.Helper()
	root := rootCommand()
	var b bytes.Buffer
	root.SetArgs(args)
	root.SetIn(strings.NewReader(in))
	root.SetOut(&b)
	root.SetErr(&b)
	if err := root.ExecuteContext(t.Context()); err != nil {
		return exitOf(err), b.String() + explain(err)
	}
	return exitOK, b.String()
}

func expect(t *testing.T, code int, words string, args ...string) string {
	t.Helper()
	got, out := call(t, "", args...)
	if got != code || !strings.Contains(out, words) {
		t.Fatalf("%v: exit %d, %s; want %d with %q", args, got, out, code, words)
	}
	return out
}

// folder is the data folder of a community that was lived in.
func folder(t *testing.T) string {
	t.Helper()
	w := lived.SQLite(t)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Config.Data
}

func TestVerifyBackupAndRestore(t *testing.T) {
	data, file := folder(t), filepath.Join(t.TempDir(), "q.backup")
	var v verified
	out := expect(t, exitOK, "", "verify", "--data", data, "--json")
	if err := json.Unmarshal([]byte(out), &v); err != nil || !v.OK || len(v.Communities) != 1 || len(v.Communities[0].Flaws) != 0 {
		t.Errorf("%s %v", out, err)
	}
	expect(t, exitOK, "mothers", "verify", "--data", data, "--community", "mothers")
	expect(t, exitFailed, "no such community", "verify", "--data", data, "--community", "nobody")
	expect(t, exitUsage, "--out", "backup", "--data", data)
	expect(t, exitOK, "Wrote", "backup", "--data", data, "--out", file)
	expect(t, exitFailed, "there already", "backup", "--data", data, "--out", file)

	to, keys := t.TempDir(), filepath.Join(data, "keys")
	if out := expect(t, exitUsage, "keys", "restore", "--from", file, "--data", to); strings.Contains(out, "[]") {
		t.Errorf("the missing keys are not named: %s", out)
	}
	expect(t, exitOK, "Restored", "restore", "--from", file, "--data", to, "--keys", keys)
	expect(t, exitFailed, "holds data", "restore", "--from", file, "--data", to)
	expect(t, exitOK, "", "verify", "--data", to)
	expect(t, exitUsage, "not a Qunce backup", "restore", "--from", keys, "--data", t.TempDir(), "--keys", keys)

	moved := t.TempDir()
	expect(t, exitUsage, "say where", "migrate", "--from-data", to)
	expect(t, exitUsage, "already is", "migrate", "--from-data", to, "--to-data", to)
	expect(t, exitOK, "Moved to the database", "migrate", "--from-data", to, "--to-data", moved, "--to-database-url", testkit.PostgresURL(t))
	expect(t, exitOK, `"keys"`, "migrate", "--from-data", to, "--to-data", t.TempDir(), "--json")

	spoil(t, to)
	if out := expect(t, exitFailed, "seat.pool_used", "verify", "--data", to); !strings.Contains(out, "rows are off") {
		t.Error(out)
	}
	expect(t, exitFailed, "no installation", "verify", "--data", filepath.Join(to, "none"))
}

func spoil(t *testing.T, data string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{Path: filepath.Join(data, "qunce.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Do(t.Context(), "", func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE seat_pool SET used = used + 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A lost key file is seen: nobody makes a new one beside data that needs the old one.
func TestALostKeyFileIsSeen(t *testing.T) {
	data := folder(t)
	if err := os.Remove(filepath.Join(data, "keys")); err != nil {
		t.Fatal(err)
	}
	expect(t, exitFailed, "no key file", "verify", "--data", data)
	if _, err := secret.Open(filepath.Join(data, "keys")); err == nil {
		t.Error("a new key file was made")
	}
}

func TestTokensAndOperators(t *testing.T) {
	data := folder(t)
	out := expect(t, exitOK, "qnc_", "token", "create", "--data", data, "--community", "mothers", "--name", "report", "--scope", "read,write:people", "--expires", "90d")
	a, err := app.New(t.Context(), app.Config{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.Auth.TokenPrincipal(t.Context(), strings.TrimSpace(out))
	if err != nil || len(p.Scopes) != 2 {
		t.Errorf("%+v %v", p, err)
	}
	a.Close()
	expect(t, exitUsage, "scope", "token", "create", "--data", data, "--community", "mothers", "--name", "x", "--scope", "everything")
	expect(t, exitUsage, "--expires", "token", "create", "--data", data, "--community", "mothers", "--name", "x", "--scope", "read", "--expires", "soon")

	const password = "four words of mine\n"
	create := []string{"admin", "create", "--data", data, "--email", "Ada@Example.org", "--name", "Ada"}
	code, out := call(t, password, append(create, "--community", "mothers", "--role", "admin", "--totp", "--json")...)
	var made created
	if err := json.Unmarshal([]byte(out), &made); code != exitOK || err != nil || made.Secret == "" || len(made.Recovery) != 10 || !made.MFA || made.Email != "ada@example.org" {
		t.Errorf("exit %d, %s %v", code, out, err)
	}
	if code, out := call(t, password, append(create, "--installer")...); code != exitFailed || !strings.Contains(out, "email") {
		t.Errorf("exit %d, %s", code, out)
	}
	if code, _ := call(t, "", append(create, "--installer")...); code != exitUsage {
		t.Errorf("without a password: exit %d", code)
	}
	if code, _ := call(t, password, create...); code != exitUsage {
		t.Errorf("without a place: exit %d", code)
	}
}

func TestPlaybookCommands(t *testing.T) {
	data, dir := folder(t), t.TempDir()
	expect(t, exitOK, "mothers", "playbook", "list")
	source := expect(t, exitOK, "playbook: 1", "playbook", "export", "--data", data, "--community", "mothers")
	file := filepath.Join(dir, "mine.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(source)
	expect(t, exitOK, "nothing wrong", "playbook", "validate", file)
	expect(t, exitOK, "Nothing differs", "playbook", "diff", file, "--data", data, "--community", "mothers")
	write(strings.Replace(source, "per_phone: 5", "per_phone: 6", 1))
	expect(t, exitFailed, "intake.limits.per_phone: 5 → 6", "playbook", "diff", file, "--data", data, "--community", "mothers")
	expect(t, exitOK, "per_phone", "playbook", "apply", file, "--data", data, "--community", "mothers", "--acknowledge", "--json")
	expect(t, exitOK, "Nothing differs", "playbook", "apply", file, "--data", data, "--community", "mothers", "--acknowledge")
	write(strings.Replace(source, "    - {code: hello, title: 私信一对一, source: 公众号, path: intake-1}\n", "", 1))
	expect(t, exitFailed, "→ (retired: takes nobody new)", "playbook", "diff", file, "--data", data, "--community", "mothers")
	write(strings.Replace(source, "按备孕、孕期、宝宝月龄分群", "全网第一的分群", 1))
	expect(t, exitOK, "warning: intake.landing.lead.zh-Hans", "playbook", "validate", file)
	expect(t, exitFailed, "acknowledge", "playbook", "apply", file, "--data", data, "--community", "mothers")
	expect(t, exitOK, "intake.landing.lead", "playbook", "apply", file, "--data", data, "--community", "mothers", "--acknowledge")
	write(strings.Replace(source, "per_phone: 5", "per_fone: 5", 1))
	expect(t, exitFailed, "per_fone: unknown key", "playbook", "validate", file)
	expect(t, exitFailed, `"ok": false`, "playbook", "validate", file, "--json")
	expect(t, exitUsage, "read the playbook", "playbook", "validate", filepath.Join(dir, "none"))
	expect(t, exitOK, "draft/2020-12", "playbook", "schema")
	expect(t, exitOK, `"schema"`, "version", "--json")
	expect(t, exitOK, `"openapi"`, "openapi")
}

// The command line wins over the environment, that over the file; what nobody knows is refused with its line.
func TestConfigFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "qunce.yaml")
	read := func(text string, args ...string) (app.Config, error) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		in := &installation{}
		c := serveCommand()
		c.ResetFlags()
		in.serving(c.Flags())
		if err := c.ParseFlags(append(args, "--config", file)); err != nil {
			t.Fatal(err)
		}
		return in.config()
	}
	t.Setenv("QUNCE_PUBLIC_URL", "https://env.example")
	cfg, err := read("# ours\ndata: /srv/q\nlisten: 0.0.0.0:80\npublic-url: https://file.example\ntrusted-proxy: [10.0.0.0/8, 192.168.0.0/16]\n", "--data", "/srv/other")
	if err != nil || cfg.Data != "/srv/other" || cfg.Listen != "0.0.0.0:80" || cfg.PublicURL != "https://env.example" || len(cfg.TrustedProxy) != 2 {
		t.Errorf("%+v %v", cfg, err)
	}
	for text, want := range map[string]string{
		"data: a\nport: 1\n": ":2: port: there is no such setting", "data: a\ndata: b\n": ":2: data: the setting stands twice",
		"data: {a: b}\n": ":1: data: write one value", "- data\n": ":1: write a setting a line", "config: x\n": "no such setting", "trusted-proxy: 7\n": "write a network",
	} {
		if _, err := read(text); err == nil || !strings.Contains(err.Error(), want) || exitOf(err) != exitUsage {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestWrongCallsExitWithTwo(t *testing.T) {
	for _, args := range [][]string{{"nonsense"}, {"verify", "--nope"}, {"serve", "x"}, {"playbook", "nonsense"}, {"playbook", "validate"}, {"token", "x"}} {
		if code, out := call(t, "", args...); code != exitUsage {
			t.Errorf("%v: exit %d, %s", args, code, out)
		}
	}
	expect(t, exitOK, "Usage", "--help")
}
