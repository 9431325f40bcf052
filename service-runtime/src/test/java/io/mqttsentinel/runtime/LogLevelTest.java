package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code SENTINEL_LOG_LEVEL} holds for libraries as well: commands print for other programs. */
final class LogLevelTest {

  @ParameterizedTest
  @ValueSource(strings = {"json", "console"})
  void quietIsQuietForLibrariesToo(String format) throws Exception {
    assertEquals(
        FilterReply.DENY,
        decision(Map.of("SENTINEL_LOG_FORMAT", format, "SENTINEL_LOG_LEVEL", "ERROR"), Level.WARN));
    assertEquals(
        FilterReply.NEUTRAL,
        decision(
            Map.of("SENTINEL_LOG_FORMAT", format, "SENTINEL_LOG_LEVEL", "ERROR"), Level.ERROR));
    assertEquals(FilterReply.NEUTRAL, decision(Map.of("SENTINEL_LOG_FORMAT", format), Level.WARN));
  }

  private static FilterReply decision(Map<String, String> environment, Level level)
      throws Exception {
    LoggerContext context = new LoggerContext();
    environment.forEach(context::putProperty);
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(LogLevelTest.class.getResource("/logback.xml"));
    Logger library = context.getLogger("org.apache.kafka.clients.NetworkClient");
    return context
        .getLogger(Logger.ROOT_LOGGER_NAME)
        .getAppender("LOGS")
        .getFilterChainDecision(new LoggingEvent("", library, level, "away", null, null));
  }
}
