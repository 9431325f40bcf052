package io.mqttsentinel.edge;

import io.micronaut.context.ApplicationContext;
import io.mqttsentinel.runtime.KafkaConfig;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.InvalidationScope;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** {@code ./sentinel ban|revoke|audit}: what an administrator does from a command line. */
public final class AccessCommand {

  private static final int OK = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;
  private static final List<String> WHO = List.of("client", "user", "address", "all");
  private static final String WHERE =
      """
      Kafka and the registry are those of SENTINEL_KAFKA_BOOTSTRAP_SERVERS (localhost:9092) and
      SENTINEL_REGISTRY_URL (http://localhost:8081).
      """;
  private static final String USAGE =
      """
      usage:
        ban add    --client ID | --user NAME | --address IP[/BITS]  [--for 10m] [--reason TEXT]
        ban remove --client ID | --user NAME | --address IP[/BITS]
        ban list
        revoke     --client ID | --user NAME | --all  [--keep-connected]
        audit verify
      """
          + WHERE;

  /** A command line that makes no sense; the message says why. */
  private static final class WrongUse extends RuntimeException {
    WrongUse(String message) {
      super(message);
    }
  }

  /** What was asked for; ends with the exit code. */
  private interface Action {
    int by(AccessAdmin admin);
  }

  private final PrintStream out;
  private final Clock clock;

  AccessCommand(PrintStream out, Clock clock) {
    this.out = out;
    this.clock = clock;
  }

  /** Ends with 0 where it worked, 1 where it failed or found something wrong, 2 for wrong use. */
  public static void main(String[] args) {
    System.exit(execute(args, System.out, System.err));
  }

  static int execute(String[] args, PrintStream out, PrintStream err) {
    if (List.of(args).contains("--help")) {
      out.print(USAGE);
      return OK;
    }
    Action action;
    try {
      action = new AccessCommand(out, Clock.systemUTC()).action(args);
    } catch (WrongUse e) { // before anything is connected to
      err.println("sentinel: " + e.getMessage());
      err.print(USAGE);
      return WRONG_USE;
    }
    try (ApplicationContext context = ApplicationContext.builder().banner(false).start();
        AccessAdmin admin =
            new AccessAdmin(
                context.getBean(KafkaConfig.class),
                context.getBean(AvroSerdes.class),
                Clock.systemUTC(),
                user())) {
      return action.by(admin);
    } catch (RuntimeException e) {
      err.println("sentinel: " + ServiceMain.rootMessage(e));
      err.print(WHERE);
      return FAILED;
    }
  }

  int run(AccessAdmin admin, String... args) {
    return action(args).by(admin);
  }

  /**
   * Reads the command line.
   *
   * @throws WrongUse if it makes no sense
   */
  private Action action(String... args) {
    Deque<String> words = new ArrayDeque<>(List.of(args));
    String command = words.isEmpty() ? "" : words.removeFirst();
    String verb = command.equals("revoke") || words.isEmpty() ? "" : words.removeFirst();
    String whole = (command + " " + verb).strip();
    return switch (whole) {
      case "ban add" -> add(options(words, "for", "reason"));
      case "ban remove" -> remove(options(words));
      case "ban list" -> list(options(words));
      case "revoke" -> revoke(options(words, "keep-connected"));
      case "audit verify" -> verify(options(words));
      case "ban" -> throw new WrongUse("ban needs one of add, remove, list");
      case "audit" -> throw new WrongUse("audit needs verify");
      default -> throw new WrongUse("there is no command '%s'".formatted(whole));
    };
  }

  private Action add(Map<String, String> options) {
    BanKind kind = kind(options);
    String value = value(options, kind);
    Instant now = clock.instant();
    Instant until =
        options.containsKey("for")
            ? now.plus(understood(() -> AdminInput.duration(options.get("for"))))
            : null;
    Ban ban = new Ban(now, kind, value, until, options.getOrDefault("reason", ""), user());
    return admin -> {
      admin.ban(ban);
      String end = until == null ? "" : " until " + until;
      out.printf("banned: %s %s%s%n", AdminInput.word(kind), value, end);
      return OK;
    };
  }

  private Action remove(Map<String, String> options) {
    BanKind kind = kind(options);
    String value = value(options, kind);
    return admin -> remove(admin, kind, value);
  }

  private int remove(AccessAdmin admin, BanKind kind, String value) {
    if (!admin.bans().containsKey(Bans.key(kind, value))) {
      out.printf("there is no ban of %s %s%n", AdminInput.word(kind), value);
      return FAILED;
    }
    admin.lift(kind, value);
    out.printf("no longer banned: %s %s%n", AdminInput.word(kind), value);
    return OK;
  }

  private Action list(Map<String, String> options) {
    if (!options.isEmpty()) {
      throw new WrongUse("ban list takes no options");
    }
    return this::list;
  }

  private int list(AccessAdmin admin) {
    Instant now = clock.instant();
    List<Ban> bans =
        admin.bans().values().stream()
            .filter(ban -> ban.getUntil() == null || now.isBefore(ban.getUntil()))
            .toList();
    for (Ban ban : bans) {
      out.printf(
          "%-8s %s  %s  by %s%s%n",
          AdminInput.word(ban.getKind()),
          ban.getValue(),
          ban.getUntil() == null ? "until it is removed" : "until " + ban.getUntil(),
          ban.getBy(),
          ban.getReason().isEmpty() ? "" : ": " + ban.getReason());
    }
    out.println(bans.size() == 1 ? "1 ban" : bans.size() + " bans");
    return OK;
  }

  private Action revoke(Map<String, String> options) {
    boolean disconnect = !options.containsKey("keep-connected");
    if (options.containsKey("all")) {
      if (WHO.stream().filter(options::containsKey).count() > 1) {
        throw new WrongUse("--all stands alone");
      }
      return admin -> revoke(admin, InvalidationScope.ALL, "", disconnect);
    }
    if (!options.containsKey("client") && !options.containsKey("user")) {
      throw new WrongUse("revoke takes --client, --user or --all");
    }
    BanKind kind = kind(options);
    InvalidationScope scope =
        kind == BanKind.USERNAME ? InvalidationScope.USERNAME : InvalidationScope.CLIENT_ID;
    String value = value(options, kind);
    return admin -> revoke(admin, scope, value, disconnect);
  }

  private int revoke(AccessAdmin admin, InvalidationScope scope, String value, boolean disconnect) {
    admin.revoke(new AuthInvalidation(clock.instant(), scope, value, disconnect, user()));
    out.printf(
        "revoked: %s%s%n",
        scope == InvalidationScope.ALL ? "all" : value, disconnect ? ", and disconnected" : "");
    return OK;
  }

  private Action verify(Map<String, String> options) {
    if (!options.isEmpty()) {
      throw new WrongUse("audit verify takes no options");
    }
    return admin -> report(admin.verifyAudit());
  }

  /** An emptied trail is not a sound one. */
  int report(AuditVerifier verifier) {
    if (verifier.chains().isEmpty() && verifier.unchained() == 0) {
      out.println("the audit trail holds no record: there was nothing to verify");
      return FAILED;
    }
    boolean sound = true;
    for (AuditVerifier.Chain chain : verifier.chains()) {
      out.printf(
          "%s: %d records, %d to %d%s%n",
          chain.producer(),
          chain.records(),
          chain.first(),
          chain.last(),
          chain.problems().isEmpty() ? "" : ": BROKEN");
      chain.problems().forEach(problem -> out.println("  " + problem));
      sound = sound && chain.problems().isEmpty();
    }
    if (verifier.unchained() > 0) {
      out.printf("%d records belong to no chain%n", verifier.unchained());
    }
    out.println(sound ? "all chains are sound" : "somebody changed the audit trail");
    return sound ? OK : FAILED;
  }

  private static Map<String, String> options(Deque<String> words, String... more) {
    Map<String, String> options = new HashMap<>();
    while (!words.isEmpty()) {
      String word = words.removeFirst();
      String name = word.startsWith("--") ? word.substring(2) : "";
      if (!WHO.contains(name) && !List.of(more).contains(name)) {
        throw new WrongUse("'%s' is not understood here".formatted(word));
      }
      boolean flag = name.equals("all") || name.equals("keep-connected");
      if (!flag && words.isEmpty()) {
        throw new WrongUse(word + " needs a value");
      }
      options.put(name, flag ? "" : words.removeFirst());
    }
    return options;
  }

  private static BanKind kind(Map<String, String> options) {
    List<String> named = WHO.stream().filter(options::containsKey).toList();
    if (named.size() != 1) {
      throw new WrongUse("expected exactly one of --client, --user, --address");
    }
    return switch (named.getFirst()) {
      case "client" -> BanKind.CLIENT_ID;
      case "user" -> BanKind.USERNAME;
      case "address" -> BanKind.ADDRESS;
      default -> throw new WrongUse("--all is for revoke");
    };
  }

  private static String value(Map<String, String> options, BanKind kind) {
    return understood(() -> AdminInput.value(kind, options.get(AdminInput.word(kind))));
  }

  private static <T> T understood(Supplier<T> input) {
    try {
      return input.get();
    } catch (IllegalArgumentException e) {
      throw new WrongUse(e.getMessage());
    }
  }

  private static String user() {
    return System.getProperty("user.name", "unknown");
  }
}
