package translate

import (
	"slices"

	"github.com/crossplane-contrib/provider-alb-gateway/internal/alb"
)

// Priorities are sparse, so that a rule can come between two others without either being moved.
const (
	firstPriority = 1000
	priorityStep  = 100
)

// prioritize gives rising priorities to rules in order. had are the priorities that they have, zero for none; taken are all
// that anyone on the listener holds, theirs included. The most rules possible keep theirs. The others get numbers between
// their neighbours that nobody holds, not even one who is about to let go, as reconcilers act at their own times. Where
// there is no room between two, neighbours are moved too.
func prioritize(had []int32, taken map[int32]bool) []int32 {
	kept := longestIncreasing(had)
	for {
		out, full := fill(had, kept, taken)
		if full < 0 {
			return out
		}
		if !widen(kept, full) {
			return out
		}
	}
}

// longestIncreasing marks a longest run of priorities that rise already.
func longestIncreasing(had []int32) []bool {
	length, before := make([]int, len(had)), make([]int, len(had))
	last := -1
	for i, p := range had {
		before[i] = -1
		if p < alb.MinPriority || p > alb.MaxPriority {
			continue
		}
		length[i] = 1
		for j := range i {
			if length[j] > 0 && had[j] < p && length[j]+1 > length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	kept := make([]bool, len(had))
	for i := last; i >= 0; i = before[i] {
		kept[i] = true
	}
	return kept
}

// fill gives numbers to what is not kept. full is where a run starts that has no room, or -1.
func fill(had []int32, kept []bool, taken map[int32]bool) (out []int32, full int) {
	out = slices.Clone(had)
	low := int32(0)
	for i := 0; i < len(had); {
		if kept[i] {
			low = had[i]
			i++
			continue
		}
		end := i
		for end < len(had) && !kept[end] {
			end++
		}
		high := int32(alb.MaxPriority + 1)
		if end < len(had) {
			high = had[end]
		}
		slots := between(low, high, end-i, taken)
		if slots == nil {
			return out, i
		}
		copy(out[i:end], slots)
		i = end
	}
	return out, -1
}

// between finds n free numbers above low and below high, spread so that there is room for more: the usual ones if there are enough.
func between(low, high int32, n int, taken map[int32]bool) []int32 {
	if slots := steps(low, high, n, taken); slots != nil {
		return slots
	}
	var free, even []int32
	for p := low + 1; p < high; p++ {
		if taken[p] {
			continue
		}
		free = append(free, p)
		if p >= firstPriority && p%priorityStep == 0 {
			even = append(even, p)
		}
	}
	if len(even) >= n {
		return spread(even, n)
	}
	return spread(free, n)
}

// spread n over what is free; nil if that is not enough.
func spread(free []int32, n int) []int32 {
	if len(free) < n {
		return nil
	}
	out := make([]int32, 0, n)
	for i := range n {
		out = append(out, free[(2*i+1)*len(free)/(2*n)])
	}
	return out
}

// steps are the usual ones, for rules after all others.
func steps(low, high int32, n int, taken map[int32]bool) []int32 {
	if high <= alb.MaxPriority {
		return nil
	}
	out := make([]int32, 0, n)
	for p := max(low+priorityStep, firstPriority); len(out) < n; p += priorityStep {
		if p >= high {
			return nil
		}
		if !taken[p] {
			out = append(out, p)
		}
	}
	return out
}

// widen gives up the kept neighbours of a run that has no room.
func widen(kept []bool, full int) bool {
	end := full
	for end < len(kept) && !kept[end] {
		end++
	}
	more := false
	if end < len(kept) {
		kept[end], more = false, true
	}
	if full > 0 && kept[full-1] {
		kept[full-1], more = false, true
	}
	return more
}
