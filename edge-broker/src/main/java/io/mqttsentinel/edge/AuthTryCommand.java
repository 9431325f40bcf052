package io.mqttsentinel.edge;

import io.micronaut.context.ApplicationContext;
import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.Permission;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;

/**
 * {@code ./sentinel auth try}: asks the authenticators as an edge with this configuration would,
 * one after the other, and tells what each says and how long it takes.
 */
public final class AuthTryCommand {

  private static final int ALLOWED = 0;
  private static final int DENIED = 1;
  private static final int WRONG_USE = 2;
  private static final List<String> OPTIONS =
      List.of("client", "user", "password", "listener", "address");
  private static final String USAGE =
      """
      usage: auth try --client ID [--user NAME] [--password PASSWORD | --password -]
                      [--listener tcp|websocket|tls|secure-websocket] [--address HOST]
      The configuration is that of the edge, for instance SENTINEL_EDGE_JDBC_URL or a file named by
      MICRONAUT_CONFIG_FILES. A password of - is read from standard input.
      """;

  private final PrintStream out;

  AuthTryCommand(PrintStream out) {
    this.out = out;
  }

  /** Ends with 0 where the client would be let in, 1 where not, 2 for wrong use. */
  public static void main(String[] args) {
    System.exit(execute(args, System.out, System.err));
  }

  private static int execute(String[] args, PrintStream out, PrintStream err) {
    if (List.of(args).contains("--help")) {
      out.print(USAGE);
      return ALLOWED;
    }
    ConnectAttempt attempt;
    try {
      attempt = attempt(options(args));
    } catch (IllegalArgumentException e) {
      err.println("sentinel auth: " + e.getMessage());
      err.print(USAGE);
      return WRONG_USE;
    }
    Map<String, Object> properties = new HashMap<>();
    properties.put("sentinel.services.edge-broker", true);
    properties.put(EdgeFactory.SERVE, false); // the authenticators, and nothing else
    properties.put("sentinel.edge.tcp-port", 0);
    try (ApplicationContext context =
        ApplicationContext.builder().properties(properties).banner(false).start()) {
      AuthenticatorChain chain = context.getBean(Authentication.class).chain(attempt.listener());
      return new AuthTryCommand(out).run(chain, attempt);
    } catch (RuntimeException e) {
      err.println("sentinel auth: " + ServiceMain.rootMessage(e));
      return WRONG_USE;
    }
  }

  /**
   * Reads what stands behind {@code auth}.
   *
   * @throws IllegalArgumentException saying what makes no sense
   */
  static Map<String, String> options(String... args) {
    Deque<String> words = new ArrayDeque<>(List.of(args));
    if (!"try".equals(words.poll())) {
      throw new IllegalArgumentException("expected 'try'");
    }
    Map<String, String> options = new HashMap<>();
    while (!words.isEmpty()) {
      String word = words.removeFirst();
      String name = word.startsWith("--") ? word.substring(2) : "";
      if (!OPTIONS.contains(name)) {
        throw new IllegalArgumentException("'%s' is not understood here".formatted(word));
      }
      if (words.isEmpty()) {
        throw new IllegalArgumentException(word + " needs a value");
      }
      options.put(name, words.removeFirst());
    }
    if (!options.containsKey("client")) {
      throw new IllegalArgumentException("--client is missing");
    }
    return options;
  }

  /**
   * @throws IllegalArgumentException if there is no such listener
   */
  static ConnectAttempt attempt(Map<String, String> options) {
    return new ConnectAttempt(
        options.get("client"),
        options.get("user"),
        password(options.get("password")),
        options.getOrDefault("address", "127.0.0.1") + ":0",
        null,
        listener(options.getOrDefault("listener", "tcp")));
  }

  private static Listener listener(String name) {
    for (Listener listener : Listener.values()) {
      if (listener.key().equals("sentinel.edge.%s-port".formatted(name))) {
        return listener;
      }
    }
    throw new IllegalArgumentException(
        "--listener is '%s', expected tcp, websocket, tls or secure-websocket".formatted(name));
  }

  @Nullable
  private static Password password(@Nullable String option) {
    if (option == null) {
      return null;
    }
    String text = option.equals("-") ? line() : option;
    return new Password(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String line() {
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int run(AuthenticatorChain chain, ConnectAttempt attempt) {
    if (chain.authenticators().isEmpty()) {
      out.println("no authenticator is configured: everybody is denied");
      return DENIED;
    }
    for (Authenticator authenticator : chain.authenticators()) {
      long start = System.nanoTime();
      AuthDecision decision;
      try {
        decision = authenticator.authenticate(attempt).toCompletableFuture().join();
      } catch (RuntimeException e) {
        print(authenticator, start, "failed: " + cause(e) + "; so it is denied");
        return DENIED;
      }
      switch (decision) {
        case Allow(Grant grant, Duration _) -> {
          print(authenticator, start, "allow");
          describe(grant);
          return ALLOWED;
        }
        case Deny(Refusal refusal) -> {
          print(authenticator, start, "deny: " + refusal.cause());
          return DENIED;
        }
        case Ignore(boolean failed) ->
            print(authenticator, start, failed ? "ignore: the backend is in trouble" : "ignore");
      }
    }
    out.println("nobody decided: denied");
    return DENIED;
  }

  private void print(Authenticator authenticator, long start, String what) {
    double millis = (System.nanoTime() - start) / 1e6;
    out.printf(Locale.ROOT, "%-12s %8.1f ms  %s%n", authenticator.name(), millis, what);
  }

  private void describe(Grant grant) {
    if (grant.superuser()) {
      out.println("  superuser: may do everything");
    }
    for (Permission rule : grant.permissions()) {
      out.printf(
          "  %s %s %s%s%s%s%n",
          rule.getEffect().name().toLowerCase(Locale.ROOT),
          rule.getAction().name().toLowerCase(Locale.ROOT),
          rule.getLiteral() ? "eq " : "",
          rule.getTopicFilter(),
          rule.getQos().isEmpty() ? "" : " qos " + rule.getQos(),
          rule.getRetain() == null ? "" : " retain " + rule.getRetain());
    }
    if (grant.asked() != null) {
      out.println("  other topics: asked about one by one");
    }
    if (grant.expiresAt() != null) {
      out.println("  until " + grant.expiresAt());
    }
  }

  private static String cause(RuntimeException failure) {
    return failure instanceof CompletionException
        ? ServiceMain.rootMessage(failure)
        : failure.toString();
  }
}
