package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// The credentials of an administrator of the simulated account.
const (
	Region    = "us-east-1"
	AccessKey = "test"
	SecretKey = "test"
)

// The provider's own credentials, which the policy of examples/iam limits.
const (
	ProviderAccessKey = "provider"
	ProviderSecretKey = "provider-secret-access-key"
)

// Options say how a Stack is run. Dir and Bin are required.
type Options struct {
	Dir           string            // state, kubeconfig and logs/
	Bin           string            // the binaries of `make build`
	SimulatorArgs []string          // beyond --listen
	ProviderArgs  []string          // of bin/provider
	Detached      bool              // the processes outlive the caller; Release lets go of them
	Bare          bool              // simulator and cluster alone: of the provider nothing is installed and nothing runs
	Between       Between           // what the provider reaches instead of AWS and the cluster; may be nil
	Step          func(name string) // told what begins; may be nil
}

// A Between stands between the provider and the rest: of the simulator's URL and the provider's kubeconfig it makes those that
// the provider is given.
type Between func(aws, kubeconfig string) (viaAWS, viaKubeconfig string, err error)

// A Stack is a running simulator, cluster and provider.
type Stack struct {
	options    Options
	endpoint   string
	kubeconfig string   // of an administrator
	account    string   // kubeconfig of the provider's ServiceAccount
	metrics    string   // host:port of the provider's metrics
	page       string   // host:port of the provider's page
	via        []string // environment of the provider where it differs from Env

	simulator *process
	cluster   *process
	provider  *process
}

// Start runs the simulator and the cluster with all CRDs, makes the ClusterProviderConfig "default", and starts the provider. What was started is stopped again when a step fails.
func Start(ctx context.Context, o Options) (*Stack, error) {
	if o.Step == nil {
		o.Step = func(string) {}
	}
	if err := checkBinaries(o.Bin); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(o.Dir, "logs"), 0o755); err != nil {
		return nil, fmt.Errorf("cannot make the folder for logs: %w", err)
	}
	s := &Stack{options: o, kubeconfig: filepath.Join(o.Dir, "kubeconfig"), account: filepath.Join(o.Dir, "provider.kubeconfig")}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// A step of the start.
type step struct {
	name string
	run  func(context.Context) error
}

func (s *Stack) start(ctx context.Context) error {
	steps := []step{
		{"start the AWS simulator", s.startSimulator},
		{"start the Kubernetes control plane, with the CRDs of Gateway API and of the provider", s.startCluster},
		{"configure the provider, and grant it what it needs", s.install},
		{"start the provider", s.StartProvider},
	}
	if s.options.Bare {
		steps = []step{steps[0], {"start the Kubernetes control plane, with the CRDs of Gateway API", s.startCluster}}
	}
	for _, step := range steps {
		s.options.Step(step.name)
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("cannot %s: %w", step.name, err)
		}
	}
	return nil
}

// between tells the provider to reach what stands between it and the rest.
func (s *Stack) between() error {
	if s.options.Between == nil {
		return nil
	}
	aws, kubeconfig, err := s.options.Between(s.endpoint, s.account)
	s.via = []string{"AWS_ENDPOINT_URL=" + aws, "KUBECONFIG=" + kubeconfig}
	return err
}

// Stop ends all processes, the provider first.
func (s *Stack) Stop() error {
	return errors.Join(s.provider.stop(), s.cluster.stop(), s.simulator.stop())
}

// Kubeconfig is the path of the cluster's kubeconfig, an administrator's.
func (s *Stack) Kubeconfig() string { return s.kubeconfig }

// Account is the path of the provider's own kubeconfig: that of a ServiceAccount with the permissions of examples/install.
func (s *Stack) Account() string { return s.account }

// ProviderLog is what the provider has said so far.
func (s *Stack) ProviderLog() (string, error) { return (&Replica{s.provider}).Log() }

// Endpoint is the simulator's URL.
func (s *Stack) Endpoint() string { return s.endpoint }

// Logs is the folder of the logs.
func (s *Stack) Logs() string { return filepath.Join(s.options.Dir, "logs") }

// Metrics is the URL of the provider's metrics.
func (s *Stack) Metrics() string { return "http://" + s.metrics + "/metrics" }

// Page is the URL of the provider's page.
func (s *Stack) Page() string { return "http://" + s.page + "/" }

// StartProvider starts bin/provider and waits until it says that it is ready.
func (s *Stack) StartProvider(ctx context.Context) error {
	var err error
	if s.metrics, err = FreeAddress(); err != nil {
		return err
	}
	if s.page, err = FreeAddress(); err != nil {
		return err
	}
	r, err := s.StartReplica(ctx, "provider", "--metrics-bind-address="+s.metrics, "--page-bind-address="+s.page)
	if r != nil {
		s.provider = r.process
	}
	return err
}

// A Replica is a process beside the Stack's own, of the provider unless it is another Program's, which whoever starts it stops.
type Replica struct{ process *process }

// A Program runs with a log of its own.
type Program struct {
	Name string // of the log
	Path string
	Args []string
	Env  []string // beyond the caller's; the last one of a name counts
}

// StartProgram starts one, and does not wait until it is ready.
func (s *Stack) StartProgram(p Program) (*Replica, error) {
	r := &Replica{&process{name: p.Name, path: p.Path, args: p.Args, env: p.Env, log: filepath.Join(s.Logs(), p.Name+".log")}}
	if err := r.process.start(); err != nil {
		return nil, err
	}
	return r, nil
}

// StartReplica starts bin/provider with a log of its own, and waits until it says that it is ready.
func (s *Stack) StartReplica(ctx context.Context, name string, args ...string) (*Replica, error) {
	return s.StartReplicaVia(ctx, s.via, name, args...)
}

// StartReplicaVia starts one with more in its environment, such as an AWS_ENDPOINT_URL of its own.
func (s *Stack) StartReplicaVia(ctx context.Context, via []string, name string, args ...string) (*Replica, error) {
	health, err := FreeAddress()
	if err != nil {
		return nil, err
	}
	p := s.process("provider", slices.Concat([]string{"--metrics-bind-address=0", "--page-bind-address=0", "--health-probe-bind-address=" + health}, s.options.ProviderArgs, args)...)
	p.name, p.log = name, filepath.Join(s.options.Dir, "logs", name+".log")
	own := []string{"KUBECONFIG=" + s.account, "AWS_ACCESS_KEY_ID=" + ProviderAccessKey, "AWS_SECRET_ACCESS_KEY=" + ProviderSecretKey}
	p.env = slices.Concat(s.Env(), own, via) // the last one counts
	if err := p.start(); err != nil {
		return nil, err
	}
	r := &Replica{p}
	return r, p.ready(ctx, 30*time.Second, func(ctx context.Context) bool { return answers(ctx, "http://"+health+"/readyz") })
}

// Stop ends the replica and waits for it.
func (r *Replica) Stop() error { return r.process.stop() }

// Ended says whether the replica has ended.
func (r *Replica) Ended() bool {
	select {
	case <-r.process.ended:
		return true
	default:
		return false
	}
}

// Kill kills the replica with SIGKILL.
func (r *Replica) Kill() error { return r.process.kill() }

// Log is what the replica has said so far.
func (r *Replica) Log() (string, error) {
	b, err := os.ReadFile(r.process.log)
	return string(b), err
}

// StopProvider ends the provider and waits for it.
func (s *Stack) StopProvider() error { return s.provider.stop() }

// Restart the provider with other arguments.
func (s *Stack) Restart(ctx context.Context, args ...string) error {
	if err := s.StopProvider(); err != nil {
		return err
	}
	s.options.ProviderArgs = args
	return s.StartProvider(ctx)
}

// KillProvider kills the provider with SIGKILL, as a machine that fails would.
func (s *Stack) KillProvider() error { return s.provider.kill() }

// Env is the environment that points any AWS SDK and any Kubernetes client at the stack.
func (s *Stack) Env() []string {
	return []string{
		"KUBECONFIG=" + s.kubeconfig,
		"AWS_ENDPOINT_URL=" + s.endpoint,
		"AWS_REGION=" + Region,
		"AWS_ACCESS_KEY_ID=" + AccessKey,
		"AWS_SECRET_ACCESS_KEY=" + SecretKey,
		"AWS_EC2_METADATA_DISABLED=true",
	}
}

func (s *Stack) startSimulator(ctx context.Context) error {
	policy, err := s.writePolicy(ctx)
	if err != nil {
		return err
	}
	s.simulator = s.process("albsim", slices.Concat([]string{
		"--listen=127.0.0.1:0", "--region=" + Region, "--bucket=" + Bucket, "--policy=" + ProviderAccessKey + "=" + policy,
		"--access-key=" + AccessKey, "--secret-key=" + SecretKey, "--access-key=" + ProviderAccessKey, "--secret-key=" + ProviderSecretKey,
	}, s.options.SimulatorArgs)...)
	if err := s.simulator.start(); err != nil {
		return err
	}
	return s.simulator.ready(ctx, 15*time.Second, func(ctx context.Context) bool {
		s.endpoint = s.simulator.printed(endpointPattern)
		return s.endpoint != "" && answers(ctx, s.endpoint+"/_albsim/health")
	})
}

func (s *Stack) startCluster(ctx context.Context) error {
	world, err := s.World(ctx)
	if err != nil {
		return err
	}
	dir := filepath.Join(s.options.Dir, "cluster")
	folders, err := s.definitions(ctx)
	if err != nil {
		return err
	}
	args := []string{"up", "--dir=" + dir}
	for _, f := range folders {
		args = append(args, "--manifests="+f)
	}
	for i, node := range world.Instances {
		args = append(args, fmt.Sprintf("--node=node-%c=%s,zone=%s,provider-id=aws:///%s/%s",
			'a'+i, node.Address, node.Zone, node.Zone, node.ID))
	}
	s.cluster = s.process("localcluster", args...)
	if err := s.cluster.start(); err != nil {
		return err
	}
	if err := s.cluster.ready(ctx, 3*time.Minute, func(context.Context) bool { return s.cluster.printed(readyPattern) != "" }); err != nil {
		return err
	}
	kubeconfig, err := os.ReadFile(filepath.Join(dir, "kubeconfig"))
	if err != nil {
		return fmt.Errorf("cannot read the cluster's kubeconfig: %w", err)
	}
	return os.WriteFile(s.kubeconfig, kubeconfig, 0o600)
}

func (s *Stack) process(name string, args ...string) *process {
	return &process{
		name:     name,
		path:     filepath.Join(s.options.Bin, name),
		args:     args,
		log:      filepath.Join(s.options.Dir, "logs", name+".log"),
		detached: s.options.Detached,
	}
}

// checkBinaries says how to get binaries that are not there.
func checkBinaries(dir string) error {
	for _, name := range []string{"albsim", "localcluster", "provider"} {
		if _, err := exec.LookPath(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("%s is not in %s: run `make build` first", name, dir)
		}
	}
	return nil
}
