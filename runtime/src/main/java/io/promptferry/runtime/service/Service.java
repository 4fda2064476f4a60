package io.promptferry.runtime.service;

import io.micrometer.core.instrument.MeterRegistry;
import io.promptferry.runtime.config.ServiceConfig;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;

/**
 * A service as the runner sees it: a name, its configuration keys and the parts that it is made of.
 */
public interface Service {

  /** What parts are made from. */
  record Context(ServiceConfig config, MeterRegistry metrics, Clock clock) {

    public LoopPart.Limits limits() {
      return new LoopPart.Limits(
          Duration.ofMillis(config.getLong(ServiceConfig.LOOP_TIMEOUT)),
          config.getInt(ServiceConfig.RESTART_MAX));
    }
  }

  String name();

  ConfigDef config();

  /**
   * Makes the parts and checks what they need.
   *
   * @throws StartupException when something that they need is missing
   */
  List<Part> parts(Context context);
}
