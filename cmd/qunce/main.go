// Command qunce runs a paid community: one program with its database, pages and console.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // a bare machine has no time zones

	"github.com/spf13/cobra"
)

// version is set when the program is built.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1 // it did not hold: a check found something, or the work failed
	exitUsage  = 2 // the call was wrong, nothing was done
)

func run(ctx context.Context, args []string) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetOut(os.Stdout)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "qunce:", explain(err))
		return exitOf(err)
	}
	return exitOK
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use: "qunce", Short: "Runs a paid community: intake, circles, membership and all that follows",
		SilenceUsage: true, SilenceErrors: true, Version: version,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(demoCommand(), serveCommand(), replayCommand(), benchCommand(), verifyCommand(), backupCommand(), restoreCommand(), migrateCommand(),
		playbookCommand(), tokenCommand(), adminCommand(), versionCommand(), openapiCommand(), importCommand(), exportCommand())
	usageErrors(root)
	return root
}

func logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
