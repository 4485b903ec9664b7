// SPDX-License-Identifier: Apache-2.0
package io.hybridpipe.samples;

import io.hybridpipe.samples.fednet.FednetCommand;
import io.hybridpipe.samples.fednet.RunsCommand;
import io.hybridpipe.samples.soak.SoakCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code samples/run NAME}: the samples by name. */
@Command(
        name = "samples/run",
        description = "Runs a sample.",
        subcommands = {
            FednetCommand.class,
            RunsCommand.class,
            Main.HelloCommand.class,
            Main.ScopeCommand.class,
            SoakCommand.class
        },
        mixinStandardHelpOptions = true)
public final class Main {
    /** The exit code for whatever is refused before anything is changed. */
    static final int REFUSED = 3;

    Main() {}

    /** Runs the sample that the first argument names. */
    public static void main(String... arguments) {
        System.exit(commandLine(new Main()).execute(arguments));
    }

    /** The command line of a sample, with the exit codes that all samples share. */
    public static CommandLine commandLine(Object command) {
        CommandLine line = new CommandLine(command);
        tellVersion(line);
        line.setParameterExceptionHandler((e, all) -> {
            e.getCommandLine()
                    .getErr()
                    .println(e.getCommandLine().getCommandName() + ": " + e.getMessage() + " (see --help)");
            return REFUSED;
        });
        line.setExecutionExceptionHandler((e, command1, result) -> {
            command1.getErr().println(command1.getCommandName() + ": " + e.getMessage());
            return 1;
        });
        return line;
    }

    private static void tellVersion(CommandLine line) {
        line.getCommandSpec().version("HybridPipe, not released yet");
        line.getSubcommands().values().forEach(Main::tellVersion);
    }

    @Command(name = "hello", description = "The smallest pipe.")
    static final class HelloCommand implements Runnable {
        @Parameters(defaultValue = "world", paramLabel = "NAME", description = "whom to greet")
        String name = "world";

        @Override
        public void run() {
            Hello.main(name);
        }
    }

    @Command(name = "scope", description = "A group, a scope and an undo.")
    static final class ScopeCommand implements Runnable {
        @Override
        public void run() {
            ScopeDemo.main();
        }
    }
}
