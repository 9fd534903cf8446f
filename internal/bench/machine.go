package bench

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Machine is where it ran.
type Machine struct {
	Cores  int    `json:"cores"`
	Memory int64  `json:"memory_bytes"`
	System string `json:"system"`
	Go     string `json:"go"`
}

func machine() Machine {
	return Machine{
		Cores: runtime.GOMAXPROCS(0), Memory: kilobytes("/proc/meminfo", "MemTotal:"), System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(),
	}
}

// peak is the most memory that the process has held since forgetPeak; 0 where the system doesn't tell.
func peak() int64 { return kilobytes("/proc/self/status", "VmHWM:") }

// forgetPeak begins anew, so that one benchmark after another has its own peak. Where that can't be, the peak is the process's.
func forgetPeak() {
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) //nolint:errcheck // only Linux has it
}

// kilobytes reads a line such as "VmHWM:  1234 kB" and gives bytes.
func kilobytes(file, name string) int64 {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return n << 10
		}
	}
	return 0
}

// processor is how much processor time the process has used.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
