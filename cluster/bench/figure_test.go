package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRecordReplacesTheRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	for _, step := range []struct {
		row     string
		figures []figure
	}{
		{"steady", []figure{atMost("AWS calls", "calls", 16, 15)}},
		{"bring-up", []figure{atMost("AWS calls", "calls", 20, 20), told("time", "s", 3)}},
		{"steady", []figure{atMost("AWS calls", "calls", 0, 0)}},
	} {
		if err := record(path, step.row, "make bench ROW="+step.row, step.figures); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []figure
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	for i := range got {
		got[i].Date, got[i].On = "", ""
	}
	want := []figure{
		{Row: "bring-up", Again: "make bench ROW=bring-up", Name: "AWS calls", Unit: "calls", Value: 20, Target: new(20.0), Pass: true},
		{Row: "bring-up", Again: "make bench ROW=bring-up", Name: "time", Unit: "s", Value: 3, Pass: true},
		{Row: "steady", Again: "make bench ROW=steady", Name: "AWS calls", Unit: "calls", Value: 0, Target: new(0.0), Pass: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a row that is measured anew replaces its former figures, in the order of the rows: -want, +got:\n%s", diff)
	}
}

func TestAgain(t *testing.T) {
	cases := map[string]struct {
		command command
		row     row
		want    string
	}{
		"Row":   {command{Size: 10, Rates: 1}, row{name: "steady"}, "make bench ROW=steady"},
		"Sized": {command{Size: 50, Rates: 1}, row{name: "scale", sized: true}, "make bench ROW=scale ARGS='--size=50'"},
		"Rates": {command{Size: 50, Rates: 8}, row{name: "scale", sized: true}, "make bench ROW=scale ARGS='--size=50 --rates=8'"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := tc.command.again(tc.row); got != tc.want {
				t.Errorf("want %s, got %s", tc.want, got)
			}
		})
	}
}

func TestTally(t *testing.T) {
	calls := tally{"elbv2.DescribeRules": 4, "elbv2.CreateRule": 3, "elbv2.RegisterTargets": 2, "ec2.CreateSecurityGroup": 1, "acm.ListCertificates": 1}
	if got := [3]int{calls.total(), calls.writes(), limited(calls)}; got != [3]int{11, 6, 3} {
		t.Errorf("total, writes, and writes that share ELBv2's limit: want [11 6 3], got %v", got)
	}
}
