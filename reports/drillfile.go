package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// DrillFile is the file from which everything else that [WriteDrills] writes
// can be made again.
const DrillFile = "drill.json"

var aDrill = shape{name: "drill", file: DrillFile, schema: DrillSchema, words: map[string][]string{
	"drills.timeline.keys.stations.state": {StationPublished, StationActive, StationRetired, StationRemoved},
	"drills.timeline.bands.state":         {BandAccepted, BandRefused, BandExposed, BandBoth},
}}

// WriteDrills writes drills into a folder, which it makes where there is none:
// drill.json, and a picture for each drill under the name that [Drills.Pictures]
// has for it. Each file is there whole or not at all; one that stood there
// before is replaced.
func WriteDrills(dir string, d Drills) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unwritable(dir, err)
	}
	raw, err := MarshalDrills(d)
	if err != nil {
		return err
	}
	if err := replace(dir, DrillFile, raw); err != nil {
		return unwritable(dir, err)
	}
	for i, name := range d.Pictures() {
		var b bytes.Buffer
		if err := WriteTimeline(&b, d.Drills[i]); err != nil {
			return err
		}
		if err := replace(dir, name, b.Bytes()); err != nil {
			return unwritable(dir, err)
		}
	}
	return nil
}

// MarshalDrills is drills as drill.json: indented, members in one order, and
// escaped so that it can stand in HTML, a log or a terminal.
func MarshalDrills(d Drills) ([]byte, error) {
	d.Schema = DrillSchema
	d.Drills = orEmpty(slices.Clone(d.Drills))
	for i := range d.Drills {
		t := &d.Drills[i].Timeline
		t.Keys, t.Fetches, t.Bands = orEmpty(slices.Clone(t.Keys)), orEmpty(t.Fetches), orEmpty(t.Bands)
		for j := range t.Keys {
			t.Keys[j].Stations = orEmpty(t.Keys[j].Stations)
		}
	}
	raw, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", DrillFile, err)
	}
	return append([]byte(escapeJSON(string(raw))), '\n'), nil
}

// ReadDrills reads a drill.json, or that of a folder. It refuses what
// [WriteDrills] would not have written, as [Read] does; states of keys and of
// bands that nobody knows, too.
func ReadDrills(path string) (Drills, error) { return readFile(path, aDrill, UnmarshalDrills) }

// UnmarshalDrills reads the text of a drill.json, as [ReadDrills] does. Its
// errors begin with the line, as in ":12: …".
func UnmarshalDrills(raw []byte) (Drills, error) {
	var d Drills
	err := aDrill.unmarshal(raw, &d)
	return d, err
}

// Pictures are the names of the files into which [WriteDrills] draws the
// drills, in their order: drill-<target>-<policy>.svg, of letters, digits and
// ". _ -", and no two alike, even where case does not matter.
func (d Drills) Pictures() []string {
	var names []string
	taken := map[string]bool{}
	for _, drill := range d.Drills {
		stem := "drill-" + fileWord(drill.Target, "target") + "-" + fileWord(drill.Policy, "policy")
		name := stem
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s-%d", stem, n)
		}
		taken[strings.ToLower(name)] = true
		names = append(names, name+".svg")
	}
	return names
}

// fileWord is text as part of a file's name on any system, or else where
// nothing of it can be.
func fileWord(text, otherwise string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '.', r == '_':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	word := strings.Trim(b.String(), "-.")
	if word == "" {
		return otherwise
	}
	return word
}
