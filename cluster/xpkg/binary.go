package main

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
)

// machines are the architectures that a binary can be for, as Go and as ELF call them.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

// readBinary reads a program that runs alone in an image: for Linux on that architecture, and static, as there is no loader
// and no library.
func readBinary(path, arch string) ([]byte, error) {
	want, ok := machines[arch]
	if !ok {
		return nil, fmt.Errorf("architecture %q is not known; amd64 and arm64 are", arch)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the provider's binary: %w", err)
	}
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%s is no Linux program; build it with GOOS=linux: %w", path, err)
	}
	if f.Machine != want {
		return nil, fmt.Errorf("%s is for %s, not for %s; build it with GOARCH=%s", path, f.Machine, arch, arch)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return nil, fmt.Errorf("%s is linked to libraries that the image does not have; build it with CGO_ENABLED=0", path)
		}
	}
	return b, nil
}
