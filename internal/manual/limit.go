package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
)

// kindOf a value, in words.
func kindOf(s apiextensionsv1.JSONSchemaProps) string {
	switch {
	case s.XIntOrString:
		return "integer or string"
	case s.Type == "array" && s.Items != nil && s.Items.Schema != nil:
		return "list of " + plural(kindOf(*s.Items.Schema))
	case s.AdditionalProperties != nil && s.AdditionalProperties.Schema != nil:
		return "map of " + plural(kindOf(*s.AdditionalProperties.Schema))
	case s.Format == "date-time":
		return "time"
	}
	return s.Type
}

func plural(kind string) string {
	first, rest, _ := strings.Cut(kind, " ")
	if rest != "" {
		rest = " " + rest
	}
	return first + "s" + rest
}

// limits of a value, and of the values in a list.
func limits(s apiextensionsv1.JSONSchemaProps) []string {
	var all []string
	if s.Default != nil {
		all = append(all, "default "+code(compact(s.Default.Raw)))
	}
	if len(s.Enum) > 0 {
		values := make([]string, len(s.Enum))
		for i, v := range s.Enum {
			values[i] = code(strings.Trim(compact(v.Raw), `"`))
		}
		all = append(all, "one of "+strings.Join(values, ", "))
	}
	all = append(all, between("", s.Minimum, s.Maximum)...)
	all = append(all, between(" characters", s.MinLength, s.MaxLength)...)
	all = append(all, between(" items", s.MinItems, s.MaxItems)...)
	all = append(all, between(" entries", s.MinProperties, s.MaxProperties)...)
	if s.Pattern != "" {
		all = append(all, "pattern "+code(s.Pattern))
	}
	all = append(all, rules(s)...)
	if s.Items != nil && s.Items.Schema != nil {
		for _, l := range limits(*s.Items.Schema) {
			all = append(all, "each: "+l)
		}
	}
	return all
}

// rules that the API server checks, by what they tell whoever breaks them.
func rules(s apiextensionsv1.JSONSchemaProps) []string {
	var all []string
	for _, v := range s.XValidations {
		switch {
		case v.Message != "":
			all = append(all, cell(flat(v.Message)))
		default:
			all = append(all, "rule "+code(flat(v.Rule)))
		}
	}
	return all
}

// between says what bounds there are.
func between[N int64 | float64](unit string, least, most *N) []string {
	switch {
	case least != nil && *least == 1 && most == nil && unit != "":
		return []string{"not empty"}
	case least != nil && most != nil && *least == *most:
		return []string{fmt.Sprintf("%v%s", *least, unit)}
	case least != nil && most != nil:
		return []string{fmt.Sprintf("%v to %v%s", *least, *most, unit)}
	case least != nil:
		return []string{fmt.Sprintf("at least %v%s", *least, unit)}
	case most != nil:
		return []string{fmt.Sprintf("at most %v%s", *most, unit)}
	}
	return nil
}

func compact(raw []byte) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}

// code that may stand in a table. A bar needs its backslash there even in code.
func code(text string) string {
	fence := "`"
	if strings.Contains(text, "`") {
		fence = "``"
	}
	return fence + strings.ReplaceAll(text, "|", `\|`) + fence
}
