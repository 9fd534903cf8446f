package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
)

// etagOf writes a version as an ETag.
func etagOf(version int64) string { return `"v` + strconv.FormatInt(version, 10) + `"` }

// version is what If-Match asks for; 0 takes any.
func (c *call) version() (int64, error) {
	h := strings.TrimSpace(c.r.Header.Get(headerIfMatch))
	if h == "" || h == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(h, `"v`), `"`), 10, 64)
	if err != nil || n < 1 {
		return 0, errETag
	}
	return n, nil
}

// digestOf is the ETag of something without a version: of those of its fields that people edit.
func digestOf(fields ...any) string {
	b, _ := json.Marshal(fields) //nolint:errchkjson // texts, numbers and maps of them always encode
	sum := sha256.Sum256(b)
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// matches refuses when If-Match names another ETag.
func (c *call) matches(etag string) error {
	h := strings.TrimSpace(c.r.Header.Get(headerIfMatch))
	if h == "" || h == "*" || h == etag {
		return nil
	}
	if !strings.HasPrefix(h, `"`) {
		return errETag
	}
	return errStale
}
