package argocd

import (
	"errors"
	"fmt"

	"github.com/argoproj/argo-cd/v3/resource_customizations"
	lua "github.com/yuin/gopher-lua"
)

// Health of an object as Argo CD's script in a folder of its resource customizations judges it.
func Health(folder string, object map[string]any) (string, error) {
	script, err := resource_customizations.Embedded.ReadFile(folder + "/health.lua")
	if err != nil {
		return "", fmt.Errorf("cannot read health script: %w", err)
	}
	state := lua.NewState()
	defer state.Close()
	state.SetGlobal("obj", value(state, object))
	if err := state.DoString(string(script)); err != nil {
		return "", fmt.Errorf("cannot run health script of %q: %w", folder, err)
	}
	verdict, ok := state.Get(-1).(*lua.LTable)
	if !ok {
		return "", errors.New("health script returned no table")
	}
	return verdict.RawGetString("status").String(), nil
}

func value(state *lua.LState, in any) lua.LValue {
	switch v := in.(type) {
	case string:
		return lua.LString(v)
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
