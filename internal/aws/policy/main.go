package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: policy FOLDER FILE")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintf(os.Stderr, "policy: %v\n", err)
		os.Exit(1)
	}
}

func write(folder, file string) error {
	found, err := calls(folder)
	if err != nil {
		return err
	}
	document, err := policy(found)
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, document, 0o644); err != nil {
		return fmt.Errorf("cannot write the policy: %w", err)
	}
	return nil
}
