package echo

import (
	"fmt"

	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// The names of the conformance suite's gRPC service.
const (
	protoPackage = "gateway_api_conformance.echo_basic.grpcecho"
	service      = protoPackage + ".GrpcEcho"
)

// schema is the suite's grpcecho.proto. It is spelled out here because the module that holds the generated code asks for other versions of Kubernetes'
// libraries than this one.
type schema struct {
	protoreflect.FileDescriptor
}

func newSchema() (schema, error) {
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name:    new("grpcecho.proto"),
		Package: new(protoPackage),
		Syntax:  new("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{
			message("Header", text("key", 1), text("value", 2)),
			message("Context", text("namespace", 1), text("ingress", 2), text("service_name", 3), text("pod", 4)),
			message("TLSAssertions", text("version", 1), text("negotiated_protocol", 2), text("server_name", 3), text("cipher_suite", 4),
				repeated(text("peer_certificates", 5))),
			message("Assertions", text("fully_qualified_method", 1), repeated(nested("headers", 2, "Header")), text("authority", 3),
				nested("context", 4, "Context"), nested("tls_assertions", 5, "TLSAssertions")),
			message("EchoRequest"),
			message("EchoResponse", nested("assertions", 1, "Assertions"), nested("request", 2, "EchoRequest")),
		},
		Service: []*descriptorpb.ServiceDescriptorProto{{
			Name:   new("GrpcEcho"),
			Method: []*descriptorpb.MethodDescriptorProto{method("Echo"), method("EchoTwo"), method("EchoThree")},
		}},
	}, nil)
	if err != nil {
		return schema{}, fmt.Errorf("cannot describe the echo service: %w", err)
	}
	return schema{file}, nil
}

func message(name string, fields ...*descriptorpb.FieldDescriptorProto) *descriptorpb.DescriptorProto {
	return &descriptorpb.DescriptorProto{Name: new(name), Field: fields}
}

func text(name string, number int32) *descriptorpb.FieldDescriptorProto {
	return &descriptorpb.FieldDescriptorProto{
		Name:   new(name),
		Number: new(number),
		Type:   descriptorpb.FieldDescriptorProto_TYPE_STRING.Enum(),
		Label:  descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(),
	}
}

func nested(name string, number int32, of string) *descriptorpb.FieldDescriptorProto {
	f := text(name, number)
	f.Type = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE.Enum()
	f.TypeName = new("." + protoPackage + "." + of)
	return f
}

func repeated(f *descriptorpb.FieldDescriptorProto) *descriptorpb.FieldDescriptorProto {
	f.Label = descriptorpb.FieldDescriptorProto_LABEL_REPEATED.Enum()
	return f
}

func method(name string) *descriptorpb.MethodDescriptorProto {
	return &descriptorpb.MethodDescriptorProto{
		Name:       new(name),
		InputType:  new("." + protoPackage + ".EchoRequest"),
		OutputType: new("." + protoPackage + ".EchoResponse"),
	}
}

// resolver lets clients discover the schema.
func (s schema) resolver() *protoregistry.Files {
	files := new(protoregistry.Files)
	_ = files.RegisterFile(s) // fails for a second file of the same name only
	return files
}

func (s schema) message(name protoreflect.Name) *dynamicpb.Message {
	return dynamicpb.NewMessage(s.Messages().ByName(name))
}

func field(m *dynamicpb.Message, name protoreflect.Name) protoreflect.FieldDescriptor {
	return m.Descriptor().Fields().ByName(name)
}

func setText(m *dynamicpb.Message, name protoreflect.Name, value string) {
	m.Set(field(m, name), protoreflect.ValueOfString(value))
}

func setMessage(m *dynamicpb.Message, name protoreflect.Name, value *dynamicpb.Message) {
	m.Set(field(m, name), protoreflect.ValueOfMessage(value))
}
