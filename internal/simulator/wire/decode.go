package wire

import (
	"errors"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A dialect is what differs between the query protocol and EC2's: how lists are numbered and what a stray parameter is called.
type dialect struct {
	listMember string // "member" in Tags.member.1, nothing in EC2's Tag.1
	unknown    func(path string) *Error
	malformed  func(path, value string) *Error
	lenient    bool // drop parameters that nobody knows
}

var queryDialect = dialect{
	listMember: "member",
	unknown:    func(path string) *Error { return Invalid("The parameter %s is not recognized", path) },
	malformed: func(path, value string) *Error {
		return Invalid("1 validation error detected: Value '%s' at '%s' is not of the expected type", value, MemberName(path))
	},
}

var ec2Dialect = dialect{
	unknown: func(path string) *Error {
		return Errorf("UnknownParameter", "The parameter %s is not recognized", path)
	},
	malformed: func(path, value string) *Error {
		return Errorf("InvalidParameterValue", "Value (%s) for parameter %s is invalid.", value, path)
	},
}

// MemberName writes a parameter's path the way AWS writes it in its messages: the first letter of each segment in lower case.
func MemberName(path string) string {
	segments := strings.Split(path, ".")
	for i, s := range segments {
		segments[i] = lowerFirst(s)
	}
	return strings.Join(segments, ".")
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// decodeForm fills the struct that into points to. A parameter is named after its field, or by the field's `in` tag.
func (d dialect) decodeForm(values url.Values, into any) error {
	root, err := parseForm(values)
	if err != nil {
		return err
	}
	v := reflect.ValueOf(into)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return errors.New("cannot decode a call: want a pointer to a struct")
	}
	return d.structure(v.Elem(), root, "")
}

func (d dialect) structure(v reflect.Value, n *node, path string) error {
	fields := make(map[string]reflect.Value, v.NumField())
	for f := range fieldsOf(v.Type()) {
		name := f.Tag.Get("in")
		if name == "" {
			name = f.Name
		}
		fields[name] = v.FieldByIndex(f.Index)
	}
	if n.value != nil && (path == "" || len(n.children) > 0 || *n.value != "") {
		return d.malformed(path, *n.value)
	}
	for _, name := range slices.Sorted(maps.Keys(n.children)) {
		field, ok := fields[name]
		if !ok && d.lenient {
			continue
		}
		if !ok {
			return d.unknown(join(path, name))
		}
		if err := d.value(field, n.children[name], join(path, name)); err != nil {
			return err
		}
	}
	return nil
}

func (d dialect) value(v reflect.Value, n *node, path string) error {
	if v.Type() == reflect.TypeFor[time.Time]() {
		return d.time(v, n, path)
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.value(v.Elem(), n, path)
	case reflect.Struct:
		return d.structure(v, n, path)
	case reflect.Slice:
		return d.list(v, n, path)
	case reflect.Map:
		return d.entries(v, n, path)
	default:
		return d.scalar(v, n, path)
	}
}

func (d dialect) list(v reflect.Value, n *node, path string) error {
	var members []*node
	var err error
	switch {
	case len(n.children) == 0 && n.value != nil && *n.value == "":
		v.Set(reflect.MakeSlice(v.Type(), 0, 0)) // an empty list is sent as "Name="
		return nil
	case n.value != nil:
		return d.malformed(path, *n.value)
	case d.listMember == "":
		members, err = n.sparse(path)
	case len(n.children) != 1 || n.children[d.listMember] == nil:
		return d.unknown(join(path, slices.Sorted(maps.Keys(n.children))[0]))
	default:
		members, err = n.children[d.listMember].elements(path)
	}
	if err != nil {
		return err
	}
	out := reflect.MakeSlice(v.Type(), len(members), len(members))
	for i, member := range members {
		if err := d.value(out.Index(i), member, join(path, strconv.Itoa(i+1))); err != nil {
			return err
		}
	}
	v.Set(out)
	return nil
}

// entries reads a map of strings: Name.entry.1.key, Name.entry.1.value.
func (d dialect) entries(v reflect.Value, n *node, path string) error {
	members, err := n.children["entry"].elements(path)
	if err != nil {
		return err
	}
	if n.value != nil && *n.value != "" || len(n.children) > 1 || (len(n.children) == 1 && members == nil) {
		return d.unknown(path)
	}
	out := reflect.MakeMapWithSize(v.Type(), len(members))
	for _, member := range members {
		key, value := member.children["key"], member.children["value"]
		if len(member.children) != 2 || key == nil || value == nil || key.value == nil || value.value == nil {
			return d.unknown(path)
		}
		out.SetMapIndex(reflect.ValueOf(*key.value), reflect.ValueOf(*value.value))
	}
	v.Set(out)
	return nil
}

func (d dialect) scalar(v reflect.Value, n *node, path string) error {
	if n.value == nil || len(n.children) > 0 {
		for name := range n.children {
			return d.unknown(join(path, name))
		}
		return d.malformed(path, "")
	}
	text, ok := *n.value, true
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, known := map[string]bool{"true": true, "false": false}[strings.ToLower(text)]
		v.SetBool(b)
		ok = known
	case reflect.Int32, reflect.Int64:
		i, err := strconv.ParseInt(text, 10, v.Type().Bits())
		v.SetInt(i)
		ok = err == nil
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		v.SetFloat(f)
		ok = err == nil
	default:
		return errors.New("cannot decode a call: no reading for " + v.Type().String())
	}
	if !ok {
		return d.malformed(path, text)
	}
	return nil
}

func (d dialect) time(v reflect.Value, n *node, path string) error {
	if n.value == nil {
		return d.malformed(path, "")
	}
	t, err := time.Parse(time.RFC3339, *n.value)
	if err != nil {
		return d.malformed(path, *n.value)
	}
	v.Set(reflect.ValueOf(t))
	return nil
}
