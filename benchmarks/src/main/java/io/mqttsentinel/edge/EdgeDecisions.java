package io.mqttsentinel.edge;

import io.micronaut.context.ApplicationContext;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The authentication of an edge with its shipped defaults, without the edge around it. */
public final class EdgeDecisions implements AutoCloseable {

  private static final String ADDRESS = "192.0.2.1:1"; // of documentation: RFC 5737

  private final ApplicationContext context;
  private final Authentication authentication;

  private EdgeDecisions(ApplicationContext context) {
    this.context = context;
    this.authentication = context.getBean(Authentication.class);
  }

  /**
   * What was decided.
   *
   * @param remembered whether no backend was asked
   */
  public record Decision(boolean allowed, boolean remembered) {}

  /**
   * @param settings of the edge, such as where its database is
   */
  public static EdgeDecisions open(Map<String, Object> settings) {
    Map<String, Object> properties = new HashMap<>(settings);
    properties.put("sentinel.services.edge-broker", true);
    properties.put(EdgeFactory.SERVE, false);
    properties.put("sentinel.edge.tcp-port", 0);
    properties.put("micronaut.health.monitor.enabled", false);
    ApplicationContext context =
        ApplicationContext.builder().properties(properties).banner(false).start();
    return new EdgeDecisions(context);
  }

  /**
   * Decides on a client whose id is its user name.
   *
   * @param decided called once, on any thread
   */
  public void decide(String name, String password, Consumer<Decision> decided) {
    ConnectAttempt attempt =
        new ConnectAttempt(
            name,
            name,
            new Password(password.getBytes(StandardCharsets.UTF_8)),
            ADDRESS,
            null,
            Listener.TCP);
    var _ =
        authentication
            .authenticate(attempt, false)
            .thenAccept(
                answer ->
                    decided.accept(
                        new Decision(
                            answer.outcome().decision() instanceof AuthDecision.Allow,
                            answer.source() == AuthCache.Source.HIT)));
  }

  @Override
  public void close() {
    context.close();
  }
}
