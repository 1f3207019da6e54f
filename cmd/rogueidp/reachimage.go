package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

// imageFlags say how a target in a container is run, and resetFlags how one
// that is configured once starts afresh.
type imageFlags struct {
	image      target.Image
	env, files []string
	reset      target.Reset
}

func (f *imageFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.image.Kind, "image-kind", "", "how the container is reached: http, bearer or login")
	flags.IntVar(&f.image.Port, "image-port", 0, "port that the container listens on (default: the one that its image exposes)")
	flags.StringVar(&f.image.Path, "image-path", "", "path behind its address, such as /me")
	flags.StringVar(&f.image.Ready, "image-ready", "", "path that answers once it is up (default: its port is open)")
	flags.BoolVar(&f.image.TLS, "image-tls", false, "it speaks HTTPS")
	flags.StringArrayVar(&f.env, "image-env", nil, "NAME=TEXT for its environment, with {issuer}, {client_id}, {client_secret}, {jwks_uri}, {ca_pem} and {url} filled in; NAME alone takes the text from the environment here, and no report holds it")
	flags.StringArrayVar(&f.files, "image-file", nil, "PATH=TEXT, or PATH=@FILE, for its file system, with the same filled in")
	flags.StringVar(&f.image.Memory, "image-memory", "", "memory that it may take (default 512m)")
	flags.Float64Var(&f.image.CPUs, "image-cpus", 0, "processors that it may take (default 1)")
	flags.IntVar(&f.image.Processes, "image-processes", 0, "processes that it may have (default 256)")
	flags.StringSliceVar(&f.image.Capabilities, "image-capability", nil, "capability that it cannot do without, such as SETUID (default: it has none)")
	flags.DurationVar(&f.image.StartLimit, "image-start-limit", 0, "how long it may take to be ready (default 1m)")
	flags.StringVar(&f.reset.Command, "reset", "", "command that makes a target which is configured once start afresh, such as 'systemctl restart api'")
	flags.DurationVar(&f.reset.Limit, "reset-limit", 0, "how long that may take (default 1m)")
}

// options are what the flags say.
func (f *imageFlags) options() (target.Image, target.Reset, error) {
	image := f.image
	var err error
	var env []string
	for _, one := range f.env {
		if !strings.Contains(one, "=") {
			value, set := os.LookupEnv(one)
			if !set {
				return image, f.reset, fmt.Errorf("--image-env %s: it is not set here; set it, or write %s=TEXT", one, one)
			}
			one += "=" + value
		}
		env = append(env, one)
	}
	if image.Env, err = pairs("--image-env", env); err != nil {
		return image, f.reset, err
	}
	if image.Files, err = pairs("--image-file", f.files); err != nil {
		return image, f.reset, err
	}
	if image.Kind != "" {
		if err := word("--image-kind", image.Kind, target.ImageKinds()); err != nil {
			return image, f.reset, err
		}
	}
	for _, t := range []struct {
		flag string
		time.Duration
	}{{"--reset-limit", f.reset.Limit}, {"--image-start-limit", image.StartLimit}} {
		if t.Duration < 0 {
			return image, f.reset, fmt.Errorf("%s %v: a time cannot be negative", t.flag, t.Duration)
		}
	}
	if f.reset.Limit > 0 && f.reset.Command == "" {
		return image, f.reset, fmt.Errorf("--reset-limit means nothing without --reset")
	}
	return image, f.reset, nil
}

// pairs reads NAME=TEXT.
func pairs(flag string, texts []string) (map[string]string, error) {
	if len(texts) == 0 {
		return nil, nil
	}
	table := map[string]string{}
	for _, text := range texts {
		name, value, found := strings.Cut(text, "=")
		if !found || name == "" {
			return nil, fmt.Errorf("%s %q: write a name, an equals sign and a text", flag, text)
		}
		if _, twice := table[name]; twice {
			return nil, fmt.Errorf("%s: %s is given twice; leave one out", flag, name)
		}
		table[name] = value
	}
	return table, nil
}

// line are the flags as they would be given again.
func (f *imageFlags) line() []string {
	var line []string
	add := func(flag, value string) {
		if value != "" && value != "0" && value != "0s" {
			line = append(line, flag, value)
		}
	}
	add("--image-kind", f.image.Kind)
	add("--image-port", fmt.Sprint(f.image.Port))
	add("--image-path", f.image.Path)
	add("--image-ready", f.image.Ready)
	for _, one := range f.env {
		add("--image-env", one)
	}
	for _, one := range f.files {
		add("--image-file", one)
	}
	add("--image-memory", f.image.Memory)
	add("--image-cpus", fmt.Sprint(f.image.CPUs))
	add("--image-processes", fmt.Sprint(f.image.Processes))
	add("--image-capability", strings.Join(f.image.Capabilities, ","))
	add("--image-start-limit", f.image.StartLimit.String())
	if f.image.TLS {
		line = append(line, "--image-tls")
	}
	add("--reset", f.reset.Command)
	add("--reset-limit", f.reset.Limit.String())
	for i := range line {
		line[i] = suites.Quoted(line[i])
	}
	return line
}
