package alb

import "strings"

// A pattern is a condition value with ALB's wildcards: "*" stands for any run of characters, "?" for exactly one.
type pattern struct {
	ops  []uint16
	fold bool // compare without regard to ASCII case
}

const (
	anyRun uint16 = 256 + iota
	anyOne
)

// A dialect is how one condition field writes its patterns.
type dialect struct {
	fold   bool // case is ignored
	escape bool // "\*" and "\?" are literal, as in query-string conditions
}

func (d dialect) compile(value string) pattern {
	p := pattern{fold: d.fold}
	for i := 0; i < len(value); i++ {
		c := value[i]
		if d.escape && escaped(value[i:]) {
			i++
			p.ops = append(p.ops, uint16(value[i]))
			continue
		}
		switch c {
		case '*':
			p.ops = append(p.ops, anyRun)
		case '?':
			p.ops = append(p.ops, anyOne)
		default:
			p.ops = append(p.ops, p.literal(c))
		}
	}
	return p
}

// wildcards counts those that the quota of a rule counts.
func (d dialect) wildcards(value string) int {
	n := 0
	for _, op := range d.compile(value).ops {
		if op >= anyRun {
			n++
		}
	}
	return n
}

func escaped(s string) bool {
	return len(s) > 1 && s[0] == '\\' && strings.IndexByte(`*?\`, s[1]) >= 0
}

func (p pattern) literal(c byte) uint16 {
	if p.fold && 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return uint16(c)
}

// match takes time proportional to len(p.ops)*len(s) at worst: after a mismatch only the last run is tried again.
func (p pattern) match(s string) bool {
	at, i := 0, 0
	run, resume := -1, 0
	for i < len(s) {
		switch {
		case at < len(p.ops) && p.ops[at] == anyRun:
			run, resume = at, i
			at++
		case at < len(p.ops) && (p.ops[at] == anyOne || p.ops[at] == p.literal(s[i])):
			at++
			i++
		case run >= 0:
			resume++
			at, i = run+1, resume
		default:
			return false
		}
	}
	for at < len(p.ops) && p.ops[at] == anyRun {
		at++
	}
	return at == len(p.ops)
}
