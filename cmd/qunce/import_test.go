package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/playbooks"
	"github.com/qunce/qunce/test/testkit"
)

// asProgram makes this test binary be the program itself.
const asProgram = "QUNCE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// install makes an installation with the community mothers and gives the flags that name it.
func install(t *testing.T, databaseURL string) []string {
	t.Helper()
	cfg := app.Config{Data: filepath.Join(t.TempDir(), "data"), DatabaseURL: databaseURL}
	a, err := app.New(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	source, err := playbooks.Files.ReadFile("mothers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Demo(context.Background(), "mothers", source); err != nil {
		t.Fatal(err)
	}
	return []string{"--community", "mothers", "--data", cfg.Data, "--database-url", databaseURL}
}

func program(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asProgram+"=1")
	return c
}

// qunce runs the program.
func qunce(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	c := program(args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), c.ProcessState.ExitCode()
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// report is what --json prints.
func report(t *testing.T, stdout string) (r imported) {
	t.Helper()
	if err := json.Unmarshal([]byte(stdout), &r); err != nil {
		t.Fatalf("%v: %s", err, stdout)
	}
	return r
}

// onBoth runs a test with an installation on each database.
func onBoth(t *testing.T, fn func(t *testing.T, at []string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, install(t, "")) })
	t.Run("postgres", func(t *testing.T) { fn(t, install(t, testkit.PostgresURL(t))) })
}

// P7: the command line tells what would be, does it, returns bad rows, and says by its exit code how it went.
func TestImportAndExport(t *testing.T) {
	onBoth(t, func(t *testing.T, at []string) {
		file := write(t, "妈妈.csv", "手机号,昵称,备注名\n13800000001,甲,a\n12,乙,b\n13800000003,丙,c\n")
		run := func(args ...string) (string, string, int) {
			return qunce(t, append(append([]string{"import", "people"}, args...), at...)...)
		}
		out, errs, code := run(file, "--dry-run", "--json")
		if r := report(t, out); code != exitFailed || r.State != "checked" || r.Counts.Created != 2 || r.Counts.Bad != 1 {
			t.Errorf("%d: %s %s", code, out, errs)
		}
		out, errs, code = run(file, "--map", "备注名=company", "--tag", "三月")
		if code != exitFailed || !strings.Contains(out, "created 2, updated 0, unchanged 0, repeated in the file 0, bad 1") || strings.Contains(errs, "\r") {
			t.Errorf("%d: %s %s", code, out, errs)
		}
		bad, err := os.ReadFile(strings.TrimSuffix(file, ".csv") + ".bad.csv")
		if err != nil || !strings.Contains(string(bad), "12,乙,b,A 列（手机号）：手机号不正确。") {
			t.Errorf("%v: %s", err, bad)
		}
		fixed := write(t, "fixed.csv", strings.Replace(string(bad), "12,", "13800000002,", 1))
		if out, errs, code := run(fixed, "--map", "备注名=company"); code != exitOK || !strings.HasPrefix(out, "created 1,") {
			t.Errorf("%d: %s %s", code, out, errs)
		}
		for _, args := range [][]string{
			{"/nowhere.csv"},
			{},
			{file, "--resume", "x"},
			{"--resume", "x"},
			{file, "--map", "没有=phone"},
			{file, "--map", "手机号="},
			{write(t, "a.pdf", "%PDF-1.4")},
			{file, "--source", "没有"},
			{file, "--encoding", "ebcdic"},
		} {
			if out, errs, code := run(args...); code != exitUsage || out != "" || !strings.HasPrefix(errs, "qunce: ") && !strings.HasPrefix(errs, "import ") {
				t.Errorf("%v: %d, %s %s", args, code, out, errs)
			}
		}

		to := filepath.Join(t.TempDir(), "out.csv")
		out, errs, code = qunce(t, append([]string{"export", "people", "--out", to, "--columns", "phone,nickname,company,tags", "--filter", "tag=三月"}, at...)...)
		text, err := os.ReadFile(to)
		if code != exitOK || err != nil || !strings.Contains(out, "2 people") ||
			string(text) != "\ufeff手机号,昵称,公司,标签\r\n138****0003,丙,c,三月\r\n138****0001,甲,a,三月\r\n" {
			t.Errorf("%d: %s %s %s", code, out, errs, text)
		}
		out, errs, code = qunce(t, append([]string{"export", "people", "--out", "-", "--columns", "phone", "--reveal", "--reason", "a test", "--filter", "text=甲"}, at...)...)
		if code != exitOK || out != "\ufeff手机号\r\n13800000001\r\n" {
			t.Errorf("%d: %q %s", code, out, errs)
		}
		for _, more := range [][]string{{}, {"--out", to, "--format", "pdf"}, {"--out", to, "--filter", "x=y"}, {"--out", to, "--reveal"}, {"--out", to, "--columns", "secret"}} {
			if _, errs, code := qunce(t, append(append([]string{"export", "people"}, more...), at...)...); code != exitUsage {
				t.Errorf("%v: %d, %s", more, code, errs)
			}
		}
	})
}

// P7: killed again and again, the import goes on where it was, and everybody is there once.
func TestImportIsKilled(t *testing.T) {
	onBoth(t, func(t *testing.T, at []string) {
		const n = 1500
		file := filepath.Join(t.TempDir(), "many.csv")
		writeMany(t, file, n)
		args := append([]string{"import", "people", file, "--json"}, at...)
		kills := 0
		for round := range 30 {
			c := program(args...)
			var out bytes.Buffer
			c.Stdout = &out
			errs, err := c.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			first, err := bufio.NewReader(errs).ReadString('\n') // import ID: n rows
			if err != nil {
				t.Fatalf("%v: %q", err, first)
			}
			id := strings.TrimSuffix(strings.Fields(first)[1], ":")
			args = append([]string{"import", "people", "--resume", id, "--json", "--bad", filepath.Join(t.TempDir(), "bad.csv")}, at...)
			killed := make(chan struct{})
			if round < 5 {
				time.AfterFunc(time.Duration(50+60*round)*time.Millisecond, func() {
					c.Process.Kill() //nolint:errcheck // it may have ended
					close(killed)
				})
			}
			err = c.Wait()
			if c.ProcessState.ExitCode() >= 0 {
				r := report(t, out.String())
				if err != nil || r.State != "done" || r.Counts.Created != n {
					t.Fatalf("%v after %d kills: %s", err, kills, out.String())
				}
				break
			}
			<-killed
			kills++
		}
		if kills == 0 {
			t.Error("it was never killed")
		}
		out, errs, code := qunce(t, append([]string{"export", "people", "--out", "-", "--columns", "phone"}, at...)...)
		if lines := strings.Count(out, "\r\n"); code != exitOK || lines != n+1 {
			t.Errorf("%d after %d kills: %d lines, %s", code, kills, lines, errs)
		}
	})
}

func writeMany(t *testing.T, name string, n int) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	w.WriteString("手机号,姓名,昵称,城市\n") //nolint:errcheck // kept until Flush
	for i := range n {
		fmt.Fprintf(w, "138%08d,王%d,妈妈%d,北京\n", i, i, i) //nolint:errcheck // kept until Flush
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

func writeBook(t *testing.T, name string, n int) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range n + 1 {
		row := []any{fmt.Sprintf("138%08d", i), fmt.Sprintf("王%d", i), fmt.Sprintf("妈妈%d", i), "北京"}
		if i == 0 {
			row = []any{"手机号", "姓名", "昵称", "城市"}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), f.SaveAs(name)); err != nil {
		t.Fatal(err)
	}
}

// memory is the most that a program that ended ever held, in MiB.
func memory(c *exec.Cmd) int {
	if use, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		return int(use.Maxrss >> 10)
	}
	return 0
}

// P7: 100,000 rows are looked at, come in and go out in under 256 MiB, as CSV and as a workbook. What writes them all takes
// minutes: unless QUNCE_LONG is set, 5,000 come in, and the look is at 100,000.
func TestMemory(t *testing.T) {
	const most, many = 256, 100_000
	some := 5_000
	if os.Getenv("QUNCE_LONG") != "" {
		some = many
	}
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	writeMany(t, in("some.csv"), some)
	writeMany(t, in("many.csv"), many)
	if out, err := program("version").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	at := install(t, "")
	run := func(args ...string) {
		t.Helper()
		c := program(append(args, at...)...)
		began := time.Now()
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", args, err, out)
		}
		// What a program held is at least what the one that started it did, so this test keeps small until the last.
		t.Logf("%s: %d MiB, %.1f s", strings.Join(args, " "), memory(c), time.Since(began).Seconds())
		if memory(c) > most || memory(c) == 0 {
			t.Errorf("%v held %d MiB", args, memory(c))
		}
	}
	run("import", "people", in("many.csv"), "--dry-run")
	run("import", "people", in("some.csv"))
	run("export", "people", "--out", in("out.csv"))
	run("export", "people", "--format", "xlsx", "--out", in("out.xlsx"))
	writeBook(t, in("many.xlsx"), many)
	run("import", "people", in("many.xlsx"), "--dry-run")
	if some == many {
		run("import", "people", in("many.xlsx"))
	}
}
