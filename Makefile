# provider-alb-gateway: `make help` lists what there is.

GO      ?= go
BIN     := $(CURDIR)/bin
LOCAL   := $(CURDIR)/.local
TOOL    := $(GO) tool -modfile=go.tools.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# Nothing that ships needs cgo; only the race detector does.
export CGO_ENABLED ?= 0
export GOTOOLCHAIN ?= local

.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list.
	@awk 'BEGIN {FS = ":.*## "; print "make TARGET\n"} /^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: go
go:
	@command -v $(GO) >/dev/null || { echo 'Go is not installed: install Go 1.26 or newer (go.dev/doc/install), then try again' >&2; exit 1; }

.PHONY: cc
cc:
	@command -v $$($(GO) env CC) >/dev/null || { echo "no C compiler ($$($(GO) env CC)): the race detector needs one; install gcc or clang, then try again" >&2; exit 1; }

.PHONY: build
build: go ## Build all binaries into bin/.
	@mkdir -p $(BIN)
	$(GO) build -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN)/ ./cmd/...
	cd cluster/local && $(GO) build -ldflags '-s -w' -o $(BIN)/localcluster .

# What a package holds: the provider for each architecture, the same bytes wherever it is built.
RUNTIMES := amd64 arm64

.PHONY: package
package: go ## Build the Crossplane package, package/provider-alb-gateway.xpkg, for amd64 and arm64.
	@for arch in $(RUNTIMES); do \
		echo "build cmd/provider for linux/$$arch"; \
		GOOS=linux GOARCH=$$arch CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -X main.version=$(VERSION)' \
			-o $(BIN)/linux_$$arch/provider ./cmd/provider || exit 1; \
	done
	cd cluster/xpkg && $(GO) run . build --package=../../package --version=$(VERSION) --out=../../package/provider-alb-gateway.xpkg \
		$(foreach arch,$(RUNTIMES),--runtime=$(arch)=$(BIN)/linux_$(arch)/provider)

IMAGE ?= registry.example.com/provider-alb-gateway:v0.1.0

.PHONY: manifests
manifests: go ## Render package/provider-alb-gateway.yaml, for kubectl apply where there is no Crossplane: make manifests IMAGE=...
	cd cluster/charts && $(GO) run . $(IMAGE) ../../package/provider-alb-gateway.yaml

.PHONY: push
push: ## Push the package: make push TO=registry.example.com/provider-alb-gateway:v0.1.0
	cd cluster/xpkg && $(GO) run . push ../../package/provider-alb-gateway.xpkg $(TO)

.PHONY: generate
generate: go ## Regenerate deep copies, managed-resource methods, CRDs, their field reference, the IAM policy and the list of metrics.
	$(GO) generate -tags generate .

.PHONY: fmt
fmt: go ## Format the code.
	$(TOOL) golangci-lint-kube-api-linter fmt

.PHONY: lint
lint: go ## Run the linters.
	$(TOOL) golangci-lint-kube-api-linter run ./...
	@for module in argocd charts dashboards install local xpkg; do \
		echo "lint cluster/$$module"; \
		(cd cluster/$$module && $(GO) tool -modfile=../../go.tools.mod golangci-lint-kube-api-linter run ./...) || exit 1; \
	done
	cd cluster/conformance && $(GO) tool -modfile=../../go.tools.mod golangci-lint-kube-api-linter run --build-tags conformance ./...

# cluster/dashboards takes of Prometheus its parser and its engine, 434 packages, and not its storage and rule manager, twice as many.
.PHONY: test
test: build ## Run all tests, the end-to-end ones on a local cluster included.
	$(GO) test ./apis/... ./cmd/... ./internal/...
	$(GO) test -p 1 -timeout 45m ./cluster/...
	cd cluster/local && $(GO) test ./...
	cd cluster/conformance && $(GO) test .
	cd cluster/xpkg && $(GO) test .
	cd cluster/charts && $(GO) test .
	cd cluster/dashboards && $(GO) test .

.PHONY: test-argocd
test-argocd: go ## Ask Argo CD's health scripts and Flux's status library what they make of the provider's objects in each state.
	cd cluster/argocd && $(GO) test -count=1 .

# Crossplane, of the version in crossplane.mod. The linker gives it that version, and its RBAC manager no port for metrics: it would
# take 8080, and can be told nothing else.
CROSSPLANE = $(shell awk '$$1 == "github.com/crossplane/crossplane/v2" {print $$2}' cluster/install/crossplane.mod)

.PHONY: crossplane
crossplane: go
	@mkdir -p $(BIN)
	cd cluster/install && $(GO) build -modfile=crossplane.mod -o $(BIN)/crossplane \
		-ldflags '-s -w -X github.com/crossplane/crossplane-runtime/v2/pkg/version.version=$(CROSSPLANE) -X sigs.k8s.io/controller-runtime/pkg/metrics/server.DefaultBindAddress=0' \
		github.com/crossplane/crossplane/v2/cmd/crossplane

.PHONY: test-install
test-install: build crossplane ## Install, upgrade, stop, delete and bring back the package with Crossplane itself, while a load balancer serves.
	cd cluster/install && $(GO) test -count=1 -timeout 20m .

.PHONY: lbc
lbc: go
	@mkdir -p $(BIN)/aws-load-balancer-controller-crds
	cd cluster/lbc && $(GO) build -ldflags '-s -w' -o $(BIN)/aws-load-balancer-controller sigs.k8s.io/aws-load-balancer-controller && \
		install -m 644 $$($(GO) list -m -f '{{.Dir}}' sigs.k8s.io/aws-load-balancer-controller)/config/crd/bases/*.yaml $(BIN)/aws-load-balancer-controller-crds/

.PHONY: test-migrate
test-migrate: build lbc ## Take over what AWS Load Balancer Controller itself has made, and give it back, while its load balancer serves.
	$(GO) test -count=1 ./cluster/e2e -run 'TestScripts/incumbent$$'

.PHONY: bench
bench: build ## Measure the provider against its figures (cluster/bench/report.json); ROW=NAME for one row, ARGS=--list for their names.
	@$(GO) run ./cluster/bench $(if $(ROW),--row=$(ROW)) $(ARGS)

.PHONY: chaos
chaos: build ## Torment the provider with faults and SIGKILL while clients send requests; ARGS='--seed=N --short --phase=NAME', ARGS=--list for the phases.
	@$(GO) run ./cluster/chaos $(ARGS)

.PHONY: conformance
conformance: build ## Run Gateway API's official conformance suite; the report is cluster/conformance/report.yaml.
	cd cluster/conformance && $(GO) test -tags conformance -run '^TestConformance$$' -count=1 -timeout 60m . -args -version=$(VERSION) $(FLAGS)

.PHONY: assumptions
assumptions: build ## Ask the simulator, or with FLAGS='--account ...' AWS, what AWS does not document.
	@$(BIN)/assumptions $(FLAGS)

.PHONY: race
race: build cc ## Run the unit tests under the race detector.
	CGO_ENABLED=1 $(GO) test -race -short -timeout 30m ./...

FUZZTIME ?= 10s

# A finding is an input in testdata/fuzz. Little time goes into making inputs small, which takes as much as it is given. Up to Go 1.26 a target may also fail because its time ended while an input was tried (go.dev/issue/75804).
.PHONY: fuzz
fuzz: SHELL := bash
fuzz: go ## Fuzz translate, the matcher and the simulator's parsers, each target for FUZZTIME (10s).
	@set -o pipefail; log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	grep -rn '^func Fuzz' --include='*_test.go' internal | sed -E 's,^(.*)/[^/]+:[0-9]+:func (Fuzz[A-Za-z0-9]+).*,\1 \2,' | sort -u | while read -r folder target; do \
		echo "$$folder $$target"; \
		$(GO) test -run='^$$' -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=10x "./$$folder" 2>&1 | tee "$$log" || \
			{ grep -qx '    context deadline exceeded' "$$log" && ! grep -qE 'Failing input|panic|fuzzing process' "$$log"; } || exit 1; \
	done

.PHONY: verify
verify: generate lint race ## Check what a change must pass besides the tests: generated files, linters, races.
	@changed=$$(git status --porcelain -- package/crds examples/iam/policy.json docs/reference ':(glob)**/zz_generated.*'); \
	if [ -n "$$changed" ]; then echo "generated files are not what the sources say; run \`make generate\` and commit:" >&2; echo "$$changed" >&2; exit 1; fi

.PHONY: picture
picture: go ## Make docs/page.png, the picture of the page, anew; needs Chromium.
	REQUIRE_BROWSER=1 $(GO) test ./internal/page -count=1 -run '^TestScreenshot$$' -screenshot=$(CURDIR)/docs/page.png

.PHONY: demo
demo: build ## Bring up a Gateway on a local cluster and a simulated AWS, use it, and tear it down.
	@$(BIN)/demo run

.PHONY: up
up: build ## Like demo, but leave it running (KUBECONFIG at .local/kubeconfig, logs in .local/logs).
	@$(BIN)/demo up --dir $(LOCAL)

.PHONY: down
down: ## Stop what up started.
	@test ! -x $(BIN)/demo || $(BIN)/demo down --dir $(LOCAL)
