package targetgroupbinding

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// A target is an address or an instance id, and the port that it is reached at.
type target struct {
	ID   string
	Port int32
}

// String is the form that status.atProvider.registered has: "id:port", for an IPv6 address too.
func (t target) String() string { return t.ID + ":" + strconv.Itoa(int(t.Port)) }

func parseTarget(s string) (target, bool) {
	i := strings.LastIndexByte(s, ':')
	if i <= 0 {
		return target{}, false
	}
	port, err := strconv.ParseInt(s[i+1:], 10, 32)
	if err != nil {
		return target{}, false
	}
	return target{ID: s[:i], Port: int32(port)}, true
}

func compareTargets(a, b target) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Port, b.Port))
}

// sorted orders targets and drops doubles, in place.
func sorted(ts []target) []target {
	slices.SortFunc(ts, compareTargets)
	return slices.Compact(ts)
}

// without returns the targets of a that are not in b; both are sorted.
func without(a, b []target) []target {
	var rest []target
	for _, t := range a {
		if _, found := slices.BinarySearchFunc(b, t, compareTargets); !found {
			rest = append(rest, t)
		}
	}
	return rest
}

func parseTargets(ss []string) []target {
	ts := make([]target, 0, len(ss))
	for _, s := range ss {
		if t, ok := parseTarget(s); ok {
			ts = append(ts, t)
		}
	}
	return sorted(ts)
}

func formatTargets(ts []target) []string {
	var ss []string
	for _, t := range ts {
		ss = append(ss, t.String())
	}
	return ss
}
