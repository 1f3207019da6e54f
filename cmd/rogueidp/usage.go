package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/rogueidp/rogueidp/mockidp/fault"
)

// wants are the arguments of a command, by the names under which its usage
// shows them.
func wants(args ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, given []string) error {
		switch {
		case len(given) > len(args):
			return usage(fmt.Errorf("%q is one argument too many; write %s", given[len(args)], c.UseLine()))
		case len(given) < len(args):
			return usage(fmt.Errorf("%s is missing; write %s", args[len(given)], c.UseLine()))
		}
		return nil
	}
}

// group makes a command of one that only leads to others: to call it alone, or
// with a word that is none of theirs, is a mistake and no call for help.
func group(c *cobra.Command) {
	c.DisableFlagsInUseLine = true
	// Its usage line has said it already.
	c.SetUsageTemplate(strings.Replace(c.UsageTemplate(), "\n  {{.CommandPath}} [command]", "", 1))
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return usage(fmt.Errorf("name a command: %s; %s --help says what they do", strings.Join(commandsOf(c), ", "), c.CommandPath()))
		}
		return usage(word("command", args[0], commandsOf(c)))
	}
}

func commandsOf(c *cobra.Command) []string {
	var list []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			list = append(list, sub.Name())
		}
	}
	return list
}

// helpCommand is cobra's own, but that an unknown command is a mistake.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]",
		Short:   "Say what a command does",
		Example: "  rogueidp help run\n  rogueidp help report diff",
		ValidArgsFunction: func(c *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
			about, rest, err := c.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return nil, noFile
			}
			return beginning(commandsOf(about), begun), noFile
		},
		RunE: func(c *cobra.Command, args []string) error {
			about := c.Root()
			for _, name := range args {
				if len(commandsOf(about)) == 0 {
					return usage(fmt.Errorf("%q is one argument too many: %s has no commands", name, about.CommandPath()))
				}
				if err := word("command", name, commandsOf(about)); err != nil {
					return usage(err)
				}
				about, _, _ = about.Find([]string{name})
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
}

// flagTrouble says what is wrong with a flag, and what was probably meant.
func flagTrouble(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "":
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		name := "--" + unknown.GetSpecifiedName()
		hint := ""
		if near := fault.Nearest(name, known); near != "" {
			hint = fmt.Sprintf("; did you mean %s?", near)
		}
		return usage(fmt.Errorf("%s has no flag %s; %s --help lists them%s", c.CommandPath(), name, c.CommandPath(), hint))
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		write, ok := map[string]string{
			"bool": "true or false", "int": "a whole number", "int64": "a whole number", "duration": "a duration such as 1m30s",
		}[f.Value.Type()]
		if ok {
			return usage(fmt.Errorf("--%s %q: write %s", f.Name, invalid.GetValue(), write))
		}
	}
	return usage(fmt.Errorf("%w; %s --help lists the flags", err, c.CommandPath()))
}

// word refuses what is none of the words, with the nearest one.
func word(what, given string, words []string) error {
	if slices.Contains(words, given) {
		return nil
	}
	hint := ""
	if near := fault.Nearest(given, words); near != "" {
		hint = fmt.Sprintf("; did you mean %q?", near)
	}
	return fmt.Errorf("%s %q is none of %s%s", what, given, strings.Join(words, ", "), hint)
}

func names[T ~string](list []T) []string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}
