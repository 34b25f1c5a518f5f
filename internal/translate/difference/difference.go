package difference

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Bounds of the text: an Event takes 1024 bytes (core/v1, Event.message as events.k8s.io/v1 limits its note).
const (
	maxText  = 900
	maxField = 160
	maxValue = 120
)

// nothing is the text of a value that is not there.
const nothing = "nothing"

// A Difference is a field that is not as it is to be. An empty value is none. Without either value the text does not say what they
// are, as for what must not be shown.
type Difference struct{ Field, Was, Wanted string }

// String of a difference: "priority was 1100, wanted 1000".
func (d Difference) String() string {
	field := bounded(strings.Map(printable, d.Field), maxField)
	if d.Was == "" && d.Wanted == "" {
		return field + " differed"
	}
	return field + " was " + show(d.Was) + ", wanted " + show(d.Wanted)
}

func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}

// show a value. What would be taken for part of the sentence, or is not printable, is quoted.
func show(v string) string {
	switch {
	case v == "":
		return nothing
	case strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }):
		return quoted(v)
	case v[0] == '[' || v[0] == '"' || !strings.ContainsAny(v, " ,;"):
		return bounded(v, maxValue)
	}
	return quoted(v)
}

// quoted takes up to four times the room.
func quoted(v string) string { return strconv.Quote(bounded(v, maxValue/3)) }

func bounded(s string, limit int) string {
	s = strings.ToValidUTF8(s, "?")
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "") + "..."
}

// A List of differences.
type List []Difference

// String of the differences, as many as there is room for.
func (l List) String() string {
	var b strings.Builder
	for i, d := range l {
		text := d.String()
		if b.Len()+len(text) > maxText {
			fmt.Fprintf(&b, "; and %d more", len(l)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(text)
	}
	return b.String()
}

// Fields of the differences.
func (l List) Fields() []string {
	var out []string
	for _, d := range l {
		out = append(out, d.Field)
	}
	return out
}

// Maps are the differences between two maps, in order of their keys; field makes the name of a field from a key.
func Maps(was, wanted map[string]string, field func(key string) string) List {
	keys := slices.Collect(maps.Keys(was))
	for k := range wanted {
		if _, ok := was[k]; !ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	var out List
	for _, k := range keys {
		if w, v := given(was, k), given(wanted, k); w != v {
			out = append(out, Difference{Field: field(k), Was: w, Wanted: v})
		}
	}
	return out
}

// given is the value of a key: one that is there and empty is shown as such.
func given(in map[string]string, key string) string {
	v, ok := in[key]
	if ok && v == "" {
		return `""`
	}
	return v
}

// Setting is the difference of a setting that counts only where it is wanted.
func Setting[T comparable](field string, was, wanted *T) List {
	if wanted == nil || was != nil && *was == *wanted {
		return nil
	}
	d := Difference{Field: field, Wanted: cmp.Or(fmt.Sprint(*wanted), `""`)}
	if was != nil {
		d.Was = fmt.Sprint(*was)
	}
	return List{d}
}

// Sets is the difference of two sets, each given in any order.
func Sets(field string, was, wanted []string) List {
	w, v := set(was), set(wanted)
	if slices.Equal(w, v) {
		return nil
	}
	return List{{Field: field, Was: join(w), Wanted: join(v)}}
}

// Members are the differences of two sets, one for each member that only one of them has: for members that are long.
func Members(field string, was, wanted []string) List {
	return Maps(members(was), members(wanted), Keyed(field))
}

func members(of []string) map[string]string {
	out := map[string]string{}
	for _, m := range of {
		out[m] = "present"
	}
	return out
}

func set(in []string) []string { return slices.Compact(slices.Sorted(slices.Values(in))) }

func join(in []string) string {
	if len(in) == 0 {
		return ""
	}
	return "[" + strings.Join(in, " ") + "]"
}

// Keyed names the field of a key in a map: "tags[team]".
func Keyed(field string) func(key string) string {
	return func(key string) string { return field + "[" + key + "]" }
}
