package alb

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// A regexStyle is how the regexes of one field are compiled.
type regexStyle struct {
	letters Case
	anchor  Anchor
	flags   Stance
}

// compile takes what ALB takes: RE2, less Unicode classes. Lookaround, backreferences, atomic groups, possessive
// quantifiers and recursion are no RE2 ("Listener rules", user guide).
func (s regexStyle) compile(expr string) (*regexp.Regexp, error) {
	if err := supported(expr, s.flags); err != nil {
		return nil, err
	}
	text := expr
	if s.anchor == Anchored {
		text = `\A(?:` + text + `)\z`
	}
	if s.letters == CaseIgnored {
		text = `(?i)` + text
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, regexProblem(err)
	}
	return re, nil
}

func supported(expr string, flags Stance) error {
	// The expression must hold by itself: wrapped, "a)(b" would compile.
	if _, err := syntax.Parse(expr, syntax.Perl); err != nil {
		return regexProblem(err)
	}
	literal := false // inside \Q...\E
	for i := 0; i < len(expr); i++ {
		switch rest := expr[i:]; {
		case strings.HasPrefix(rest, `\E`):
			literal = false
			i++
		case literal:
		case strings.HasPrefix(rest, `\Q`):
			literal = true
			i++
		case strings.HasPrefix(rest, `\p`), strings.HasPrefix(rest, `\P`):
			return fmt.Errorf("unicode classes such as %s are not supported", rest[:2])
		case rest[0] == '\\':
			i++
		case flags == Other && inlineFlags(rest):
			return fmt.Errorf("inline flags are not supported")
		}
	}
	return nil
}

// inlineFlags tells "(?i)" and "(?s:" from "(?:" and "(?P<name>".
func inlineFlags(s string) bool {
	return len(s) > 2 && s[:2] == "(?" && strings.IndexByte("imsU-", s[2]) >= 0
}

func regexProblem(err error) error {
	text := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	return fmt.Errorf("is not a regex that ALB takes: %s", text)
}
