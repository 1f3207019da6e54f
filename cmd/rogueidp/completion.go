package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/cmd/rogueidp/config"
	"github.com/rogueidp/rogueidp/mockidp"
	"github.com/rogueidp/rogueidp/mockidp/fault"
	"github.com/rogueidp/rogueidp/scenarios"
	"github.com/rogueidp/rogueidp/suites"
	"github.com/rogueidp/rogueidp/suites/target"
)

const (
	noFile  = cobra.ShellCompDirectiveNoFileComp
	noSpace = noFile | cobra.ShellCompDirectiveNoSpace
	orFile  = cobra.ShellCompDirectiveDefault
)

// completed are the words that a shell offers behind a flag, by its name: the
// same name means the same everywhere. Behind a flag that is not here and takes
// no file, a shell has nothing to offer.
var completed = map[string]cobra.CompletionFunc{
	"scenario":     oneScenario,
	"only":         manyOf(oneScenario),
	"profile":      fixed(noFile, names([]scenarios.Profile{scenarios.IDToken, scenarios.BearerJWT, scenarios.RFC9068, scenarios.JWS})...),
	"preset":       fixed(noFile, presetWords()...),
	"target":       targetOrName,
	"config":       files("yaml", "yml"),
	"mutant":       manyOf(fixed(noFile, mutantWords()...)),
	"fault":        oneFault,
	"policy":       fixed(orFile, policyWords()...),
	"hazard":       fixed(noFile, names(scenarios.Hazards())...),
	"kind":         fixed(noFile, names([]mockidp.Kind{mockidp.IDToken, mockidp.BearerJWT, mockidp.AccessToken})...),
	"alg":          fixed(noFile, mockidp.Algorithms()...),
	"algs":         manyOf(fixed(noFile, mockidp.Algorithms()...)),
	"identity":     fixed(noSpace, "json:", "header:", "selector:", "pattern:"),
	"faketime":     fixed(noFile, "auto", "off"),
	"supports":     manyOf(fixed(noFile, target.LoginFeatures()...)),
	"filter":       oneLabel,
	"require":      fixed(noSpace, requireWords()...),
	"report":       folder,
	"scenarios":    folder,
	"tls-dir":      folder,
	"baseline":     files("json"),
	"waivers":      files("yaml", "yml"),
	"tls-cert":     files("pem", "crt", "cer"),
	"tls-key":      files("pem", "key"),
	"jwks":         files("json"),
	"out":          files("yaml", "yml"),
	"method":       fixed(noFile, "GET", "POST", "PUT", "PATCH", "HEAD"),
	"declare":      fixed(noSpace, "cooldown=", "ttl=", "timeout=", "leeway="),
	"admin-listen": fixed(noFile), "admin-token-file": fixed(orFile),
}

// completedArgs are the words for the one argument of a command.
var completedArgs = map[string]cobra.CompletionFunc{"show": oneScenario, "check-adapter": oneTarget}

// complete lets a shell complete what all commands take.
func complete(root *cobra.Command) {
	for _, c := range append(root.Commands(), reportCommands(root)...) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			with, ok := completed[f.Name]
			if !ok {
				with = fixed(noFile)
			}
			// It fails only for a flag that the command does not have.
			_ = c.RegisterFlagCompletionFunc(f.Name, with)
		})
		if one, ok := completedArgs[c.Name()]; ok {
			c.ValidArgsFunction = first(one)
		}
		if c.ValidArgsFunction == nil && len(c.ValidArgs) == 0 && !c.HasSubCommands() {
			c.ValidArgsFunction = fixed(noFile)
			if strings.Contains(c.Use, " ") {
				c.ValidArgsFunction = fixed(orFile)
			}
		}
	}
}

func reportCommands(root *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, c := range root.Commands() {
		if c.Name() != "completion" {
			list = append(list, c.Commands()...)
		}
	}
	return list
}

// fixed offers the same words always.
func fixed(directive cobra.ShellCompDirective, words ...string) cobra.CompletionFunc {
	return func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return beginning(words, begun), directive
	}
}

// manyOf offers words behind each comma of a list.
func manyOf(one cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		before := begun[:strings.LastIndex(begun, ",")+1]
		words, directive := one(c, args, strings.TrimPrefix(begun, before))
		for i := range words {
			words[i] = before + words[i]
		}
		return words, directive | cobra.ShellCompDirectiveNoSpace
	}
}

// first offers words for the first argument of a command alone.
func first(one cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, noFile
		}
		return one(c, args, begun)
	}
}

func folder(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

func files(extensions ...string) cobra.CompletionFunc {
	return func(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
		return extensions, cobra.ShellCompDirectiveFilterFileExt
	}
}

// oneScenario offers scenarios by id, and the cases of one behind its slash.
func oneScenario(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	var words []string
	id, _, inCases := strings.Cut(begun, "/")
	for _, s := range scenarios.All() {
		if !inCases {
			words = append(words, cobra.CompletionWithDesc(s.ID, s.Title))
			continue
		}
		for _, one := range s.Cases {
			if s.ID == id {
				words = append(words, cobra.CompletionWithDesc(s.ID+"/"+one.Name, one.Why))
			}
		}
	}
	return beginning(words, begun), noFile
}

// oneTarget offers the kinds of targets, and the validators that this program
// carries.
func oneTarget(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if strings.HasPrefix(begun, "go:") {
		return beginning(target.Carried(), begun), noFile
	}
	var words []string
	for _, example := range target.Spellings() {
		kind, _, _ := strings.Cut(example, ":")
		words = append(words, cobra.CompletionWithDesc(kind+":", example))
	}
	return beginning(words, begun), noSpace
}

// targetOrName offers the targets that the configuration names, and the kinds of
// targets.
func targetOrName(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	words, directive := oneTarget(c, args, begun)
	file := config.Default
	if named, err := c.Flags().GetString("config"); err == nil && named != "" {
		file = named
	}
	return append(beginning(config.Names(file), begun), words...), directive
}

// oneFault offers the names of faults, and behind one its fields and their
// words.
func oneFault(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	name, _, inFields := strings.Cut(begun, " ")
	before := begun[:strings.LastIndex(begun, " ")+1]
	var words []string
	for _, d := range fault.Describe() {
		if !inFields {
			words = append(words, cobra.CompletionWithDesc(d.Name, d.Says))
			continue
		}
		if d.Name != name {
			continue
		}
		for _, field := range d.Fields {
			if strings.Contains(before, " "+field.Name+"=") {
				continue
			}
			if len(field.Words) == 0 {
				words = append(words, before+field.Name+"=")
			}
			for _, w := range field.Words {
				words = append(words, before+field.Name+"="+w)
			}
		}
	}
	return beginning(words, begun), noSpace
}

// oneLabel offers labels as the last word of a filter.
func oneLabel(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := begun[:strings.LastIndexAny(begun, " (!&|")+1]
	seen := map[string]bool{}
	for _, s := range scenarios.All() {
		for _, l := range s.Labels() {
			seen[before+l] = true
		}
	}
	var words []string
	for w := range seen {
		words = append(words, w)
	}
	slices.Sort(words)
	return beginning(words, begun), noSpace
}

// beginning are the words that begin so.
func beginning(words []string, begun string) []cobra.Completion {
	var list []cobra.Completion
	for _, w := range words {
		if strings.HasPrefix(w, begun) {
			list = append(list, w)
		}
	}
	return list
}

func presetWords() []string {
	var words []string
	for _, p := range suites.Presets() {
		words = append(words, cobra.CompletionWithDesc(p.Name, p.Says))
	}
	return words
}

func mutantWords() []string {
	var words []string
	for _, spelled := range target.Carried() {
		if name, ok := strings.CutPrefix(spelled, "go:mutant/"); ok {
			words = append(words, name)
		}
	}
	return words
}

func policyWords() []string {
	var words []string
	for _, p := range mockidp.Policies() {
		words = append(words, cobra.CompletionWithDesc(p.Name, p.About))
	}
	return words
}

func requireWords() []string {
	var words []string
	for _, p := range scenarios.Promises() {
		words = append(words, string(p)+"=")
	}
	return words
}
