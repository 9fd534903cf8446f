package authn

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/qunce/qunce/internal/kit/errs"
)

// systemRand is the system's randomness, which never fails.
var systemRand = rand.Reader

// Cost is what a password hash takes. It is stored with each hash, so it can be raised: the next sign-in hashes anew.
type Cost struct {
	Passes uint32
	KiB    uint32
}

// DefaultCost takes about 70 ms on a processor of 2023, and 32 MiB.
var DefaultCost = Cost{Passes: 3, KiB: 32 << 10}

const (
	saltLen     = 16
	hashLen     = 32
	minPassword = 10
	maxPassword = 128
)

// checkPassword asks for length and against the obvious; rules about kinds of characters make passwords worse.
func checkPassword(password, email string) *errs.Error {
	weak := ErrPasswordWeak.With("min", minPassword).With("max", maxPassword).At("/password")
	n := utf8.RuneCountInString(password)
	if n < minPassword || n > maxPassword || !utf8.ValidString(password) {
		return weak
	}
	kinds := map[rune]bool{}
	for _, r := range password {
		kinds[r] = true
	}
	local, _, _ := strings.Cut(email, "@")
	folded := Fold(password)
	if len(kinds) < 5 || folded == email || len(local) > 3 && strings.TrimRight(folded, "0123456789!") == local {
		return weak
	}
	return nil
}

// spell writes a hash with its cost in the usual form of Argon2 strings.
func (c Cost) spell(salt, sum []byte) string {
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, c.KiB, c.Passes, e.EncodeToString(salt), e.EncodeToString(sum))
}

var errHash = errors.New("a stored password hash has no known form")

// unspell reads what spell wrote.
func unspell(s string) (c Cost, salt, sum []byte, err error) {
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=1", &c.KiB, &c.Passes); err != nil || c.KiB > 1<<20 || c.Passes == 0 {
		return c, nil, nil, errHash
	}
	salt, err = base64.RawStdEncoding.DecodeString(parts[4])
	if err == nil {
		sum, err = base64.RawStdEncoding.DecodeString(parts[5])
	}
	if err != nil || len(sum) < hashLen {
		return c, nil, nil, errHash
	}
	return c, salt, sum, nil
}

// hash hashes a new password.
func (s *Service) hash(ctx context.Context, password string) (string, error) {
	salt := s.bytes(saltLen)
	sum, err := s.work(ctx, s.cost, password, salt, hashLen)
	if err != nil {
		return "", err
	}
	return s.cost.spell(salt, sum), nil
}

// matches compares a password with a stored hash; "" as the hash takes as long and matches nothing.
func (s *Service) matches(ctx context.Context, stored, password string) (bool, error) {
	nobody := stored == ""
	if nobody {
		stored = s.dummy
	}
	cost, salt, sum, err := unspell(stored)
	if err != nil {
		return false, err
	}
	if len(password) > 4*maxPassword {
		password = ""
	}
	got, err := s.work(ctx, cost, password, salt, uint32(len(sum)))
	return err == nil && subtle.ConstantTimeCompare(got, sum) == 1 && !nobody, err
}

// work runs the hash when a slot is free.
func (s *Service) work(ctx context.Context, c Cost, password string, salt []byte, n uint32) ([]byte, error) {
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.slots }()
	return argon2.IDKey([]byte(password), salt, c.Passes, c.KiB, 1, n), nil
}

func (s *Service) bytes(n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(s.rand, b); err != nil {
		panic(err) // the system's source never fails; another is a test's
	}
	return b
}

// plain spells random bytes in characters that survive being read out and typed.
var plain = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// secretLen is the length of a spelled secret of 160 bits.
const secretLen = 32

// newSecret is a secret of 160 bits.
func (s *Service) newSecret() string { return plain.EncodeToString(s.bytes(20)) }

// digest is how a secret with enough randomness of its own is stored.
func digest(value string) string {
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:])
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
