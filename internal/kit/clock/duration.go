package clock

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a span as playbooks write it: 20s, 15m, 48h, 7d, 3w, 1d12h, or with a leading minus. A day is 24 hours.
type Duration time.Duration

var errDuration = errors.New("a duration is written as 20s, 15m, 48h, 7d or 3w")

var units = map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// longest is how long a span may be: sums and dates with it stay within what can be counted.
const longest = 100 * 365 * 24 * time.Hour

// ParseDuration reads a span of up to a hundred years.
func ParseDuration(s string) (Duration, error) {
	rest, sign := strings.TrimSpace(s), time.Duration(1)
	if strings.HasPrefix(rest, "-") {
		rest, sign = rest[1:], -1
	}
	if rest == "" {
		return 0, errDuration
	}
	var sum time.Duration
	for rest != "" {
		i := 0
		for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' {
			i++
		}
		if i == 0 || i == len(rest) || i > 9 {
			return 0, errDuration
		}
		n, err := strconv.Atoi(rest[:i])
		unit, known := units[rest[i]]
		if err != nil || !known || time.Duration(n) > (longest-sum)/unit {
			return 0, errDuration
		}
		sum += time.Duration(n) * unit
		rest = rest[i+1:]
	}
	return Duration(sign * sum), nil
}

// String writes the span in its largest units: 1d12h.
func (d Duration) String() string {
	n := time.Duration(d)
	if n == 0 {
		return "0s"
	}
	var b strings.Builder
	if n < 0 {
		b.WriteByte('-')
		n = -n
	}
	for _, u := range []byte("dhms") {
		if k := n / units[u]; k > 0 {
			fmt.Fprintf(&b, "%d%c", k, u)
			n -= k * units[u]
		}
	}
	return b.String()
}

// MarshalJSON writes the span as text.
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads the span from text.
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return errDuration
	}
	v, err := ParseDuration(s)
	*d = v
	return err
}
