package view

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Styles of words. Who prints text to something else than a terminal strips them, as lipgloss.Fprint does.
var (
	good = lipgloss.NewStyle().Foreground(lipgloss.Green)
	bad  = lipgloss.NewStyle().Foreground(lipgloss.Red)
	some = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	dim  = lipgloss.NewStyle().Faint(true)
	bold = lipgloss.NewStyle().Bold(true)
)

// A table is rows of cells, the first of them the head.
type table struct{ rows []row }

type row struct {
	cells []string
	style map[int]lipgloss.Style
}

// add a row, and return how to paint one of its cells.
func (t *table) add(cells ...string) (paint func(cell int, s lipgloss.Style)) {
	r := row{style: map[int]lipgloss.Style{}}
	for _, c := range cells {
		r.cells = append(r.cells, plain(c))
	}
	t.rows = append(t.rows, r)
	return func(cell int, s lipgloss.Style) { r.style[cell] = s }
}

// plain keeps text on its line, and control characters of others' texts away from the terminal.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || 0x7f <= c && c < 0xa0 {
			return ' '
		}
		return c
	}, s)
}

// write the table, its lines indented.
func (t *table) write(b *strings.Builder) {
	widths := map[int]int{}
	for _, r := range t.rows {
		for i, c := range r.cells {
			widths[i] = max(widths[i], lipgloss.Width(c))
		}
	}
	for n, r := range t.rows {
		b.WriteString("  ")
		last := len(r.cells) - 1
		for last > 0 && r.cells[last] == "" {
			last--
		}
		for i, c := range r.cells[:last+1] {
			style, ok := r.style[i]
			switch {
			case ok:
				b.WriteString(style.Render(c))
			case n == 0:
				b.WriteString(bold.Render(c))
			default:
				b.WriteString(c)
			}
			if i < last {
				b.WriteString(strings.Repeat(" ", widths[i]-lipgloss.Width(c)+3))
			}
		}
		b.WriteByte('\n')
	}
}
