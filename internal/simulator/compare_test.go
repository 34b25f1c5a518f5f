package simulator_test

import (
	"reflect"

	"github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sdk lets cmp look at the SDK's structs: their unexported fields say nothing.
var sdk = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmpopts.IgnoreTypes(middleware.Metadata{}),
	cmpopts.EquateEmpty(),
}
