package seat_test

import (
	"flag"
	"os"
	"testing"
)

// A history is a few dozen transactions, so fewer of them are checked than rapid would; -rapid.checks asks for more.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil {
		panic(err)
	}
	flag.Parse()
	os.Exit(m.Run())
}
