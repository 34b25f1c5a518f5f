package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// A figure is one measured value and what it may be at most.
type figure struct {
	Row    string   `json:"row"`
	Name   string   `json:"name"`
	Unit   string   `json:"unit"`
	Value  float64  `json:"value"`
	Target *float64 `json:"target,omitempty"` // at most; none: it is told for information
	Pass   bool     `json:"pass"`
	Note   string   `json:"note,omitempty"`
	Date   string   `json:"date"`
	On     string   `json:"on"`      // the machine
	Again  string   `json:"command"` // that measures it
}

// atMost makes a figure that has a target.
func atMost(name, unit string, value, target float64) figure {
	return figure{Name: name, Unit: unit, Value: value, Target: &target, Pass: value <= target}
}

// told is a figure without a target.
func told(name, unit string, value float64) figure {
	return figure{Name: name, Unit: unit, Value: value, Pass: true}
}

func (f figure) with(note string) figure {
	f.Note = note
	return f
}

func (f figure) String() string {
	mark, target := "✓", ""
	if !f.Pass {
		mark = "✗"
	}
	if f.Target != nil {
		target = fmt.Sprintf(" (at most %s)", number(*f.Target))
	}
	text := fmt.Sprintf("%s %s: %s %s%s", mark, f.Name, number(f.Value), f.Unit, target)
	if f.Note != "" {
		text += "  " + f.Note
	}
	return text
}

func number(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", v), "0"), ".")
}

// record the figures of a row in the report, in the place of its former ones.
func record(path, name, again string, figures []figure) error {
	var all []figure
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, &all)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot read the report: %w", err)
	}
	all = slices.DeleteFunc(all, func(f figure) bool { return f.Row == name })
	for _, f := range figures {
		f.Row, f.Again, f.Date = name, again, time.Now().UTC().Format(time.DateOnly)
		f.On = fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
		all = append(all, f)
	}
	place := func(f figure) int { return slices.IndexFunc(rows(), func(r row) bool { return r.name == f.Row }) }
	slices.SortStableFunc(all, func(a, b figure) int { return place(a) - place(b) })
	b, err = json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot encode the report: %w", err)
	}
	return os.WriteFile(path, append(b, '\n'), 0o644)
}
