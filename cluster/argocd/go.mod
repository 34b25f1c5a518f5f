module github.com/crossplane-contrib/provider-alb-gateway/cluster/argocd

go 1.26.3

require (
	github.com/argoproj/argo-cd/v3 v3.5.0
	github.com/yuin/gopher-lua v1.1.2
	sigs.k8s.io/yaml v1.6.0
)

require go.yaml.in/yaml/v2 v2.4.3 // indirect
