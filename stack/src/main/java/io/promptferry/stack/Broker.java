package io.promptferry.stack;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A real Kafka broker, alone in its cluster (KRaft, broker and controller in one), on 127.0.0.1.
 *
 * <p>It keeps its data in {@code data} and its log in {@code broker.log} below its folder. After
 * {@link #kill()} or {@link #close()}, {@code Broker.start(broker.settings())} brings it back at
 * the same address with the same data.
 */
public final class Broker implements AutoCloseable {
  private static final String NAME = "broker";
  private static final long DISK_BYTES = 256L << 20;
  private static final int PROBE_MILLIS = 500;

  private final Settings settings;
  private final ChildProcess process;

  private Broker(Settings settings, ChildProcess process) {
    this.settings = settings;
    this.process = process;
  }

  /**
   * How to start a broker.
   *
   * @param directory its folder; made if it is missing, and formatted unless a broker used it
   *     before
   * @param port for clients; 0 for a free one
   * @param properties broker properties that go over those of {@link BrokerProperties}
   * @param startLimit how long it may take to answer; 60 s by default
   */
  public record Settings(
      Path directory, int port, Map<String, String> properties, Duration startLimit) {
    public Settings {
      properties = Map.copyOf(properties);
    }

    public static Settings in(Path directory) {
      return new Settings(directory, 0, Map.of(), Duration.ofSeconds(60));
    }

    public Settings onPort(int number) {
      return new Settings(directory, number, properties, startLimit);
    }

    public Settings with(String property, String value) {
      Map<String, String> more = new TreeMap<>(properties);
      more.put(property, value);
      return new Settings(directory, port, more, startLimit);
    }

    public Settings startWithin(Duration limit) {
      return new Settings(directory, port, properties, limit);
    }
  }

  /** Starts a broker in {@code directory} on a free port. */
  public static Broker start(Path directory) {
    return start(Settings.in(directory));
  }

  /**
   * Starts a broker and returns when it takes requests.
   *
   * @throws StackException if it does not come up; no process is left behind
   */
  public static Broker start(Settings settings) {
    StackHome home = StackHome.find();
    Path directory = settings.directory().toAbsolutePath();
    Folder.prepare(directory, DISK_BYTES);
    int port = Ports.claim(settings.port(), NAME);
    Path data = directory.resolve("data");
    Path file = directory.resolve("broker.properties");
    new BrokerProperties(data, port, Ports.free()).write(file, settings.properties());

    JavaCommand java =
        JavaCommand.of(NAME, "kafka.Kafka", directory)
            .classPath(home.brokerClassPath())
            // The second compiler costs a third of the start and never pays off on this load.
            .jvmArgs(
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=io/promptferry/stack/broker-logback.xml");
    if (Files.notExists(data.resolve("meta.properties"))) {
      format(java, file, settings.startLimit());
    }
    ChildProcess process = ChildProcess.start(java.args(file.toString()));
    process.awaitReady(() -> answers(port), settings.startLimit());
    return new Broker(settings.onPort(port), process);
  }

  /** What a client takes as {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return "127.0.0.1:" + settings.port();
  }

  /** What it was started with, the port filled in. */
  public Settings settings() {
    return settings;
  }

  public ChildProcess process() {
    return process;
  }

  /** {@code kill -9}. */
  public void kill() {
    process.kill();
  }

  /** Stops in order: a controlled shutdown, within 10 s. */
  @Override
  public void close() {
    process.close();
  }

  private static void format(JavaCommand java, Path file, Duration limit) {
    JavaCommand storage =
        new JavaCommand(
            java.name(),
            "kafka.tools.StorageTool",
            java.classPath(),
            java.jvmArgs(),
            List.of("format", "--cluster-id", newClusterId(), "--config", file.toString()),
            java.environment(),
            java.directory(),
            java.log());
    try (ChildProcess process = ChildProcess.start(storage)) {
      if (!process.awaitExit(limit) || process.exitValue().orElse(1) != 0) {
        throw new StackException(
            "the broker's folder could not be formatted, see " + process.log());
      }
    }
  }

  /** As Kafka writes a UUID: 16 bytes in URL-safe Base64. */
  private static String newClusterId() {
    byte[] id = new byte[16];
    new SecureRandom().nextBytes(id);
    id[0] &= 0x7f; // or it could begin with '-' and be taken for an option
    return Base64.getUrlEncoder().withoutPadding().encodeToString(id);
  }

  /**
   * Asks ApiVersions, the one request that every broker answers in version 0. A broker listens only
   * once the controller has unfenced it (4.3.1), so topics can be made from then on.
   */
  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(Ports.onLoopback(port), PROBE_MILLIS);
      socket.setSoTimeout(PROBE_MILLIS);
      int correlation = 1;
      ByteBuffer request = ByteBuffer.allocate(14).putInt(10).putShort((short) 18);
      request.putShort((short) 0).putInt(correlation).putShort((short) -1);
      socket.getOutputStream().write(request.array());
      DataInputStream answer = new DataInputStream(socket.getInputStream());
      return answer.readInt() > 6 && answer.readInt() == correlation && answer.readShort() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
