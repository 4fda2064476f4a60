package io.promptferry.batcher;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** What a class logs at one level while this is open. */
public final class LoggedAt implements AutoCloseable {

  private final Logger logger;
  private final Level level;
  private final @Nullable Level before;
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  public LoggedAt(Level level, Class<?> of) {
    this.level = level;
    logger = (Logger) LoggerFactory.getLogger(of);
    before = logger.getLevel();
    logger.setLevel(level);
    events.start();
    logger.addAppender(events);
  }

  public List<String> lines() {
    return events.list.stream()
        .filter(event -> event.getLevel() == level)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
    logger.setLevel(before);
  }
}
