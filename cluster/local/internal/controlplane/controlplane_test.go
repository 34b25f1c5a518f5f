package controlplane

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the user sees when a component does not start; the components themselves are tested with the command.
func TestStartNamesDeadChild(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, "program")
	script := "#!/bin/sh\nif [ \"$1\" = kube-apiserver ]; then echo cannot open database; exit 7; fi\nexec sleep 600\n"
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Start(t.Context(), Options{
		Dir:              dir,
		Executable:       program,
		ServiceCIDR:      netip.MustParsePrefix("172.20.0.0/16"),
		AdvertiseAddress: netip.MustParseAddr("10.64.0.11"),
	})
	if err == nil {
		t.Fatal("Start(...): want an error")
	}
	for _, want := range []string{"kube-apiserver ended unexpectedly (exit status 7)", filepath.Join(dir, "logs", "kube-apiserver.log"), "cannot open database"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Start(...): want %q in the error, got:\n%s", want, err)
		}
	}
}

func TestStartRefusesTakenPort(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() //nolint:errcheck // test
	_, err = Start(t.Context(), Options{Dir: t.TempDir(), APIServerPort: l.Addr().(*net.TCPAddr).Port})
	if err == nil || !strings.Contains(err.Error(), "cannot use port") {
		t.Errorf("Start(...): want an error about the port, got %v", err)
	}
}
