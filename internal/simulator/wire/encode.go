package wire

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"iter"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// timeFormat is ISO 8601 with milliseconds in UTC, as the XML services write it.
const timeFormat = "2006-01-02T15:04:05.000Z"

// A markup is how a protocol names things in XML: fields as they are and list items <member>, or, in EC2, fields in lower camel
// case (or as their `out` tag says) and list items <item>.
type markup struct {
	item  string
	field func(reflect.StructField) string
}

var queryMarkup = markup{item: "member", field: func(f reflect.StructField) string { return f.Name }}

var ec2Markup = markup{item: "item", field: func(f reflect.StructField) string {
	if name := f.Tag.Get("out"); name != "" {
		return name
	}
	return lowerFirst(f.Name)
}}

// fieldsOf ranges over the fields that travel: exported ones, but not the SDK's bookkeeping.
func fieldsOf(t reflect.Type) iter.Seq[reflect.StructField] {
	return func(yield func(reflect.StructField) bool) {
		for _, f := range reflect.VisibleFields(t) {
			if f.Anonymous || !f.IsExported() || f.Name == "ResultMetadata" {
				continue // the members of an embedded struct are visible by themselves
			}
			if !yield(f) {
				return
			}
		}
	}
}

// fields writes the members of a struct. What is nil, and a plain string that is empty, is absent; an empty list is there.
func (m markup) fields(b *bytes.Buffer, v reflect.Value) error {
	for f := range fieldsOf(v.Type()) {
		if err := m.element(b, m.field(f), v.FieldByIndex(f.Index)); err != nil {
			return err
		}
	}
	return nil
}

func (m markup) element(b *bytes.Buffer, name string, v reflect.Value) error {
	if absent(v) {
		return nil
	}
	fmt.Fprintf(b, "<%s>", name)
	if err := m.content(b, reflect.Indirect(v)); err != nil {
		return err
	}
	fmt.Fprintf(b, "</%s>", name)
	return nil
}

func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	default:
		return false
	}
}

func (m markup) content(b *bytes.Buffer, v reflect.Value) error {
	if t, ok := v.Interface().(time.Time); ok {
		b.WriteString(t.UTC().Format(timeFormat))
		return nil
	}
	switch v.Kind() {
	case reflect.Struct:
		return m.fields(b, v)
	case reflect.Slice:
		return m.items(b, v)
	case reflect.Map:
		return m.entries(b, v)
	case reflect.String:
		return xml.EscapeText(b, []byte(v.String()))
	case reflect.Bool:
		b.WriteString(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int32, reflect.Int64:
		b.WriteString(strconv.FormatInt(v.Int(), 10))
	case reflect.Float64:
		b.WriteString(strconv.FormatFloat(v.Float(), 'f', -1, 64))
	default:
		return fmt.Errorf("cannot write an answer: no markup for %s", v.Type())
	}
	return nil
}

func (m markup) items(b *bytes.Buffer, v reflect.Value) error {
	for i := range v.Len() {
		fmt.Fprintf(b, "<%s>", m.item)
		if err := m.content(b, reflect.Indirect(v.Index(i))); err != nil {
			return err
		}
		fmt.Fprintf(b, "</%s>", m.item)
	}
	return nil
}

func (m markup) entries(b *bytes.Buffer, v reflect.Value) error {
	values, ok := v.Interface().(map[string]string)
	if !ok {
		return fmt.Errorf("cannot write an answer: no markup for %s", v.Type())
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		entry := struct{ key, value string }{key, values[key]}
		b.WriteString("<entry><key>")
		if err := xml.EscapeText(b, []byte(entry.key)); err != nil {
			return err
		}
		b.WriteString("</key><value>")
		if err := xml.EscapeText(b, []byte(entry.value)); err != nil {
			return err
		}
		b.WriteString("</value></entry>")
	}
	return nil
}
