package main

import (
	"net"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/google/go-cmp/cmp"
)

func TestFlags(t *testing.T) {
	cases := map[string]struct {
		reason string
		args   []string
		want   string
	}{
		"Defaults":        {reason: "Nothing needs to be given."},
		"PollInterval":    {reason: "A poll interval of nothing would be a hot loop.", args: []string{"--poll-interval=0s"}, want: "--poll-interval is 0s; it must be at least 1s"},
		"SyncInterval":    {reason: "So would a sync interval.", args: []string{"--sync-interval=1s"}, want: "--sync-interval is 1s; it must be at least 1m"},
		"NoWorkers":       {reason: "Without workers nothing would happen.", args: []string{"--max-concurrent-reconciles=0"}, want: "--max-concurrent-reconciles is 0; it must be at least 1"},
		"CrossplaneNames": {reason: "Flags have the names that other providers give them, too.", args: []string{"--poll=1m", "--sync=2h", "--max-reconcile-rate=5", "-l", "--health-probe-bind-addr=:1"}},
		"Leases": {
			reason: "A leader must give up before the next one begins.",
			args:   []string{"--lease-duration=10s"},
			want:   "--lease-duration 10s, --lease-renew-deadline 10s and --lease-retry-period 2s do not go together; each must be longer than the next, the deadline more than 1.2 retries",
		},
		"NoRates":         {reason: "A provider that may not call AWS would wait for ever.", args: []string{"--aws-rates=0"}, want: "--aws-rates is 0; it must be between 0.01 and 100"},
		"RatesNotANumber": {reason: "Nor may it at no number.", args: []string{"--aws-rates=NaN"}, want: "--aws-rates is NaN; it must be between 0.01 and 100"},
		"HostConditions":  {reason: "The message lists what is allowed.", args: []string{"--host-conditions=glob"}, want: `--host-conditions must be one of "regex","values" but got "glob"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := flags{}
			parser, err := kong.New(&f, kong.Vars{"version": "test"})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if _, err := parser.Parse(tc.args); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\nParse(%v): -want, +got:\n%s", tc.reason, tc.args, diff)
			}
		})
	}
}

// The page is there for whoever looks from this machine, and for nobody else unless told so.
func TestPageIsLocal(t *testing.T) {
	f := flags{}
	parser, err := kong.New(&f, kong.Vars{"version": "test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(nil); err != nil {
		t.Fatal(err)
	}
	host, _, err := net.SplitHostPort(f.PageBindAddress)
	if err != nil || host != "127.0.0.1" {
		t.Errorf("want the page at 127.0.0.1, got %q (%v)", f.PageBindAddress, err)
	}
}
