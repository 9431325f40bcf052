package io.mqttsentinel.runtime;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.Micronaut;
import io.micronaut.runtime.server.EmbeddedServer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a process with one service or several. Each service's package asks for its own switch, so
 * that all may lie on one class path.
 */
public final class ServiceMain {

  private static final Logger LOG = LoggerFactory.getLogger(ServiceMain.class);
  private static final int BAD_START = 1;
  private static final String ENVIRONMENT = "io.micronaut.context.env.";

  private ServiceMain() {}

  /** Runs one service until the process is told to end; a start that fails exits with 1. */
  public static void run(String service, Class<?> application, String... args) {
    try {
      Micronaut.build(args)
          .classes(application)
          .properties(switches(Set.of(service)))
          .banner(false)
          .start();
    } catch (RuntimeException e) {
      LOG.error("{} does not start: {}", service, rootMessage(e));
      LOG.debug("The whole failure", e);
      System.exit(BAD_START);
    }
  }

  /**
   * Starts several services in one context, with one HTTP server. The caller closes it: no hook
   * does so at the end of the process, because the caller may have to stop more in an order.
   *
   * @param properties configuration that wins over environment and files
   */
  public static ApplicationContext start(Set<String> services, Map<String, Object> properties) {
    Map<String, Object> all = new LinkedHashMap<>(properties);
    all.putAll(switches(services));
    ApplicationContext context = ApplicationContext.builder().properties(all).banner(false).start();
    try {
      context.getBean(EmbeddedServer.class).start();
      return context;
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /**
   * What a person can act on: the first message of our own code, which says what could not be
   * reached or used; where there is none, the innermost one, and of files of configuration where
   * they were named.
   */
  public static String rootMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !isOurs(cause)) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return !isOurs(cause) && readsFiles(failure)
        ? "MICRONAUT_CONFIG_FILES is '%s', expected files of configuration (YAML, properties, JSON): %s"
            .formatted(configurationFiles(), message)
        : message;
  }

  /** Micronaut names the file only where it is missing. */
  private static boolean readsFiles(Throwable failure) {
    return !configurationFiles().isEmpty()
        && Arrays.stream(failure.getStackTrace())
            .anyMatch(
                frame ->
                    frame.getClassName().startsWith(ENVIRONMENT)
                        && frame.getMethodName().startsWith("readPropert"));
  }

  private static String configurationFiles() {
    return System.getProperty(
        "micronaut.config.files",
        Objects.requireNonNullElse(System.getenv("MICRONAUT_CONFIG_FILES"), ""));
  }

  private static boolean isOurs(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return failure.getMessage() != null
        && stack.length > 0
        && stack[0].getClassName().startsWith("io.mqttsentinel.");
  }

  private static Map<String, Object> switches(Set<String> services) {
    Map<String, Object> switches = new LinkedHashMap<>();
    services.forEach(service -> switches.put("sentinel.services." + service, true));
    return switches;
  }
}
