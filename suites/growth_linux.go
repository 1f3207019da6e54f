package suites

import (
	"os"
	"strconv"
	"strings"
)

// usageOf reads what the kernel knows of a process.
func usageOf(pid int) (usage, bool) {
	dir := "/proc/" + strconv.Itoa(pid)
	status, err := os.ReadFile(dir + "/status")
	if err != nil {
		return usage{}, false
	}
	var u usage
	for _, line := range strings.Split(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				return usage{}, false
			}
			u.peak = kib << 10
		}
	}
	open, err := os.ReadDir(dir + "/fd")
	if err != nil {
		return usage{}, false
	}
	u.descriptors = len(open)
	return u, u.peak > 0
}

// resetPeak lets the kernel count the peak anew from what is held now.
func resetPeak(pid int) {
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/clear_refs", []byte("5"), 0)
}
