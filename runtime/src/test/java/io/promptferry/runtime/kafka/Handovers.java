package io.promptferry.runtime.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * Two members of a group between which partitions go to and fro while their workers take chunks and
 * answer them. One thread takes every step, in an order that the seed decides: workers are as slow
 * as it pleases, also those whose partition is another member's by now.
 */
final class Handovers {

  static final List<Long> EXPECTED = LongStream.range(0, 20).boxed().toList();
  private static final int STEPS = 120;
  private static final int AT_MOST = 20_000;

  /**
   * What keeps a worker from writing on a partition that it has lost.
   *
   * @param checked the ownership, in each transaction
   * @param latestGeneration whether it commits with the member's generation of the moment, and not
   *     with the one in which it owned the partition last
   * @param placeAfterBarring whether it learns how far others came after it barred them from
   *     writing more
   */
  record Rules(boolean checked, boolean latestGeneration, boolean placeAfterBarring) {}

  private final Rules rules;
  private final Random random;
  private final FencingBroker broker = new FencingBroker();
  private final Map<TopicPartition, Integer> owners = new HashMap<>();
  private final Map<TopicPartition, Life> current = new HashMap<>();
  private final List<Life> all = new ArrayList<>();
  private int lost;

  Handovers(long seed, Rules rules) {
    this.rules = rules;
    this.random = new Random(seed);
  }

  List<TopicPartition> partitions() {
    return IntStream.range(0, 3).mapToObj(n -> new TopicPartition("letters", n)).toList();
  }

  List<Long> answers(TopicPartition partition) {
    return broker.answers(partition);
  }

  /** How often a partition was taken from a worker that still had something in hand. */
  int lost() {
    return lost;
  }

  void run() {
    rebalance();
    for (int i = 0; i < STEPS; i++) {
      if (random.nextInt(8) == 0) {
        rebalance();
      } else {
        step();
      }
    }
    for (int i = 0; !all.isEmpty(); i++) {
      if (i > AT_MOST) {
        throw new AssertionError("no end after " + AT_MOST + " steps");
      }
      step();
    }
  }

  /** As a consumer does: all is revoked that goes, then the generation ends, then all is given. */
  private void rebalance() {
    var moving = new HashSet<TopicPartition>();
    for (TopicPartition partition : partitions()) {
      int owner = random.nextInt(2);
      Integer before = owners.put(partition, owner);
      if (before == null || before != owner) {
        moving.add(partition);
        Life life = current.remove(partition);
        if (life != null) {
          lost += life.chunk.isEmpty() ? 0 : 1;
          life.partition.revoke();
        }
      }
    }
    someSteps();
    broker.nextGeneration();
    someSteps();
    all.stream()
        .filter(life -> rules.latestGeneration() || current.containsValue(life))
        .forEach(life -> life.partition.regroup(broker.group()));
    moving.forEach(this::begin);
  }

  private void someSteps() {
    for (int i = random.nextInt(3); i > 0; i--) {
      step();
    }
  }

  private void begin(TopicPartition partition) {
    var life = new Life(partition);
    all.add(life);
    current.put(partition, life);
  }

  private void step() {
    if (all.isEmpty()) {
      return;
    }
    Life life = all.get(random.nextInt(all.size()));
    if (life.step()) {
      return;
    }
    all.remove(life);
    // Nobody restarts a worker whose partition is gone.
    if (current.remove(life.partition.topicPartition(), life) && !life.finished()) {
      begin(life.partition.topicPartition());
    }
  }

  /** One life of a worker, in the steps between which anything may happen. */
  private final class Life {

    private final AssignedPartition<String> partition;
    private final FencingBroker.Writer writer;
    private boolean begun;
    private List<ConsumerRecord<byte[], String>> chunk = List.of();

    /** The consumer asks for its position here, long before the worker's first step. */
    Life(TopicPartition of) {
      partition =
          rules.checked()
              ? new AssignedPartition<>(of, broker.group())
              : new Unchecked(of, broker.group());
      writer = broker.writer(of);
      partition.offer(
          LongStream.range(broker.committed(of), EXPECTED.size())
              .mapToObj(
                  n -> new ConsumerRecord<>(of.topic(), of.partition(), n, new byte[0], "letter"))
              .toList());
    }

    /** Returns false where it was its last. */
    boolean step() {
      try {
        if (!begun) {
          begin();
        } else if (chunk.isEmpty()) {
          chunk = partition.takeMore(1 + random.nextInt(3));
          return !chunk.isEmpty();
        } else {
          write();
        }
        return true;
      } catch (RevokedException | KafkaException e) {
        return false;
      }
    }

    private void begin() {
      writer.initTransactions();
      begun = true;
      if (rules.placeAfterBarring()) {
        int done = broker.answers(partition.topicPartition()).size();
        partition.takeMore(partition.waiting() - (EXPECTED.size() - done));
      }
    }

    private void write() {
      long next = chunk.get(chunk.size() - 1).offset() + 1;
      List<ProducerRecord<byte[], byte[]>> answers =
          chunk.stream()
              .map(
                  letter ->
                      new ProducerRecord<byte[], byte[]>(
                          "answers", FencingBroker.answer(letter.offset())))
              .toList();
      partition.transact(writer, next, answers);
      chunk = List.of();
    }

    boolean finished() {
      return broker.committed(partition.topicPartition()) == EXPECTED.size();
    }
  }

  /** The check of ownership is removed. */
  private static final class Unchecked extends AssignedPartition<String> {

    Unchecked(TopicPartition topicPartition, ConsumerGroupMetadata group) {
      super(topicPartition, group);
    }

    @Override
    void requireOwned() {}
  }
}
