package arch

import (
	"regexp"
	"strings"
)

// A command is one of a page, as the words that a shell makes of it.
type command struct {
	page   string
	number int
	folder string   // where it is run, from the root
	env    []string // assignments before it
	words  []string
}

func (c command) String() string { return strings.Join(c.words, " ") }

var assignment = regexp.MustCompile(`^[A-Z_]+=`)

// commandsOf a page: those of its blocks, and those that stand in code in its prose. Of a block that begins with a command each line is one,
// unless it has lines that begin with "$ ": then those are. Other blocks hold what is printed.
func commandsOf(m markdown, known func(word string) bool) []command {
	var all []command
	for _, b := range m.blocks {
		if !isShell(b, known) {
			continue
		}
		prompt := strings.Contains("\n"+strings.Join(b.lines, "\n"), "\n$ ")
		for i := 0; i < len(b.lines); i++ {
			text, asked := strings.CutPrefix(b.lines[i], "$ ")
			if prompt && !asked || strings.TrimSpace(text) == "" {
				continue
			}
			at := i
			for strings.HasSuffix(text, `\`) && i+1 < len(b.lines) {
				i++
				text = strings.TrimSuffix(text, `\`) + " " + strings.TrimSpace(b.lines[i])
			}
			all = append(all, split(m, b.number+at, text)...)
		}
	}
	for _, l := range m.prose {
		for _, text := range codes(l.text) {
			if first := firstWord(text); known(first) && strings.Contains(text, " ") {
				all = append(all, split(m, l.number, text)...)
			}
		}
	}
	return all
}

func isShell(b block, known func(word string) bool) bool {
	switch b.language {
	case "sh", "shell", "bash", "console":
		return true
	case "":
		return len(b.lines) > 0 && known(firstWord(strings.TrimPrefix(b.lines[0], "$ ")))
	}
	return false
}

// firstWord of a line that is no assignment.
func firstWord(text string) string {
	for _, w := range words(text) {
		if w != "" && !assignment.MatchString(w) {
			return w
		}
	}
	return ""
}

// split a line into its commands.
func split(m markdown, number int, text string) []command {
	var all []command
	folder := m.folder()
	c := command{page: m.path, number: number, folder: folder}
	finish := func() {
		if len(c.words) > 1 && c.words[0] == "cd" {
			folder = c.words[1]
		}
		if len(c.words) > 0 {
			all = append(all, c)
		}
		c = command{page: m.path, number: number, folder: folder}
	}
	for _, w := range words(text) {
		switch {
		case w == "&&" || w == "|" || w == ";":
			finish()
		case len(c.words) == 0 && assignment.MatchString(w):
			c.env = append(c.env, w)
		default:
			c.words = append(c.words, w)
		}
	}
	finish()
	return all
}

// words of a line, as a shell splits it: quotes hold together, and a # begins a comment.
func words(text string) []string {
	var all []string
	var word strings.Builder
	started, quote := false, rune(0)
	finish := func() {
		if started {
			all = append(all, word.String())
		}
		word.Reset()
		started = false
	}
	for _, r := range text {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, started = r, true
		case r == '#' && !started:
			return all
		case r == ' ':
			finish()
		case r == ';':
			finish()
			all = append(all, ";")
		default:
			word.WriteRune(r)
			started = true
		}
	}
	finish()
	return all
}
