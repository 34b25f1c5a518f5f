package alb

import (
	"fmt"
	"strings"
)

// only refuses the first character that the field may not hold.
func only(field, text string, allowed func(rune) bool) error {
	for _, c := range text {
		if !allowed(c) {
			return invalid(field, text, fmt.Sprintf("must not contain %q", c))
		}
	}
	return nil
}

func letter(c rune) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

func alphanumeric(c rune) bool { return letter(c) || '0' <= c && c <= '9' }

func printable(c rune) bool { return ' ' <= c && c <= '~' }

// hostCharacter and pathCharacter are the lists of the API reference, RuleCondition.
func hostCharacter(c rune) bool { return alphanumeric(c) || strings.ContainsRune("-.*?", c) }

func pathCharacter(c rune) bool { return alphanumeric(c) || strings.ContainsRune(`_-.$/~"'@:+&*?`, c) }

// methodCharacter: API reference, HttpRequestMethodConditionConfig.
func methodCharacter(c rune) bool { return 'A' <= c && c <= 'Z' || c == '-' || c == '_' }

// tokenCharacter: RFC 7230, section 3.2.6, less "*", which would be a wildcard.
func tokenCharacter(c rune) bool { return alphanumeric(c) || strings.ContainsRune("!#$%&'+-.^_`|~", c) }
