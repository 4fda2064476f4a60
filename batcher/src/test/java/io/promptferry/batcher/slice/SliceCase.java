package io.promptferry.batcher.slice;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.promptferry.batcher.ManualClock;
import io.promptferry.batcher.Prompts;
import io.promptferry.batcher.lane.BatchLimits;
import io.promptferry.batcher.lane.LaneFinders;
import io.promptferry.batcher.lane.Policies;
import io.promptferry.batcher.position.NoPast;
import io.promptferry.batcher.slice.SimulatedMember.CommitOrder;
import io.promptferry.batcher.slice.SimulatedMember.Crash;
import io.promptferry.records.PromptEvent;
import io.promptferry.records.Slice;
import io.promptferry.records.Span;
import io.promptferry.schemas.HeaderNames;
import io.promptferry.schemas.PromptValidation;
import io.promptferry.schemas.RecordDecoder;
import io.promptferry.schemas.RecordSerdes;
import io.promptferry.schemas.Topics;
import io.promptferry.spans.Run;
import io.promptferry.spans.Runs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** One run of slicers on a simulated broker, with one seed. */
final class SliceCase {

  private static final int STEPS = 60;
  private static final Duration INTERVAL = Duration.ofMillis(500);

  /** By what it is told which prompts were accepted; only the first is right. */
  enum Memory {
    BY_SLICES,
    /** Also those that were rejected or passed over. */
    ALL,
    NONE
  }

  /** What is the same for all cases. */
  record Serdes(
      Serializer<PromptEvent> events, RecordDecoder<PromptEvent> decoder, Serde<Slice> slices) {

    static Serdes of(RecordSerdes serdes) {
      return new Serdes(
          serdes.serializer(PromptEvent.class),
          serdes.decoder(PromptEvent.class),
          serdes.serde(Slice.class));
    }
  }

  /** What happened in it. */
  record Tally(int crashes, int fenced, int added, int remade, int passedOver, int dropped) {

    static final Tally NOTHING = new Tally(0, 0, 0, 0, 0, 0);

    Tally plus(Tally other) {
      return new Tally(
          crashes + other.crashes,
          fenced + other.fenced,
          added + other.added,
          remade + other.remade,
          passedOver + other.passedOver,
          dropped + other.dropped);
    }
  }

  private final Serdes serdes;
  private final Random random;
  private final CommitOrder order;
  private final Memory memory;
  private final Duration window;
  private final int reach;
  private final ManualClock clock = new ManualClock();
  private final SimulatedKafka kafka = new SimulatedKafka(clock);
  private final BatchLimits limits =
      new BatchLimits(200, 1_000_000, 1_000_000, 100_000, Duration.ofMinutes(1), Duration.ZERO);
  private final List<SimulatedMember> members = new ArrayList<>();
  private final List<SimulatedMember> asleep = new ArrayList<>();
  private int crashes;
  private int fenced;
  private int added;
  private int remade;
  private int passedOver;
  private int dropped;

  SliceCase(Serdes serdes, long seed, CommitOrder order) {
    this(serdes, seed, order, Memory.BY_SLICES);
  }

  SliceCase(Serdes serdes, long seed, CommitOrder order, Memory memory) {
    this.serdes = serdes;
    this.random = new Random(seed);
    this.order = order;
    this.memory = memory;
    this.window = Duration.ofMillis(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(15_000));
    this.reach = 1 + random.nextInt(100);
  }

  /** Runs, checks, and tells the prompts of all slices in the order in which they were written. */
  List<String> run() {
    for (int i = 0; i <= random.nextInt(3); i++) {
      kafka.addPartition();
    }
    join(2);
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    for (SimulatedMember sleeper : List.copyOf(asleep)) {
      wake(sleeper);
    }
    drain();
    return check();
  }

  Tally tally() {
    return new Tally(crashes, fenced, added, remade, passedOver, dropped);
  }

  /** Until all is committed; crashes go on meanwhile. */
  private void drain() {
    for (int round = 0; round < 2_000 && !kafka.allCommitted(); round++) {
      if (members.isEmpty()) {
        join(2);
      }
      List.copyOf(members).forEach(this::turn);
      clock.advance(INTERVAL);
    }
  }

  private void step() {
    switch (random.nextInt(20)) {
      case 0 -> rebalance();
      case 1 -> join(1);
      case 2 -> {
        added++;
        kafka.addPartition();
        rebalance();
      }
      case 3 -> sleep();
      case 4 -> {
        if (random.nextInt(20) == 0) {
          remade++;
          kafka.remakeTopic(random.nextBoolean());
        } else if (random.nextInt(4) == 0) {
          passOver();
        }
      }
      case 5 -> asleep.stream().findFirst().ifPresent(this::wake);
      case 6, 7, 8, 9, 10, 11 -> publish();
      default -> {
        if (members.isEmpty()) {
          join(1);
        }
        turn(members.get(random.nextInt(members.size())));
      }
    }
    clock.advance(INTERVAL.dividedBy(1 + random.nextInt(4)));
  }

  private void passOver() {
    int partition = random.nextInt(kafka.partitions());
    passedOver++;
    kafka.passOver(partition, random.nextLong(kafka.end(partition) + 1));
    rebalance();
  }

  private void publish() {
    int partition = random.nextInt(kafka.partitions());
    for (int i = random.nextInt(30); i >= 0; i--) {
      int what = random.nextInt(12);
      if (what == 0) {
        kafka.skip(partition);
      } else if (what == 1) {
        kafka.append(partition, new byte[] {1, 2}, false, "");
      } else {
        PromptEvent event = Prompts.event(what == 2 ? "" : "Hello");
        event.setModel("model-" + random.nextInt(2));
        event.setId(random.nextInt(3) == 0 ? "" : "id-" + random.nextInt(40));
        byte[] value = serdes.events().serialize(Prompts.TOPIC, event);
        kafka.append(partition, value, what != 2, event.getId());
      }
    }
  }

  /** A member does a round of work; it may end for good. */
  private void turn(SimulatedMember member) {
    try {
      member.runOnce();
    } catch (Crash | KafkaException e) {
      count(e);
      // Gone, or thrown away and made anew by its part: the group goes on without it.
      members.remove(member);
      rebalance();
    }
  }

  private void count(RuntimeException end) {
    if (end instanceof Crash) {
      crashes++;
    } else {
      fenced++;
    }
  }

  private void join(int more) {
    for (int i = 0; i < more && members.size() < 3; i++) {
      members.add(new SimulatedMember(kafka, order, random, this::loop));
    }
    rebalance();
  }

  private void rebalance() {
    kafka.nextGeneration();
    for (int i = 0; i < members.size(); i++) {
      var share = new ArrayList<TopicPartition>();
      for (int partition = i; partition < kafka.partitions(); partition += members.size()) {
        share.add(new TopicPartition(Prompts.TOPIC, partition));
      }
      members.get(i).assign(share);
    }
  }

  /** Stopped for longer than the session's time-out: the group goes on, and it knows nothing. */
  private void sleep() {
    if (members.size() > 1) {
      asleep.add(members.remove(random.nextInt(members.size())));
      rebalance();
    }
  }

  /** It goes on where it was, until its first commit or its first heartbeat tells it. */
  private void wake(SimulatedMember sleeper) {
    asleep.remove(sleeper);
    try {
      for (int i = 0; i < 3; i++) {
        sleeper.runOnce();
        clock.advance(INTERVAL);
      }
    } catch (Crash | KafkaException e) {
      count(e);
      return;
    }
    members.add(sleeper);
    rebalance();
  }

  private SliceLoop loop(Consumer<byte[], byte[]> consumer, Producer<byte[], byte[]> producer) {
    var rules = new PromptValidation.Rules("m", Set.of());
    return new SliceLoop(
        new SliceLoop.Clients(
            consumer,
            producer,
            serdes.slices().serializer(),
            new Ids(),
            new NoPast(),
            this::markAccepted),
        new Topics(""),
        new PromptIntake(
            serdes.decoder(), rules, Policies.of(limits), LaneFinders.of(Policies.of(limits))),
        new SliceSettings(rules, INTERVAL, Policies.of(limits)),
        new SliceBounds(false, 8 << 20, 900_000, window, reach),
        new SimpleMeterRegistry(),
        clock);
  }

  /** As the cluster has them now. */
  private final class Ids implements TopicIds {
    @Override
    public Map<String, String> of(Collection<String> topics) {
      return Map.of(Prompts.TOPIC, kafka.topicId());
    }

    @Override
    public void close() {}
  }

  private void markAccepted(Instant since, Map<TopicPartition, AcceptedOffsets> wanted) {
    switch (memory) {
      case BY_SLICES -> slices(kafka.writtenSince(since)).forEach(s -> mark(s.getSpan(), wanted));
      case ALL -> {
        var all = Runs.encode(List.of(new Run(0, Integer.MAX_VALUE)));
        for (TopicPartition partition : wanted.keySet()) {
          mark(
              new Span(
                  "prompts", kafka.topicId(), partition.partition(), -1L, all, 1, 1, List.of()),
              wanted);
        }
      }
      case NONE -> {}
    }
  }

  private static void mark(Span span, Map<TopicPartition, AcceptedOffsets> wanted) {
    AcceptedOffsets offsets = wanted.get(new TopicPartition(span.getTopic(), span.getPartition()));
    if (offsets != null) {
      offsets.add(span);
    }
  }

  private Stream<Slice> slices(List<ProducerRecord<byte[], byte[]>> written) {
    return written.stream()
        .filter(record -> record.topic().equals("slices"))
        .map(record -> serdes.slices().deserializer().deserialize("slices", record.value()));
  }

  /** Tells the prompts of all slices. */
  private List<String> check() {
    ExpectedPrompts expected = ExpectedPrompts.of(kafka, window, reach);
    dropped = expected.dropped();
    List<String> sliced = slices(kafka.written()).flatMap(this::prompts).toList();
    assertThat(sliced).doesNotHaveDuplicates();
    assertThat(sliced.stream().filter(name -> name.startsWith(kafka.topicId() + "/")))
        .containsExactlyInAnyOrderElementsOf(expected.sliced());
    checkDeadLetters(expected.deadLetters());
    return sliced;
  }

  private void checkDeadLetters(List<String> bad) {
    List<String> dead =
        kafka.written().stream()
            .filter(record -> record.topic().equals("prompts.dlq"))
            .map(
                letter ->
                    kafka.topicId()
                        + "/"
                        + header(letter, HeaderNames.ERROR_PARTITION)
                        + "-"
                        + header(letter, HeaderNames.ERROR_OFFSET))
            .toList();
    if (remade == 0) {
      assertThat(dead).containsExactlyInAnyOrderElementsOf(bad);
    } else {
      // A dead letter does not name the topic's id: some may be of an earlier one.
      assertThat(dead).containsAll(bad);
    }
  }

  /** What a reader of the log finds in a slice, of its own lane or not. */
  private Stream<String> prompts(Slice slice) {
    int partition = slice.getSpan().getPartition();
    String id = slice.getSpan().getTopicId();
    SortedMap<Long, SimulatedKafka.Prompt> log =
        id.equals(kafka.topicId()) ? kafka.prompts(partition) : kafka.deleted(id, partition);
    List<String> found = new ArrayList<>();
    for (Run run : Runs.decode(slice.getSpan().getRuns())) {
      log.subMap(run.first(), run.last() + 1)
          .forEach(
              (offset, prompt) -> {
                assertThat(prompt.good()).isTrue();
                found.add(id + "/" + partition + "-" + offset);
              });
    }
    assertThat(found).hasSize(slice.getSpan().getCount());
    return found.stream();
  }

  private static String header(ProducerRecord<byte[], byte[]> letter, String name) {
    Header header = letter.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }
}
