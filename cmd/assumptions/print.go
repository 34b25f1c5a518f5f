package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/crossplane-contrib/provider-alb-gateway/cluster/assumption"
)

// ask prints each answer as it comes. An assumption that does not hold, or could not be asked about, is an error.
func ask(ctx context.Context, o assumption.Options, names []string) error {
	var holds, skipped, wrong int
	row := "%-24s %-36s %s\n"
	fmt.Printf(row, "ASSUMPTION", "EXPECTED", "OBSERVED")
	err := assumption.Run(ctx, o, names, func(r assumption.Result) {
		observed := r.Observed
		switch {
		case r.Skipped != "":
			skipped++
			observed = "skipped: " + r.Skipped
		case r.Holds():
			holds++
		default:
			wrong++
			if r.Err != nil {
				observed = "error: " + r.Err.Error()
			} else {
				observed += " (so in the provider: " + r.Consequence + ")"
			}
		}
		fmt.Printf(row, r.Name, r.Expected, observed)
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d hold, %d do not, %d skipped\n", holds, wrong, skipped)
	if wrong > 0 {
		return fmt.Errorf("%d assumptions do not hold or could not be asked about", wrong)
	}
	return nil
}

func printList(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "ASSUMPTION\tQUESTION\tEXPECTED\tOTHERWISE")
	for _, c := range assumption.Checks() {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.Name, c.Question, c.Expected, c.Otherwise)
	}
	return table.Flush()
}
