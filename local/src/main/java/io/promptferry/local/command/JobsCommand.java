package io.promptferry.local.command;

import picocli.CommandLine.Command;

/** What can be done with jobs. */
@Command(
    name = "jobs",
    mixinStandardHelpOptions = true,
    header = "Batches and their jobs: 'jobs list', 'show', 'watch', 'cancel', 'reconcile'.",
    descriptionHeading = "%n",
    description = {
      "A batch is a closed list of prompts; submitted to the provider it becomes a job. 'list',"
          + " 'show' and 'watch' read only Kafka; 'cancel' and 'reconcile' ask the provider too, with"
          + " the key of the services.",
      "",
      "States: SEALED waits to be submitted, INTENT is being submitted, SUBMITTED has a job that"
          + " nobody has looked at yet; then the provider's own, QUEUED, PENDING, RUNNING, SUCCEEDED,"
          + " FAILED, CANCELLED, EXPIRED and others. REFUSED: no job was made. GIVEN_UP: it took too"
          + " long. A batch is open until it is settled, that is, every prompt in it was answered,"
          + " sent round again, or has vanished.",
    },
    commandListHeading = "%n@|bold Commands|@%n",
    optionListHeading = "%n@|bold Options|@%n",
    subcommands = {
      JobsListCommand.class,
      JobsShowCommand.class,
      JobsWatchCommand.class,
      JobsCancelCommand.class,
      JobsReconcileCommand.class
    })
final class JobsCommand {}
