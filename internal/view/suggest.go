package view

import (
	"fmt"
	"slices"
	"strings"
)

// Suggest what may have been meant by a name that is none of those known: "; did you mean x?", or which there are.
func Suggest(name string, known []string) string {
	if len(known) == 0 {
		return "; there is none"
	}
	best, least := "", len(name)/2+1
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(name, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %s?", best)
	}
	const most = 5
	names := slices.Compact(slices.Sorted(slices.Values(known)))
	if len(names) > most {
		return fmt.Sprintf("; there are %s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return "; there is " + strings.Join(names, ", ")
}

// distance is how many characters must be changed, put in or left out to make b of a (Levenshtein).
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	for j := range before {
		before[j] = j
	}
	for i := range len(a) {
		now := make([]int, len(b)+1)
		now[0] = i + 1
		for j := range len(b) {
			change := before[j]
			if a[i] != b[j] {
				change++
			}
			now[j+1] = min(change, before[j+1]+1, now[j]+1)
		}
		before = now
	}
	return before[len(b)]
}
