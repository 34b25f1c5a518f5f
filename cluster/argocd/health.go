package argocd

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/argoproj/argo-cd/v3/resource_customizations"
	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// Scripts of users, in argocd-cm, by "group/Kind".
type Scripts map[string]string

// Health of an object as Argo CD shows it: users' script for the kind, else Argo CD's own, else its own for a pattern of kinds.
// Without any an object has no health, which counts as good. What is being deleted is "Progressing" whatever scripts say.
func Health(users Scripts, o *unstructured.Unstructured) (string, error) {
	if o.GetDeletionTimestamp() != nil {
		return "Progressing", nil
	}
	kind := o.GroupVersionKind().Group + "/" + o.GetKind()
	script := users[kind]
	if script == "" {
		var err error
		if script, err = shipped(kind); err != nil || script == "" {
			return "", err
		}
	}
	health, err := run(script, o.Object)
	if err != nil {
		return "", fmt.Errorf("cannot run health script of %s: %w", kind, err)
	}
	return health, nil
}

const file = "health.lua"

// shipped script for a kind; empty if there is none.
func shipped(kind string) (string, error) {
	folder, err := folderOf(kind)
	if err != nil || folder == "" {
		return "", err
	}
	b, err := resource_customizations.Embedded.ReadFile(path.Join(folder, file))
	return string(b), err
}

// folderOf a kind's script: by its name, else the first by alphabet whose name matches when "_" stands for anything.
func folderOf(kind string) (string, error) {
	if _, err := fs.Stat(resource_customizations.Embedded, path.Join(kind, file)); err == nil {
		return kind, nil
	}
	scripts, err := fs.Glob(resource_customizations.Embedded, "*/*/"+file)
	if err != nil {
		return "", err
	}
	slices.Sort(scripts)
	for _, s := range scripts {
		folder := path.Dir(s)
		matches, err := path.Match(strings.ReplaceAll(folder, "_", "*"), kind)
		if err != nil {
			return "", err
		}
		if strings.Contains(folder, "_") && matches {
			return folder, nil
		}
	}
	return "", nil
}

// run a script with as much of Lua as users' scripts may have.
func run(script string, o map[string]any) (string, error) {
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable} {
		if err := state.CallByParam(lua.P{Fn: state.NewFunction(open), Protect: true}, lua.LString(name)); err != nil {
			return "", err
		}
	}
	state.SetGlobal("obj", value(state, o))
	if err := state.DoString(script); err != nil {
		return "", err
	}
	verdict, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return "", errors.New("it returned no table")
	}
	health := verdict.RawGetString("status").String()
	if !slices.Contains([]string{"Healthy", "Progressing", "Degraded", "Suspended", "Missing", "Unknown"}, health) {
		return "", fmt.Errorf("%q is no health", health)
	}
	return health, nil
}

func value(state *lua.LState, in any) lua.LValue {
	switch v := in.(type) {
	case string:
		return lua.LString(v)
	case int64:
		return lua.LNumber(v)
	case float64:
		return lua.LNumber(v)
	case bool:
		return lua.LBool(v)
	case []any:
		out := state.NewTable()
		for _, e := range v {
			out.Append(value(state, e))
		}
		return out
	case map[string]any:
		out := state.NewTable()
		for k, e := range v {
			out.RawSetString(k, value(state, e))
		}
		return out
	default:
		return lua.LNil
	}
}
