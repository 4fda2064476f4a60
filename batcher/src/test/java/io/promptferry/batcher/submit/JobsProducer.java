package io.promptferry.batcher.submit;

import io.promptferry.batcher.submit.Script.Call;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes the jobs topic; the process may die before or after each commit. */
class JobsProducer extends MockProducer<byte[], byte[]> {

  private final Script script;
  private boolean dead;

  JobsProducer(Script script) {
    super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    this.script = script;
    initTransactions();
  }

  @Override
  public void commitTransaction() {
    try {
      script.play(
          Call.COMMIT,
          () -> {
            super.commitTransaction();
            return true;
          },
          false);
    } catch (Script.Crash e) {
      dead = true;
      throw e;
    }
  }

  @Override
  public void abortTransaction() {
    if (!dead) {
      super.abortTransaction();
    }
  }
}
