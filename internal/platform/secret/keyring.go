package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
)

// What can be wrong with a secret.
var (
	ErrKeyMissing = errs.Define(errs.Unavailable, "secret.key_missing") // the key named by {key} is not in the key file
	ErrUnreadable = errs.Define(errs.Internal, "secret.unreadable")     // damaged, or made for another place
)

// Keyring holds the keys of an installation. It never changes after it was read; safe for concurrent use.
type Keyring struct {
	keys   map[string]cipher.AEAD
	active string // the key that encrypts
	lookup string // the key that hashes
	hash   []byte
}

// version leads every ciphertext, so that another scheme can follow.
const version = "v1"

// newKeyring derives the working keys from the file's entries: one secret never serves two purposes.
func newKeyring(entries []entry) (*Keyring, error) {
	k := &Keyring{keys: map[string]cipher.AEAD{}}
	for _, e := range entries {
		derived, err := hkdf.Key(sha256.New, e.secret, nil, "qunce "+e.use+" "+e.id, 32)
		if err != nil {
			return nil, fmt.Errorf("derive key %s: %w", e.id, err)
		}
		if e.use == useLookup {
			k.lookup, k.hash = e.id, derived
			continue
		}
		block, err := aes.NewCipher(derived)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", e.id, err)
		}
		aead, err := cipher.NewGCMWithRandomNonce(block)
		if err != nil {
			return nil, fmt.Errorf("key %s: %w", e.id, err)
		}
		k.keys[e.id], k.active = aead, e.id
	}
	if k.active == "" || k.hash == nil {
		return nil, errors.New("the key file needs an encrypt line and a lookup line")
	}
	return k, nil
}

// IDs names the keys that data made now depends on: the encrypting one and the hashing one. A backup notes them.
func (k *Keyring) IDs() []string { return []string{k.active, k.lookup} }

// Require gives ErrKeyMissing for the first of the named keys that this ring lacks.
func (k *Keyring) Require(ids ...string) error {
	for _, id := range ids {
		if _, ok := k.keys[id]; !ok && id != k.lookup {
			return ErrKeyMissing.With("key", id)
		}
	}
	return nil
}

// Encrypt hides plaintext; only Decrypt with the same community and purpose gives it back. Equal texts give unequal
// results; the empty text too.
func (k *Keyring) Encrypt(community, purpose, plaintext string) string {
	sealed := k.keys[k.active].Seal(nil, nil, []byte(plaintext), bind(community, purpose, k.active))
	return version + "." + k.active + "." + base64.RawURLEncoding.EncodeToString(sealed)
}

// Decrypt gives the plaintext. It fails with ErrKeyMissing or ErrUnreadable.
func (k *Keyring) Decrypt(community, purpose, ciphertext string) (string, error) {
	v, rest, _ := strings.Cut(ciphertext, ".")
	id, body, ok := strings.Cut(rest, ".")
	if !ok || v != version {
		return "", ErrUnreadable.Because(errors.New("not a ciphertext of this program"))
	}
	aead, ok := k.keys[id]
	if !ok {
		if !validID(id) {
			return "", ErrUnreadable.Because(errors.New("a key id without its shape"))
		}
		return "", ErrKeyMissing.With("key", id)
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil {
		return "", ErrUnreadable.Because(err)
	}
	plain, err := aead.Open(nil, nil, sealed, bind(community, purpose, id))
	if err != nil {
		return "", ErrUnreadable.Because(err)
	}
	return string(plain), nil
}

// IsCurrent tells whether a ciphertext was made with the key that encrypts now; if not, a rotation writes it anew.
func (k *Keyring) IsCurrent(ciphertext string) bool {
	return strings.HasPrefix(ciphertext, version+"."+k.active+".")
}

// hashText spells keyed hashes: 26 characters that need no quoting anywhere.
var hashText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// HMAC is the keyed hash of value, 128 bits in 26 characters: equal values are equal within a community and purpose, and
// nobody without the key can try values out.
func (k *Keyring) HMAC(community, purpose, value string) string {
	m := hmac.New(sha256.New, k.hash)
	m.Write(bind(community, purpose, value))
	return hashText.EncodeToString(m.Sum(nil)[:16])
}

// bind joins parts so that no two lists of parts give the same bytes.
func bind(parts ...string) []byte {
	var b []byte
	for _, p := range parts {
		b = binary.AppendUvarint(b, uint64(len(p)))
		b = append(b, p...)
	}
	return b
}
