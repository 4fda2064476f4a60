package io.promptferry.local.command;

import picocli.CommandLine.Command;

/** What can be done with dead letters. */
@Command(
    name = "dlq",
    mixinStandardHelpOptions = true,
    header = "Dead letters, prompts that were rejected: 'dlq list', 'dlq show', 'dlq replay'.",
    descriptionHeading = "%n",
    description = {
      "A prompt that cannot be sent to the model is answered FAILED, once and for good, and kept"
          + " on the topic prompts.dlq. There it can be looked at and, when what was wrong is mended,"
          + " sent again as a new prompt.",
    },
    commandListHeading = "%n@|bold Commands|@%n",
    optionListHeading = "%n@|bold Options|@%n",
    subcommands = {DlqListCommand.class, DlqShowCommand.class, DlqReplayCommand.class})
final class DlqCommand {}
