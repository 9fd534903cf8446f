package testkit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// ReadQR gives what an outside decoder reads in a picture, "" when it reads nothing. Without the decoder the test fails: a code
// that nobody has read is not known to work.
func ReadQR(t testing.TB, picture []byte) string {
	t.Helper()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Fatal("there is no zbarimg to read QR codes with: run scripts/need.sh browser, or apt-get install zbar-tools")
	}
	file := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), zbar, "--quiet", "--raw", file).Output()
	if err != nil {
		t.Logf("zbarimg: %v", err)
	}
	return strings.TrimSpace(string(out))
}
