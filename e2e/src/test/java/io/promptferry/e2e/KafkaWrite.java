package io.promptferry.e2e;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The requests by which a client changes what the broker keeps of records, offsets and
 * transactions. The numbers are those of the Kafka protocol.
 */
enum KafkaWrite {
  PRODUCE(0),
  OFFSET_COMMIT(8),
  INIT_PRODUCER_ID(22),
  ADD_PARTITIONS_TO_TXN(24),
  ADD_OFFSETS_TO_TXN(25),
  END_TXN(26),
  TXN_OFFSET_COMMIT(28);

  private final int apiKey;

  KafkaWrite(int apiKey) {
    this.apiKey = apiKey;
  }

  static Optional<KafkaWrite> of(KafkaRequest request) {
    return Stream.of(values()).filter(write -> write.apiKey == request.apiKey()).findAny();
  }
}
