package io.mqttsentinel.allinone;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/**
 * What a person should know of the services, above the table: their warnings, and errors of
 * anything. Everything is in the log file.
 */
final class LogLines extends AppenderBase<ILoggingEvent> {

  private static final String OURS = "io.mqttsentinel.";

  private final Console console;
  private volatile boolean stopping;

  private LogLines(Console console) {
    this.console = console;
  }

  static LogLines showOn(Console console) {
    LogLines lines = new LogLines(console);
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      lines.setContext(context);
      lines.start();
      context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(lines);
    }
    return lines;
  }

  /** From now on only our services' own: libraries miss parts that have stopped before them. */
  void stopping() {
    stopping = true;
  }

  @Override
  protected void append(ILoggingEvent event) {
    String logger = event.getLoggerName();
    Level least = logger.startsWith(OURS) ? Level.WARN : stopping ? Level.OFF : Level.ERROR;
    if (event.getLevel().isGreaterOrEqual(least)) {
      console.line(
          "  %s %s: %s"
              .formatted(
                  event.getLevel(),
                  logger.substring(logger.lastIndexOf('.') + 1),
                  event.getFormattedMessage()));
    }
  }
}
